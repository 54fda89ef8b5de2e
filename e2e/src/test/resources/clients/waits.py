"""Counts what handler.py reports: how many messages were handled, how many of them more than once, how many waited over
ten seconds, and how long they waited.

Prints a line of JSON each second, times in seconds.
"""

import json

import broker

LATE = 10.0

waited = {}
again = 0
last = 0.0


def count(channel, method, properties, body):
    global again, last
    record = json.loads(body)
    if record["sent"] in waited:
        again += 1
    else:
        waited[record["sent"]] = last = record["waited"]
    channel.basic_ack(method.delivery_tag)


def report():
    waits = sorted(waited.values()) or [0.0]
    line = {
        "handled": len(waited),
        "again": again,
        "late": sum(wait > LATE for wait in waits),
        "p50": waits[len(waits) // 2],
        "p95": waits[len(waits) * 95 // 100],
        "longest": waits[-1],
        "last": last,
    }
    print(json.dumps(line), flush=True)


broker.consume(count, prefetch=100, report=report)

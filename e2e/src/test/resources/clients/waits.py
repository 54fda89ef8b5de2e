"""Counts what handler.py and job.py report: how many messages were handled, how many of them more than once, how many
had been begun before, how many waited over ten seconds, and how long they waited.

Prints a line of JSON each second, times in seconds.
"""

import json

import broker

LATE = 10.0

waited = {}
again = 0
redelivered = 0
last = 0.0


def count(channel, method, properties, body):
    global again, last, redelivered
    record = json.loads(body)
    redelivered += record.get("redelivered", False)
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
        "redelivered": redelivered,
        "late": sum(wait > LATE for wait in waits),
        "p50": waits[len(waits) // 2],
        "p95": waits[len(waits) * 95 // 100],
        "longest": waits[-1],
        "last": last,
    }
    print(json.dumps(line), flush=True)


broker.consume(count, prefetch=100, report=report)

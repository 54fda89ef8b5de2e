"""Counts what handler.py tells: how many messages were handled, how many of them more than once, how many waited over
ten seconds, and how long they waited.

Prints a line of JSON each second, times in seconds.
"""

import json
import os
import signal
import sys
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]
LATE = 10.0

waited = {}
again = 0
last = 0.0
reported = 0.0


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


def consume():
    global reported
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"]))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=100)
    channel.basic_consume(queue=QUEUE, on_message_callback=count)
    while channel.consumer_tags:
        connection.process_data_events(time_limit=0.5)
        if time.monotonic() - reported > 1:
            reported = time.monotonic()
            report()


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
while True:
    try:
        consume()
    except (pika.exceptions.AMQPError, OSError) as error:
        print(f"connecting again: {error!r}", file=sys.stderr)
    time.sleep(0.2)

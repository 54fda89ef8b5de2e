"""Receives the numbers that publisher.py sends, as a plain program would: a declare without arguments,
a prefetch of one, an acknowledgement after the work. With DECLARE=no it takes the queue as it is.

Prints a line of JSON each second: up to which number none is missing (the count of 0, 1, 2, ...), how many
numbers came at all, how many messages repeated a number, and how often its connection was lost.
"""

import json
import os

import broker

numbers = set()
complete = 0
duplicates = 0


def receive(channel, method, properties, body):
    global complete, duplicates
    number = int(body.split()[0])
    if number in numbers:
        duplicates += 1
    numbers.add(number)
    while complete in numbers:
        complete += 1
    channel.basic_ack(method.delivery_tag)


def report():
    counts = {"complete": complete, "delivered": len(numbers), "duplicates": duplicates, "lost": broker.lost}
    print(json.dumps(counts), flush=True)


broker.consume(receive, prefetch=1, report=report, declare=os.environ.get("DECLARE") != "no")

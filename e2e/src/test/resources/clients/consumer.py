"""Receives the numbers that publisher.py sends, as a plain program would: a declare without arguments,
a prefetch of one, an acknowledgement after the work.

Prints a line of JSON each second: up to which number none is missing (the count of 0, 1, 2, ...), and
how many messages repeated a number.
"""

import json
import os
import signal
import sys
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]

PARAMETERS = pika.URLParameters(os.environ["RABBITMQ_URI"])
PARAMETERS.heartbeat = 4
PARAMETERS.tcp_options = {"TCP_USER_TIMEOUT": 3000}
PARAMETERS.socket_timeout = 2
PARAMETERS.stack_timeout = 4

numbers = set()
complete = 0
duplicates = 0


def receive(channel, method, properties, body):
    global complete, duplicates
    number = int(body)
    if number in numbers:
        duplicates += 1
    numbers.add(number)
    while complete in numbers:
        complete += 1
    channel.basic_ack(method.delivery_tag)


def report():
    print(json.dumps({"complete": complete, "duplicates": duplicates}), flush=True)


def consume():
    connection = pika.BlockingConnection(PARAMETERS)
    channel = connection.channel()
    channel.queue_declare(queue=QUEUE)
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue=QUEUE, on_message_callback=receive)
    reported = time.monotonic()
    while channel.consumer_tags:
        connection.process_data_events(time_limit=1)
        if time.monotonic() - reported >= 1:
            report()
            reported = time.monotonic()
    connection.close()


# The first process of a container ends at SIGTERM only if it says so.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
while True:
    try:
        consume()
    except (pika.exceptions.AMQPError, OSError) as error:
        print(f"connecting again: {error!r}", file=sys.stderr)
    time.sleep(0.2)

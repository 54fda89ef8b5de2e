"""Handles what steady.py sends, five messages a second, and tells the queue "handled" of each when it was sent and how
many seconds it had waited.

At SIGTERM it takes no more messages and goes when it is done with the one that it handles.
"""

import json
import os
import signal
import sys
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]
SECONDS_OF_WORK = 0.2

stopped = False


def stop(*_):
    global stopped
    stopped = True


def handle(channel, method, properties, body):
    if stopped:
        return
    waited = time.time() - float(body)
    time.sleep(SECONDS_OF_WORK)
    record = json.dumps({"sent": body.decode(), "waited": waited})
    channel.basic_publish("", "handled", record)
    channel.basic_ack(method.delivery_tag)


def consume():
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"]))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=int(os.environ["RABBITMQ_PREFETCH"]))
    channel.basic_consume(queue=QUEUE, on_message_callback=handle)
    while channel.consumer_tags and not stopped:
        connection.process_data_events(time_limit=0.2)
    connection.close()


signal.signal(signal.SIGTERM, stop)
while not stopped:
    try:
        consume()
    except (pika.exceptions.AMQPError, OSError) as error:
        print(f"connecting again: {error!r}", file=sys.stderr)
        time.sleep(0.2)

"""Works off a queue, some 40 messages a second, each acknowledged when it is done.

At SIGTERM it takes no more messages, ends the one that it works on and goes; what it was sent beyond that
goes back to the queue.
"""

import os
import signal
import sys
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]
SECONDS_OF_WORK = 0.02

PARAMETERS = pika.URLParameters(os.environ["RABBITMQ_URI"])
stopped = False


def stop(*_):
    global stopped
    stopped = True


def work(channel, method, properties, body):
    if stopped:
        return
    time.sleep(SECONDS_OF_WORK)
    channel.basic_ack(method.delivery_tag)


def consume():
    connection = pika.BlockingConnection(PARAMETERS)
    channel = connection.channel()
    channel.basic_qos(prefetch_count=int(os.environ["RABBITMQ_PREFETCH"]))
    channel.basic_consume(queue=QUEUE, on_message_callback=work)
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

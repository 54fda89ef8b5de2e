"""Takes the events that http_publisher.py sends out of their queue, and counts them by their ids.

Prints a line of JSON each second: up to which number none is missing (the count of 0, 1, 2, ...), and how many messages
repeated a number.
"""

import json
import os
import signal
import sys
import threading
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]
PREFETCH = 1000

PARAMETERS = pika.URLParameters(os.environ["RABBITMQ_URI"])
PARAMETERS.heartbeat = 4
PARAMETERS.tcp_options = {"TCP_USER_TIMEOUT": 3000}
PARAMETERS.socket_timeout = 2
PARAMETERS.stack_timeout = 4

# A byte for each number.
seen = bytearray()
complete = 0
duplicates = 0


def receive(channel, method, properties, body):
    global complete, duplicates
    number = int(properties.message_id)
    if number >= len(seen):
        seen.extend(bytes(number + 1 - len(seen)))
    duplicates += seen[number]
    seen[number] = 1
    while complete < len(seen) and seen[complete]:
        complete += 1
    channel.basic_ack(method.delivery_tag)


def report_each_second():
    while True:
        print(json.dumps({"complete": complete, "duplicates": duplicates}), flush=True)
        time.sleep(1)


def consume():
    connection = pika.BlockingConnection(PARAMETERS)
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    channel.basic_consume(queue=QUEUE, on_message_callback=receive)
    channel.start_consuming()
    connection.close()


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
threading.Thread(target=report_each_second, daemon=True).start()
while True:
    try:
        consume()
    except (pika.exceptions.AMQPError, OSError) as error:
        print(f"connecting again: {error!r}", file=sys.stderr)
    time.sleep(0.2)

"""Declares each of QUEUES, as durable and without arguments, as a program does that declares what it uses.

Does so every five seconds, as if it was restarted each time. Prints a line of JSON each time: for each queue 200, or
the code with which RabbitMQ refuses it.
"""

import json
import os
import signal
import sys
import time

import pika

import broker


def answer(queue):
    connection = broker.connect()
    try:
        connection.channel().queue_declare(queue, durable=True)
        return 200
    except pika.exceptions.ChannelClosedByBroker as error:
        return error.reply_code
    finally:
        connection.close()


# The first process of a container ends at SIGTERM only if it says so.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
while True:
    try:
        print(json.dumps({queue: answer(queue) for queue in os.environ["QUEUES"].split(",")}), flush=True)
    except broker.ERRORS as error:
        broker.connecting_again(error)
    time.sleep(5)

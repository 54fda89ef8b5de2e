"""Handles what steady.py sends, five messages a second, and publishes to the queue "handled" when each was sent and
how many seconds it had waited.
"""

import json
import os
import time

import broker

SECONDS_OF_WORK = 0.2


def handle(channel, method, properties, body):
    waited = time.time() - float(body)
    time.sleep(SECONDS_OF_WORK)
    record = json.dumps({"sent": body.decode(), "waited": waited})
    channel.basic_publish("", "handled", record)
    channel.basic_ack(method.delivery_tag)


broker.consume(handle, prefetch=int(os.environ["RABBITMQ_PREFETCH"]))

"""Works off a queue, some 40 messages a second, each acknowledged when it is done."""

import os
import time

import broker

SECONDS_OF_WORK = 0.02


def work(channel, method, properties, body):
    time.sleep(SECONDS_OF_WORK)
    channel.basic_ack(method.delivery_tag)


broker.consume(work, prefetch=int(os.environ["RABBITMQ_PREFETCH"]))

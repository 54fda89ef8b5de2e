"""Consumes a queue and ignores basic.cancel, as a program does that never checks whether it still consumes."""

import signal
import sys

import broker

# The first process of a container ends at SIGTERM only if it says so.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())

connection = broker.connect()
channel = connection.channel()
channel.basic_consume(broker.QUEUE, lambda channel, method, *_: channel.basic_ack(method.delivery_tag))
while True:
    connection.process_data_events(time_limit=1)

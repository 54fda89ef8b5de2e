"""Publishes the numbers 0, 1, 2, ... to a queue, each followed by MARK, until RabbitMQ has confirmed it.

Ends at SIGTERM or after MESSAGES numbers. Prints a line of JSON each second and a last one: how many
numbers are confirmed, the longest time in milliseconds from one confirm to the next, and how often a connection was
lost.
"""

import json
import os
import signal
import sys
import threading
import time

import pika

import broker

MARK = os.environ.get("MARK", "")
MESSAGES = int(os.environ.get("MESSAGES", sys.maxsize))
# In seconds. A dozen a second is enough to notice a loss, and little work for the broker.
PAUSE_BETWEEN = float(os.environ.get("PAUSE_BETWEEN", "0.05"))


class Publisher:
    def __init__(self):
        self.confirmed = 0
        self.longest_pause = 0.0
        self.last_confirm = None
        self.stopped = threading.Event()

    def run(self):
        while not self.finished():
            try:
                self.publish()
            except broker.ERRORS as error:
                broker.connecting_again(error)
                time.sleep(0.2)

    def publish(self):
        connection = broker.connect()
        channel = connection.channel()
        channel.confirm_delivery()
        while not self.finished():
            # Returns when confirmed, and raises when refused, unroutable or lost.
            channel.basic_publish(
                exchange="",
                routing_key=broker.QUEUE,
                body=f"{self.confirmed} {MARK}".strip(),
                properties=pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent),
                mandatory=True,
            )
            self.count()
            connection.sleep(PAUSE_BETWEEN)
        connection.close()

    def count(self):
        now = time.monotonic()
        if self.last_confirm is not None:
            self.longest_pause = max(self.longest_pause, now - self.last_confirm)
        self.last_confirm = now
        self.confirmed += 1

    def finished(self):
        return self.stopped.is_set() or self.confirmed >= MESSAGES

    def report(self, final):
        pause = round(self.longest_pause * 1000)
        line = {"confirmed": self.confirmed, "longestPauseMs": pause, "lost": broker.lost, "final": final}
        print(json.dumps(line), flush=True)

    def report_each_second(self):
        while True:
            time.sleep(1)
            self.report(final=False)


publisher = Publisher()
signal.signal(signal.SIGTERM, lambda *_: publisher.stopped.set())
threading.Thread(target=publisher.report_each_second, daemon=True).start()
publisher.run()
publisher.report(final=True)

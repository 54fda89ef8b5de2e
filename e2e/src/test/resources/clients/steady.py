"""Publishes fifty messages a second, each with the time at which it was sent.

At SIGUSR1 it pauses, or goes on; at SIGUSR2 it sends one message; at SIGTERM it ends. Prints a line of JSON each second
and a last one: how many messages are confirmed.
"""

import json
import signal
import time

import pika

import broker

PER_SECOND = 50


class Load:
    def __init__(self):
        self.published = 0
        self.single = 0
        self.flows = True
        self.stopped = False
        self.reported = 0.0

    def run(self):
        while not self.stopped:
            try:
                self.publish()
            except broker.ERRORS as error:
                broker.connecting_again(error)
                time.sleep(0.2)

    def publish(self):
        connection = broker.connect()
        channel = connection.channel()
        channel.confirm_delivery()
        due = time.monotonic()
        while not self.stopped:
            if self.flows or self.single:
                properties = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
                channel.basic_publish("", broker.QUEUE, repr(time.time()), properties, mandatory=True)
                self.published += 1
                self.single = max(0, self.single - 1)
            # What could not be sent in time is not sent all at once.
            due = max(due + 1 / PER_SECOND, time.monotonic() - 1)
            connection.sleep(max(0.0, due - time.monotonic()))
            self.report_each_second()
        connection.close()

    def report_each_second(self):
        if time.monotonic() - self.reported > 1:
            self.reported = time.monotonic()
            self.report(final=False)

    def report(self, final):
        print(json.dumps({"published": self.published, "final": final}), flush=True)

    def toggle(self, *_):
        self.flows = not self.flows

    def send_one(self, *_):
        self.single += 1

    def stop(self, *_):
        self.stopped = True


load = Load()
signal.signal(signal.SIGUSR1, load.toggle)
signal.signal(signal.SIGUSR2, load.send_one)
signal.signal(signal.SIGTERM, load.stop)
load.run()
load.report(final=True)

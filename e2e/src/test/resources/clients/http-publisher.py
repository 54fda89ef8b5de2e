"""Publishes the events 0, 1, 2, ... over HTTP, in batches, each again until it was answered with 202.

Ends at SIGTERM, when what it began is accepted. Prints a line of JSON each second and a last one: how many events are
accepted, and how often something had to be resent.
"""

import http.client
import json
import os
import signal
import sys
import threading
import time
import urllib.parse

HOST = urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname
PATH = "/queues/" + urllib.parse.quote(os.environ["RABBITMQ_QUEUE"], safe="")
BATCH = 200
SENDERS = 4


class Publisher:
    def __init__(self):
        self.lock = threading.Lock()
        self.begun = 0
        self.accepted = 0
        self.repeated = 0
        self.stopped = threading.Event()

    def run(self):
        senders = [threading.Thread(target=self.send) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def send(self):
        connection = http.client.HTTPConnection(HOST, 8080, timeout=15)
        while not self.stopped.is_set():
            left = self.next_batch()
            while left:
                left = self.attempt(connection, left)
        connection.close()

    def next_batch(self):
        with self.lock:
            first = self.begun
            self.begun += BATCH
        return list(range(first, first + BATCH))

    def attempt(self, connection, numbers):
        """Returns those that are not known to be safe."""
        try:
            left = post(connection, numbers)
        except (OSError, http.client.HTTPException) as error:
            print(f"sending again: {error!r}", file=sys.stderr)
            left = numbers
        with self.lock:
            self.accepted += len(numbers) - len(left)
            self.repeated += 1 if left else 0
        if left:
            # The next connection may be to another node.
            connection.close()
            time.sleep(0.2)
        return left

    def report(self, final):
        with self.lock:
            line = {"accepted": self.accepted, "repeated": self.repeated, "final": final}
        print(json.dumps(line), flush=True)

    def report_each_second(self):
        while True:
            self.report(final=False)
            time.sleep(1)


def post(connection, numbers):
    events = [{"specversion": "1.0", "id": str(n), "source": "/e2e", "type": "number", "data": n} for n in numbers]
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    connection.request("POST", PATH, json.dumps(events), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status == 202:
        return []
    if response.status != 503:
        print(f"{response.status}: {answer}", file=sys.stderr)
        os._exit(1)
    if "results" not in answer:
        return numbers
    return [n for n, result in zip(numbers, answer["results"], strict=True) if result["status"] != 202]


publisher = Publisher()
signal.signal(signal.SIGTERM, lambda *_: publisher.stopped.set())
threading.Thread(target=publisher.report_each_second, daemon=True).start()
publisher.run()
publisher.report(final=True)

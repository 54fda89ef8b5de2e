"""Works on each message for a minute. Then it reports to the queue "handled" whether the message was begun before.
"""

import json

import broker

SECONDS_OF_WORK = 60


def work(channel, method, properties, body):
    # Answers the broker's heartbeats during this time.
    channel.connection.sleep(SECONDS_OF_WORK)
    record = json.dumps({"sent": body.decode(), "waited": 0.0, "redelivered": method.redelivered})
    channel.basic_publish("", "handled", record)
    channel.basic_ack(method.delivery_tag)


broker.consume(work)

"""Takes the events that http-publisher.py sends out of their queue, and counts them by their ids.

Prints a line of JSON each second: up to which number none is missing (the count of 0, 1, 2, ...), and how many messages
repeated a number.
"""

import json

import broker

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


def report():
    print(json.dumps({"complete": complete, "duplicates": duplicates}), flush=True)


broker.consume(receive, prefetch=1000, report=report)

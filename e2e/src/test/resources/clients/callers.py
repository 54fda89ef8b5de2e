"""A thousand clients that each send bytes of their own to port 10000 and expect them back, again and again: a few, or a
line of BYTES.

Ends at SIGTERM, when every client has its answer. Prints a line of JSON each second and a last one: how many requests
were answered, failed (a closed connection, or none), were answered with other bytes, or had no answer in time.
"""

import asyncio
import collections
import json
import os
import signal
import socket
import urllib.parse

HOST = urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname
CLIENTS = 1000
BYTES = int(os.environ.get("BYTES", 0))
# In seconds. The endpoint answers within 30 s, whatever happens.
LIMIT = 45
# In seconds: a hundred requests a second, after the first thousand at once. Other tests are busy too, and the ports of
# connections that are over stay in use for a minute.
PAUSE = 10

counts = collections.Counter(answered=0, failed=0, wrong=0, late=0)
stopped = asyncio.Event()


async def call(client):
    number = 0
    while not stopped.is_set():
        number += 1
        request = f"client {client}, request {number}".encode()
        if BYTES:
            request = request.ljust(BYTES - 1, b".") + b"\n"
        try:
            reply = await asyncio.wait_for(exchange(request), LIMIT)
            refused = not reply or reply.startswith(b"!error ")
            counts["answered" if reply == request else "failed" if refused else "wrong"] += 1
        except TimeoutError:
            counts["late"] += 1
        except OSError:
            counts["failed"] += 1
        await asyncio.sleep(PAUSE)


async def exchange(request):
    reader, writer = await asyncio.open_connection(HOST, 10000, family=socket.AF_INET)
    try:
        writer.write(request)
        writer.write_eof()
        return await reader.read()
    finally:
        writer.close()


def report(final):
    print(json.dumps({**counts, "final": final}), flush=True)


async def report_each_second():
    while True:
        report(final=False)
        await asyncio.sleep(1)


async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    reports = asyncio.create_task(report_each_second())
    await asyncio.gather(*(call(client) for client in range(CLIENTS)))
    reports.cancel()


asyncio.run(main())
report(final=True)

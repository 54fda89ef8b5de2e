"""Opens forty connections a second to port 10000, sends a request on each, and expects its bytes back.

Ends at SIGTERM. Prints a line of JSON each second and a last one: how many requests were answered, how many connections
were refused because nothing listened, and how many requests failed in another way.
"""

import asyncio
import collections
import json
import os
import signal
import socket
import urllib.parse

HOST = urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname
# In seconds.
PAUSE = 1 / 40
LIMIT = 45

counts = collections.Counter(answered=0, refused=0, failed=0)
stopped = asyncio.Event()


async def call(number):
    request = f"request {number}".encode()
    try:
        reply = await asyncio.wait_for(exchange(request), LIMIT)
        counts["answered" if reply == request else "failed"] += 1
    except ConnectionRefusedError:
        counts["refused"] += 1
    except (OSError, TimeoutError):
        counts["failed"] += 1


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
    number = 0
    async with asyncio.TaskGroup() as calls:
        while not stopped.is_set():
            number += 1
            calls.create_task(call(number))
            await asyncio.sleep(PAUSE)
    reports.cancel()


asyncio.run(main())
report(final=True)

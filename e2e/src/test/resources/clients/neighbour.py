"""Publishes a message on port 8080 and sends a request to port 10000, again and again, on connections that it keeps
and on new ones. With RABBITMQ_CA_FILE by TLS, and then only on connections that it keeps.

Ends at SIGTERM. Prints a line of JSON each second and a last one: how many were answered, how many failed, and how long
all but a hundredth of them took at most, and the slowest, in ms.
"""

import http.client
import json
import os
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse

HOST = urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname
CA_FILE = os.environ.get("RABBITMQ_CA_FILE")
TLS = ssl.create_default_context(cafile=CA_FILE) if CA_FILE else None
PAUSE = 0.05
LIMIT = 10

stopped = threading.Event()
taken = []
failures = []


def publish(connection):
    connection.request("POST", "/queues/events", b"hello")
    response = connection.getresponse()
    response.read()
    if response.status != 202:
        raise OSError(f"answered with {response.status}")


def publisher(is_kept):
    if TLS:
        connection = http.client.HTTPSConnection(HOST, 8080, timeout=LIMIT, context=TLS)
    else:
        connection = http.client.HTTPConnection(HOST, 8080, timeout=LIMIT)

    def ask():
        publish(connection)
        if not is_kept:
            connection.close()

    return ask, connection.close


def caller(is_kept):
    connections = []

    def ask():
        if not connections:
            plain = socket.create_connection((HOST, 10000), timeout=LIMIT)
            connections.append(TLS.wrap_socket(plain, server_hostname=HOST) if TLS else plain)
        connections[0].sendall(b"hello\n")
        reply = connections[0].recv(100)
        if reply != b"hello\n":
            raise OSError(f"answered with {reply!r}")
        if not is_kept:
            close()

    def close():
        while connections:
            connections.pop().close()

    return ask, close


def run(ask, close):
    while not stopped.wait(PAUSE):
        begin = time.monotonic()
        try:
            ask()
            taken.append(time.monotonic() - begin)
        except (OSError, http.client.HTTPException) as error:
            print(f"failed: {error!r}", file=sys.stderr)
            failures.append(error)
            close()
    close()


def report(final):
    in_order = sorted(taken) or [0]
    line = {
        "answered": len(taken),
        "failed": len(failures),
        "p99": round(in_order[len(in_order) * 99 // 100] * 1000),
        "longest": round(in_order[-1] * 1000),
        "final": final,
    }
    print(json.dumps(line), flush=True)


signal.signal(signal.SIGTERM, lambda *_: stopped.set())
threads = [
    threading.Thread(target=run, args=kind(is_kept))
    for kind in (publisher, caller)
    for is_kept in ((True,) if TLS else (True, False))
]
for thread in threads:
    thread.start()
while not stopped.wait(1):
    report(final=False)
for thread in threads:
    thread.join()
report(final=True)

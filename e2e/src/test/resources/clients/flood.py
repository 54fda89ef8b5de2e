"""Keeps CONNECTIONS connections open to a gateway, each of which does what SHAPE says, and reads nothing.

Opens a new connection for each that has ended. Ends at SIGTERM. Prints a line of JSON each second and a last one: how
many connections are open, and how many were opened.
"""

import json
import os
import resource
import signal
import socket
import time
import urllib.parse

HOST = socket.gethostbyname(urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname)
CONNECTIONS = int(os.environ["CONNECTIONS"])
POST = b"POST /queues/events HTTP/1.1\r\nHost: g\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
# By name: the port, what a connection sends first, and what it sends again and again.
SHAPES = {
    "silence": (8080, b"", b""),
    "unfinished-heads": (8080, POST + b"X: " + b"a" * 7900, b""),
    "slow-heads": (8080, POST, b"a: b\r\n"),
    "slow-bodies": (8080, POST + b"Content-Length: 9999\r\n\r\n", b"a"),
    "unread-answers": (8080, b"", b"GET /openapi.json HTTP/1.1\r\nHost: g\r\n\r\n" * 100),
    "chunk-extensions": (8080, CHUNKED, b"1;" + b"a" * 3000 + b"\r\nx\r\n"),
    "small-chunks": (8080, CHUNKED, b"1\r\na\r\n" * 600),
    "messages": (8080, b"", (POST + b"Content-Length: 1\r\n\r\nx") * 50),
    "another-protocol": (8080, b"\x16\x03\x01\x02\x00\x01", b"\x00\x01"),
    "tcp-silence": (10000, b"", b""),
    "tcp-unfinished-requests": (10000, b"a" * 50_000, b""),
    "tcp-slow-requests": (10000, b"", b"a"),
    "tcp-small-requests": (10000, b"", b"\n" * 4000),
    "tcp-large-requests": (10000, b"", b"a" * 50_000 + b"\n"),
}
PORT, ONCE, AGAIN = SHAPES[os.environ["SHAPE"]]
# In a round, which takes some ms: so many new connections as a machine can still follow.
NEW = 20

stopped = False
opened = 0


def stop(*_):
    global stopped
    stopped = True


def connect():
    """A new connection; none if the gateway or this machine has no room for it."""
    global opened
    connection = socket.socket()
    connection.settimeout(1)
    try:
        connection.connect((HOST, PORT))
        opened += 1
        return connection if send(connection, ONCE) else None
    except OSError:
        connection.close()
        return None


def send(connection, data):
    """Sends what fits, and returns whether the connection is still open."""
    connection.setblocking(False)
    try:
        connection.send(data)
        return True
    except BlockingIOError:
        return True
    except OSError:
        connection.close()
        return False


def report(connections, final):
    print(json.dumps({"open": len(connections), "opened": opened, "final": final}), flush=True)


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGTERM, stop)
    connections, reported = [], 0.0
    while not stopped:
        fresh = [connect() for _ in range(min(NEW, CONNECTIONS - len(connections)))]
        connections = [c for c in connections + fresh if c is not None and send(c, AGAIN)]
        if time.monotonic() - reported >= 1:
            reported = time.monotonic()
            report(connections, final=False)
        time.sleep(0.01)
    for connection in connections:
        connection.close()
    report([], final=True)


main()

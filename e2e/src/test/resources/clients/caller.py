"""Sends one request to port 10000 and prints a line of JSON: the reply, and how many seconds it took."""

import json
import os
import socket
import time
import urllib.parse

HOST = urllib.parse.urlparse(os.environ["RABBITMQ_URI"]).hostname

with socket.create_connection((HOST, 10000)) as connection:
    sent = time.monotonic()
    connection.sendall(b"hello")
    connection.shutdown(socket.SHUT_WR)
    reply = b"".join(iter(lambda: connection.recv(65536), b""))
    print(json.dumps({"reply": reply.decode(), "seconds": round(time.monotonic() - sent, 1)}), flush=True)

"""Takes messages over HTTP: what is sent to /refuse is answered with 422, everything else with 204.

It takes TAKES seconds for each. With TLS_FOLDER it takes them by TLS, with the tls.crt and tls.key there. At SIGUSR1 it
is down, so that nobody can connect, or up again. Prints a line of JSON at the start and each second: how many were
taken, how many of them had different bodies, and how many were refused; how many it was taking at the same time at
most, and how many had a lower number than one before.
"""

import json
import os
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TLS_FOLDER = os.environ.get("TLS_FOLDER")
TAKES = float(os.environ.get("TAKES", "0"))

counts = {"taken": 0, "refused": 0, "atATime": 0, "overtaken": 0}
bodies = set()
server = None
lock = threading.Lock()
taking = 0
highest = -1


def begin(body):
    global taking, highest
    with lock:
        taking += 1
        counts["atATime"] = max(counts["atATime"], taking)
        if body.isdigit():
            counts["overtaken"] += int(body) < highest
            highest = max(highest, int(body))


def end():
    global taking
    with lock:
        taking -= 1


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        begin(body)
        time.sleep(TAKES)
        end()
        refused = self.path == "/refuse"
        counts["refused" if refused else "taken"] += 1
        if not refused:
            bodies.add(body)
        self.send_response(422 if refused else 204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def toggle(*_):
    global server
    if server:
        server.shutdown()
        server.server_close()
        server = None
    else:
        server = ThreadingHTTPServer(("", 8080), Receiver)
        if TLS_FOLDER:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(f"{TLS_FOLDER}/tls.crt", f"{TLS_FOLDER}/tls.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()


# The first process of a container ends at SIGTERM only if it says so.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
signal.signal(signal.SIGUSR1, toggle)
toggle()
while True:
    print(json.dumps({**counts, "different": len(bodies), "up": server is not None}), flush=True)
    time.sleep(1)

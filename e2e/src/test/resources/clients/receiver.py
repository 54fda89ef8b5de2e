"""Takes messages over HTTP: what is sent to /refuse is answered with 422, everything else with 204.

Prints a line of JSON at the start and after each request: how many were taken, and how many refused.
"""

import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

counts = {"taken": 0, "refused": 0}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        refused = self.path == "/refuse"
        counts["refused" if refused else "taken"] += 1
        self.send_response(422 if refused else 204)
        self.end_headers()
        report()

    def log_message(self, *arguments):
        pass


def report():
    print(json.dumps(counts), flush=True)


# The first process of a container ends at SIGTERM only if it says so.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
server = ThreadingHTTPServer(("", 8080), Receiver)
report()
server.serve_forever()

"""Shared by the programs beside this file: their connection, and a consumer that survives its loss."""

import os
import signal
import ssl
import sys
import threading
import time

import pika

QUEUE = os.environ["RABBITMQ_QUEUE"]
URI = os.environ["RABBITMQ_URI"]
# What verifies the node, if it is spoken to by TLS. A certificate and its key beside it are presented.
CA_FILE = os.environ.get("RABBITMQ_CA_FILE")

# The errors of a lost connection, and of opening one.
ERRORS = (pika.exceptions.AMQPError, OSError)

# A node that disappears is noticed after a few seconds instead of a minute: by the kernel, in ms, if there is
# something to send (pika's own check comes 5 s after the heartbeat's time), else by the heartbeat, in s.
PARAMETERS = pika.URLParameters(URI)
PARAMETERS.heartbeat = int(os.environ.get("HEARTBEAT", "4"))
PARAMETERS.tcp_options = {"TCP_USER_TIMEOUT": 3000}
PARAMETERS.socket_timeout = 2
PARAMETERS.stack_timeout = 4
PARAMETERS.blocked_connection_timeout = 10


# How often a connection was lost, or could not be opened.
lost = 0


def tls():
    """A new one for each connection, because the files change when certificates are renewed."""
    context = ssl.create_default_context(cafile=CA_FILE)
    certificate, key = (os.path.join(os.path.dirname(CA_FILE), name) for name in ("tls.crt", "tls.key"))
    if os.path.exists(certificate):
        context.load_cert_chain(certificate, key)
        PARAMETERS.credentials = pika.credentials.ExternalCredentials()
    return pika.SSLOptions(context, PARAMETERS.host)


def connect():
    if URI.startswith("amqps:"):
        PARAMETERS.ssl_options = tls()
    return pika.BlockingConnection(PARAMETERS)


def connecting_again(error):
    global lost
    lost += 1
    print(f"connecting again: {error!r}", file=sys.stderr)


def consume(handle, prefetch=1, report=lambda: None, declare=False):
    """Gives each message of the queue to handle, a callback as pika has them, until SIGTERM.

    The message that is handled then is finished; what else was fetched goes back to the queue. Calls report about once
    a second.
    """
    stopped = threading.Event()
    # The first process of a container ends at SIGTERM only if it says so.
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    reported = 0.0

    def take(*message):
        if not stopped.is_set():
            handle(*message)

    while not stopped.is_set():
        try:
            connection = connect()
            channel = connection.channel()
            if declare:
                channel.queue_declare(queue=QUEUE)
            channel.basic_qos(prefetch_count=prefetch)
            channel.basic_consume(queue=QUEUE, on_message_callback=take)
            while channel.consumer_tags and not stopped.is_set():
                connection.process_data_events(time_limit=0.2)
                if time.monotonic() - reported >= 1:
                    reported = time.monotonic()
                    report()
            connection.close()
        except ERRORS as error:
            connecting_again(error)
        stopped.wait(0.2)

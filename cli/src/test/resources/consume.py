"""A STOMP client from elsewhere: consumes a queue with a centre's certificate and leaves without acknowledging.

Usage: consume.py PORT IDENTITY_FOLDER DESTINATION COUNT. Prints the sender_id and message_id of each message.
"""
import sys
import threading

import stomp

port, identity, destination, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
host = [("127.0.0.1", port)]


class Listener(stomp.ConnectionListener):
    def __init__(self):
        self.seen = []
        self.done = threading.Event()

    def on_message(self, frame):
        if not frame.body:
            sys.exit("a message without a body")
        self.seen.append(frame.headers["sender_id"] + " " + frame.headers["message_id"])
        if len(self.seen) >= count:
            self.done.set()

    def on_error(self, frame):
        print("ERROR", frame.headers, file=sys.stderr)
        self.done.set()


listener = Listener()
# auto_decode=False: a body is bytes, not text.
connection = stomp.Connection12(host, heartbeats=(10000, 10000), auto_decode=False)
connection.set_ssl(
    for_hosts=host,
    ca_certs=identity + "/ca.crt",
    cert_file=identity + "/tls.crt",
    key_file=identity + "/tls.key",
)
connection.set_listener("", listener)
connection.connect(wait=True)
connection.subscribe(destination, id="1", ack="client-individual")
listener.done.wait(30)
connection.disconnect()
print("\n".join(listener.seen))
sys.exit(0 if len(listener.seen) == count else 1)

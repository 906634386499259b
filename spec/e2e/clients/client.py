"""What conversation.mjs says, with python-socketio: URL [TRANSPORT]. Prints what went well, in order."""
import sys
import threading

import socketio

PATIENCE_SECONDS = 10
BYTES = bytes(index % 256 for index in range(300))


class Ear:
    """Waits for one event; keeps the arguments of all."""

    def __init__(self, client, event, namespace="/"):
        self.heard = []
        self.news = threading.Condition()
        client.on(event, self.hear, namespace=namespace)

    def hear(self, *values):
        with self.news:
            self.heard.append(list(values))
            self.news.notify_all()

    def next(self):
        with self.news:
            if not self.news.wait_for(lambda: self.heard, PATIENCE_SECONDS):
                raise RuntimeError("nothing came in time")
            return self.heard.pop(0)


def same(actual, expected):
    if actual != expected:
        raise RuntimeError(f"expected {expected!r:.200}, got {actual!r:.200}")


def refusal(url, options, **changes):
    client = socketio.Client(reconnection=False)
    ear = Ear(client, "connect_error", changes.get("namespaces", ["/"])[0])
    client.connect(url, **{**options, **changes}, wait=False)
    reason = ear.next()[0]
    client.disconnect()
    return reason


def converse(url, transport):
    client = socketio.Client()
    ears = {(event, space): Ear(client, event, space) for event in ("auth", "message-back") for space in ("/", "/custom")}
    gone = Ear(client, "disconnect")
    client.on("question", lambda number: number + 1)
    options = {"auth": {"name": "ann"}, "wait_timeout": PATIENCE_SECONDS}
    if transport:
        options["transports"] = [transport]

    def echo(values, namespace="/"):
        client.emit("message", values, namespace=namespace)
        return ears["message-back", namespace].next()

    client.connect(url, namespaces=["/", "/custom"], **options)
    same(ears["auth", "/"].next(), [{"name": "ann"}])
    yield "connects and is known"
    same(client.transport(), transport or "websocket")
    yield "has the transport it wants"
    words = ("café ☕ \u2028 \U0001f600", 1.5, {"a": [True, None]})
    same(echo(words), list(words))
    same(echo("x" * 200_000), ["x" * 200_000])
    yield "hears its words again"
    same(echo(BYTES), [BYTES])
    yield "hears its bytes again"
    same(client.call("message-with-ack", (1, "2", {"3": [False]}), timeout=PATIENCE_SECONDS), (1, "2", {"3": [False]}))
    yield "gets an acknowledgement"
    same(client.call("message-with-ack", BYTES, timeout=PATIENCE_SECONDS), BYTES)
    yield "gets an acknowledgement with bytes"
    same(client.call("ask-me", 41, timeout=PATIENCE_SECONDS), 42)
    yield "is asked and answers"
    same(ears["auth", "/custom"].next(), [{"name": "ann"}])
    same(echo(7, "/custom"), [7])
    yield "has another namespace"
    same(refusal(url, options, auth={"token": "refuse"}), {"message": "not you", "data": {"code": 7}})
    same(refusal(url, options, namespaces=["/nowhere"]), {"message": "Invalid namespace"})
    yield "is refused with a reason"
    client.emit("drop-me")
    gone.next()
    client.wait()
    client.connect(url, **options)
    same(ears["auth", "/"].next(), [{"name": "ann"}])
    client.disconnect()
    yield "is sent away and comes back"


if __name__ == "__main__":
    try:
        for line in converse(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None):
            print(line, flush=True)
    except Exception as error:  # pylint: disable=broad-except
        print(f"{type(error).__name__}: {error}", flush=True)

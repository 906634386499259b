"""What schemathesis is told about this API: ids that exist, addresses that differ, and a book of what
was answered. Loaded by `st run` (SCHEMATHESIS_HOOKS); fuzz.py sets the environment."""

import atexit
import collections
import json
import os
import random
import threading
import time
import urllib.request
import uuid

import schemathesis

BASE = os.environ["FUZZ_URL"]
ADMIN = os.environ["FUZZ_ADMIN_TOKEN"]
BOOK = os.environ["FUZZ_BOOK"]

counts = collections.Counter()
lock = threading.Lock()
chance = random.Random(int(os.environ["FUZZ_SEED"]))


class Pool:
    """Ids that the API itself lists, asked for again every second: many of them change or vanish."""

    def __init__(self, path, field):
        self.path, self.field, self.ids, self.asked_at = path, field, [], 0.0

    def pick(self):
        with lock:
            if time.monotonic() - self.asked_at > 1:
                request = urllib.request.Request(
                    f"{BASE}{self.path}?limit=100", headers={"Authorization": f"Bearer {ADMIN}"}
                )
                with urllib.request.urlopen(request) as answer:
                    self.ids = [row[self.field] for row in json.load(answer)["data"]]
                self.asked_at = time.monotonic()
            return chance.choice(self.ids) if self.ids else None


orders = Pool("/orders", "id")
products = Pool("/products", "id")


@schemathesis.hook
def filter_headers(context, headers):
    # White space around a value is no part of it (RFC 9110, 5.5): with it, a wrong value may be a right one.
    return all(value.strip(" \t") == value for value in (headers or {}).values() if isinstance(value, str))


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers
    if headers is not None:
        # Failed sign-ins are counted by address; the gateway, which is believed, would name it.
        headers["X-Forwarded-For"] = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    path = case.operation.path
    if case.path_parameters and chance.random() < 0.7:
        pool = orders if path.startswith("/orders") else products
        for name, value in case.path_parameters.items():
            # What is no id at all stays: that is another case.
            if isinstance(value, str) and len(value) == 36:
                case.path_parameters[name] = pool.pick() or value
    body = case.body
    if path == "/orders" and isinstance(body, dict) and isinstance(body.get("items"), list):
        # Each another product: lines of one are added up, and no schema can say that the sum has a limit.
        taken = set()
        for item in body["items"]:
            if isinstance(item, dict) and isinstance(item.get("product_id"), str) and len(item["product_id"]) == 36:
                known = products.pick()
                if known is None or known in taken:
                    known = str(uuid.UUID(int=chance.getrandbits(128)))
                taken.add(known)
                item["product_id"] = known


@schemathesis.hook
def after_call(context, case, response):
    # Its own method: other methods than the operation's are tried as well.
    with lock:
        counts[f"{case.method.upper()} {case.operation.path} {response.status_code}"] += 1


@atexit.register
def write_book():
    with open(BOOK, "w", encoding="utf-8") as book:
        json.dump(counts, book)

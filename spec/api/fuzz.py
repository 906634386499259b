#!/usr/bin/env python3
"""Holds a running web process against its own description, as each kind of visitor.

For every role (nobody, customer, admin): schemathesis with N cases an operation, all checks; no 5xx,
no violation of a schema. Then a few requests by hand for answers that chance does not find. At the
end every status that the description names must have been seen, and no other.

    spec/api/fuzz.py URL --cases 200 --seed 7

Environment: FUZZ_CUSTOMER_TOKEN, FUZZ_ADMIN_TOKEN, FUZZ_LIMITED_TOKEN (a customer who may place one
order a minute). Exit 0 when all holds.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

import requests
import schemathesis

FOLDER = pathlib.Path(__file__).parent
ST = pathlib.Path(sys.executable).with_name("st")


def run_schemathesis(role, token, options, seen):
    book = pathlib.Path(tempfile.mkstemp(prefix="carafe-fuzz-")[1])
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(FOLDER), "FUZZ_URL": options.url,
        "FUZZ_BOOK": str(book), "FUZZ_SEED": str(options.seed),
    }
    command = [
        ST, "run", f"{options.url}/openapi.json", "--url", options.url, "--no-color",
        "--max-examples", str(options.cases), "--seed", str(options.seed), "--workers", "1",
        "--checks", "all", "--phases", "examples,coverage,fuzzing", "--warnings", "off",
        "--suppress-health-check", "all", "--generation-database", "none", "--continue-on-failure",
    ]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    print(f"\n=== {role}: schemathesis, {options.cases} cases an operation, seed {options.seed}", flush=True)
    status = subprocess.run(command, env=environment, cwd=FOLDER, check=False).returncode
    counts = json.loads(book.read_text())
    book.unlink()
    operations = collections.Counter()
    for key, count in counts.items():
        operation, answer = key.rsplit(" ", 1)
        seen[operation][answer] += count
        operations[operation] += count
    least = min(operations.items(), key=lambda each: each[1])
    print(f"{role}: {sum(operations.values())} requests, at least {least[1]} each ({least[0]})")
    return status == 0


class ByHand:
    """Requests that chance does not find, judged by the same schemas."""

    def __init__(self, options, seen):
        self.url, self.seen, self.failed = options.url, seen, 0
        self.schema = schemathesis.openapi.from_url(f"{options.url}/openapi.json")
        self.tokens = {role: os.environ[f"FUZZ_{role.upper()}_TOKEN"] for role in ("customer", "admin", "limited")}

    def ask(self, expected, method, path, role=None, body=None, raw=None, headers=None, **names):
        target = path.format(**names)
        sent = {"X-Forwarded-For": ".".join(str(random.randrange(1, 255)) for _ in range(4))} | (headers or {})
        if role:
            sent["Authorization"] = f"Bearer {self.tokens[role]}"
        if body is not None:
            sent["Content-Type"] = "application/json"
            raw = json.dumps(body)
        answer = requests.request(method, self.url + target, headers=sent, data=raw, timeout=30)
        self.seen[f"{method} {path}"][str(answer.status_code)] += 1
        try:
            self.schema[path][method].validate_response(answer)
        except Exception as error:  # whatever a check raises is a failure of the API
            self.complain(f"{method} {target}: {error}")
        if answer.status_code != expected:
            self.complain(f"{method} {target}: expected {expected}, got {answer.status_code} {answer.text}")
        return answer.json() if answer.text and "json" in answer.headers["Content-Type"] else None

    def complain(self, text):
        self.failed += 1
        print(f"FAILED {text}")

    def run(self):
        large = "{" + " " * 70_000 + "}"
        nobody, user, admin = str(uuid.uuid4()), "customer", "admin"
        account = {"email": f"{nobody}@example.com", "password": "0123456789", "name": "By hand"}
        price = {"amount_minor": 100, "currency": "USD"}
        draft = {"sku": nobody, "name": "By hand", "price": price, "stock": 5}
        self.ask(201, "POST", "/users", body=account)
        self.ask(409, "POST", "/users", body=account)
        self.ask(413, "POST", "/users", raw=large)
        self.ask(201, "POST", "/sessions", body={k: account[k] for k in ("email", "password")})
        for expected in (401, 401, 401, 401, 401, 429):
            self.ask(expected, "POST", "/sessions", body={"email": account["email"], "password": "wrong"})
        self.ask(413, "POST", "/sessions", raw=large)
        product = self.ask(201, "POST", "/products", admin, draft)
        product = product["id"]
        self.ask(409, "POST", "/products", admin, draft)
        self.ask(413, "POST", "/products", admin, raw=large)
        self.ask(403, "POST", "/products", user, draft)
        self.ask(200, "GET", "/products/{id}", id=product)
        name, known = {"name": "By another hand"}, {"If-Match": '"1-1"'}
        self.ask(428, "PATCH", "/products/{id}", admin, name, id=product)
        self.ask(200, "PATCH", "/products/{id}", admin, name, headers=known, id=product)
        self.ask(412, "PATCH", "/products/{id}", admin, name, headers=known, id=product)
        self.ask(404, "PATCH", "/products/{id}", admin, name, headers=known, id=nobody)
        self.ask(413, "PATCH", "/products/{id}", admin, raw=large, headers=known, id=product)
        self.ask(200, "GET", "/inventory/{product_id}", admin, product_id=product)
        self.ask(404, "GET", "/inventory/{product_id}", admin, product_id=nobody)
        adjustments = "/inventory/{product_id}/adjustments"
        self.ask(201, "POST", adjustments, admin, {"delta": 1, "reason": "found"}, product_id=product)
        self.ask(422, "POST", adjustments, admin, {"delta": -100, "reason": "lost"}, product_id=product)
        self.ask(404, "POST", adjustments, admin, {"delta": 1, "reason": "found"}, product_id=nobody)
        self.ask(413, "POST", adjustments, admin, raw=large, product_id=product)
        self.orders(product, nobody, large)
        for path in ("/products/{id}", "/inventory/{product_id}", "/orders/{id}"):
            self.ask(400, "GET", path, admin, id="%00", product_id="%00")
        self.ask(200, "GET", "/openapi.json")
        self.ask(412, "DELETE", "/products/{id}", admin, headers=known, id=product)
        self.ask(204, "DELETE", "/products/{id}", admin, id=product)
        self.ask(404, "DELETE", "/products/{id}", admin, id=product)
        self.cookie()
        return self.failed == 0

    def orders(self, product, nobody, large):
        user, admin = "customer", "admin"
        items = {"items": [{"product_id": product, "quantity": 1}]}
        key = {"Idempotency-Key": nobody}
        order = self.ask(201, "POST", "/orders", user, items, headers=key)["id"]
        self.ask(201, "POST", "/orders", user, items, headers=key)
        self.ask(422, "POST", "/orders", user, items | {"user_id": None}, headers=key)
        self.ask(413, "POST", "/orders", user, raw=large)
        self.ask(403, "POST", "/orders", admin, items)
        self.ask(201, "POST", "/orders", "limited", items)
        self.ask(429, "POST", "/orders", "limited", items)
        self.conflict(items)
        for path in ("/orders/{id}", "/orders/{id}/events"):
            self.ask(200, "GET", path, user, id=order)
            self.ask(404, "GET", path, "limited", id=order)
        wait = {"Prefer": "wait=0"}
        changes = (("PUT", "/orders/{id}/update_status"), ("PATCH", "/orders/{id}/status"))
        for method, path in changes:
            self.ask(413, method, path, admin, raw=large, id=order)
            self.ask(409, method, path, admin, {"status": "delivered"}, id=order)
            self.ask(403, method, path, user, {"status": "delivered"}, id=order)
            self.ask(404, method, path, "limited", {"status": "cancelled"}, id=order)
            fresh = self.ask(201, "POST", "/orders", user, items)["id"]
            self.ask(202, method, path, user, {"status": 5}, headers=wait, id=fresh)
            self.cancelled(fresh)
            self.ask(200, method, path, user, {"status": "Cancelled"}, id=fresh)
        cancel = "/orders/{id}/cancel"
        self.ask(413, "POST", cancel, user, raw=large, id=order)
        self.ask(400, "POST", cancel, user, {"reason": "none"}, id=order)
        self.ask(404, "POST", cancel, "limited", id=order)
        self.ask(202, "POST", cancel, user, headers=wait, id=order)
        self.cancelled(order)
        self.ask(200, "POST", cancel, user, id=order)
        if shipped := os.environ.get("FUZZ_SHIPPED_ORDER"):
            self.ask(409, "POST", cancel, admin, id=shipped)

    def cancelled(self, order):
        """Waits until the worker has carried the command out; asking again is fine."""
        for _ in range(30):
            answer = requests.post(
                f"{self.url}/orders/{order}/cancel", timeout=30,
                headers={"Authorization": f"Bearer {self.tokens['admin']}", "Prefer": "wait=2"},
            )
            if answer.status_code == 200:
                return
        self.complain(f"order {order} was not cancelled: {answer.status_code}")

    def conflict(self, items):
        """The first request with a key is still under way: another transaction holds its row."""
        if hold := os.environ.get("FUZZ_HELD_KEY"):
            self.ask(409, "POST", "/orders", "customer", items, headers={"Idempotency-Key": hold})

    def cookie(self):
        """A browser's cookie is taken from our own pages only; the last is signing out for good."""
        cookie = {"Cookie": f"shop_session={self.tokens['limited']}", "Origin": "http://evil.example"}
        nobody, admin = str(uuid.uuid4()), {"Cookie": f"shop_session={self.tokens['admin']}", "Origin": "null"}
        for method, path in (
            ("DELETE", "/sessions/current"), ("PUT", "/orders/{id}/update_status"),
            ("PATCH", "/orders/{id}/status"), ("POST", "/orders/{id}/cancel"),
        ):
            self.ask(403, method, path, headers=cookie, body={}, id=nobody)
        self.ask(403, "DELETE", "/products/{id}", headers=admin, id=nobody)
        self.ask(204, "DELETE", "/sessions/current", "limited")


def judge(url, seen):
    """Every status that is named was seen, and none that is not."""
    good = True
    document = requests.get(f"{url}/openapi.json", timeout=30).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            named = set(operation["responses"]) - {"default"}
            answers = set(seen[name])
            print(f"{name:45} " + " ".join(f"{status}:{count}" for status, count in sorted(seen[name].items())))
            # What operators do needs dead letters and redrives in every state; only the shop's own
            # routes can be driven through all their answers from here.
            for status in sorted(named - answers):
                if path.startswith("/ops/"):
                    print(f"    {name}: {status} was not seen")
                    continue
                print(f"FAILED {name}: {status} is described and was never seen")
                good = False
            # 405 is said of methods that a path does not know, 414 of any target that is too long.
            for status in sorted(answers - named - {"405", "414"}):
                print(f"FAILED {name}: {status} was seen and is not described")
                good = False
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--roles", default="nobody,customer,admin")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    seen = collections.defaultdict(collections.Counter)
    good = True
    for role in options.roles.split(","):
        token = os.environ.get(f"FUZZ_{role.upper()}_TOKEN")
        good = run_schemathesis(role, token, options, seen) and good
    print("\n=== by hand")
    good = ByHand(options, seen).run() and good
    print("\n=== seen")
    good = judge(options.url, seen) and good
    print(f"\nseed {options.seed}: {'all good' if good else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""endpoints_test.py TUTTID [--row TEXT] [--verbose]

The exchanges of exchanges/*.json, against a real node. Every row of rows.tsv
has a success and an error, or stands in missing.tsv and does not answer.
README.md says how an exchange is written.
"""

import argparse
import copy
import json
import pathlib
import re
import sys
import time

from answers import Misfit, fits, is_error
from node import Node

HERE = pathlib.Path(__file__).parent
PATIENCE_S = 20
# What workflows may read from the node; the exchanges know the names.
VARIABLES = {"CONDUCTOR_SECRET_TOKEN": "t", "CONDUCTOR_ENV_REGION": "r",
             "CONDUCTOR_SECRET_DB_PASSWORD": "p"}


def in_time(holds):
    """What `holds` answers once it raises no Misfit; other threads of the node
    make it so."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return holds()
        except Misfit:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def table(name):
    lines = (HERE / name).read_text().splitlines()
    return [" ".join(line.split("\t")[:2]) for line in lines
            if line and not line.startswith("#")]


class Play:
    """One exchange: what it has saved, and the node."""

    def __init__(self, node, number, given):
        self.node, self.given = node, given
        self.saved = {"n": str(number)}

    def filled(self, x):
        if isinstance(x, str):
            whole = re.fullmatch(r"\{\{(\w+)\}\}", x)
            if whole:
                return self.known(whole[1])
            return re.sub(r"\{\{(\w+)\}\}",
                          lambda m: str(self.known(m[1])), x)
        if isinstance(x, list):
            return [self.filled(item) for item in x]
        if isinstance(x, dict):
            return {self.filled(k): self.filled(v) for k, v in x.items()}
        return x

    def known(self, name):
        if name not in self.saved:
            raise Misfit(f"nothing was saved as '{name}'")
        return self.saved[name]

    def begin(self, names):
        for name in [names] if isinstance(names, str) else names:
            if name not in self.given:
                raise Misfit(f"given.json has no '{name}'")
            for step in self.given[name]:
                if "given" in step:
                    self.begin(step["given"])
                else:
                    self.step(step)

    def step(self, step):
        unknown = step.keys() - {"call", "body", "text", "headers", "answer",
                                 "save", "repeat"}
        if unknown:
            raise Misfit(f"a step has no {unknown}")
        if step.get("repeat"):
            in_time(lambda: self.once(step))
        else:
            self.once(step)

    def once(self, step):
        method, _, target = self.filled(step["call"]).partition(" ")
        headers = dict(step.get("headers", {}))
        body = None
        if "body" in step:
            body = json.dumps(self.filled(step["body"])).encode()
            headers.setdefault("Content-Type", "application/json")
        elif "text" in step:
            body = self.filled(step["text"]).encode()
        answer = self.node.send(method, target, body,
                                self.filled(headers).items())
        try:
            self.compare(self.filled(step.get("answer", {})), answer)
            for name, pointer in step.get("save", {}).items():
                self.saved[name] = self.at(pointer, answer)
        except Misfit as wrong:
            raise Misfit(f"{method} {target}: {wrong}") from None

    @staticmethod
    def at(pointer, answer):
        if pointer == "text":
            return answer.text()
        found = answer.json()
        for part in filter(None, pointer.split("/")):
            try:
                found = found[int(part) if isinstance(found, list) else part]
            except (KeyError, IndexError, ValueError):
                raise Misfit(f"the answer has no {pointer}") from None
        return found

    @staticmethod
    def compare(expected, answer):
        """Any 2xx when nothing is expected."""
        unknown = expected.keys() - {"status", "void", "text", "json", "error",
                                     "violations", "message", "headers"}
        if unknown:
            raise Misfit(f"an answer has no {unknown}")
        for name, value in expected.get("headers", {}).items():
            fits(value, answer.headers.get(name.lower()), name)
        if "error" in expected or "violations" in expected:
            return is_error(answer, expected.get("error", 400),
                            expected.get("message"),
                            expected.get("violations"))
        status = expected.get("status", range(200, 300))
        if answer.status != status and (isinstance(status, int)
                                        or answer.status not in status):
            raise Misfit(f"status {answer.status}, not {status}: "
                         + answer.text()[:500])
        if expected.get("void"):
            if answer.body or answer.type():
                raise Misfit(f"a body: {answer.type()} {answer.text()[:200]}")
            length = answer.headers.get("content-length")
            if length != (None if answer.status == 204 else "0"):
                raise Misfit(f"Content-Length is {length}")
        elif "text" in expected:
            if answer.type() != "text/plain;charset=UTF-8":
                raise Misfit(f"no plain text but {answer.type()}")
            fits(expected["text"], answer.text(), "text")
        elif "json" in expected:
            if answer.type() != "application/json":
                raise Misfit(f"no JSON but {answer.type()}")
            fits(expected["json"], answer.json(), "")


def exchanges():
    """Of all files; each has one row, or what it is about besides the rows."""
    for path in sorted((HERE / "exchanges").glob("*.json")):
        for one in json.loads(path.read_text()):
            yield path.name, one


def check_form(one):
    unknown = one.keys() - {"row", "kind", "title", "given", "before", "call",
                            "body", "text", "headers", "answer", "save",
                            "after", "repeat"}
    if unknown:
        raise Misfit(f"an exchange has no {unknown}")
    if one.get("kind") not in ("success", "error"):
        raise Misfit("an exchange is a success or an error")
    answer = one["answer"]
    refused = "error" in answer or "violations" in answer
    refused = refused or answer.get("status", 200) >= 400
    if refused != (one["kind"] == "error"):
        raise Misfit(f"the answer is no {one['kind']}")
    pattern = re.sub(r"\{\w+\}", "[^/?]+", one["row"].split(" ")[1])
    if one["kind"] == "success" or answer.get("error") != 405:
        method, _, target = one["call"].partition(" ")
        if (method != one["row"].split(" ")[0]
                or not re.fullmatch(pattern + "/?", target.partition("?")[0])):
            raise Misfit(f"{one['call']} is no request of this row")


def play(node, number, one, given):
    check_form(one)
    it = Play(node, number, given)
    it.begin(one.get("given", []))
    for step in one.get("before", []):
        it.step(step)
    it.step({key: one[key] for key in
             ("call", "body", "text", "headers", "answer", "save", "repeat")
             if key in one})
    for step in one.get("after", []):
        it.step(step)


def answers(node, row):
    """Whether the node has such a route."""
    method, path = row.split(" ")
    answer = node.send(method, re.sub(r"\{\w+\}", "none", path), b"{}",
                       [("Content-Type", "application/json")])
    if answer.status == 405:
        return False
    if answer.status != 404:
        return True
    text = answer.text()
    return ("no such route" not in text
            and "this version does not have" not in text)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tuttid")
    options.add_argument("--row", help="only rows with this text in them")
    options.add_argument("--verbose", action="store_true")
    options = options.parse_args()
    rows, missing = table("rows.tsv"), table("missing.tsv")
    given = json.loads((HERE / "given.json").read_text())
    wrong, kinds, played = [], {row: set() for row in rows}, 0
    for row in missing:
        if row not in rows:
            wrong.append(f"missing.tsv: {row} is no row of rows.tsv")
    with Node(options.tuttid, "node.test_clock=true",
              environment=VARIABLES) as node:
        for number, (file, one) in enumerate(exchanges()):
            row, title = one["row"], one["title"]
            if options.row and options.row not in row or row in missing:
                continue
            played += 1
            try:
                play(node, number, copy.deepcopy(one), given)
                if row in kinds:
                    kinds[row].add(one["kind"])
                if options.verbose:
                    print(f"ok: {row}: {title}")
            except (Misfit, KeyError, ValueError) as why:
                wrong.append(f"{file}: {row}: {title}:\n    "
                             f"{type(why).__name__}: {why}")
                kinds.get(row, set()).add("wrong")
        for row in missing:
            if answers(node, row):
                wrong.append(
                    f"{row} answers: take it out of missing.tsv and give it a "
                    "success and an error in exchanges/")
    for row in rows:
        if row in missing or options.row and options.row not in row:
            continue
        for kind in {"success", "error"} - kinds[row]:
            if "wrong" not in kinds[row]:
                wrong.append(f"{row} has no {kind} in exchanges/")
    whole = sum(found == {"success", "error"} for found in kinds.values())
    for line in wrong:
        print(line)
    print(f"exchanges: {played}")
    print(f"endpoints: {whole} of {len(rows)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

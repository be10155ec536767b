#!/usr/bin/env python3
"""bad_input_test.py TUTTID [--route TEXT] [--verbose]

Bad input for every route, made from the OpenAPI document: arguments, path
variables, methods, content types, bodies and each field of each model. Every
answer is a 4xx with the error body, nothing is stored, memory stays.
"""

import argparse
import copy
import json
import re
import subprocess
import sys

from answers import Misfit, is_error, fits
from node import Node

JSON = [("Content-Type", "application/json")]
VARIABLE = re.compile(r"\{(\w+)\}")
GOOD_PARTS = {"status": "COMPLETED", "version": "1"}
METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH"]
GROWTH_MAX = 64 << 20

# What is enough of a model; the test makes one thing of it wrong.
TASK = {"name": "bad", "taskReferenceName": "bad"}
ENOUGH = {
    "WorkflowDef": {"name": "bad_input", "tasks": [TASK]},
    "WorkflowTask": TASK,
    "TaskDef": {"name": "bad_input"},
    "SchemaDef": {"name": "bad_input", "version": 1, "type": "JSON"},
    "StartWorkflowRequest": {"name": "bad_input"},
    "WorkflowTestRequest": {"name": "bad_input"},
    "TaskMock": {},
    "RerunWorkflowRequest": {}, "SkipTaskRequest": {},
    "TaskResult": {"workflowInstanceId": "none", "taskId": "none",
                   "status": "COMPLETED"},
    "TaskExecLog": {"log": "bad"},
    "EventHandler": {"name": "bad_input", "event": "e",
                     "actions": [{"action": "complete_task"}]},
    "Action": {"action": "complete_task"},
    "Tag": {"key": "k", "value": "v"},
    "RateLimitConfig": {"concurrentExecLimit": 1},
    "CacheConfig": {}, "ErrorHandler": {}, "StateChangeEvent": {},
    "SubWorkflowParams": {"name": "bad"},
    "SearchAttribute": {"path": "input.a"},
    "WorkflowSchedule": {"name": "bad_input", "cronExpression": "0 0 3 * * *",
                         "startWorkflowRequest": {"name": "bad_input"}},
    "CronSchedule": {"cronExpression": "0 0 3 * * *"},
    "WorkflowStateUpdate": {"variables": {}},
}
# What Conductor takes for a missing body, or takes as one thing or as many.
OPTIONAL_BODY = {"RerunWorkflowRequest", "SkipTaskRequest"}
OPTIONAL_AT = {"/jump/"}
ONE_OR_MANY = {"EventHandler", "Tag", "[Tag]", "[SchemaDef]"}
# Fields that clients send and nobody reads (rest-api §3), so any value will do.
UNREAD = {("TaskExecLog", "taskId"),
          ("RerunWorkflowRequest", "reRunFromWorkflowId"),
          *(("WorkflowSchedule", field) for field in (
              "nextRunTime", "nextRunTimes", "lastRun", "backfillPending",
              "runningWorkflowIds", "firedCount", "failedCount",
              "missedCount", "skippedCount"))}
# Refused with bare text, as Conductor's.
BARE = {"/api/workflow/{workflowId}/messages"}

BAD_TEXTS = [b"{", b"nonsense", b"{'a': 1}", b'{"a": 1} x', b'{"a": "\xff"}',
             b"\x00", b'{"a": NaN}', b'{"a": "\x01"}', b'{"a": 1,}',
             b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 100_000]


class Suite:
    def __init__(self, node, document, verbose):
        self.node, self.verbose = node, verbose
        self.models = document["components"]["schemas"]
        self.wrong, self.sent = [], 0

    def refused(self, what, method, target, body=None, headers=(),
                statuses=(400,), bare=False):
        self.sent += 1
        try:
            answer = self.node.send(method, target, body, headers)
            if answer.status not in statuses:
                raise Misfit(f"status {answer.status}: {answer.text()[:200]}")
            if bare and answer.type().startswith("text/plain"):
                return
            if answer.type() == "application/json" and (
                    "validationErrors" in answer.json()):
                fits({"~is": "map", "~has": {
                    "status": 400, "retryable": False,
                    "message": {"~is": "string"},
                    "validationErrors": {"~is": "list", "~empty": False}}},
                    answer.json(), "error")
            else:
                is_error(answer, answer.status)
        except Misfit as why:
            self.wrong.append(f"{method} {target[:90]}: {what}: {why}")
        if self.verbose:
            print(f"{method} {target[:90]}: {what}")

    # One operation

    def operation(self, method, path, told):
        target = VARIABLE.sub(lambda m: GOOD_PARTS.get(m[1], "none"), path)
        bare = path in BARE
        content = told.get("requestBody", {}).get("content", {})
        body, headers = None, ()
        if "application/json" in content:
            model = self.kind(content["application/json"]["schema"])
            body, headers = self.enough(model), JSON
        parameters = told.get("parameters", [])
        self.variables(method, path, parameters, body, headers, bare)
        required = "&".join(f"{p['name']}=x" for p in parameters
                            if p["in"] == "query" and p.get("required"))
        for p in parameters:
            self.argument(method, target, p, required, body, headers)
        if body is not None:
            self.body(method, target, model, bare)
        elif method != "GET" and not content:
            self.refused("a body that says it is a page", method, target,
                         b"{}", [("Content-Type", "text/html")], (415,))

    def variables(self, method, path, parameters, body, headers, bare):
        numbers = {p["name"] for p in parameters
                   if p["in"] == "path" and p["schema"]["type"] == "integer"}
        for name in VARIABLE.findall(path):
            def with_part(part):
                return VARIABLE.sub(
                    lambda m: part if m[1] == name
                    else GOOD_PARTS.get(m[1], "none"), path)
            for what, part in (("a blank part", "%20"), ("no UTF-8", "%ff%fe"),
                               ("half a character", "%c3"), ("NUL", "a%00b"),
                               ("a bad escape", "%zz")):
                self.refused(f"{name}: {what}", method, with_part(part), body,
                             headers, bare=bare)
            self.refused(f"{name}: too long", method,
                         with_part("x" * 60_000), body, headers, (414,))
            if name in numbers:
                for part in ("one", "1.5", "1e3", "9" * 30, "-" + "9" * 30):
                    self.refused(f"{name}: {part}", method, with_part(part),
                                 body, headers)

    def argument(self, method, target, p, required, body, headers):
        name, schema = p["name"], p["schema"]
        if p["in"] == "header" and "enum" in schema:
            self.refused(f"{name}: unknown", method, target, body,
                         [*headers, (name, "NOPE")])
        if p["in"] != "query":
            return
        if p.get("required"):
            self.refused(f"{name} is missing", method, target, body, headers)
        bad = ["%ff", "%c3%28", "%00", "%zz"]
        if schema["type"] == "integer":
            bad += ["x", "1.5", "1e3", "true", "9" * 30, "-" + "9" * 30]
            if schema["format"] == "int32":
                bad += ["2147483648", "-2147483649"]
        elif schema["type"] == "boolean":
            bad += ["maybe", "2", "tru", "null"]
        others = [x for x in required.split("&")
                  if x and not x.startswith(name + "=")]
        for value in bad:
            query = "&".join([f"{name}={value}", *others])
            self.refused(f"{name}={value}", method, f"{target}?{query}", body,
                         headers)

    # Bodies

    @staticmethod
    def kind(schema):
        """As the notes of a route name it."""
        if "$ref" in schema:
            return schema["$ref"].rpartition("/")[2]
        if schema.get("type") == "array":
            return f"[{Suite.kind(schema['items'])}]"
        return {"string": "text"}.get(schema.get("type"), "map")

    def enough(self, model):
        return json.dumps(self.good(model)).encode()

    def good(self, model):
        if model.startswith("["):
            return [self.good(model[1:-1])]
        if model == "text":
            return "none"
        return copy.deepcopy(ENOUGH.get(model, {}))

    def body(self, method, target, model, bare):
        def bad(what, text, statuses=(400,)):
            self.refused(what, method, target, text, JSON, statuses, bare)
        for text in BAD_TEXTS:
            bad(f"the body {text[:20]}", text)
        others = [b'"text"', b"12", b"true", b"null"]
        if model in ONE_OR_MANY:
            others += [b"[1]", b"[null]"]
        elif model.startswith("["):
            others += [b"{}", b"[null]" if model != "[text]" else b"{}",
                       b"[[]]", b"[{}, 1]"]
        else:
            others += [b"[]", b"[{}]"]
        for text in others:
            bad(f"the body {text}", text)
        if model not in OPTIONAL_BODY and not any(
                part in target for part in OPTIONAL_AT):
            bad("no body", b"")
            self.refused("no body at all", method, target, None, (), (400,),
                         bare)
        for kind in ("text/html", "application/xml", "text/plain",
                     "application/x-www-form-urlencoded"):
            self.refused(kind, method, target, self.enough(model),
                         [("Content-Type", kind)], (415,))
        bare_model = model.strip("[]")
        if bare_model in self.models:
            for place, field, value in self.wrong_fields(bare_model, 3):
                document = self.good(model)
                self.put(document[0] if model.startswith("[") else document,
                         place, field, value)
                bad(f"{'.'.join(map(str, [*place, field]))} is "
                    f"{str(value)[:30]}", json.dumps(document).encode())

    @staticmethod
    def put(into, place, field, value):
        for part in place:
            into = into[part]
        into[field] = value

    def wrong_fields(self, model, depth):
        """Where, which field, and a value that is none of its type."""
        for field, schema in self.models[model]["properties"].items():
            if (model, field) in UNREAD:
                continue
            for value in self.wrong_values(schema):
                yield [], field, value
            inner, step = schema, [field]
            while inner.get("type") == "array":
                inner, step = inner["items"], [*step, 0]
            name = self.kind(inner)
            if depth and name in ENOUGH and name != model:
                for place, at, value in self.wrong_fields(name, depth - 1):
                    whole = copy.deepcopy(ENOUGH[name])
                    self.put(whole, place, at, value)
                    for _ in step[1:]:
                        whole = [whole]
                    yield [], field, whole

    def wrong_values(self, schema):
        if "enum" in schema:
            one = schema["enum"][0]
            other = one.lower() if one != one.lower() else one.upper()
            return ["NOPE", other, 7, {}, []]
        if "$ref" in schema:
            return [[], "x", 1, True]
        return {"integer": ["x", "1x", {}, [], 1 << 70, -(1 << 70)],
                "number": ["x", {}, []],
                "string": [{}, []],
                "boolean": ["maybe", {}, []],
                "array": [{}, "x", 1, True],
                "object": [[], "x", 1, True]}.get(schema.get("type"), [])

    # Methods

    def methods(self, path, known):
        target = VARIABLE.sub(lambda m: GOOD_PARTS.get(m[1], "none"), path)
        for method in METHODS:
            if method.lower() not in known:
                # A literal part may fit another path's variable: then what is
                # not there is named.
                # Removing an unknown schedule is no error (rest-api §2.9).
                if method == "DELETE" and "/scheduler/schedules/" in path:
                    continue
                self.refused("a method that it does not have", method, target,
                             b"{}", JSON, (400, 404, 405), path in BARE)
        answer = self.node.send("OPTIONS", target)
        if answer.status != 200 or "OPTIONS" not in answer.headers["allow"]:
            self.wrong.append(f"OPTIONS {target}: {answer.status}")

    def stored(self):
        found = {}
        for path in ("/api/metadata/workflow", "/api/metadata/taskdefs",
                     "/api/schema", "/api/event", "/api/metadata/tags",
                     "/api/tutti/executions?running=false",
                     "/api/tasks/queue/all"):
            answer = self.node.send("GET", path)
            if answer.status != 200:
                raise Misfit(f"{path}: {answer.status} {answer.text()}")
            found[path] = answer.json()
        return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tuttid")
    options.add_argument("--route", default="")
    options.add_argument("--verbose", action="store_true")
    options = options.parse_args()
    document = json.loads(subprocess.run(
        [options.tuttid, "--print-openapi"], check=True,
        capture_output=True).stdout)
    with Node(options.tuttid) as node:
        suite = Suite(node, document, options.verbose)
        node.send("PUT", "/api/metadata/workflow", json.dumps(
            [{"name": "good", "tasks": [TASK]}]).encode(), JSON)
        node.send("POST", "/api/workflow/good", b"{}", JSON)
        before = suite.stored()
        # Once before the measure: buffers and caches have their size then.
        for turn in range(2):
            suite.wrong.clear()
            memory = node.memory()
            for path, operations in document["paths"].items():
                if options.route not in path:
                    continue
                for method, told in operations.items():
                    suite.operation(method.upper(), path, told)
                suite.methods(path, operations)
        grown = node.memory() - memory
        after = suite.stored()
    for path in before:
        if before[path] != after[path]:
            suite.wrong.append(f"something was stored: {path}: "
                               f"{json.dumps(after[path])[:300]}")
    if grown > GROWTH_MAX:
        suite.wrong.append(f"memory has grown by {grown >> 20} MiB")
    for line in suite.wrong:
        print(line)
    print(f"bad input: {suite.sent} requests to {len(document['paths'])} "
          f"paths, {len(suite.wrong)} wrong answers, {grown >> 10} KiB more")
    return 1 if suite.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

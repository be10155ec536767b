"""What happens to the executions of a store before it is stopped.

Every function leaves executions as a crash would find them and yields a name
and an id for each. Tasks are taken from queues in the order in which they were
offered, so a function that leaves some waiting comes after those that poll.
"""

from definitions import FAR_S, SCHEMAS, TASKS, WORKFLOWS
from node import in_time


def define(node):
    node.ask("POST", "/schema", SCHEMAS)
    node.ask("POST", "/metadata/taskdefs", TASKS)
    node.ask("PUT", "/metadata/workflow", WORKFLOWS)
    node.ask("PUT", "/metadata/workflow",
             [dict(WORKFLOWS[0], version=2, description="the second one")])


class Play:
    """One execution in a domain of its own: nobody else takes its tasks."""

    def __init__(self, node, name, label, **request):
        self.node, self.domain = node, label
        self.id = node.start(name, taskToDomain={"*": label},
                             correlationId=label, **request)

    def take(self, kind):
        return self.node.take(kind, self.domain)

    def done(self, kind, output=None):
        self.node.update(self.take(kind), output=output or {"made": kind})

    def fail(self, kind, why="it broke"):
        self.node.update(self.take(kind), "FAILED",
                         reasonForIncompletion=why)

    def wait_for(self, status):
        in_time(lambda: self.node.execution(self.id)["status"] == status,
                f"{self.domain} is {status}")


def linear(node):
    def play(label, **request):
        return Play(node, "linear", label, version=1,
                    input={"n": 1, "secret": "s3"}, **request)

    yield "scheduled", node.start("linear", input={"n": 0}, priority=7)
    polled = play("polled")
    task = polled.take("t1")
    node.ask("POST", f"/tasks/{task['taskId']}/log", "a line of the worker")
    yield "polled", polled.id
    half = play("half")
    task = half.take("t1")
    node.update(task, output={"made": ["ü", 1.5, None]},
                logs=[{"log": "done", "taskId": task["taskId"]}])
    yield "half", half.id
    progress = play("progress")
    node.update(progress.take("t1"), "IN_PROGRESS", {"percent": 40},
                callbackAfterSeconds=FAR_S)
    yield "progress", progress.id
    for label, end in (("completed", None), ("archived", "remove"),
                       ("restarted", "restart")):
        whole = play(label)
        whole.done("t1")
        whole.done("t2")
        whole.wait_for("COMPLETED")
        if end == "remove":
            node.ask("DELETE",
                     f"/workflow/{whole.id}/remove?archiveWorkflow=true")
        elif end:
            node.ask("POST", f"/workflow/{whole.id}/{end}")
        yield label, whole.id
    failed = play("failed")
    failed.done("t1")
    failed.fail("t2")
    failed.wait_for("FAILED")
    yield "failed", failed.id
    retried = play("retried")
    retried.fail("t1")
    retried.wait_for("FAILED")
    node.ask("POST", f"/workflow/{retried.id}/retry")
    yield "retried", retried.id
    rerun = play("rerun")
    rerun.done("t1")
    rerun.done("t2")
    rerun.wait_for("COMPLETED")
    second = node.execution(rerun.id)["tasks"][1]["taskId"]
    node.ask("POST", f"/workflow/{rerun.id}/rerun",
             {"reRunFromTaskId": second, "taskInput": {"was": "rerun"}})
    yield "rerun", rerun.id
    ended = play("terminated")
    node.ask("DELETE", f"/workflow/{ended.id}?reason=enough")
    yield "terminated", ended.id
    paused = play("paused")
    node.ask("PUT", f"/workflow/{paused.id}/pause")
    paused.done("t1")
    yield "paused", paused.id


def waiting(node):
    again = Play(node, "retries", "retries")
    again.fail("again")
    again.done("again")
    again.fail("later")
    yield "delayed retry", again.id
    quick = Play(node, "quick", "quick")
    quick.take("quick")
    quick.wait_for("TIMED_OUT")
    yield "timed out", quick.id
    yield "gates", node.start("gates")
    yield "start delay", node.start("delayed")
    yield "timer", node.start("timer", taskToDomain={"*": "timer"})
    inbox = Play(node, "inbox", "inbox")
    for n in range(3):
        node.ask("POST", f"/workflow/{inbox.id}/messages", {"n": n})
    yield "inbox", inbox.id
    pulls = Play(node, "inbox", "pulls")
    pulls.done("t1")
    yield "pulls", pulls.id


def families(node):
    for depth, name in enumerate(("parent", "grandparent")):
        play = Play(node, name, name, input={"n": depth})
        play.done("t1")
        yield name, play.id
    yield "starter", node.start("starter")
    helped = Play(node, "linear_with_help", "helped", input={"n": 3})
    helped.fail("t1")
    helped.wait_for("FAILED")
    in_time(lambda: node.get("/workflow/running/help"), "the help runs")
    yield "helped", helped.id


def flow(node):
    loop = Play(node, "loop", "loop", input={"n": 3})
    for kind in ("t1", "t2", "t1"):
        loop.done(kind)
    yield "loop", loop.id
    long_loop = Play(node, "long_loop", "long_loop", input={"n": 100})
    for _ in range(90):
        long_loop.done("t5")
    yield "long_loop", long_loop.id
    each = Play(node, "each", "each", input={"list": ["a", "b", "c", "d"]})
    for kind in ("t1", "t1", "t2"):
        each.done(kind)
    yield "each", each.id
    fork = Play(node, "fork", "fork")
    fork.done("t1")
    fork.done("t3")
    yield "fork", fork.id
    failed = Play(node, "fork", "failed_fork")
    failed.done("t1")
    failed.fail("t2")
    failed.wait_for("FAILED")
    yield "failed_fork", failed.id
    yield "exclusive", Play(node, "exclusive", "exclusive",
                            input={"go": "one"}).id
    dynamic = Play(node, "dynamic", "dynamic")
    dynamic.done("t1", {
        "tasks": [{"name": "t2", "taskReferenceName": "x", "type": "SIMPLE"},
                  {"name": "linear", "taskReferenceName": "y",
                   "type": "SUB_WORKFLOW",
                   "subWorkflowParam": {"name": "linear", "version": 1}}],
        "inputs": {"x": {"k": 1}, "y": {"n": 2}}})
    dynamic.done("t2")
    yield "dynamic", dynamic.id
    for label, undone in (("caught", ()), ("compensating", ("t7",)),
                          ("handling", ("t7", "t6"))):
        scope = Play(node, "scope", label)
        scope.done("t1")
        scope.done("t2")
        scope.fail("t3")
        for kind in undone:
            scope.done(kind)
        yield label, scope.id
    jump = Play(node, "jump", "jump")
    jump.done("t1")
    jump.done("t2", {"go": "back"})
    jump.done("t1")
    yield "jump", jump.id
    skipping = Play(node, "skipping", "skipping")
    node.ask("PUT", f"/workflow/{skipping.id}/skiptask/t2",
             {"taskOutput": {"skipped": True}})
    yield "skipping", skipping.id
    optional = Play(node, "optional", "optional")
    optional.fail("t1")
    yield "optional", optional.id
    computed = Play(node, "computed", "computed", input={"n": 41})
    in_time(lambda: len(node.execution(computed.id)["tasks"]) == 5,
            "the scripts have run")
    yield "computed", computed.id


def fields(node):
    yield "events", Play(node, "event", "events", input={"n": 8}).id
    cached = Play(node, "cached", "cached", input={"k": "key"})
    cached.done("t1", {"cached": 1})
    yield "cached", cached.id
    for label in ("limited", "limited_too"):
        yield label, node.start("limited")
    node.take("one_at_a_time")
    for label in ("slot", "waits for the slot"):
        yield label, node.start("slots", input={"key": "k"},
                                taskToDomain={"*": "slots"})
    key = {"idempotencyKey": "the key",
           "idempotencyStrategy": "FAIL_ON_RUNNING"}
    first = Play(node, "keyed", "keyed", **key)
    first.done("t1")
    first.wait_for("COMPLETED")
    yield "first of its key", first.id
    yield "second of its key", Play(node, "keyed", "keyed_again", **key).id
    yield "checked", node.start("checked", input={"n": 3})
    own = dict(WORKFLOWS[0], name="own", tasks=WORKFLOWS[0]["tasks"][:1])
    yield "own definition", node.start("own", workflowDef=own)


def call(node, target):
    """`target` accepts and does not answer: the call is under way."""
    uri = f"http://127.0.0.1:{target.getsockname()[1]}/"
    workflow = node.start("call", input={"uri": uri})
    connection, _ = target.accept()
    in_time(lambda: node.execution(workflow)["tasks"][0]["status"]
            == "IN_PROGRESS", "the call is under way")
    yield "call", workflow
    # The connection lives as long as the target, which the caller holds.
    CONNECTIONS.append(connection)


CONNECTIONS = []


def play(node, target):
    """Names and ids of the executions that were begun."""
    named = {}
    for part in (linear, waiting, families, flow, fields):
        named.update(part(node))
    named.update(call(node, target))
    return named

"""What a node answers about everything that its store holds."""

from urllib.parse import quote

from node import in_time

EVENT_QUEUES = ["event:news", "event:changed"]


# What a node knows of itself and need not remember: who polled and when, which
# queues were once used, and the time at which it was asked. The sentences of
# explain and history are no part of a store: they are made when asked for.
FORGOTTEN = {"lastPollTime", "lastPollWorkerId", "polls", "text"}


def remembered(path, answer):
    if path.startswith("/tasks/queue/all/verbose"):
        return {queue: sizes for queue, sizes in answer.items()
                if any(one["size"] or one["uacked"] for one in sizes.values())}
    if path.startswith("/tasks/queue/all"):
        return {queue: size for queue, size in answer.items() if size}
    if path.startswith("/tutti/queues"):
        answer = [row for row in answer if row["size"] or row["handedOut"]]
    if "/explain" in path:
        answer = {key: value for key, value in answer.items()
                  if key != "time"}
    return without(answer)


def without(answer):
    if isinstance(answer, list):
        return [without(one) for one in answer]
    if isinstance(answer, dict):
        return {key: without(value) for key, value in answer.items()
                if key not in FORGOTTEN}
    return answer


def executions(node, named):
    """The ids of all that began, children included; no list shows archives."""
    listed = node.get("/tutti/executions?running=false&count=10000")
    return sorted({row["workflowId"] for row in listed} | set(named))


def pages_of_history(node, workflow):
    start, entries = 1, []
    while start:
        page = node.get(f"/workflow/{workflow}/history?from={start}&count=50")
        entries += without(page["history"])
        start = page.get("next")
    return entries


def record(node, named):
    """Answers by the path that was asked."""
    answers = {}

    def keep(path):
        answers[path] = remembered(path, node.get(path))
        return answers[path]

    for path in ("/metadata/workflow", "/metadata/taskdefs", "/schema",
                 "/tasks/queue/all", "/tasks/queue/all/verbose",
                 "/tutti/queues", "/tutti/incidents",
                 "/tutti/executions?running=true&count=10000",
                 "/tutti/executions?running=false&count=10000"):
        keep(path)
    for queue in EVENT_QUEUES:
        keep(f"/tutti/event-queues/{quote(queue)}/messages?count=100")
    for workflow in executions(node, named):
        one = keep(f"/workflow/{workflow}?includeTasks=true")
        keep(f"/workflow/{workflow}/explain?count=1000")
        answers[f"history of {workflow}"] = pages_of_history(node, workflow)
        for task in one["tasks"]:
            keep(f"/tasks/{task['taskId']}/log")
    return answers


def settled(node, named):
    """The record once two in a row are equal: nothing is under way."""
    last = [record(node, named)]

    def equal():
        last.append(record(node, named))
        return last[-1] == last[-2]

    in_time(equal, "two records in a row are equal")
    return last[-1]

"""Every metric of a node stands in api/reference/metrics.md, and no other does.

A metric is a text of the code below actors/ or tools/tuttid/ that is called like
one:
"workflow_...", "task_..." or "tutti_..." and a unit or "_total" at the end, or
one of Conductor's that ends otherwise.
"""

import re

from tree import CPP, Finding

PAGE = "api/reference/metrics.md"
NAME = (r"(?:tutti_[a-z]+_[a-z_]+|tasks_in_workflow|task_exec_log_size"
        r"|(?:workflow|task)_[a-z_]+_(?:total|seconds|depth|progress|limited)"
        r"|workflow_running)")


def check(tree):
    page = {}
    for number, line in tree.lines(PAGE):
        if line.startswith("| `"):
            for name in re.findall(f"`({NAME})`", line):
                page[name] = number
    code = {}
    for under in ("actors/", "tools/tuttid/"):
        for path in tree.paths(*CPP, under=under):
            for number, line in tree.lines(path):
                for name in re.findall(f'"({NAME})"', line):
                    code.setdefault(name, (path, number))
    for name in code.keys() - page.keys():
        yield Finding(*code[name], f"{name} is not in {PAGE}")
    for name in page.keys() - code.keys():
        yield Finding(PAGE, page[name], f"{name} is no metric")


ONE = {"actors/a.cpp": 'add("tutti_feed_lag", "task_queue");\n'
                       'add("task_poll_total");'}
BAD = [
    (ONE | {PAGE: "| `tutti_feed_lag` |"}, "task_poll_total is not in"),
    (ONE | {PAGE: "| `tutti_feed_lag` |\n| `task_poll_total` |\n"
                  "| `tutti_feed_leg` |\n"}, "tutti_feed_leg is no metric"),
]
GOOD = [ONE | {PAGE: "| `tutti_feed_lag`, `task_poll_total` |\nsee `tutti_x_y`"}]

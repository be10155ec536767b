"""Nothing waits by sleeping: wait for the condition.

A sleep is too short on a busy machine and too long on every other one. Code
waits for an event or a deadline. Tests move a clock; what happens in another
process they watch through one of the helpers below, which give up in time.
"""

import re

from tree import CPP, Finding

SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|time\.sleep"
                   r"|std::this_thread::sleep\w*)\s*\("
                   r"|(?<![\w.:>`])sleep\s*\(\s*\d"
                   r"|(?<![\w-])sleep [\d.$]"
                   r"|await (pause|setTimeout)\(")

# Where, at most how often, and why.
ALLOWED = {
    "tests/support/waiting.hpp":
        (1, "in_time looks at another process again and again"),
    "tests/e2e/stores/node.py": (1, "in_time, the same for Python"),
    "tests/conformance/endpoints/endpoints_test.py":
        (1, "in_time, the same for Python"),
    "tests/e2e/hogs/hogs_test.py":
        (2, "in_time again; a load goes on for the time that the caller "
            "wants, and the node's memory is looked at meanwhile"),
    "tests/e2e/javascript/support/node.mjs":
        (1, "looks whether the node that it has started is healthy"),
    "tests/e2e/javascript/pipeline.test.mjs":
        (1, "looks at an execution of another process until it has ended"),
    "tests/e2e/javascript/scheduler.test.mjs":
        (1, "looks at a schedule until it has fired"),
    "tests/cluster/nodes.py": (1, "in_time, the same for Python"),
    "tools/cluster":
        (1, "looks whether the nodes that it has started are healthy"),
    "tests/e2e/javascript/support/waiting.mjs":
        (1, "looks at a node until something holds"),
    "tools/run": (1, "looks whether the node that it has started is healthy"),
    "tests/e2e/cli/cli_test.cpp":
        (3, "a command has to outlast the response timeout of its task; a "
            "shell has no other way to watch for a file"),
}


def check(tree):
    for path in tree.paths(*CPP, ".py", ".mjs", ".sh"):
        yield from check_file(tree, path)
    for path in tree.paths(under="tools/"):
        if "." not in path.rsplit("/", 1)[1]:
            yield from check_file(tree, path)


def check_file(tree, path):
    if path.startswith("tests/tidy/"):
        return
    allowed, _ = ALLOWED.get(path, (0, ""))
    found = [number for number, line in tree.lines(path)
             if SLEEP.search(line)]
    if len(found) > allowed:
        for number in found:
            yield Finding(path, number, "a sleep; wait for what must happen")


BAD = [
    ({"tests/a.cpp": "  std::this_thread::sleep_for(1ms);\n"},
     "a.cpp:1: a sleep"),
    ({"tests/a.cpp": "  usleep(100'000);\n"}, "a sleep"),
    ({"tests/a.cpp": "  sleep(1);\n"}, "a sleep"),
    ({"tests/a.py": "time.sleep(1)\n"}, "a sleep"),
    ({"tools/start": "sleep 1\n"}, "a sleep"),
    ({"tests/a.mjs": "  await pause(100);\n"}, "a sleep"),
    ({"tests/support/waiting.hpp": "sleep_for(a);\n" * 3}, "a sleep"),
]
GOOD = [
    {"actors/a.cpp": "void sleep();\nstate.sleep();\nSCMP_SYS(nanosleep),\n",
     "tests/support/waiting.hpp": "sleep_for(a);\n"},
]

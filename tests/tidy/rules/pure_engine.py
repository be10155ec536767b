"""A decision waits for nobody: the engine knows no clock, thread, lock or file.

Time comes in as `now`, what is known of queues and definitions as plain data.
The two files with a lock keep what they compiled from immutable text.
"""

import re

from tree import CPP, Finding

IMPURE = re.compile(r"#include <(mutex|shared_mutex|thread|atomic|future|chrono"
                    r"|condition_variable|fstream|filesystem|iostream)>"
                    r"|\b(lock_guard|unique_lock|scoped_lock)\b"
                    r"|\bstd::time\(|_clock::now\b")
KEEPS_WHAT_IT_COMPILED = (
    "actors/engine/definition/compiled_definition.cpp",
    "actors/engine/definition/schema/json_schema_compile.cpp",
)


def check(tree):
    for path in tree.paths(*CPP, under="actors/engine/"):
        if path in KEEPS_WHAT_IT_COMPILED:
            continue
        for number, line in tree.lines(path):
            if match := IMPURE.search(line):
                yield Finding(path, number, f"uses {match.group(0)}")


BAD = [
    ({"actors/engine/a.cpp": "#include <mutex>\n"}, "a.cpp:1: uses"),
    ({"actors/engine/a.cpp": "auto x = clock::system_clock::now();\n"}, "uses"),
]
GOOD = [{"actors/engine/a.cpp": "#include <map>\nauto now = t.now();\n",
         "actors/event/a.cpp": "#include <mutex>\n"}]

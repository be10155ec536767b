"""Only the file of a task type knows its name; everybody else asks the kind.

A comparison with a type's name elsewhere is a case that the next task type
would have to find: it becomes a trait or a virtual of actors/engine/task_kind.hpp.
"""

import re

from tree import CPP, Finding

REGISTRY = "actors/engine/tasks/registry.cpp"
HOME = "actors/engine/tasks/"
LAYERS = ("actors/", "api/", "messages/", "storage/", "config/")
NAME = re.compile(r'\b\w+\("([A-Z_]+)", \w+_kind\)')


def check(tree):
    names = NAME.findall(tree.text(REGISTRY)) if REGISTRY in tree else []
    if not names:
        yield Finding(REGISTRY, 0, "no names of task types are found")
        return
    quoted = f'"({"|".join(names)})"'
    compared = re.compile(f"[=!]= *{quoted}|{quoted} *[=!]=")
    for path in tree.paths(*CPP):
        if not path.startswith(LAYERS) or path.startswith(HOME):
            continue
        for number, line in tree.lines(path):
            if match := compared.search(line):
                yield Finding(path, number, f"compares with {match.group(0)}")


TYPES = '  type("JOIN", join_kind) \\\n'
BAD = [
    ({REGISTRY: TYPES, "actors/engine/a.cpp": 'if (row.task_type == "JOIN")\n'},
     "a.cpp:1: compares with"),
    ({REGISTRY: TYPES, "api/a.cpp": 'return "JOIN" != x.type;\n'}, "compares"),
    ({REGISTRY: ""}, "no names"),
]
GOOD = [{REGISTRY: TYPES, "actors/engine/tasks/join.cpp": 'x == "JOIN"\n',
         "actors/a.cpp": 'say(out, "JOIN", text); // x == "OTHER"\n'}]

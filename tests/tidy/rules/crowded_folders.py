"""A folder holds at most 30 units of its own, tests aside.

A unit is a source with its header. More than that is a list in which nobody
finds anything: make rooms.
"""

from collections import defaultdict

from tree import CPP, Finding

UNITS_MAX = 30
# One file per task type is the rule of the one room, one per document of the
# API, with its codec, that of the other; there are many of both.
RAISED = {"actors/engine/tasks": 45, "messages/model": 50}


def check(tree):
    units = defaultdict(set)
    for path in tree.paths(*CPP):
        if not path.startswith("tests/"):
            folder, _, name = path.rpartition("/")
            units[folder].add(name.rsplit(".", 1)[0])
    for folder, names in units.items():
        most = RAISED.get(folder, UNITS_MAX)
        if len(names) > most:
            yield Finding(folder, 0, f"{len(names)} units, at most {most}")


BAD = [({f"actors/engine/f{i}.cpp": "" for i in range(31)},
        "actors/engine: 31 units")]
GOOD = [{f"actors/engine/f{i}.{ending}": "" for i in range(30)
         for ending in ("cpp", "hpp")}
        | {f"tests/unit/f{i}.cpp": "" for i in range(40)}]

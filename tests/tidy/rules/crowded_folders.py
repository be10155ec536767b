"""A folder holds at most 30 source files of its own, tests aside.

More than that is a list in which nobody finds anything: make rooms.
"""

from collections import Counter

from tree import CPP, Finding

FILES_MAX = 30
PENDING = "until the engine and the routes stand in rooms"


def check(tree):
    sizes = Counter(path.rsplit("/", 1)[0] for path in tree.paths(*CPP)
                    if not path.startswith("tests/"))
    for folder, files in sizes.items():
        if files > FILES_MAX:
            yield Finding(folder, 0, f"{files} files, at most {FILES_MAX}")


BAD = [({f"actors/engine/f{i}.cpp": "" for i in range(31)},
        "actors/engine: 31 files")]
GOOD = [{f"actors/engine/f{i}.cpp": "" for i in range(30)}
        | {f"tests/unit/f{i}.cpp": "" for i in range(40)}]

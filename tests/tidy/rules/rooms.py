"""Every folder with code is a room: its README.md says what it is for.

A page at most (80 lines), in plain English: what the room is for, its rules,
where to begin. Below tests/ a room is a folder of the first level; what lies
under it mirrors the tree and needs no introduction.
"""

from tree import CPP, Finding

LINES_MAX = 80
CODE = CPP + (".py", ".mjs", ".proto")


def rooms(tree):
    for path in tree.paths(*CODE):
        folder = path.rsplit("/", 1)[0]
        if folder.startswith("tests/"):
            folder = "/".join(folder.split("/")[:2])
        yield folder


def check(tree):
    for folder in sorted(set(rooms(tree))):
        readme = f"{folder}/README.md"
        if readme not in tree:
            yield Finding(folder, 0, "has code and no README.md")
    for readme in tree.paths("README.md"):
        lines = len(tree.text(readme).splitlines())
        if lines > LINES_MAX and "/" in readme:
            yield Finding(readme, 0, f"{lines} lines, a page has {LINES_MAX}")


BAD = [
    ({"actors/queue/a.cpp": ""}, "actors/queue: has code and no README.md"),
    ({"tests/e2e/cli/a.cpp": ""}, "tests/e2e: has code"),
    ({"actors/README.md": "\n" * 81}, "81 lines"),
]
GOOD = [
    {"actors/queue/a.cpp": "", "actors/queue/README.md": "\n" * 80,
     "tests/e2e/cli/a.cpp": "", "tests/e2e/README.md": "x",
     "README.md": "\n" * 200},
]

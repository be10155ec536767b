"""A line of C++ or Python has at most 80 columns, one of prose at most 160.

clang-format breaks code but no comments, and prose is read in terminals and
in reviews side by side. A table's row and a link cannot be broken.
"""

import re

from tree import CPP, Finding

CODE_COLUMNS = 80
PROSE_COLUMNS = 160
PENDING = "until the pass of clang-format over the tree"

LINK = re.compile(r"https?://\S+")


def check(tree):
    for path in tree.paths(*CPP, ".py", ".sh", "CMakeLists.txt"):
        for number, line in tree.lines(path):
            if len(LINK.sub("", line)) > CODE_COLUMNS:
                yield Finding(path, number, f"{len(line)} columns of code")
    for path in tree.paths(".md"):
        for number, line in tree.lines(path):
            if len(line) > PROSE_COLUMNS and not line.startswith("|"):
                yield Finding(path, number, f"{len(line)} columns of prose")


BAD = [
    ({"actors/a.cpp": "int x;\n" + "x" * 81}, "a.cpp:2: 81 columns of code"),
    ({"README.md": "x" * 161}, "161 columns of prose"),
]
GOOD = [
    {"actors/a.cpp": "é" * 80,
     "README.md": "x" * 160 + "\n|" + "x" * 300 + "|",
     "api/a.hpp": "// https://example.org/" + "x" * 90},
]

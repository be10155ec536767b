"""A file of code has at most 700 lines: most have 50 to 300.

The longest file is where the next feature adds one more case. Give the
feature a file, and leave one line there.
"""

from tree import CPP, Finding

LINES_MAX = 700


def check(tree):
    for path in tree.paths(*CPP, ".py", ".mjs", "CMakeLists.txt"):
        lines = len(tree.text(path).splitlines())
        if lines > LINES_MAX:
            yield Finding(path, 0, f"{lines} lines, at most {LINES_MAX}")


BAD = [({"actors/a.cpp": "\n" * 701}, "701 lines")]
GOOD = [{"actors/a.cpp": "\n" * 700}]

"""No note to oneself in the tree: what is missing is filed or done.

A note nobody is bound to read says that the author knew and left it.
"""

import re

from tree import CPP, Finding

# Spelled in two parts, so that the rule does not find itself.
NOTE = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK",
                                     "XX" + "X"]) + r")\b")


def check(tree):
    for path in tree.paths(*CPP, ".py", ".mjs", ".md", ".proto", ".sh",
                           ".cmake", "CMakeLists.txt"):
        for number, line in tree.lines(path):
            if match := NOTE.search(line):
                yield Finding(path, number, f"a note: {match.group(1)}")


BAD = [({"actors/a.cpp": "// TO" + "DO: later\n"}, "a.cpp:1: a note"),
       ({"README.md": "\n\nFIX" + "ME\n"}, "README.md:3: a note")]
GOOD = [{"actors/a.cpp": "int todo_list; // HACKING.md\n"}]

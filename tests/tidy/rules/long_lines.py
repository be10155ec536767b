"""A line of C++ has at most 80 columns, of scripts 100, of prose 160.

clang-format breaks code but no comments, and prose is read in terminals and
in reviews side by side. What cannot be broken may be longer: a link, a row of
a table, and in C++ data in a raw string or between clang-format off and on.
"""

import re

from tree import CPP, Finding

CPP_COLUMNS = 80
SCRIPT_COLUMNS = 100
PROSE_COLUMNS = 160
DATA_COLUMNS = 140

LINK = re.compile(r"https?://\S+")
RAW = re.compile(r'R"(\w*)\((?:(?!\)\1").)*\)\1"', re.S)
OFF = re.compile(r"// clang-format off.*?// clang-format on", re.S)


def data_lines(text):
    """The numbers of the lines that hold data."""
    numbers = set()
    for pattern in (RAW, OFF):
        for match in pattern.finditer(text):
            first = text.count("\n", 0, match.start()) + 1
            numbers.update(range(first, first + match.group().count("\n") + 1))
    return numbers


def check(tree):
    for path in tree.paths(*CPP, ".py", ".sh", "CMakeLists.txt"):
        width = CPP_COLUMNS if path.endswith(CPP) else SCRIPT_COLUMNS
        data = None
        for number, line in tree.lines(path):
            if len(LINK.sub("", line)) <= width:
                continue
            if data is None:
                data = data_lines(tree.text(path))
            if number not in data or len(line) > DATA_COLUMNS:
                yield Finding(path, number, f"{len(line)} columns of code")
    for path in tree.paths(".md"):
        for number, line in tree.lines(path):
            if len(line) > PROSE_COLUMNS and not line.startswith("|"):
                yield Finding(path, number, f"{len(line)} columns of prose")


BAD = [
    ({"actors/a.cpp": "int x;\n" + "x" * 81}, "a.cpp:2: 81 columns of code"),
    ({"actors/a.cpp": 'R"(a)";\n' + "x" * 81}, "81 columns of code"),
    ({"actors/a.cpp": 'R"(' + "x" * 150 + ')";\n'}, "columns of code"),
    ({"tests/a.py": "x" * 101}, "101 columns of code"),
    ({"README.md": "x" * 161}, "161 columns of prose"),
]
GOOD = [
    {"actors/a.cpp": "é" * 80 + '\nR"({"a":\n' + "x" * 100 + ')";\n',
     "actors/b.cpp": "// clang-format off\n" + "x" * 90
                     + "\n// clang-format on\n",
     "README.md": "x" * 160 + "\n|" + "x" * 300 + "|",
     "api/a.hpp": "// https://example.org/" + "x" * 90},
]

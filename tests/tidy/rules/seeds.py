"""Random numbers of a test come from a seed that is the same in every run.

A test that fails only today cannot be worked on. Seeds are fixed, can be
given (TUTTI_SEED, --seed) and are printed when the test fails:
tests/support/seeds.hpp.
"""

import re

from tree import CPP, Finding

UNSEEDED = re.compile(r"\brandom_device\b|\bs?rand\s*\(|\bmt19937(_64)?\s+\w+;"
                      r"|\brandom\.(random|randint|choice)\(")
UNSEEDED_SCRIPT = re.compile(r"\bMath\.random\b")


def check(tree):
    for path in tree.paths(*CPP, ".py", ".mjs", under="tests/"):
        if path.startswith("tests/tidy/"):
            continue
        unseeded = UNSEEDED_SCRIPT if path.endswith(".mjs") else UNSEEDED
        for number, line in tree.lines(path):
            if (match := unseeded.search(line)) and not line.endswith("_;"):
                yield Finding(path, number, f"unseeded: {match.group(0)}")


BAD = [
    ({"tests/a.cpp": "unsigned seed = std::random_device{}();\n"},
     "a.cpp:1: unseeded"),
    ({"tests/a.cpp": "  auto x = rand();\n"}, "unseeded"),
    ({"tests/a.mjs": "const x = Math.random();\n"}, "unseeded"),
    ({"tests/a.cpp": "std::mt19937 random;\n"}, "unseeded"),
]
GOOD = [{"tests/a.cpp": "std::mt19937 random{seed};\nstd::mt19937 dice_;\n"
                        "int operand(int x);\n",
         "actors/a.cpp": "std::random_device device;\n"}]

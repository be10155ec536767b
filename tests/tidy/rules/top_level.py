"""The top level holds the agreed folders and files, nothing else.

Who opens the repository sees the parts of the system and no clutter. What
needs a place goes into one of the folders or into a folder with a dot.
"""

from tree import Finding

AGREED = {"CMakeLists.txt", "README.md", "LICENSE", "actors", "messages",
          "storage", "api", "config", "tests", "tools"}


def check(tree):
    for name in sorted({path.split("/")[0] for path in tree.paths()}):
        if name not in AGREED and not name.startswith("."):
            yield Finding(name, 0, "is not agreed for the top level")


BAD = [({"docs/a.md": ""}, "docs: is not agreed"),
       ({"CHANGELOG.md": ""}, "CHANGELOG.md: is not agreed")]
GOOD = [{"actors/a.cpp": "", "README.md": "", ".github/HACKING.md": ""}]

"""Every source is part of a target, every header is included by somebody.

Targets name their sources or take a folder (CMakeLists.txt); a folder is
taken whole or through a pattern.
"""

import fnmatch
import re

from tree import CPP, Finding

CALL = re.compile(r"\b(\w+)\s*\(([^()]*)\)", re.S)
# The functions of CMakeLists.txt that take a folder, and which part of it.
TAKES = {"tutti_layer": "*.cpp", "tutti_tests": "*_test.cpp"}
# Those that take the name of a source beside the file.
BESIDE = ("tutti_bench", "tutti_fuzz")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)


def patterns(tree):
    """Shell patterns of the sources that targets are made of."""
    for path in tree.paths("CMakeLists.txt", ".cmake"):
        folder = path.rpartition("/")[0]
        if path.endswith(".cmake"):
            folder = ""  # included from the top
        for call in CALL.finditer(re.sub(r"#.*", "", tree.text(path))):
            name, words = call.group(1).lower(), call.group(2).split()
            if name in TAKES and len(words) > 1:
                yield f"{words[1]}/{TAKES[name]}"
            if name in BESIDE and words:
                yield f"={folder}/{words[0]}.cpp"
            for word in words:
                if word.endswith(".cpp"):
                    yield located(folder, word, "GLOB_RECURSE" in words)


def located(folder, word, recursive):
    for variable in ("${CMAKE_SOURCE_DIR}/", "${CMAKE_CURRENT_SOURCE_DIR}/"):
        if word.startswith(variable):
            folder = "" if "SOURCE_DIR}/" in word[:20] else folder
            word = word[len(variable):]
    path = f"{folder}/{word}" if folder else word
    # fnmatch's star crosses folders; only a recursive pattern's may.
    return path if recursive or "*" not in path else "=" + path


def takes(pattern, path):
    if pattern.startswith("="):
        pattern = pattern[1:]
        if pattern.count("/") != path.count("/"):
            return False
    return fnmatch.fnmatchcase(path, pattern)


def check(tree):
    taken = list(patterns(tree))
    for path in tree.paths(".cpp"):
        if not any(takes(pattern, path) for pattern in taken):
            yield Finding(path, 0, "is in no target")
    included = {header for path in tree.paths(*CPP)
                for header in INCLUDE.findall(tree.text(path))}
    for path in tree.paths(".hpp"):
        if path not in included:
            yield Finding(path, 0, "nobody includes it")


CMAKE = """tutti_layer(tutti_a actors EXCEPT x LINK b)
tutti_tests(a_tests tests/unit/actors)
"""
BAD = [
    ({"CMakeLists.txt": CMAKE, "api/a.cpp": ""}, "api/a.cpp: is in no target"),
    ({"CMakeLists.txt": CMAKE, "tests/unit/actors/helper.cpp": ""},
     "is in no target"),
    ({"CMakeLists.txt": "file(GLOB s tools/a/*.cpp)", "tools/a/b/c.cpp": ""},
     "is in no target"),
    ({"actors/a.hpp": "", "actors/b.hpp": '#include "actors/a.hpp"\n'},
     "actors/b.hpp: nobody includes it"),
]
GOOD = [
    {"CMakeLists.txt": CMAKE + "add_executable(x ${CMAKE_SOURCE_DIR}/a/b.cpp)",
     "tools/CMakeLists.txt": "file(GLOB s CONFIGURE_DEPENDS t/*.cpp)",
     "actors/queue/a.cpp": '#include "actors/queue/a.hpp"\n',
     "actors/queue/a.hpp": "", "tests/unit/actors/a_test.cpp": "",
     "tools/t/a.cpp": "", "a/b.cpp": ""},
]

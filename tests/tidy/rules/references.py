"""What the tree cites is there: pages, sections, links, files named in prose.

Code, tests and settings cite api/reference as `reference:page` or
`reference:page#section` (api/reference/README.md). Markdown links name a file
and perhaps a heading of it. Names of files in prose and in comments of C++ are
those of files in the tree, by the end of their path. Headings of the reference
are plain words, so that their anchors are obvious.
"""

import posixpath
import re

from tree import CPP, Finding

TEXT = CPP + (".md", ".toml", ".py", ".mjs", ".cmake", ".proto", ".sh",
              ".json", ".service", "CMakeLists.txt")
REFERENCE = "api/reference/"

CITATION = re.compile(r"\breference:([a-z][a-z0-9-]*)(?:#([a-z0-9_-]+))?")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FILE = re.compile(r"(?<![\w$*{}<>/.-])[A-Za-z0-9./][A-Za-z0-9_./-]*\."
                  r"(?:md|hpp|cpp|toml|tsv|proto|cmake)\b")
URL = re.compile(r"[a-z]+://\S+")
CODE = re.compile(r"`[^`]*`")
HEADING = re.compile(r"#+ (.+)")


def prose(tree, path):
    """Lines of a Markdown file that are not within a fenced block."""
    fenced = False
    for number, line in tree.lines(path):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def headings(tree, path):
    for number, line in prose(tree, path):
        if found := HEADING.fullmatch(line):
            yield number, found[1]


def anchor(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def anchors(tree, path):
    return {anchor(text) for _, text in headings(tree, path)}


def pages_of(tree):
    """The pages of the reference by their topics, as `tutti docs` has them."""
    return {"reference" if path == REFERENCE + "README.md"
            else path.rsplit("/", 1)[1][:-3]: path
            for path in tree.paths(".md", under=REFERENCE)}


def check_pages(tree, pages):
    if len(pages) < len(tree.paths(".md", under=REFERENCE)):
        yield Finding(REFERENCE, 0, "two pages have the same name")
    for path in pages.values():
        seen = set()
        for number, text in headings(tree, path):
            if not re.fullmatch(r"[A-Za-z0-9_ -]+", text):
                yield Finding(path, number, f"heading '{text}': plain words")
            if anchor(text) in seen:
                yield Finding(path, number, f"heading '{text}' occurs twice")
            seen.add(anchor(text))


def check_citations(tree, pages, path):
    for number, line in tree.lines(path):
        for topic, section in CITATION.findall(line):
            if topic not in pages:
                yield Finding(path, number, f"no page reference:{topic}")
            elif section and section not in anchors(tree, pages[topic]):
                yield Finding(path, number,
                              f"no section reference:{topic}#{section}")


def check_links(tree, folders, path):
    for number, line in prose(tree, path):
        for target in LINK.findall(CODE.sub("", line)):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, section = target.partition("#")
            there = path if not file else posixpath.normpath(
                posixpath.join(posixpath.dirname(path), file))
            if there not in tree and there.rstrip("/") not in folders:
                yield Finding(path, number, f"the link leads nowhere: {target}")
            elif section and there.endswith(".md") \
                    and section not in anchors(tree, there):
                yield Finding(path, number, f"no such heading: {target}")


def ends_of_paths(tree):
    """"a/b.md" of the tree is called "a/b.md" and "b.md"."""
    out = set()
    for path in tree.paths():
        parts = path.split("/")
        out.update("/".join(parts[i:]) for i in range(len(parts)))
    return out


def check_names(tree, names, path):
    for number, line in tree.lines(path):
        if path.endswith(CPP):
            line = line.partition("//")[2] if "#include" not in line else ""
        for name in FILE.findall(URL.sub("", line)):
            name = re.sub(r"^(\.{1,2}/)+", "", name)
            if name not in names:
                yield Finding(path, number, f"no file is called {name}")


def check(tree):
    pages = pages_of(tree)
    folders = {""}
    for path in tree.paths():
        parts = path.split("/")
        folders.update("/".join(parts[:i]) for i in range(1, len(parts)))
    names = ends_of_paths(tree)
    yield from check_pages(tree, pages)
    for path in tree.paths(*TEXT):
        # This file and its neighbours hold bad samples.
        if path.startswith("tests/tidy/rules/"):
            continue
        yield from check_citations(tree, pages, path)
        if path.endswith(CPP + (".md", ".toml")):
            yield from check_names(tree, names, path)
        if path.endswith(".md"):
            yield from check_links(tree, folders, path)


PAGES = {"api/reference/tasks/join.md": "# JOIN\n\n## Waiting\n"}
BAD = [
    (PAGES | {"a.cpp": "// reference:jion"}, "a.cpp:1: no page"),
    (PAGES | {"a.toml": "# reference:join#fields"}, "no section reference:join"),
    (PAGES | {"README.md": "[x](api/reference/jion.md)"}, "leads nowhere"),
    (PAGES | {"README.md": "[x](api/reference/tasks/join.md#y)"},
     "no such heading"),
    (PAGES | {"a.hpp": "// see engine.md"}, "no file is called engine.md"),
    (PAGES | {"README.md": "see `b/a.cpp`", "a.cpp": ""},
     "no file is called b/a.cpp"),
    ({"api/reference/a.md": "# It's\n"}, "plain words"),
    ({"api/reference/a.md": "# a\n## A\n"}, "occurs twice"),
    ({"api/reference/a.md": "", "api/reference/tasks/a.md": ""},
     "the same name"),
]
GOOD = [
    PAGES | {"b/a.cpp": "#include <nowhere.hpp>\n"
                        "// reference:join#waiting, tasks/join.md, b/a.cpp\n"
                        "auto x = \"gone.cpp\"; // *_test.cpp, <name>.hpp\n",
             "README.md": "[x](api/reference/tasks/join.md#waiting) [y](api)\n"
                          "`[z](nowhere)` [w](https://example.org/x.md)\n"
                          "```\n# no heading [q](nowhere)\n```\n"},
]

"""Every field of a definition stands in api/reference/.

messages/model/codec_members.hpp has their names on the wire. A field is
documented where it begins a row of a table, in backticks.
"""

import re

from tree import Finding

MEMBERS = "messages/model/codec_members.hpp"
FIELD = re.compile(r"visit(?:\.\w+)?\(\s*\"(\w+)\"")


def check(tree):
    code = re.sub(r"//.*", "", tree.text(MEMBERS))
    fields = set(FIELD.findall(code))
    if not fields:
        yield Finding(MEMBERS, 0, "no fields are found")
    documented = set()
    for path in tree.paths(".md", under="api/reference/"):
        for _, line in tree.lines(path):
            if line.startswith("| `"):
                documented.update(
                    re.findall(r"`(\w+)`", line[1:].split(" | ", 1)[0]))
    for field in sorted(fields - documented):
        yield Finding(MEMBERS, 0, f"'{field}' is in no table of the reference")


ONE = {MEMBERS: 'visit("joinOn", &x::join_on) || visit.extension(\n"onError"'}
BAD = [
    (ONE | {"api/reference/a.md": "| `joinOn` | list |"}, "'onError' is in no"),
    (ONE | {"api/reference/a.md": "`joinOn` `onError`"}, "'joinOn' is in no"),
]
GOOD = [ONE | {"api/reference/a.md": "| `joinOn`, `onError` | list |"}]

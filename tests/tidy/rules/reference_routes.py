"""Every route stands in api/reference/rest-api.md, and no other does.

The routes are listed in tests/unit/api/rest/routes/routes.tsv, which a unit
test holds to what is registered.
"""

import re

from tree import Finding

LIST = "tests/unit/api/rest/routes/routes.tsv"
PAGE = "api/reference/rest-api.md"

# The page says in words that this one is also a GET, and that there is no such
# route as the other.
IN_WORDS = {("GET", "/api/tasks/queue/{taskType}/{taskId}"),
            ("POST", "/api/token")}


def registered(tree):
    for number, line in tree.lines(LIST):
        if line and not line.startswith("#"):
            method, path = line.split("\t")[:2]
            yield (method.upper(), path), number


def documented(tree):
    for number, line in tree.lines(PAGE):
        for method, path in re.findall(r"`([A-Z]+) (/[^?`]*)[^`]*`", line):
            yield (method, path), number


def check(tree):
    routes, page = dict(registered(tree)), dict(documented(tree))
    for key in routes.keys() - page.keys() - IN_WORDS:
        yield Finding(LIST, routes[key], f"{' '.join(key)} is not in {PAGE}")
    for key in page.keys() - routes.keys() - IN_WORDS:
        yield Finding(PAGE, page[key], f"{' '.join(key)} is no route")


ONE = {LIST: "# method\tpath\tpermission\nGET\t/api/a\tpublic\n"
             "PUT\t/api/a/{b}\tadmin\n"}
ALL = "| `GET /api/a?x=1` |\n| `PUT /api/a/{b}` |\n"
BAD = [
    (ONE | {PAGE: "`PUT /api/a/{b}`"}, "GET /api/a is not in"),
    (ONE | {PAGE: ALL + "`GET /api/d`"}, "GET /api/d is no route"),
]
GOOD = [ONE | {PAGE: ALL}]

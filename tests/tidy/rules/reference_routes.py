"""Every route stands in api/reference/rest-api.md, and no other does.

Routes are what api/rest/routes registers: `to.get("/api/...`, and the same with
a path that begins with a constant of the file.
"""

import re

from tree import Finding

ROUTES = "api/rest/routes/"
PAGE = "api/reference/rest-api.md"

CONSTANT = re.compile(r'std::string (\w+) = "(/[^"]*)"')
ROUTE = re.compile(
    r'\b(?:to\.(get|put|post|remove)|lists|of_all)\(\s*'
    r'(?:(\w+)(?: \+ )?)?\s*(?:"([^"]*)")?')
METHODS = {"get": "GET", "put": "PUT", "post": "POST", "remove": "DELETE"}


def routes_of(tree):
    for path in tree.paths(".cpp", under=ROUTES):
        text = tree.text(path)
        constants = dict(CONSTANT.findall(text))
        for found in ROUTE.finditer(text):
            method, constant, rest = found.groups()
            if constant and constant not in constants:
                continue  # a helper's own parameter
            route = constants.get(constant, "") + (rest or "")
            line = text.count("\n", 0, found.start()) + 1
            if route.startswith("/"):
                yield path, line, METHODS.get(method, "GET"), route


def check(tree):
    documented = {}
    for number, line in tree.lines(PAGE):
        for method, route in re.findall(r"`([A-Z]+) (/[^?`]*)[^`]*`", line):
            documented.setdefault((method, route), number)
    registered = {}
    for path, line, method, route in routes_of(tree):
        registered[method, route] = (path, line)
    if not registered:
        yield Finding(ROUTES, 0, "no routes are found")
    for key in registered.keys() - documented.keys():
        # A remove that a client sends as a GET; the page says so.
        if key == ("GET", "/api/tasks/queue/{taskType}/{taskId}"):
            continue
        yield Finding(*registered[key], f"{' '.join(key)} is not in {PAGE}")
    for key in documented.keys() - registered.keys():
        if key != ("POST", "/api/token"):
            yield Finding(PAGE, documented[key], f"{' '.join(key)} is no route")


ONE = {ROUTES + "a.cpp": 'const std::string one = "/api/a";\n'
                         'to.get(one, f);\nto.put(one + "/b", f);\n'
                         'to.post("/api/c",\n f);\n'}
ALL = "| `GET /api/a?x=1` |\n| `PUT /api/a/b` |\n| `POST /api/c` |\n"
BAD = [
    (ONE | {PAGE: ALL.replace("GET /api/a?x=1", "")}, "GET /api/a is not in"),
    (ONE | {PAGE: ALL + "`GET /api/d`"}, "GET /api/d is no route"),
]
GOOD = [ONE | {PAGE: ALL}]

#!/usr/bin/python3
"""openapi_test.py TUTTID REPOSITORY

The OpenAPI document that is kept, api/openapi.json, is the one that the table
of routes gives, is what a node serves, and is valid. Its models are those that
the exchanges are held to (models.json).
"""

import json
import pathlib
import re
import subprocess
import sys

from jsonschema import Draft202012Validator

from node import Node

HERE = pathlib.Path(__file__).parent
VARIABLE = re.compile(r"\{(\w+)\}")


def references(x):
    if isinstance(x, dict):
        if "$ref" in x:
            yield x["$ref"]
        for inner in x.values():
            yield from references(inner)
    elif isinstance(x, list):
        for inner in x:
            yield from references(inner)


def shape(path):
    return VARIABLE.sub("{}", path)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def is_valid(document):
    schema = json.loads((HERE / "openapi.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    for error in Draft202012Validator(schema).iter_errors(document):
        where = "/".join(str(part) for part in error.absolute_path)
        yield f"{where}: {error.message[:200]}"
    known = {f"#/components/schemas/{name}"
             for name in document["components"]["schemas"]}
    for reference in sorted(set(references(document)) - known):
        yield f"{reference} leads nowhere"
    ids, shapes = set(), set()
    for path in document["paths"]:
        if shape(path) in shapes:
            yield f"{path} is there twice"
        shapes.add(shape(path))
    for method, path, operation in operations(document):
        if operation["operationId"] in ids:
            yield f"{operation['operationId']} is there twice"
        ids.add(operation["operationId"])
        told = [p["name"] for p in operation.get("parameters", [])
                if p["in"] == "path"]
        if sorted(told) != sorted(VARIABLE.findall(path)):
            yield f"{method} {path}: its variables are told as {told}"


def has_all_routes(document, repository):
    lines = (repository / "tests/unit/api/rest/routes/routes.tsv").read_text()
    kept = {}
    for line in lines.splitlines():
        if not line.startswith("#"):
            method, path, permission = line.split("\t")
            kept[method, shape(path)] = permission
    # Only a node with a test clock has it.
    kept.pop(("POST", "/api/tutti/clock/advance"))
    told = {(method, shape(path)): operation["x-permission"]
            for method, path, operation in operations(document)}
    for row in sorted(kept.keys() ^ told.keys()):
        yield f"{row}: in the document or in routes.tsv alone"
    for row in kept.keys() & told.keys():
        if kept[row] != told[row]:
            yield f"{row}: needs {kept[row]}, the document says {told[row]}"


def has_the_models(document):
    told = document["components"]["schemas"]
    models = json.loads((HERE / "models.json").read_text())
    for name in sorted(told.keys() & models.keys()):
        fields = {*models[name]["always"], *models[name]["sometimes"]}
        properties = set(told[name]["properties"])
        for field in sorted(properties ^ fields - OF_GRPC):
            if (name, field) not in OURS:
                yield f"{name}.{field}: in the document or models.json alone"


# Fields of Tutti that no answer of Conductor has, and one that Tutti does not
# answer.
OURS = {("WorkflowTask", "onError"), ("WorkflowTask", "compensate"),
        ("Workflow", "aggregateTokenUsage"), ("EnvironmentVariable", "value")}
OF_GRPC = {"inputMessage", "outputMessage"}


def main():
    tuttid, repository = sys.argv[1], pathlib.Path(sys.argv[2])
    made = subprocess.run([tuttid, "--print-openapi"], check=True,
                          capture_output=True, text=True).stdout
    kept = (repository / "api/openapi.json").read_text()
    wrong = []
    if made != kept:
        wrong.append("api/openapi.json is not what the table of routes gives: "
                     "tuttid --print-openapi > api/openapi.json")
    document = json.loads(made)
    wrong += is_valid(document)
    wrong += has_all_routes(document, repository)
    wrong += has_the_models(document)
    with Node(tuttid) as node:
        answer = node.send("GET", "/api-docs")
        if answer.text() != made or answer.type() != "application/json":
            wrong.append(f"/api-docs answers {answer.status} "
                         f"{answer.type()} {answer.text()[:100]}")
    for line in wrong:
        print(line)
    print(f"openapi: {sum(1 for _ in operations(document))} operations, "
          f"{len(document['components']['schemas'])} models")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

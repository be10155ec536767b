#!/usr/bin/env python3
"""Runs the rules over the tree: tidy.py [RULE...]. Exit code 1: findings."""

import importlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from tree import Tree  # noqa: E402 (found through the line above)


def rules(wanted):
    names = sorted(path.stem for path in (HERE / "rules").glob("*.py"))
    for name in wanted or names:
        if name not in names:
            sys.exit(f"tidy: no rule '{name}'; there are: {' '.join(names)}")
        yield name, importlib.import_module(f"rules.{name}")


def self_test(rule):
    """Why the rule itself is wrong: it must find its bad samples."""
    if not getattr(rule, "BAD", None):
        yield "has no bad sample"
    for files, part in getattr(rule, "BAD", []):
        found = list(rule.check(Tree(dict(files))))
        if not any(part in str(finding) for finding in found):
            yield f"does not find '{part}' in its bad sample: {found}"
    for files in getattr(rule, "GOOD", []):
        if found := list(rule.check(Tree(dict(files)))):
            yield f"finds something in a good sample: {found}"


def main():
    tree = Tree.of_repository(HERE.parent.parent)
    failed = passed = 0
    for name, rule in rules(sys.argv[1:]):
        wrongs = list(self_test(rule))
        found = sorted(set(rule.check(tree)))
        pending = getattr(rule, "PENDING", None)
        for wrong in wrongs:
            print(f"rule {name} {wrong}")
        for finding in found:
            print(finding)
        if wrongs or (found and not pending):
            failed += 1
            print(f"FAILED {name}: {(rule.__doc__ or '').strip()}\n")
        else:
            passed += 1
            if found:
                print(f"pending {name}: {len(found)} findings, {pending}\n")
    print(f"tidy: {passed} rules passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

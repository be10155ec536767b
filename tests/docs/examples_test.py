#!/usr/bin/env python3
"""Runs what api/reference/ shows: examples_test.py FOLDER-OF-THE-PROGRAMS

Every block of a page is run, whatever its kind; see README.md. A page of a task
type has an example with a task of that type, and every type has a page.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from node import Node
from pages import ROOT, all_pages

KINDS = ["yaml test", "console test"]
MARK = "\x01"


def complaints(pages):
    """What is wrong with the pages before anything is run."""
    documented = set()
    for page in pages:
        for block in page.blocks:
            if block.kind not in KINDS:
                yield f"{block}: a block '{block.kind}' is not run; " \
                      f"there are {' and '.join(KINDS)}"
        scenarios = "".join(
            x.text for x in page.blocks if x.kind == "yaml test")
        for kind in page.types:
            documented.add(kind)
            typed = f'"type": "{kind}"' in scenarios
            if not typed:
                yield f"{page}: no example runs a {kind} task"
    registry = (ROOT / "actors/engine/tasks/registry.cpp").read_text()
    # FORK is what executions call a FORK_JOIN.
    built_in = set(re.findall(r'\btype\("([A-Z][A-Z_]+)"', registry)) - {"FORK"}
    if len(built_in) < 20:
        yield "the types in actors/engine/tasks/registry.cpp cannot be found"
    for kind in sorted((built_in | {"SIMPLE", "DYNAMIC"}) - documented):
        yield f"api/reference/tasks: no page is about {kind}"


def run_scenarios(pages, programs):
    blocks = [x for page in pages for x in page.blocks
              if x.kind == "yaml test"]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for block in blocks:
            # The name says where to look: join.md-17.yaml.
            name = f"{block.page.path.name}-{block.line}.yaml"
            pathlib.Path(folder, name).write_text(block.text)
            files.append(name)
        done = subprocess.run([programs / "tutti", "workflow", "test", *files],
                              cwd=folder, capture_output=True, text=True)
    if done.returncode:
        yield f"{done.stdout}\n{done.stderr}"
    print(f"{len(blocks)} blocks of scenarios")


def commands_of(block):
    """Pairs of a command and the lines it writes."""
    out = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            out.append([line[2:], []])
        elif line.startswith("> ") and out and not out[-1][1]:
            out[-1][0] += "\n" + line[2:]
        elif out:
            out[-1][1].append(line.rstrip())
        else:
            raise ValueError(f"{block}: begins without a command")
    return out


def as_pattern(line):
    return ".*".join(re.escape(part) for part in line.split("…"))


def run_console(block, node, programs):
    commands = commands_of(block)
    script = "".join(f"{command}\nprintf '\\001'\n" for command, _ in commands)
    done = subprocess.run(
        ["bash", "-c", script], cwd=node.folder.name, text=True,
        capture_output=True, stdin=subprocess.DEVNULL, timeout=120,
        env={**os.environ, "api": node.url + "/api", "TUTTI_URL": node.url,
             "PATH": f"{programs}:{os.environ['PATH']}"})
    written = done.stdout.split(MARK)
    for (command, expected), text in zip(commands, written):
        lines = [x.rstrip() for x in text.splitlines()]
        pattern = "\n".join(map(as_pattern, expected))
        if not re.fullmatch(pattern, "\n".join(lines)):
            yield f"{block}: $ {command}\n  expected: {expected}\n" \
                  f"  written:  {lines}\n{done.stderr}"
    if len(written) != len(commands) + 1:
        yield f"{block}: the shell ended early\n{done.stderr}"


def run_consoles(pages, programs):
    blocks = [x for page in pages for x in page.blocks
              if x.kind == "console test"]
    with Node(programs) as node:
        for block in blocks:
            yield from run_console(block, node, programs)
    print(f"{len(blocks)} blocks of commands")


def main(programs):
    programs = pathlib.Path(programs).resolve()
    pages = all_pages()
    wrong = list(complaints(pages))
    wrong += run_scenarios(pages, programs)
    wrong += run_consoles(pages, programs)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

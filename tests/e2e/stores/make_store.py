#!/usr/bin/env python3
"""Makes an archive of two stores, for a test of the versions that follow.

  make_store.py TUTTID ARCHIVE.tar.xz

`killed` was left by SIGKILL, `stopped` by SIGTERM. Beside each lies what its
node answered about it before. An archive is made once, by the version it is
named after, and never changed.
"""

import json
import pathlib
import shutil
import socket
import sys
import tarfile
import tempfile

import record
import scenarios
from node import Node


def make(tuttid, folder, name):
    data = folder / name
    node = Node(tuttid, folder, data)
    scenarios.define(node)
    with socket.create_server(("127.0.0.1", 0)) as target:
        named = scenarios.play(node, target)
        answers = record.settled(node, named.values())
        if name == "killed":
            node.kill()
        else:
            node.stop()
    (folder / f"{name}.json").write_text(json.dumps(
        {"named": named, "answers": answers}, indent=0, sort_keys=True))
    for log in data.glob("**/LOG*"):  # RocksDB's own, nobody reads it
        log.unlink()
    print(f"{name}: {len(record_ids(answers))} executions")


def record_ids(answers):
    return [path for path in answers if path.startswith("history of")]


def main():
    tuttid, archive = sys.argv[1], pathlib.Path(sys.argv[2])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tutti-stores-"))
    for name in ("killed", "stopped"):
        make(tuttid, folder, name)
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for name in ("killed", "killed.json", "stopped", "stopped.json"):
            tar.add(folder / name, name)
    shutil.rmtree(folder)
    print(f"{archive}: {archive.stat().st_size} bytes")


if __name__ == "__main__":
    main()

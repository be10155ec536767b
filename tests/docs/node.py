"""A node of its own for the examples that talk to one."""

import pathlib
import re
import subprocess
import tempfile


class Node:
    """with Node(folder of the programs) as node: it listens at node.url"""

    def __init__(self, programs):
        self._programs = pathlib.Path(programs)

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tutti-docs-")
        with open(pathlib.Path(self.folder.name, "log"), "w") as self._log:
            self._process = subprocess.Popen(
                [self._programs / "tuttid", "--data",
                 pathlib.Path(self.folder.name, "data"), "--port", "0"],
                stdout=subprocess.PIPE, stderr=self._log, text=True)
        ready = self._process.stdout.readline()
        found = re.search(r"ready on (http://\S+)", ready)
        if not found:
            raise RuntimeError("the node did not start:\n" + self.log())
        self.url = found[1]
        return self

    def log(self):
        return pathlib.Path(self.folder.name, "log").read_text()

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=60)
        self.folder.cleanup()

"""What a rule sees of the repository: its files and their text."""

import pathlib
import subprocess
from dataclasses import dataclass

CPP = (".cpp", ".hpp")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int  # from 1; 0 for the file as a whole
    sentence: str

    def __str__(self):
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.sentence}"


class Tree:
    """Paths with slashes, relative to the top, and the text behind each."""

    def __init__(self, texts):
        self._texts = texts

    @classmethod
    def of_repository(cls, top):
        """The files that git tracks or would track, and that are there."""
        names = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached",
             "--others", "--exclude-standard"],
            cwd=top, check=True, capture_output=True).stdout
        paths = {name.decode() for name in names.split(b"\0") if name}
        return cls({path: pathlib.Path(top, path) for path in paths
                    if pathlib.Path(top, path).is_file()})

    def paths(self, *endings, under=""):
        """Sorted; with one of the endings, below the folder."""
        return sorted(path for path in self._texts
                      if path.startswith(under)
                      and (not endings or path.endswith(endings)))

    def __contains__(self, path):
        return path in self._texts

    def text(self, path):
        text = self._texts[path]
        if isinstance(text, pathlib.Path):
            text = text.read_bytes().decode("utf-8", errors="replace")
            self._texts[path] = text
        return text

    def lines(self, path):
        """Pairs of number and text."""
        return enumerate(self.text(path).splitlines(), 1)

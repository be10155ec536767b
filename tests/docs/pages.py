"""The pages of api/reference/ and their fenced blocks."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "api" / "reference"


class Block:
    """A fenced block: what its first line says, its text, its line."""

    def __init__(self, page, kind, line):
        self.page, self.kind, self.line, self.text = page, kind, line, ""

    def __str__(self):
        return f"{self.page.path.relative_to(ROOT)}:{self.line}"


class Page:
    def __init__(self, path):
        self.path, self.blocks, self.title = path, [], ""
        inside = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("```"):
                if inside is None:
                    inside = Block(self, line[3:].strip(), number)
                else:
                    self.blocks.append(inside)
                    inside = None
            elif inside is not None:
                inside.text += line + "\n"
            elif not self.title and line.startswith("# "):
                self.title = line[2:]
        if inside is not None:
            raise ValueError(f"{inside}: the block is not closed")

    def __str__(self):
        return str(self.path.relative_to(ROOT))

    @property
    def types(self):
        """The task types that the page is about: the words of its title."""
        if self.path.parent.name != "tasks":
            return []
        return re.findall(r"\b[A-Z][A-Z_]+\b", self.title) or ["CUSTOM"]


def all_pages():
    return [Page(x) for x in sorted(PAGES.rglob("*.md"))]

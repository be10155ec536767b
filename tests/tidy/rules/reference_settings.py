"""Every setting of config/tutti.toml stands in api/reference/settings.md.

Under the heading of its section, a blank for each dot, with its default and its range; and nothing
stands there that is no setting. Settings that other pages name exist, too.
"""

import re

from tree import Finding

SAMPLE = "config/tutti.toml"
PAGE = "api/reference/settings.md"


def short(rule):
    """The range as the page writes it."""
    for long, word in (("a number from ", ""), (" to ", "–"),
                       ("true or false", "true, false"),
                       ("a text that is not empty", "text, not empty"),
                       ("a text", "text"), ("one of ", "")):
        rule = rule.replace(long, word)
    return rule


def settings_of_sample(tree):
    section, comment, out = "", "", {}
    for number, line in tree.lines(SAMPLE):
        if line.startswith("#"):
            comment += line[1:]
        elif found := re.fullmatch(r"\[([\w.]+)\]", line):
            section = found[1]
        elif found := re.fullmatch(r"(\w+) = (.*)", line):
            rule = re.search(r"\(([^()]*)\)$", comment)
            out[section, found[1]] = (
                number, found[2], short(rule[1]) if rule else "")
        if not line.startswith("#"):
            comment = ""
    return out


def settings_of_page(tree):
    section, out = "", {}
    for number, line in tree.lines(PAGE):
        if line.startswith("## "):
            section = line[3:].replace(" ", ".")
        elif found := re.match(r"\| `(\w+)` \| `(.*?)` \| (.*?) \|", line):
            out[section, found[1]] = (number, found[2], found[3])
    return out


def named(tree):
    """`section.key` on any page of the reference."""
    for path in tree.paths(".md", under="api/reference/"):
        for number, line in tree.lines(path):
            for section, key in re.findall(r"`([a-z_]+)\.([a-z_]+)`", line):
                yield path, number, (section, key)


def check(tree):
    wanted, found = settings_of_sample(tree), settings_of_page(tree)
    sections = {section for section, _ in wanted}
    for path, number, key in named(tree):
        if key[0] in sections and key not in wanted:
            yield Finding(path, number, f"{'.'.join(key)} is no setting")
    if not wanted:
        yield Finding(SAMPLE, 0, "no settings are found")
    for key in wanted.keys() - found.keys():
        yield Finding(SAMPLE, wanted[key][0],
                      f"{'.'.join(key)} is missing in {PAGE}")
    for key in found.keys() - wanted.keys():
        yield Finding(PAGE, found[key][0], f"{'.'.join(key)} is no setting")
    for key in wanted.keys() & found.keys():
        for what, here, there in zip(("default", "range"), found[key][1:],
                                     wanted[key][1:]):
            if here != there:
                yield Finding(PAGE, found[key][0],
                              f"{'.'.join(key)}: the {what} is {there}")


ONE = {SAMPLE: "[http]\n\n# Port. (a number from 0 to\n# 65535)\nport = 8080\n"}
BAD = [
    (ONE | {PAGE: "## http\n"}, "http.port is missing"),
    (ONE | {PAGE: "## http\n| `port` | `8080` | 0–65535 | |\n"
                  "| `color` | `1` | 0–1 | |\n"}, "http.color is no setting"),
    (ONE | {PAGE: "## http\n| `port` | `80` | 0–65535 | |\n"},
     "the default is 8080"),
    (ONE | {PAGE: "## http\n| `port` | `8080` | 0–9 | |\n"},
     "the range is 0–65535"),
    (ONE | {PAGE: "## http\n| `port` | `8080` | 0–65535 | |\n",
            "api/reference/a.md": "see `http.prot`"}, "a.md:1: http.prot is no"),
]
GOOD = [ONE | {PAGE: "## http\n| `port` | `8080` | 0–65535 | Port. |\n"}]

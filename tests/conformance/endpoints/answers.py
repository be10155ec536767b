"""Does an answer fit what is expected?

Plain JSON means equality, where 1 and 1.0 differ. An object whose keys begin
with `~` is a rule: `~is` a model or type of models.json, `~has` {field:
expectation}, `~regex`, `~contains`, `~not`, `~absent`, `~count`, `~each`,
`~some`, `~any_order`, `~empty`. Several rules of one object hold together.
"""

import json
import pathlib
import re

MODELS = json.loads(
    pathlib.Path(__file__).with_name("models.json").read_text())
STATUSES = ("SCHEDULED|IN_PROGRESS|COMPLETED|COMPLETED_WITH_ERRORS|SKIPPED|"
            "CANCELED|FAILED|FAILED_WITH_TERMINAL_ERROR|TIMED_OUT")
TYPES = {
    "int": lambda x: isinstance(x, int) and not isinstance(x, bool),
    "bool": lambda x: isinstance(x, bool),
    "string": lambda x: isinstance(x, str),
    "list": lambda x: isinstance(x, list),
    "map": lambda x: isinstance(x, dict),
    "any": lambda x: True,
    "moment": lambda x: TYPES["int"](x) and x > 1_600_000_000_000,
    "day": lambda x: isinstance(x, str) and re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", x) is not None,
    "uuid": lambda x: isinstance(x, str) and re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", x) is not None,
}
ABSENT = object()


class Misfit(Exception):
    """Where, and why."""


def is_a(kind, value, at):
    """Fails when the value is not of that type or model."""
    if kind.endswith("?"):
        if value is None:
            return
        kind = kind[:-1]
    if kind.startswith("["):
        if not isinstance(value, list):
            raise Misfit(f"{at}: no list: {short(value)}")
        for i, item in enumerate(value):
            is_a(kind[1:-1], item, f"{at}[{i}]")
    elif kind in MODELS:
        fits_model(kind, value, at)
    elif kind in TYPES:
        if not TYPES[kind](value):
            raise Misfit(f"{at}: no {kind}: {short(value)}")
    else:
        names = (STATUSES if kind == "TaskStatus" else kind).split("|")
        if len(names) < 2:
            raise Misfit(f"{at}: models.json has no type '{kind}'")
        if value not in names:
            raise Misfit(f"{at}: none of {names}: {short(value)}")


def fits_model(name, value, at):
    if not isinstance(value, dict):
        raise Misfit(f"{at}: no {name}: {short(value)}")
    model = MODELS[name]
    for field in model["always"]:
        if field not in value:
            raise Misfit(f"{at}: this {name} lacks '{field}'")
    for field, held in value.items():
        kind = model["always"].get(field) or model["sometimes"].get(field)
        if kind is None:
            raise Misfit(f"{at}: no {name} has a '{field}'")
        is_a(kind, held, f"{at}.{field}")


def short(value):
    text = "nothing" if value is ABSENT else json.dumps(value)
    return text if len(text) < 200 else text[:200] + "..."


def is_rule(x):
    return isinstance(x, dict) and x and all(k.startswith("~") for k in x)


def text_of(value, at):
    if not isinstance(value, str):
        raise Misfit(f"{at}: no text: {short(value)}")
    return value


def by_rule(rule, given, value, at):
    if rule == "~absent":
        if (value is ABSENT) != given:
            raise Misfit(f"{at}: is {short(value)}")
        return
    if value is ABSENT:
        raise Misfit(f"{at}: is not there")
    if rule == "~is":
        is_a(given, value, at)
    elif rule == "~has":
        if not isinstance(value, dict):
            raise Misfit(f"{at}: no object: {short(value)}")
        for key, expected in given.items():
            fits(expected, value.get(key, ABSENT), f"{at}.{key}")
    elif rule == "~regex":
        if not re.fullmatch(given, text_of(value, at), re.S):
            raise Misfit(f"{at}: is {short(value)}, no match for {given}")
    elif rule == "~contains":
        if given not in text_of(value, at):
            raise Misfit(f"{at}: is {short(value)}, without {given!r}")
    elif rule == "~not":
        if same(given, value):
            raise Misfit(f"{at}: is {short(value)}")
    elif rule == "~count":
        if len(value) != given:
            raise Misfit(f"{at}: has {len(value)}, not {given}: "
                         + short(value))
    elif rule == "~empty":
        if bool(value) == given:
            raise Misfit(f"{at}: is {short(value)}")
    elif rule == "~each":
        for i, item in enumerate(value):
            fits(given, item, f"{at}[{i}]")
    elif rule == "~some":
        if not any(does_fit(given, item) for item in value):
            raise Misfit(f"{at}: none is {short(given)}: {short(value)}")
    elif rule == "~any_order":
        left = list(value)
        for expected in given:
            found = [x for x in left if does_fit(expected, x)]
            if not found:
                raise Misfit(f"{at}: lacks {short(expected)}: {short(value)}")
            left.remove(found[0])
        if left:
            raise Misfit(f"{at}: has {short(left)} as well")
    else:
        raise Misfit(f"{at}: there is no rule {rule}")


def same(a, b):
    return type(a) is type(b) and a == b


def does_fit(expected, value):
    try:
        fits(expected, value, "")
        return True
    except Misfit:
        return False


def fits(expected, value, at):
    """Raises a Misfit when it does not."""
    if is_rule(expected):
        for rule, given in expected.items():
            by_rule(rule, given, value, at)
    elif isinstance(expected, dict) and isinstance(value, dict):
        for key in value.keys() - expected.keys():
            raise Misfit(f"{at}: has '{key}': {short(value[key])}")
        for key, inner in expected.items():
            fits(inner, value.get(key, ABSENT), f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(value, list):
        if len(expected) != len(value):
            raise Misfit(f"{at}: has {len(value)}, not {len(expected)}: "
                         + short(value))
        for i, inner in enumerate(expected):
            fits(inner, value[i], f"{at}[{i}]")
    elif not same(expected, value):
        raise Misfit(f"{at}: is {short(value)}, not {short(expected)}")


def is_error(answer, status, message=None, violations=None):
    """The body of a refusal (rest-api §1.6)."""
    if answer.status != status:
        raise Misfit(f"status {answer.status}, not {status}: "
                     + answer.text()[:300])
    if answer.type() != "application/json":
        raise Misfit(f"the error calls itself {answer.type()}")
    body = answer.json()
    expected = {"status": status, "retryable": False,
                "message": message or {"~is": "string", "~empty": False}}
    if violations is None:
        expected["instance"] = {"~is": "string", "~empty": False}
    else:
        expected["validationErrors"] = {"~any_order": [
            {"~has": {"path": path,
                      "message": {"~is": "string", "~empty": False}}}
            for path in violations]}
    fits(expected, body, "error")

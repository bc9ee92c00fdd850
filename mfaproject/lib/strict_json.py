"""Reading JSON that somebody else wrote: one object, said once, of values that mean the same
everywhere.
"""

import json
import math
from typing import Any, NoReturn

LONGEST_NUMBER = 18  # digits; every number of that length fits a signed 64-bit column


class BadJson(ValueError):
    """What is wrong with it, in a sentence for whoever wrote the client."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("A name occurs twice in one object.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not JSON.")


def _number(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_NUMBER:
        raise BadJson("A number is too long.")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadJson("A number is too large.")
    return number


def _speakable(value: Any) -> None:
    """Refuses text that no database and no other program takes: NUL, and halves
    of surrogate pairs."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and (
            "\0" in part or any("\ud800" <= char <= "\udfff" for char in part)
        ):
            raise BadJson("A text holds a character that is none.")


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object from UTF-8 bytes; raises BadJson for anything else, however
    deep, long or odd."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_int=_number,
            parse_float=_finite,
        )
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("This is nested too deeply.") from None
    except ValueError:  # not UTF-8, or not JSON
        raise BadJson("The body is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise BadJson("The body must be a JSON object.")
    _speakable(value)
    return value

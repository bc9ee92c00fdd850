"""PURE: a policy as somebody writes it down, in TOML, before it is anything to the site.

name = "default"
challenge = 45
strict = 90
groups = ["office"]        # none: for everybody
note = "Fewer questions"
weights = "refitted.json"  # for a backtest; none: the weights in force
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

BUILT_IN = "built-in"
"""What the ledger calls the policy of the settings. No other may have this name."""

FOR_EVERYBODY = "default"
"""The one name whose policy is for everybody; each other one is for groups."""

LONGEST_NAME = 40
LONGEST_NOTE = 2000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = ("name", "challenge", "strict", "groups", "note", "weights")


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """Thresholds of 0 to 100. `groups`: names, none for everybody. `weights`: path of a file of
    weights, "" for those in force."""

    name: str
    challenge: int
    strict: int
    groups: tuple[str, ...] = ()
    note: str = ""
    weights: str = ""


class DraftError(ValueError):
    """What is wrong, and in which field ("" where it is the file as a whole). Reads "challenge: …".
    `code` is one word for it, for translators."""

    def __init__(self, field: str, problem: str, code: str = "") -> None:
        super().__init__(f"{field}: {problem}" if field else problem)
        self.field, self.problem, self.code = field, problem, code


def read_draft(text: str) -> PolicyDraft:
    """From TOML. Raises DraftError, which names the field; a field that nobody knows is an error
    too, for it may be a misspelt one."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DraftError("", f"This is no TOML: {error}") from error
    for name in raw:
        if name not in _FIELDS:
            raise DraftError(name, f"No field of a policy; there are {', '.join(_FIELDS)}.")
    draft = PolicyDraft(
        _text(raw, "name", LONGEST_NAME),
        _number(raw, "challenge"),
        _number(raw, "strict"),
        _groups(raw),
        _text(raw, "note", LONGEST_NOTE),
        _text(raw, "weights"),
    )
    check_name(draft.name)
    check_thresholds(draft.challenge, draft.strict)
    return draft


def check_name(name: str) -> None:
    """Raises DraftError unless it is a free short word."""
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise DraftError(
            "name",
            f"Small letters, digits and single hyphens, {LONGEST_NAME} at most.",
            "name_shape",
        )
    if name == BUILT_IN:
        raise DraftError("name", "The policy of the settings is called so.", "name_taken")


def check_thresholds(challenge: int, strict: int) -> None:
    """Raises DraftError unless 0 < challenge < strict <= 100."""
    if not 0 < challenge < 100:
        raise DraftError("challenge", "A whole number from 1 to 99.", "challenge_range")
    if not challenge < strict <= 100:
        raise DraftError(
            "strict", f"A whole number above challenge ({challenge}), 100 at most.", "strict_range"
        )


def check_groups(name: str, groups: int) -> None:
    """Raises DraftError unless the policy named for everybody has none of `groups` (their number),
    and each other one has some."""
    if name == FOR_EVERYBODY and groups:
        raise DraftError(
            "groups",
            f"“{FOR_EVERYBODY}” is for everybody. Choose no group, or another name.",
            "groups_some",
        )
    if name != FOR_EVERYBODY and not groups:
        raise DraftError(
            "groups", f"Choose a group. Only “{FOR_EVERYBODY}” is for everybody.", "groups_none"
        )


def _text(raw: dict[str, Any], name: str, longest: int = 4096) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise DraftError(name, f"Text in quotes, {longest} characters at most.")
    return value.strip()


def _number(raw: dict[str, Any], name: str) -> int:
    value = raw.get(name)
    if type(value) is not int:  # `true` is no threshold
        raise DraftError(name, "Is missing." if value is None else "A whole number.")
    return value


def _groups(raw: dict[str, Any]) -> tuple[str, ...]:
    value = raw.get("groups", [])
    if not isinstance(value, list) or not all(
        isinstance(each, str) and each.strip() for each in value
    ):
        raise DraftError("groups", 'A list of names of groups, such as ["office", "finance"].')
    return tuple(dict.fromkeys(each.strip() for each in value))

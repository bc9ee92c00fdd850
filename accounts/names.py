"""What people are called: in one spelling, and looked at in that spelling. PURE.

User names follow Unicode's profile for identifiers (UAX 31) with what our form allows besides:
letters of every script with the marks that belong to them, digits, and `.` `-` `_`. What is allowed
only beside certain letters, the zero-width joiners and the middle dot of Catalan, is allowed where
IDNA 2008 allows it. Full names are taken as people write them.
"""

import re
import unicodedata
from enum import Enum

import idna

from mfaproject.lib import texts

LONGEST_USER_NAME, LONGEST_FULL_NAME = 40, 100
MOST_MARKS = 4
"""On one letter: as many as a syllable of Burmese needs. More are drawn over the lines above."""
_SIGNS = ".-_"
_SPACES = re.compile(r"\s+")


class Fault(Enum):
    """What is wrong with a name."""

    EMPTY = "empty"
    CHARACTER = "character"
    MARKS = "marks"


def user_name(typed: str) -> str:
    """As it is kept: NFKC, which may be longer or shorter than what was typed."""
    return unicodedata.normalize("NFKC", typed.strip())


def fault_of_user_name(name: str) -> Fault | None:
    """What is wrong with a user name in its kept form, its length aside."""
    if not any(char.isalnum() and not texts.INVISIBLE.match(char) for char in name):
        return Fault.EMPTY if not texts.can_be_seen(name) else Fault.CHARACTER
    if not all(_belongs(name, place) for place in range(len(name))):
        return Fault.CHARACTER
    return Fault.MARKS if _is_piled(name) else None


def _belongs(name: str, place: int) -> bool:
    char = name[place]
    if char in texts.JOINERS:
        return _joins(name, place)
    if texts.INVISIBLE.match(char):
        return False
    if _is_mark(char):
        return place > 0 and (_spells(name, place - 1) or _joins(name, place - 1))
    return char.isalnum() or char in _SIGNS or _has_its_place(name, place)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Mc") and not texts.INVISIBLE.match(char)


def _joins(name: str, place: int) -> bool:
    """A joiner between letters that it shapes (RFC 5892, A.1 and A.2), or on a
    consonant that goes on in the next one."""
    if name[place] not in texts.JOINERS or not 0 < place < len(name) - 1:
        return False
    try:
        return bool(idna.valid_contextj(name, place))
    except ValueError:
        return False


def _has_its_place(name: str, place: int) -> bool:
    """`l·l`, and the like of Greek, Hebrew and Japanese (RFC 5892, A.3 to A.7)."""
    try:
        return bool(idna.valid_contexto(name, place))
    except ValueError:
        return False


def full_name(typed: str) -> str:
    """As it is kept: NFC, one line, single spaces, without what only hides or turns text. What
    spells stays inside words."""
    found = unicodedata.normalize("NFC", typed)
    return _SPACES.sub(" ", "".join(_kept(found, place) for place in range(len(found)))).strip()


def _kept(name: str, place: int) -> str:
    char = name[place]
    if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        return " "
    if char in texts.JOINERS:
        return char if _spells(name, place - 1) and _spells(name, place + 1) else ""
    if texts.SELECTORS.match(char):
        return char if place > 0 and texts.can_be_seen(name[place - 1]) else ""
    return "" if unicodedata.category(char) == "Cf" or texts.INVISIBLE.match(char) else char


def _spells(name: str, place: int) -> bool:
    return 0 <= place < len(name) and (name[place].isalpha() or _is_mark(name[place]))


def fault_of_full_name(name: str) -> Fault | None:
    """What is wrong with a full name in its kept form, its length aside."""
    if not texts.can_be_seen(name):
        return Fault.EMPTY
    return Fault.MARKS if _is_piled(name) else None


def _is_piled(name: str) -> bool:
    categories = "".join(unicodedata.category(char)[0] for char in name)
    return "M" * (MOST_MARKS + 1) in categories

"""What of a text can be seen, and what no database takes. PURE."""

import re
import unicodedata

# Default_Ignorable_Code_Point of Unicode: drawn as nothing, whatever their category. A letter among
# them is still invisible.
_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{_IGNORED}]")
SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose among the drawings of the character before them: names in
Japanese and Mongolian have them."""
JOINERS = "\u200c\u200d"
"""Zero width, and yet spelling: they choose the form of letters in Persian and
in the scripts of India."""
_BLANK = "\u2800"  # a Braille cell without dots


def is_storable(text: str) -> bool:
    """No NUL, which PostgreSQL refuses, and no half of a surrogate pair, which no encoding has."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def can_be_seen(text: str) -> bool:
    """Whether anything of it can be: a letter, a digit, a sign."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char != _BLANK and not INVISIBLE.match(char)
        for char in text
    )


def without_invisible(text: str) -> str:
    """The same without characters that are drawn as nothing, control characters and surrogates."""
    return "".join(
        char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Cc", "Cs") and not INVISIBLE.match(char)
    )


def hides(text: str) -> bool:
    """Whether it holds what only hides or turns text around: controls, line
    ends, directions, invisible letters."""
    spelling = "".join(char for char in text if char not in JOINERS and not SELECTORS.match(char))
    return without_invisible(spelling) != spelling or any(
        unicodedata.category(char) in ("Zl", "Zp") for char in text
    )

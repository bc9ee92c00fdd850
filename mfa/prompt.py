"""What the phone shows about a sign-in, and what its answer is signed over. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

LONGEST_TEXT = 200  # code points: text(200) of nod-push-v1
# What nod-push-v1 forbids in a text: controls, line and direction controls, byte order mark, lone
# surrogates.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")

Context = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Who signs in to what, when (whole seconds since 1970), with which browser and system, from
    which address and place. "" is unknown.

    `careful` says why more proof is asked for; where there is nothing to say the phone is told of
    no such field.
    """

    account: str
    app: str
    at: int
    browser: str
    ip: str
    os: str
    place: str
    careful: str = ""

    def context(self) -> Context:
        """The flat object of nod-push-v1: strings on one line of at most 200 code points, null
        where nothing is known."""
        found = {name: _shown(value) for name, value in asdict(self).items()}
        return {name: value for name, value in found.items() if name != "careful" or value}


def canonical(context: Mapping[str, str | int | None]) -> str:
    """RFC 8785 for a flat object: the text that is stored, served and digested."""
    return json.dumps(context, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def clean(text: str) -> str:
    """One line that every authenticator agrees to show: the same rule as
    `mfaproject.lib.http.clean`, which pure modules cannot import."""
    return _UNSEEN.sub(" ", text).strip(" ")[:LONGEST_TEXT].strip(" ")


def _shown(value: str | int) -> str | int | None:
    return value if isinstance(value, int) else clean(value) or None

"""A code word is drawn, shown once, and counts when it was typed."""

import base64
from collections.abc import Mapping

from mfa.services import drafts
from mfaproject.lib import tokens

KIND = "toy"


class CodeWords:
    """As a page or a program begins and ends it."""

    def begin(self, user_id: int, added_by: str, /) -> Mapping[str, str]:
        word = base64.b32encode(tokens.new_bytes(10)).decode().lower()
        drafts.begin(KIND, user_id, added_by, secret=word)
        return {"word": word}

    def confirm(self, user_id: int, added_by: str, answer: object, /, *, ip: str) -> bool:
        return drafts.confirm_own(KIND, user_id, added_by, answer, ip=ip)

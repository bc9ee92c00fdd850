"""What a field of nod-push-v1 may hold. PURE."""

import re
from collections.abc import Mapping
from typing import Any

from authenticator.canonical import Rejected, digest, parse
from mfaproject.lib.texts import can_be_seen

LONGEST_NAME = 64  # code points

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_NUMBER = re.compile(r"[0-9]{3}|[0-9]{6}")  # never \d, which takes the digits of every script
# Nothing that hides or turns text around: controls, line separators, direction marks, BOM, lone
# surrogates.
_NAME = re.compile(
    r"(?! )[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
    rf"{{1,{LONGEST_NAME}}}(?<! )"
)
# Without https only this very machine, for tests; who may be connected to at all is another
# question (`endpoints`).
_ENDPOINT = re.compile(
    r"https://[\x21-\x7e]{1,1016}|http://(?:localhost|127\.0\.0\.1):[0-9]{1,5}/[\x21-\x7e]{0,990}"
)
_FIREBASE = {"value": re.compile(r"[A-Za-z0-9_:.-]{1,4096}")}
_SUBSCRIPTIONS: dict[object, dict[str, re.Pattern[str]]] = {
    "webpush": {"endpoint": _ENDPOINT, "p256dh": re.compile(r"[A-Za-z0-9_-]{87}"), "auth": _ID},
    "fcm-token": _FIREBASE,
    "fcm-fid": _FIREBASE,
}


def require(fields: Mapping[str, Any], names: str) -> None:
    """Exactly these fields, else Rejected("bad_fields")."""
    if set(fields) != set(names.split()):
        raise Rejected("bad_fields")


def check(*conditions: bool) -> None:
    """Raises Rejected("bad_value") unless all hold."""
    if not all(conditions):
        raise Rejected("bad_value")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_id(value: object) -> bool:
    """The public name of a row: 128 random bits, base64url."""
    return _matches(_ID, value)


def is_name(value: object) -> bool:
    """A device's name: 1 to 64 code points, no space at the ends, something to see. Signed as
    typed, so never trimmed or normalised."""
    return isinstance(value, str) and _matches(_NAME, value) and can_be_seen(value)


def is_secret(value: object) -> bool:
    """256 random bits, base64url."""
    return _matches(_SECRET, value)


def is_number(value: object) -> bool:
    """Three or six ASCII digits, as text."""
    return _matches(_NUMBER, value)


def is_time(value: object) -> bool:
    """Whole seconds since 1970, ten digits."""
    return type(value) is int and 10**9 <= value < 10**10


def subscription_kind(text: object) -> str:
    """webpush, fcm-token or fcm-fid. Raises Rejected where the text is not
    exactly one of the three shapes."""
    if not isinstance(text, str):
        raise Rejected("bad_value")
    fields = parse(text.encode())
    shape = _SUBSCRIPTIONS.get(fields.get("kind"))
    if shape is None:
        raise Rejected("bad_value")
    require(fields, " ".join(["kind", *shape]))
    check(*(_matches(pattern, fields[name]) for name, pattern in shape.items()))
    return str(fields["kind"])


def subscription_digest(text: str | None) -> str | None:
    """What is signed of a subscription; None for none. Raises like `subscription_kind`."""
    if text is None:
        return None
    subscription_kind(text)
    return digest(text)

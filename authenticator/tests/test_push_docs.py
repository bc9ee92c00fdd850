"""docs/push.md says what the code does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from authenticator.push import base, fcm, resolver, transport
from authenticator.services import push_health, push_proof, replay_guard
from mfaproject import webpush

OF_ADDRESS = replay_guard.ECHOES_OF_ADDRESS
PAGE = (Path(settings.BASE_DIR) / "docs" / "push.md").read_text()


def value(limit: str) -> str:
    """The value in the table of limits."""
    found = re.search(rf"^\| {re.escape(limit)} \| (.+) \|$", PAGE, re.MULTILINE)
    assert found, limit
    return found[1]


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("an echo works for", f"{push_proof.LIFE.seconds // 60} minutes, once, the last one sent"),
        (
            "test pushes of a device",
            f"{replay_guard.TESTS.rate} in {replay_guard.TESTS.per} seconds",
        ),
        (
            "echoes of a device, tests included",
            f"{replay_guard.ECHOES.rate} in {replay_guard.ECHOES.per // 60} minutes",
        ),
        (
            "echoes of one address, whoever registers it",
            f"{OF_ADDRESS.rate} in {OF_ADDRESS.per // 60} minutes",
        ),
        ("payload", f"{base.LARGEST} bytes, which is 4096 once encrypted"),
        ("looking a name up", f"{resolver.DEADLINE} seconds, {resolver.AT_ONCE} at once"),
        (
            "connecting, then waiting for the answer",
            (
                f"{transport.CONNECT:.0f} and {transport.READ:.0f} seconds (Firebase: {fcm.TIMEOUT}"
                f" and {fcm.TIMEOUT})"
            ),
        ),
        (
            "the answer",
            (
                f"no more than {transport.LONGEST_ANSWER} bytes of it are read, no redirect is"
                " followed"
            ),
        ),
        (
            "a service that refuses our credential is left alone for",
            f"{push_health.REST.seconds // 60} minutes, then one push tries",
        ),
    ],
)
def test_the_numbers_are_the_code_s(limit: str, says: str) -> None:
    assert value(limit) == says


def test_the_hosts_are_the_default() -> None:
    assert f"`{','.join(webpush.HOSTS)}`" in PAGE
    assert f"`{webpush.NOBODY}`" in PAGE


def test_every_reason_is_explained() -> None:
    sources = "".join(
        path.read_text()
        for path in (Path(settings.BASE_DIR) / "authenticator" / "push").glob("*.py")
    )
    reasons = set(re.findall(r'DeliveryError\(\s*"(\w+)"', sources)) | {"timeout", "credential"}
    table = set(
        re.findall(
            r"`(\w+)`", "".join(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE))
        )
    )
    assert reasons <= table


def test_every_setting_of_push_is_listed() -> None:
    example = (Path(settings.BASE_DIR) / ".env.example").read_text()
    names = re.findall(r"^# ((?:VAPID|PUSH|FCM)_[A-Z_]+)=", example, re.MULTILINE)
    assert len(names) >= 7
    assert [name for name in names if f"| `{name}` |" not in PAGE] == ["PUSH_DIGITS"]

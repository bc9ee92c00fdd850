"""Short words for long setups."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from mfa import delivery, limits, outbox
from mfa.channels.memory import MemoryChannel
from mfa.models import Budget, Challenge, Factor, OutboxMessage
from mfa.prompt import Prompt
from mfa.results import Asker, Opened, Question, Refused
from mfa.services import challenges, enrolment
from mfaproject.lib import clock

NUMBER = "+33612345642"
JOURNEY = "login:" + "a" * 43
OTHER_JOURNEY = "login:" + "b" * 43


def phone(user: Any, label: str = "Pixel 8", **options: Any) -> int:
    """A confirmed authenticator; its id."""
    return enrolment.add_factor(user.pk, "push", label, added_by="", **options)


def prompt_at(at: datetime) -> Prompt:
    return Prompt(
        "alice", "Nod", int(at.timestamp()), "Firefox 145", "192.0.2.44", "Linux", "Lyon, France"
    )


def asking(user: Any, journey: str, changes: dict[str, Any]) -> Asker:
    """A login from an unknown browser; takes out of `changes` what is the asker's."""
    usual = Asker(
        user.pk, journey, user.auth_epoch, "other", "login", 7, clock.now() + timedelta(minutes=10)
    )
    return replace(
        usual,
        **{each.name: changes.pop(each.name) for each in fields(Asker) if each.name in changes},
    )


def ask_push(user: Any, journey: str = JOURNEY, **changes: Any) -> Opened | Refused:
    """It asks the phone."""
    asker = asking(user, journey, changes)
    values: dict[str, Any] = {
        "required": "weak",
        "prompt": prompt_at(clock.now()),
        "digits": 3,
        "browser": "",
    }
    return challenges.open_push(asker, **(values | changes))


def ask_code(
    user: Any, journey: str = JOURNEY, kind: str = "email", **changes: Any
) -> Opened | Refused:
    """It sends a code."""
    asker = asking(user, journey, changes)
    shown = {
        "browser": "Firefox on Linux",
        "place": "Lyon, France",
        "ip": "192.0.2.44",
        "at": int(clock.now().timestamp()),
    }
    values: dict[str, Any] = {
        "destination": user.email,
        "language": "en",
        "mail": "code",
        "shown": shown,
    }
    return challenges.open_code(asker, kind, **(values | changes))


def ask_typed(user: Any, kind: str, journey: str = JOURNEY, **changes: Any) -> Opened | Refused:
    """It asks for a code of the app ("totp") or from paper ("recovery")."""
    return challenges.open_typed(asking(user, journey, changes), kind, **changes)


def app_of(user: Any, added_by: str = "") -> pyotp.TOTP:
    """Gives the person an app that shows codes, enrolled a minute ago: its
    present code was not used yet."""
    draft = enrolment.begin_totp(user.pk, added_by)
    app = pyotp.TOTP(draft.secret)
    assert enrolment.confirm_totp(user.pk, draft.factor_id, app.at(clock.now()))
    Factor.objects.filter(pk=draft.factor_id).update(last_step=F("last_step") - 2)
    read_anew(user)
    return app


def codes_for(user: Any, added_by: str = "") -> list[str]:
    """Gives the person a set of recovery codes."""
    codes = enrolment.new_recovery_codes(user.pk, added_by)
    read_anew(user)
    return codes


def read_anew(user: Any) -> None:
    """A change of factors renews the epoch, and whoever asks next reads it, as
    every request does."""
    user.refresh_from_db(fields=["auth_epoch"])


def texting(user: Any, number: str = NUMBER) -> int:
    """Gives the person a number for text messages; its factor's id."""
    return enrolment.add_factor(user.pk, "sms", number, added_by="")


def opened(result: Opened | Refused) -> Opened:
    """The question that was put; fails the test where none was."""
    assert isinstance(result, Opened), result
    return result


def refused(result: Opened | Refused) -> Refused:
    """The refusal; fails the test where there was none."""
    assert isinstance(result, Refused), result
    return result


def question(asked: Opened, user: Any) -> Question:
    """The same question as the authenticator's side sees it."""
    found = challenges.question(asked.public_id, user.pk)
    assert found is not None
    return found


def answer(
    asked: Opened,
    user: Any,
    factor_id: int,
    decision: Any = "approve",
    reason: str | None = None,
    *,
    right: bool = True,
) -> str:
    """A device decides."""
    return challenges.decide(
        question(asked, user),
        factor_id=factor_id,
        decision=decision,
        reason=reason,
        number_right=right,
        body_digest="d" * 43,
    )


def code_of(asked: Opened) -> str:
    """The code in the message of a challenge."""
    return str(
        delivery.unwrapped(OutboxMessage.objects.get(challenge_id=asked.challenge_id))["context"][
            "code"
        ]
    )


def wrong_code(asked: Opened) -> str:
    """Six digits that are not the code."""
    return f"{(int(code_of(asked)) + 1) % 10**6:06d}"


def state(asked: Opened) -> str:
    """The row's state."""
    return Challenge.objects.get(pk=asked.challenge_id).state


def check(asked: Opened, typed: object, journey: str = JOURNEY) -> challenges.CodeResult:
    return challenges.check_code(challenge_id=asked.challenge_id, subject=journey, typed=typed)


def spend(asked: Opened, journey: str = JOURNEY) -> challenges.Proof | None:
    return challenges.spend(challenge_id=asked.challenge_id, subject=journey)


def tally(user: Any, kind: str, lane: str = "other") -> limits.Tally:
    """What the budget row holds now."""
    return Budget.objects.get(user=user, kind=kind, lane=lane).tally


def set_tally(user: Any, kind: str, lane: str = "other", **columns: Any) -> None:
    """Puts a budget row into a state that would take long to reach."""
    Budget.objects.update_or_create(user=user, kind=kind, lane=lane, defaults=columns)


def mails(template: str = "") -> list[OutboxMessage]:
    """Mails that wait, the oldest first."""
    rows = OutboxMessage.objects.filter(channel="email").order_by("created_at")
    return list(rows.filter(template=template) if template else rows)


def delivered() -> list[Any]:
    """Delivers what is due; everything that has been sent so far."""
    outbox.deliver_due()
    return MemoryChannel.sent


@contextmanager
def statements(most: int) -> Iterator[None]:
    """At most so many SELECT, INSERT, UPDATE and DELETE; transaction control is free."""
    with CaptureQueriesContext(connection) as captured:
        yield
    counted = [
        entry["sql"]
        for entry in captured.captured_queries
        if re.match(r"(SELECT|INSERT|UPDATE|DELETE)\b", entry["sql"])
    ]
    assert len(counted) <= most, "\n".join([f"{len(counted)} statements, {most} allowed", *counted])

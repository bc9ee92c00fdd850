"""Short words for long setups."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from mfa import delivery, limits, outbox
from mfa.channels.memory import MemoryChannel
from mfa.factors.email import EmailCode
from mfa.factors.push import answers
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.models import Budget, Challenge, Factor, OutboxMessage
from mfa.prompt import Prompt
from mfa.results import Asker, NotAsked, Opened, PushQuestion
from mfa.services import challenges, enrolment
from mfaproject.lib import clock


@dataclass(frozen=True)
class Ways:
    """The ways that are open, as tables write them."""

    push: bool = False
    devices: list[str] = field(default_factory=list)
    email: str = ""
    push_off: bool = False
    sms: str = ""
    totp: bool = False
    recovery: bool = False
    waits: dict[str, int] = field(default_factory=dict)
    spent: frozenset[str] = frozenset()


def ways(**asked: Any) -> Ways:
    """`challenges.ways` in short. Fails where their order is another one."""
    found = challenges.ways(**asked)
    order = [kind for kind in ("push", "totp", "email", "sms", "recovery") if kind in found.kinds]
    assert list(found.kinds) == order
    return Ways(
        push="push" in found.kinds,
        devices=list(found.devices),
        email=found.hints.get("email", ""),
        push_off=found.is_resting,
        sms=found.hints.get("sms", ""),
        totp="totp" in found.kinds,
        recovery="recovery" in found.kinds,
        waits=dict(found.waits),
        spent=found.spent,
    )


NUMBER = "+33612345642"
JOURNEY = "login:" + "a" * 43
OTHER_JOURNEY = "login:" + "b" * 43


class OtherMail(EmailCode):
    """Codes by mail, as somebody else would send them."""


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


def ask_push(user: Any, journey: str = JOURNEY, **changes: Any) -> Opened | NotAsked:
    """It asks the phone."""
    asker = asking(user, journey, changes)
    values: dict[str, Any] = {
        "required": "weak",
        "prompt": prompt_at(clock.now()),
        "digits": 3,
        "browser": "",
    }
    return challenges.open_elsewhere(asker, "push", **(values | changes))


def ask_code(
    user: Any, journey: str = JOURNEY, kind: str = "email", **changes: Any
) -> Opened | NotAsked:
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


def ask_typed(user: Any, kind: str, journey: str = JOURNEY, **changes: Any) -> Opened | NotAsked:
    """It asks for a code of the app ("totp") or from paper ("recovery")."""
    return challenges.open_at_hand(asking(user, journey, changes), kind, **changes)


def app_of(user: Any, added_by: str = "") -> pyotp.TOTP:
    """Gives the person an app that shows codes, enrolled a minute ago: its
    present code was not used yet."""
    draft = apps.begin(user.pk, added_by)
    app = pyotp.TOTP(draft.secret)
    assert apps.confirm(user.pk, draft.factor_id, app.at(clock.now()))
    Factor.objects.filter(pk=draft.factor_id).update(last_step=F("last_step") - 2)
    read_anew(user)
    return app


def codes_for(user: Any, added_by: str = "") -> list[str]:
    """Gives the person a set of recovery codes."""
    codes = paper.new_codes(user.pk, added_by)
    read_anew(user)
    return codes


def read_anew(user: Any) -> None:
    """A change of factors renews the epoch, and whoever asks next reads it, as
    every request does."""
    user.refresh_from_db(fields=["auth_epoch"])


def texting(user: Any, number: str = NUMBER) -> int:
    """Gives the person a number for text messages; its factor's id."""
    return enrolment.add_factor(user.pk, "sms", number, added_by="")


def opened(result: Opened | NotAsked) -> Opened:
    """The question that was put; fails the test where none was."""
    assert isinstance(result, Opened), result
    return result


def refused(result: Opened | NotAsked) -> NotAsked:
    """The refusal; fails the test where there was none."""
    assert isinstance(result, NotAsked), result
    return result


def question(asked: Opened, user: Any) -> PushQuestion:
    """The same question as the authenticator's side sees it."""
    found = answers.question(asked.public_id, user.pk)
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
    return answers.decide(
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


def budget(user: Any, kind: str, lane: str = "other") -> limits.BudgetState:
    """What the budget row holds now."""
    return Budget.objects.get(user=user, kind=kind, lane=lane).state


def set_budget(user: Any, kind: str, lane: str = "other", **columns: Any) -> None:
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

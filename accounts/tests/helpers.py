"""Short words for long setups."""

import re
from dataclasses import replace
from typing import Any

import pyotp
from django.test import Client

from accounts.context import Arrival
from accounts.journey import StepUp, Ticket
from accounts.models import LoginAttempt, User
from accounts.services import attempts
from mfa import outbox
from mfa.channels.base import Parcel
from mfa.channels.memory import MemoryChannel
from mfa.factors.push import answers
from mfa.factors.totp import enrolment as apps
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)


def arriving(
    ip: str = "198.51.100.7", user_agent: str = FIREFOX, cookie: str | None = None, **changes: Any
) -> Arrival:
    """Somebody at the door."""
    made = Arrival(
        ip=ip,
        network=ip,
        user_agent=user_agent,
        browser_cookie=cookie,
        door="form",
        language="en",
        at=clock.now(),
        request_id="r" * 22,
    )
    return replace(made, **changes)


def phone(user: User, label: str = "Pixel 8", **options: Any) -> int:
    """Gives the person an authenticator; its factor's id."""
    return enrolment.add_factor(user.pk, "push", label, added_by="", **options)


def mailbox(user: User) -> int:
    """Makes the person's address a factor, as sign-up does."""
    return enrolment.add_factor(user.pk, "email", user.email, added_by="")


def attempt_of(ticket: Ticket) -> LoginAttempt:
    """The row, whatever its state."""
    return LoginAttempt.objects.get(reference_digest=attempts.reference_digest(ticket.reference))


def answer(
    step: StepUp,
    factor_id: int,
    decision: str = "approve",
    reason: str | None = None,
    *,
    right: bool = True,
) -> str:
    """The phone answers the journey's open question."""
    return answer_in(attempt_of(step.ticket), factor_id, decision, reason, right=right)


def answer_newest(
    user: User, factor_id: int, decision: str = "approve", reason: str | None = None
) -> str:
    """The same for the person's newest journey, where a page began it."""
    return answer_in(
        LoginAttempt.objects.filter(user=user).latest("pk"), factor_id, decision, reason
    )


def answer_in(
    attempt: LoginAttempt, factor_id: int, decision: str, reason: str | None, *, right: bool = True
) -> str:
    assert attempt.push is not None
    question = answers.question(attempt.push.public_id, attempt.user_id)
    assert question is not None
    return answers.decide(
        question,
        factor_id=factor_id,
        decision=decision,  # type: ignore[arg-type]
        reason=reason,
        number_right=right,
        body_digest="d" * 43,
    )


class Browser(Client):
    """A browser with its own cookies, address and user agent."""

    def __init__(self, ip: str = "198.51.100.7", user_agent: str = FIREFOX) -> None:
        super().__init__(REMOTE_ADDR=ip, headers={"user-agent": user_agent})

    def sign_in(self, name: str = "alice", password: str = PASSWORD, **more: str) -> Any:
        """Posts the login form."""
        return self.post("/login/", {"username": name, "password": password, **more})


def mails_to(address: str) -> list[Parcel]:
    """What was mailed to an address, the oldest first."""
    outbox.deliver_due()
    return [parcel for parcel in MemoryChannel.sent if parcel.to == address]


def code_to(address: str) -> str:
    """The code that was mailed to an address last. Mails due at the same moment
    leave in any order."""
    codes = [code for mail in mails_to(address) for code in re.findall(r"\b[0-9]{6}\b", mail.text)]
    assert codes, f"no mail to {address} holds a code"
    return str(codes[-1])


NUMBER = "+33612345642"


def app_of(user: User) -> pyotp.TOTP:
    """Gives the person an app that shows codes; the one it shows now was not used yet."""
    draft = apps.begin(user.pk, "")
    app = pyotp.TOTP(draft.secret)
    assert apps.confirm(user.pk, draft.factor_id, app.at(clock.now(), counter_offset=-1))
    user.refresh_from_db(fields=["auth_epoch"])  # renewed, and whoever asks next reads it anew
    return app


def texting(user: User) -> None:
    """Gives the person a number for text messages."""
    enrolment.add_factor(user.pk, "sms", NUMBER, added_by="")


def text_code() -> str:
    """The code in the latest text message."""
    outbox.deliver_due()
    return str(
        re.findall(
            r"\b[0-9]{6}\b",
            next(parcel.text for parcel in reversed(MemoryChannel.sent) if parcel.channel == "sms"),
        )[0]
    )

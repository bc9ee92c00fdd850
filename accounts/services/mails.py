"""Which mail goes to whom. Rows only: the delivery loop sends them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from accounts.context import Arrival
from accounts.models import Link, LoginAttempt, User
from accounts.services import links
from mfa import outbox
from mfa.channels.base import LateLetter
from mfa.channels.names import MAIL
from mfa.masks import masked
from mfa.services.challenges import Proof
from mfaproject.lib import clock
from risk import services as risk
from risk.services import LoginContext

NOTICE_LIFE = timedelta(days=2)  # a notice that could not be delivered for so long is old news


def absolute(path: str) -> str:
    """A link for a mail, from PUBLIC_ORIGIN: never from what a request called its host."""
    return settings.PUBLIC_ORIGIN + path


def send(
    user: User,
    template: str,
    context: dict[str, str | int],
    *,
    life: timedelta = NOTICE_LIFE,
    to: str = "",
) -> None:
    """Queues a mail to a person's address, in her language, inside the caller's transaction."""
    outbox.enqueue(
        channel=MAIL,
        template=template,
        destination=to or user.email,
        context={"name": user.first_word} | context,
        language=_language(user),
        user_id=user.pk,
        expires_at=clock.now() + life,
    )


def ask(
    address: str, template: str, context: dict[str, str | int], *, life: timedelta = NOTICE_LIFE
) -> None:
    """Queues a mail that anybody may ask for, to whatever address was typed: the same work for
    each.

    See `settings.LATE_LETTERS`.
    """
    outbox.enqueue(
        channel=MAIL,
        template=template,
        destination=address,
        context=dict(context),
        language="",
        expires_at=clock.now() + life,
        hurry=False,
    )


def late(user: User, template: str, context: dict[str, str | int]) -> LateLetter:
    """What `send` would have queued, for a mail that leaves now."""
    return LateLetter(user.email, template, _language(user), {"name": user.first_word} | context)


def _language(user: User) -> str:
    return user.language or settings.LANGUAGE_CODE


def seconds(at: datetime) -> int:
    """A moment as mails carry it: put into words at delivery, in the reader's language."""
    return int(at.timestamp())


def where(reader: User, context: LoginContext) -> dict[str, str | int]:
    """Browser, place, address and time of a sign-in, in the words of who reads it."""
    shown = risk.describe(context, reader.language)
    return {
        "browser": shown.label,
        "place": shown.place,
        "ip": context.ip or "",
        "at": seconds(context.at),
    }


def new_sign_in(
    attempt: LoginAttempt, session_id: str, proof: Proof, context: LoginContext
) -> None:
    """Tells the owner that a browser signed in after a second factor, with a
    link that undoes it."""
    token = links.issue(
        attempt.user,
        Link.Purpose.DISAVOW,
        attempt=attempt,
        session=session_id,
        ledger_id=attempt.ledger_id,
    )
    undo = absolute(reverse("accounts:link", args=["disavow", token]))
    send(
        attempt.user,
        "new_sign_in",
        where(attempt.user, context)
        | {
            "factor": proof.kind,
            "device": proof.label,
            "disavow_url": undo,
        },
    )


def unfinished(attempt: LoginAttempt) -> None:
    """Somebody typed the right password in an unknown browser and went no further."""
    send(
        attempt.user,
        "unfinished_step_up",
        {"at": seconds(attempt.created_at), "change_url": absolute(reverse("accounts:reset"))},
    )


def browser_copied(users: Iterable[int], arrival: Arrival) -> None:
    """A trusted browser's cookie came up a second time: it was forgotten, and
    its people are told."""
    for user in User.objects.filter(pk__in=users):
        changed(user, "browser_copied", arrival)


def changed(user: User, what: str, arrival: Arrival, *, item: str = "", to: str = "") -> None:
    """One mail for each change of what can prove or reach a person. `what`
    names the sentence in the template."""
    told(user, what, at=arrival.at, ip=arrival.ip, item=item, to=to)


def told(
    user: User, what: str, *, at: datetime, ip: str | None, item: str = "", to: str = ""
) -> None:
    """The same for an act of somebody else, of whom no more is known than when and from where."""
    context: dict[str, str | int] = {"at": seconds(at), "ip": ip or "", "change": what}
    context |= {"item": item, "security_url": absolute(reverse("accounts:security"))}
    send(user, "factor_changed", context, to=to)


def address_changed(user: User, new: str, token: str, arrival: Arrival) -> None:
    """To the address that a person leaves, with a link that puts it back. The new one is masked:
    who reads this may be neither."""
    undo = absolute(reverse("accounts:link", args=["undo", token]))
    days = links.LIVES[Link.Purpose.UNDO].days
    context: dict[str, str | int] = {
        "at": seconds(arrival.at),
        "ip": arrival.ip or "",
        "item": masked(new),
        "days": days,
        "undo_url": undo,
    }
    send(user, "address_changed", context)


def deleted(user: User, arrival: Arrival) -> None:
    """The last mail to an account: it belongs to nobody, so that it does not go with the row."""
    where: dict[str, str | int] = {
        "name": user.first_word,
        "at": seconds(arrival.at),
        "ip": arrival.ip or "",
    }
    outbox.enqueue(
        channel=MAIL,
        template="factor_changed",
        destination=user.email,
        context=where
        | {
            "change": "account_deleted",
            "item": "",
            "security_url": absolute(reverse("accounts:login")),
        },
        language=_language(user),
        expires_at=clock.now() + NOTICE_LIFE,
    )


def password_changed(user: User, arrival: Arrival) -> None:
    """The password is another one now."""
    send(
        user,
        "password_changed",
        {
            "at": seconds(arrival.at),
            "ip": arrival.ip or "",
            "reset_url": absolute(reverse("accounts:reset")),
        },
    )


def reset_link(user: User, token: str) -> None:
    """A link to a new password."""
    send(user, "reset_link", reset_facts(token), life=links.LIVES[Link.Purpose.RESET])


def reset_facts(token: str) -> dict[str, str | int]:
    """What that mail says."""
    return {"reset_url": absolute(reverse("accounts:link", args=["reset", token]))}

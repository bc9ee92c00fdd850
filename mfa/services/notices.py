"""Mails to the person herself: somebody refused a sign-in, or a limit switched something off."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from mfa import limits, outbox, registry
from mfa.channels.names import MAIL
from mfa.limits import BudgetState
from mfa.mails import absolute
from mfa.masks import masked
from mfa.models import Factor
from mfa.results import Person, PushQuestion
from mfaproject.lib import clock, mailbox

LIFE = timedelta(days=2)
"""A notice that could not be delivered for so long is old news."""


def person(user: Any) -> Person:
    """What a notice needs of the account's row."""
    return Person(user.pk, user.email, user.language, user.first_word)


def not_me(asked: PushQuestion, device: str) -> None:
    """Somebody typed the right password, and the owner said on this device that it was not her."""
    shown = json.loads(asked.context)
    facts = {name: shown[name] or "" for name in ("browser", "os", "place", "ip")}
    _tell(
        asked.facts.person,
        "not_me",
        {
            **facts,
            "at": shown["at"],
            "device": device,
            "minutes": limits.PUSH_REST // limits.MINUTE,
            "change_url": _change_url(),
        },
    )


def switched_off(user_id: int, kind: str, before: BudgetState, after: BudgetState) -> None:
    """Inside the transaction of the failure: only the one that switched
    something off sends a mail."""
    if after.off == "tries" and before.off != "tries":
        _tell(
            _person_of(user_id),
            "factor_off",
            {"kind": kind, "security_url": absolute(reverse("accounts:security"))},
        )
    if after.only_strong and not before.only_strong:
        _tell(_person_of(user_id), "password_out", {"change_url": _change_url()})


def factor_changed(
    user_id: int,
    what: str,
    *,
    item: str = "",
    ip: str = "",
    also: Iterable[str] = (),
    but: str = "",
) -> None:
    """One mail for each change of what can prove a person, to every address of hers that was
    proved. `what` names the sentence in the template.

    `also`: an address that has just ceased to be one; anything that is no address is left out.
    `but`: an address that the caller writes to itself.
    """
    owner = _person_of(user_id)
    proved = Factor.objects.filter(
        user_id=user_id, kind=registry.mailbox().kind, confirmed_at__isnull=False, revoked_at=None
    )
    others = [
        address for address in (*proved.values_list("label", flat=True), *also) if "@" in address
    ]
    facts = {
        "change": what,
        "item": masked(item),
        "ip": ip,
        "security_url": absolute(reverse("accounts:security")),
    }
    told = {mailbox.key(each): each for each in (*others, owner.email)}
    told.pop(mailbox.key(but), None)
    for address in told.values():
        _tell(replace(owner, email=address), "factor_changed", facts)


def _person_of(user_id: int) -> Person:
    return person(get_user_model().objects.get(pk=user_id))


def _change_url() -> str:
    return absolute(reverse("accounts:reset"))


def _tell(to: Person, template: str, facts: dict[str, Any]) -> None:
    now = clock.now()
    outbox.enqueue(
        channel=MAIL,
        template=template,
        destination=to.email,
        context={"name": to.name, "at": int(now.timestamp()), **facts},
        language=to.language,
        user_id=to.id,
        expires_at=now + LIFE,
    )

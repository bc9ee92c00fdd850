"""What can prove a person, as she reads it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from mfa import registry
from mfa.eligibility import strength_of
from mfa.services import enrolment


@dataclass(frozen=True, slots=True)
class Method:
    """One way. `strong`: more than a mailbox or a phone line."""

    kind: str
    label: str
    added_at: datetime
    last_used_at: datetime | None
    strong: bool


def of(user: User, *, browser: str) -> list[Method]:
    """The oldest first; the account's own address among them even where it was
    never added as a factor."""
    found = [
        Method(
            factor.kind,
            factor.label,
            factor.added_at,
            factor.last_used_at,
            strength_of(factor, browser) == "strong",
        )
        for factor in enrolment.factors(user.pk)
    ]
    if any(registry.of(method.kind).is_mailbox for method in found):
        return found
    mailbox = registry.mailbox()
    return [
        Method(mailbox.kind, user.email, user.email_confirmed_at or user.joined_at, None, False),
        *found,
    ]

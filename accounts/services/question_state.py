"""What became of a journey's questions, as its pages and last steps read it."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import LoginAttempt
from accounts.services import attempts, people
from mfa import registry
from mfa.results import Way, Ways
from mfa.services import challenges
from mfaproject.lib import clock


@dataclass(frozen=True, slots=True)
class PromptShown:
    """What the wait page shows."""

    username: str
    known: bool
    number: str
    digits: int
    expires_at: datetime
    created_at: datetime
    devices: list[dict[str, str]]
    state: str


def answered(attempt: LoginAttempt) -> int | None:
    """The question that was answered rightly and not collected yet."""
    now = clock.now()
    rows = [
        row
        for row in (attempt.push, attempt.code)
        if row is not None and challenges.state_of(row, now) == "approved"
    ]
    return rows[0].pk if rows else None


def is_mailbox(attempt: LoginAttempt, challenge_id: int) -> bool:
    """Whether this question was answered by a code that came by mail: it
    verifies the address that it went to."""
    if attempt.proof_id == challenge_id:
        return registry.of(attempt.factor).is_mailbox
    return (
        attempt.code is not None
        and attempt.code_id == challenge_id
        and registry.of(attempt.code.kind).is_mailbox
    )


def ended(attempt: LoginAttempt) -> str:
    """What the phone's question came to: "pending", "approved", "denied", "not_me", "wrong_number",
    "expired" …; "none" where none was put."""
    return challenges.state_of(attempt.push, clock.now()) if attempt.push is not None else "none"


def shown_prompt(attempt: LoginAttempt, wakes: list[challenges.Wake]) -> PromptShown | None:
    """The phone's question as the wait page shows it; None where none is there. `wakes`: how far it
    got on the way to each device."""
    row = attempt.push
    if row is None:
        return None
    known = attempt.lane == people.KNOWN
    return PromptShown(
        username=attempt.user.username,
        known=known,
        number=challenges.number(row),
        digits=row.digits,
        expires_at=row.expires_at,
        created_at=row.created_at,
        devices=reach_of(wakes) if known else [],
        state=challenges.state_of(row, clock.now()),
    )


def reach_of(wakes: list[challenges.Wake]) -> list[dict[str, str]]:
    """`name` and `state` (asked, seen, away) of each device, for the wait page
    of a browser that may know them."""
    return [
        {"name": wake.label, "state": "away" if wake.state == "unreachable" else wake.state}
        for wake in wakes
    ]


def ways(attempt: LoginAttempt) -> Ways:
    """What else this person could use here and now, or when."""
    found = challenges.ways(
        user_id=attempt.user_id,
        lane=attempt.lane,
        required=attempt.required,
        purpose=attempt.purpose,
        browser=attempt.browser,
        subject=attempts.subject(attempt.reference_digest),
        ends=attempt.expires_at,
    )
    return replace(found, every=tuple(_unless_open(attempt, way) for way in found.every))


def _unless_open(attempt: LoginAttempt, way: Way) -> Way:
    return replace(way, wait=0) if way.wait and _is_open(attempt, way.kind) else way


def _is_open(attempt: LoginAttempt, way: str) -> bool:
    """Whether a code that was sent waits beside the question on the page: who comes back to it goes
    on, and need not wait."""
    if not registry.of(way).is_sent or (attempt.code is not None and attempt.code.kind == way):
        return False
    return (
        challenges.waiting(kind=way, subject=attempts.subject(attempt.reference_digest)) is not None
    )

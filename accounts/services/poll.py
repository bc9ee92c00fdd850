"""What a waiting page or program asks, and what wakes it."""

from dataclasses import dataclass
from typing import Any

from accounts.journey import Limited, Ticket
from accounts.services import attempts, question_state, throttle
from mfa import poll
from mfa.services import challenges
from mfaproject.lib import clock, limits, tokens
from mfaproject.lib.hub import Hold, hub


@dataclass(frozen=True, slots=True)
class Peek:
    """The answer to a poll: "pending", "approved", "expired", a no, or "gone"; to a program also
    "none", where nothing was asked.

    `devices` (name, state) are for known browsers only.
    """

    state: str
    seconds_left: int = 0
    devices: list[dict[str, str]] | None = None


def peek(ticket: Ticket | None, *, again: bool = False) -> Peek | Limited:
    """Answers a poll: from the cache while it is fresh, else with one statement. Whose journey it
    is, is looked at first.

    `again`: it was let wait, and has been counted when it came.
    """
    if ticket is None:
        return Peek("gone")
    limit = throttle.POLL if ticket.door == "form" else throttle.POLL_API
    wait = 0 if again else _hit(ticket, limit)
    return Limited(wait) if wait else _look(ticket)


def _hit(ticket: Ticket, limit: limits.Limit) -> int:
    """A poll reads one row: with the cache gone nothing is lost by answering."""
    return limits.hit(attempts.reference_digest(ticket.reference), limit, lambda _key, _limit: 0)


def _look(ticket: Ticket) -> Peek:
    # With the door: what the API binds to, a challenge, is no secret and opens nothing at the other
    # one.
    subject, binding = _subject(ticket), f"{ticket.door}:{attempts.binding_digest(ticket.binding)}"
    answer = poll.kept(subject)
    # Another binding: not this browser's journey, or its binding has just been renewed. The row
    # knows.
    if answer is None or not tokens.same(answer["binding"], binding):
        answer = _state(ticket, binding)
        if answer["state"] == "pending":
            poll.keep(subject, answer)
    left = max(0, int(answer["until"] - clock.now().timestamp()))
    return Peek(
        "expired" if answer["state"] == "pending" and not left else answer["state"],
        left,
        answer.get("devices"),
    )


def _state(ticket: Ticket, binding: str) -> dict[str, Any]:
    polled = attempts.poll(ticket)
    if polled is None or polled.state is None:
        return {
            "binding": binding,
            "state": "none" if polled and ticket.door == "api" else "gone",
            "until": 0,
        }
    found = {"binding": binding, "state": polled.state, "until": polled.expires_at.timestamp()}
    if polled.known:
        return found | {"devices": question_state.reach_of(polled.wakes)}
    return found | ({"state": "stopped"} if polled.state in challenges.REFUSALS else {})


def listen(ticket: Ticket | None, *, address: tuple[str, int], since: int) -> Hold | None:
    """For a page that waits: what wakes it, until its question has ended. None for who has to ask
    by itself.

    `address`: its share of what may wait; `since`: the hub's mark from before. Costs what a poll
    costs.
    """
    if ticket is None or not hub.is_open or _hit(ticket, throttle.STREAMS):
        return None
    seen = _look(ticket)
    if seen.state != "pending":
        return None
    subject = _subject(ticket)
    # Another browser than hers is woken by ends alone: it must not learn that somebody looks at the
    # phone.
    topics = (
        (poll.journey(subject), poll.way(subject))
        if seen.devices is not None
        else (poll.journey(subject),)
    )
    return Hold(topics, (_share(subject), address), seen.seconds_left + 1, since)


def later(ticket: Ticket, *, address: tuple[str, int], since: int, seconds: int) -> Hold | None:
    """For a program that would rather be answered later: once, when its question is answered or has
    ended, or after so many seconds."""
    subject = _subject(ticket)
    return (
        Hold((poll.journey(subject),), (_share(subject), address), seconds, since, events=False)
        if hub.is_open
        else None
    )


def _subject(ticket: Ticket) -> str:
    return attempts.subject(attempts.reference_digest(ticket.reference))


def _share(subject: str) -> tuple[str, int]:
    return subject, throttle.STREAMS_PER_JOURNEY

"""The rows of journeys: beginning, finding and moving them. Who may do what is decided by the
services above.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from accounts import journey
from accounts.context import Arrival
from accounts.journey import Ticket
from accounts.models import LoginAttempt, User
from accounts.services import people, throttle
from mfa import poll as polls
from mfa.results import LookState
from mfa.services import challenges
from mfaproject.lib import clock, seal, tokens
from mfaproject.lib.prepared import Prepared, PreparedUpdate

LIFE = timedelta(minutes=10)


def subject(reference_digest: str) -> str:
    """How mfa calls this journey, and how a poll finds it without a statement."""
    return f"login:{reference_digest}"


def reference_digest(reference: str) -> str:
    return tokens.digest("login-reference", reference)


def binding_digest(binding: str) -> str:
    return tokens.digest("login-binding", binding)


def agent_mac(user_agent: str) -> str:
    """What is kept of a user agent, to see whether another program came back."""
    return seal.mac("attempt-agent", user_agent)


def draft(
    user: User,
    arrival: Arrival,
    ticket: Ticket,
    *,
    purpose: journey.Purpose,
    lane: str,
    required: str,
    browser: str = "",
) -> LoginAttempt:
    """An unsaved journey of this person: saved together with its first question, so that neither
    exists without the other."""
    return LoginAttempt(
        reference_digest=reference_digest(ticket.reference),
        binding_digest=binding_digest(ticket.binding),
        door=arrival.door,
        purpose=purpose,
        user=user,
        epoch=user.auth_epoch,
        lane=lane,
        required=required,
        browser=browser,
        source=arrival.network,
        agent=agent_mac(arrival.user_agent),
        client_challenge=ticket.binding if ticket.door == "api" else "",
        created_at=arrival.at,
        expires_at=arrival.at + LIFE,
    )


def new_ticket(arrival: Arrival) -> Ticket:
    """A browser gets a reference and a binding; a program a reference alone,
    bound to the challenge it sent, if any."""
    if arrival.door == "api":
        return Ticket(tokens.new_token(), arrival.client_challenge, "api")
    return Ticket(tokens.new_token(), tokens.new_token())


def _by_reference(digest: str, door: str, now: datetime) -> QuerySet[LoginAttempt]:
    return LoginAttempt.objects.alive(now).filter(reference_digest=digest, door=door)


def _whole(digest: str, door: str, now: datetime) -> QuerySet[LoginAttempt]:
    return _by_reference(digest, door, now).select_related("user", "push", "code")


_WAKE = ("factor__label", "factor__unreachable_since", "state", "seen_at")


def _with_wakes(digest: str, door: str, now: datetime) -> QuerySet[Any]:
    """One row for each device that was asked, or one alone."""
    columns = {f"wake_{name}": F(f"push__wakes__{name}") for name in _WAKE}
    return _whole(digest, door, now).annotate(**columns).order_by("push__wakes__factor_id")


_POLLED = ("binding_digest", "lane", "push__state", "push__expires_at")


def _polled(digest: str, door: str, now: datetime) -> QuerySet[Any, Any]:
    """As many rows, with what a poll tells and no more: rows of a model cost as
    much as the rest of its answer."""
    wakes = (f"push__wakes__{name}" for name in _WAKE)
    return (
        _by_reference(digest, door, now)
        .order_by("push__wakes__factor_id")
        .values_list(*_POLLED, *wakes)
    )


_MINE = Prepared(_whole, digest=str, door=str, now=datetime)
_WAKING = Prepared(_with_wakes, digest=str, door=str, now=datetime)
_POLL: Prepared[tuple[Any, ...]] = Prepared(_polled, digest=str, door=str, now=datetime)


def mine(ticket: Ticket | None, *purposes: journey.Purpose) -> LoginAttempt | None:
    """The live journey this browser began, with its questions and its person; None for anything
    else. One statement."""
    if ticket is None:
        return None
    attempt = _MINE.first(
        digest=reference_digest(ticket.reference), door=ticket.door, now=clock.now()
    )
    if (
        attempt is None
        or (purposes and attempt.purpose not in purposes)
        or not tokens.same(attempt.binding_digest, binding_digest(ticket.binding))
    ):
        return None
    return attempt


def waking(ticket: Ticket) -> tuple[LoginAttempt, list[challenges.Wake]] | None:
    """`mine`, and how far its question got on the way to each device. One statement."""
    rows = _WAKING(digest=reference_digest(ticket.reference), door=ticket.door, now=clock.now())
    if not rows or not tokens.same(rows[0].binding_digest, binding_digest(ticket.binding)):
        return None
    return rows[0], _wakes([getattr(row, f"wake_{name}") for name in _WAKE] for row in rows)


def _wakes(found: Iterable[Sequence[Any]]) -> list[challenges.Wake]:
    """The columns of `_WAKE`, one row for each device; a row without any where none was asked."""
    return [challenges.wake(*columns) for columns in found if columns[0] is not None]


@dataclass(frozen=True, slots=True)
class Polled:
    """How the question to the phone stands: `state` None where there is none. `known`: whether the
    browser may read the names of devices."""

    known: bool
    state: LookState | None
    expires_at: datetime
    wakes: list[challenges.Wake]


def poll(ticket: Ticket) -> Polled | None:
    """What a poll of this browser tells; None for a journey that is not its own. One statement."""
    now = clock.now()
    rows = _POLL(digest=reference_digest(ticket.reference), door=ticket.door, now=now)
    if not rows or not tokens.same(rows[0][0], binding_digest(ticket.binding)):
        return None
    _binding, lane, state, expires_at = rows[0][: len(_POLLED)]
    stands = None if state is None else challenges.state_at(state, expires_at, now)
    return Polled(
        lane == people.KNOWN, stands, expires_at or now, _wakes(row[len(_POLLED) :] for row in rows)
    )


def _leaving(pk: int, to: str, now: datetime) -> tuple[QuerySet[LoginAttempt], dict[str, Any]]:
    rows = LoginAttempt.objects.alive(now).leaving_for(to).filter(pk=pk)
    if to in (journey.PROVEN, journey.FINISHED):
        rows = rows.unrefused(challenges.REFUSALS)
    return rows, {"state": to} | ({} if to in journey.LIVE else {"ended_at": now})


def _finishing(pk: int, now: datetime) -> tuple[QuerySet[LoginAttempt], dict[str, Any]]:
    return _leaving(pk, journey.FINISHED, now)


_FINISH = PreparedUpdate(_finishing, pk=int, now=datetime)


def move(attempt: LoginAttempt, to: str, **changes: object) -> bool:
    """One conditional UPDATE: state, time, person, epoch, and that no phone has
    said no. Its row count decides."""
    rows, columns = _leaving(attempt.pk, to, clock.now())
    return rows.update(**columns, **changes) == 1


def renew_binding(attempt: LoginAttempt, before: Ticket, next_url: str) -> Ticket | None:
    """The journey under a new binding, and to a new end: one conditional UPDATE.

    None where somebody was faster, or it is over.
    """
    ticket = Ticket(before.reference, tokens.new_token())
    rows = (
        LoginAttempt.objects.alive()
        .unrefused(challenges.REFUSALS)
        .filter(pk=attempt.pk, binding_digest=attempt.binding_digest)
    )
    if rows.update(binding_digest=binding_digest(ticket.binding), next_url=next_url) != 1:
        return None
    polls.rebound(subject(attempt.reference_digest))
    return ticket


def goes_on(attempt: LoginAttempt) -> bool:
    """Whether it can still end well, whoever has its binding now."""
    return (
        LoginAttempt.objects.alive().unrefused(challenges.REFUSALS).filter(pk=attempt.pk).exists()
    )


def _redeeming(pk: int, key: str, now: datetime) -> tuple[QuerySet[LoginAttempt], dict[str, Any]]:
    rows, columns = _leaving(pk, journey.FINISHED, now)
    rows = rows.filter(state=journey.PROVEN, private_key_digest=key, private_key_until__gt=now)
    return rows, columns | {"private_key_digest": "", "private_key_until": None}


_REDEEM = PreparedUpdate(_redeeming, pk=int, key=str, now=datetime)


def collect(attempt: LoginAttempt, challenge_id: int, *, key: str = "") -> challenges.Proof | None:
    """Finishes the journey and spends the answer, inside the caller's transaction; None: roll back.
    The journey first, as everybody locks.

    `key`: the digest of the private key that a program showed. What began at that door ends with
    one, and nothing else does.
    """
    now = clock.now()
    if not (
        _REDEEM(pk=attempt.pk, key=key, now=now)
        if attempt.door == LoginAttempt.Door.API
        else _FINISH(pk=attempt.pk, now=now)
    ):
        return None
    proof = challenges.spend(challenge_id=challenge_id, subject=subject(attempt.reference_digest))
    return (
        proof
        if proof is not None and (proof.strength == "strong" or attempt.required != "strong")
        else None
    )


def end_all(user_id: int, state: str) -> list[int]:
    """Ends every live journey of a person, in a transaction; gives the ledger's rows that waited.

    They are closed last: whoever answers on a phone holds the question before its row.
    """
    rows: QuerySet[LoginAttempt] = LoginAttempt.objects.leaving_for(state).filter(user_id=user_id)
    live: dict[int, int | None] = dict(
        rows.select_for_update(no_key=True).order_by("pk").values_list("pk", "ledger_id")
    )
    if live:
        rows.filter(pk__in=live).update(state=state, ended_at=clock.now())
    return [log_id for log_id in live.values() if log_id is not None]


def make_room(found: people.Found, network: str) -> list[LoginAttempt]:
    """Keeps a lane below its five journeys by superseding the oldest; gives those that went.

    Where unknown browsers of one network have twenty open, whoever opens another ends her own from
    there: nobody has to wait because of what somebody else left open.
    """
    mine = (
        LoginAttempt.objects.alive().filter(user=found.user, lane=found.lane).order_by("created_at")
    )
    ending: list[LoginAttempt] = []
    if not found.is_known and found.live and found.live_here >= throttle.LIVE_PER_ADDRESS:
        ending += mine.filter(source=network)
    surplus = found.live - len(ending) - throttle.LIVE_PER_LANE + 1
    if surplus > 0:
        ending += mine.exclude(pk__in=[attempt.pk for attempt in ending])[:surplus]
    return [attempt for attempt in ending if move(attempt, journey.SUPERSEDED)]


def late(now: datetime) -> QuerySet[LoginAttempt]:
    """Journeys whose time is over and that nobody has closed."""
    return LoginAttempt.objects.filter(state__in=journey.LIVE, expires_at__lte=now).select_related(
        "user"
    )

"""The rows of journeys: beginning, finding and moving them. Who may do what is decided by the services above."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts import journey
from accounts.context import Arrival
from accounts.journey import Ticket
from accounts.models import LoginAttempt, User
from accounts.services import throttle
from mfa.services import challenges
from mfaproject.lib import clock, tokens

LIFE = timedelta(minutes=10)


def subject(reference_digest: str) -> str:
    """How mfa calls this journey, and how a poll finds it without a statement."""
    return f"login:{reference_digest}"


def reference_digest(reference: str) -> str:
    return tokens.digest("login-reference", reference)


def binding_digest(binding: str) -> str:
    return tokens.digest("login-binding", binding)


def draft(user: User, arrival: Arrival, ticket: Ticket, *, purpose: journey.Purpose, lane: str, required: str, browser: str = "") -> LoginAttempt:
    """An unsaved journey of this person: saved together with its first question, so that neither exists without the other."""
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
        created_at=arrival.at,
        expires_at=arrival.at + LIFE,
    )


def new_ticket() -> Ticket:
    return Ticket(tokens.new_token(), tokens.new_token())


def mine(ticket: Ticket | None, *purposes: journey.Purpose) -> LoginAttempt | None:
    """The live journey this browser began, with its questions and its person; None for anything else. One statement."""
    if ticket is None:
        return None
    rows = LoginAttempt.objects.alive().filter(reference_digest=reference_digest(ticket.reference), door=LoginAttempt.Door.FORM)
    attempt = rows.select_related("user", "push", "code").first()
    if attempt is None or (purposes and attempt.purpose not in purposes) or not tokens.same(attempt.binding_digest, binding_digest(ticket.binding)):
        return None
    return attempt


def move(attempt: LoginAttempt, to: str, **changes: object) -> bool:
    """One conditional UPDATE: state, time, person, epoch, and that no phone has said no. Its row count decides."""
    if to not in journey.LIVE:
        changes["ended_at"] = clock.now()
    rows = LoginAttempt.objects.alive().leaving_for(to).filter(pk=attempt.pk)
    if to in (journey.PROVEN, journey.FINISHED):
        rows = rows.unrefused(challenges.NOES)
    return rows.update(state=to, **changes) == 1


def collect(attempt: LoginAttempt, challenge_id: int) -> challenges.Proof | None:
    """Finishes the journey and spends the answer, inside the caller's transaction; None: roll back. The journey first, as everybody locks."""
    if not move(attempt, journey.FINISHED):
        return None
    proof = challenges.spend(challenge_id=challenge_id, subject=subject(attempt.reference_digest))
    return proof if proof is not None and (proof.strength == "strong" or attempt.required != "strong") else None


def end_all(user_id: int, state: str) -> None:
    """Ends every live journey of a person."""
    rows: QuerySet[LoginAttempt] = LoginAttempt.objects.leaving_for(state)
    rows.filter(user_id=user_id).update(state=state, ended_at=clock.now())


def make_room(user_id: int, lane: str, live: int) -> list[LoginAttempt]:
    """Keeps a lane below its five journeys by superseding the oldest; gives those that went."""
    surplus = live - throttle.LIVE_PER_LANE + 1
    if surplus <= 0:
        return []
    rows = LoginAttempt.objects.alive().filter(user_id=user_id, lane=lane).order_by("created_at")[:surplus]
    return [attempt for attempt in rows if move(attempt, journey.SUPERSEDED)]


def late(now: datetime) -> QuerySet[LoginAttempt]:
    """Journeys whose time is over and that nobody has closed."""
    return LoginAttempt.objects.filter(state__in=journey.LIVE, expires_at__lte=now).select_related("user")

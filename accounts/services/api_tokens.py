"""The two last steps of a journey at the API's door: what was proven becomes a private key, and the
key a token.

The answered question stays as it is until the key is redeemed: a no that the phone says meanwhile,
a factor that is removed or a password that is changed still ends everything.
"""

from datetime import timedelta

from accounts import journey
from accounts.context import Arrival
from accounts.journey import Admitted, Key, Limited, Over, Pending, Ticket, WrongCode, WrongKey
from accounts.models import LoginAttempt
from accounts.services import attempts, last_step, login, poll, question_state, step_up
from mfa import registry
from mfa.services import challenges
from mfaproject.lib import clock, tokens

LIFE = timedelta(seconds=120)


def key_digest(private_key: str) -> str:
    return tokens.digest("private-key", private_key)


def live(ticket: Ticket) -> LoginAttempt | None:
    """The journey of this reference while it can still end well: alive, bound to this client, and
    not refused on the phone."""
    attempt = attempts.mine(ticket)
    return (
        None if attempt is None or question_state.ended(attempt) in challenges.REFUSALS else attempt
    )


def ask(
    ticket: Ticket, arrival: Arrival, *, way: str
) -> challenges.Opened | challenges.NotAsked | Over:
    """Sends a code, or wakes the phones."""
    attempt = live(ticket)
    return step_up.put(attempt, arrival, way=way) if attempt else Over("gone")


def prove_code(
    ticket: Ticket, arrival: Arrival, *, kind: str, typed: str
) -> Key | WrongCode | challenges.NotAsked | Over:
    """A typed code of this kind. Right: a private key, and an earlier one is dead."""
    attempt = live(ticket)
    if attempt is None:
        return Over("gone")
    match _question(attempt, arrival, kind):
        case int() as challenge_id:
            return _checked(attempt, challenge_id, kind, typed)
        case None:
            return WrongCode(0)
        case other:
            return other


def _question(
    attempt: LoginAttempt, arrival: Arrival, kind: str
) -> int | challenges.NotAsked | Over | None:
    """What this code answers: None where none was sent. For a code that the person has at hand the
    question is put now."""
    row, is_sent = attempt.code, registry.of(kind).is_sent
    if (
        row is not None
        and row.kind == kind
        and (is_sent or challenges.state_of(row, clock.now()) != "approved")
    ):
        return row.pk
    if is_sent:
        found = challenges.waiting(kind=kind, subject=attempts.subject(attempt.reference_digest))
        return found.challenge_id if found else None
    put = step_up.put(attempt, arrival, way=kind)
    return put.challenge_id if isinstance(put, challenges.Opened) else put


def _checked(
    attempt: LoginAttempt, challenge_id: int, kind: str, typed: str
) -> Key | WrongCode | Over:
    match challenges.check_code(
        challenge_id=challenge_id, subject=attempts.subject(attempt.reference_digest), typed=typed
    ):
        case challenges.Right():
            return _key(attempt, challenge_id, kind)
        case challenges.Wrong(left=left):
            return WrongCode(left)
        case challenges.Dead(code=code, retry_after=seconds):
            return WrongCode(0, code, seconds)


def prove_elsewhere(ticket: Ticket, *, again: bool = False) -> Key | Pending | Limited | Over:
    """What the phone said, as often as it is asked: not yet, no, or a private
    key. `again`: as for `poll.peek`."""
    match poll.peek(ticket, again=again):
        case Limited() as limited:
            return limited
        case poll.Peek(state="pending", seconds_left=left):
            return Pending(left)
        case poll.Peek(state="approved"):
            return _of_device(ticket)
        case poll.Peek(state=state):
            return Over("expired" if state == "none" else state)


def _of_device(ticket: Ticket) -> Key | Over:
    attempt = live(ticket)
    if attempt is None or attempt.push is None or question_state.ended(attempt) != "approved":
        return Over("gone")
    return _key(attempt, attempt.push.pk, attempt.push.kind)


def _key(attempt: LoginAttempt, challenge_id: int, kind: str) -> Key | Over:
    key = tokens.new_token()
    until = clock.now() + LIFE
    moved = attempts.move(
        attempt,
        journey.PROVEN,
        proof_id=challenge_id,
        factor=kind,
        private_key_digest=key_digest(key),
        private_key_until=until,
    )
    return Key(key) if moved else Over("gone")


def redeem(ticket: Ticket, arrival: Arrival, *, private_key: str) -> Admitted | WrongKey | Over:
    """The token, for one caller only: key, time, person and journey are conditions of the one
    UPDATE that ends it."""
    attempt = live(ticket)
    if attempt is None:
        return Over("gone")
    if _is_elsewhere(attempt, arrival):
        if attempts.move(attempt, journey.LOCKED):
            login.close(attempt, "locked")
        return Over("gone")
    digest = key_digest(private_key)
    is_late = attempt.private_key_until is None or attempt.private_key_until <= clock.now()
    if is_late or attempt.proof_id is None or not tokens.same(attempt.private_key_digest, digest):
        return WrongKey()
    return last_step.complete(attempt, attempt.proof_id, arrival, key=digest)


def _is_elsewhere(attempt: LoginAttempt, arrival: Arrival) -> bool:
    """Without a verifier: another network and another program than at the login. One of the two
    changes now and then; both do not."""
    strange = attempt.source != arrival.network and attempt.agent != attempts.agent_mac(
        arrival.user_agent
    )
    return strange and not attempt.client_challenge

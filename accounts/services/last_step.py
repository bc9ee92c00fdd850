"""The last step of every journey that ends signed in: one transaction, one winner."""

from django.db import IntegrityError, transaction

from accounts import sessions
from accounts.context import Arrival
from accounts.journey import Admitted, Over
from accounts.models import LoginAttempt, User
from accounts.services import arrivals, attempts, mails, people, question_state
from mfa.services import challenges
from mfaproject.lib import mailbox, tokens
from risk import services as risk
from risk.services import LoginContext


def complete(
    attempt: LoginAttempt, challenge_id: int, arrival: Arrival, *, key: str = ""
) -> Admitted | Over:
    """The last step of every journey that ends signed in. `key`: digest of the private key, where
    the journey began at the API's door."""
    context = arrivals.login_context(arrival, arrivals.recognise(arrival))
    try:
        return _collect(attempt, challenge_id, context, arrival, key)
    except (
        _Lost,
        risk.NotPending,
        IntegrityError,
    ):  # somebody was faster, or took the address meanwhile: nothing was written
        return Over("gone")


class _Lost(Exception):
    """Rolls back what the last step had begun."""


@transaction.atomic
def _collect(
    attempt: LoginAttempt, challenge_id: int, context: LoginContext, arrival: Arrival, key: str
) -> Admitted:
    """Spends the answer, moves the journey and does what it was for: all or nothing."""
    # Person, journey, question: everybody locks in this order. A right code verifies the address it
    # was sent to, at sign-up and later.
    was_mailed = question_state.is_mailbox(attempt, challenge_id)
    if was_mailed and not confirm_address(attempt.user, arrival):
        raise _Lost
    proof = attempts.collect(attempt, challenge_id, key=key)
    if proof is None:
        raise _Lost
    return (
        _renewed(attempt, proof) if attempt.purpose == "proof" else _admit(attempt, proof, context)
    )


def _renewed(attempt: LoginAttempt, proof: challenges.Proof) -> Admitted:
    renewed = sessions.renew_proof(
        attempt.session_id or 0, proof=proof.strength, factor=proof.kind, factor_id=proof.factor_id
    )
    if renewed is None:
        raise _Lost
    row, key = renewed
    return Admitted(
        attempt.user_id, key, None, attempt.next_url or "/", row.expires_at, renewed=True
    )


def _admit(attempt: LoginAttempt, proof: challenges.Proof, context: LoginContext) -> Admitted:
    user = attempt.user
    log_id = attempt.ledger_id
    if log_id is None:
        raise RuntimeError("a login without a ledger row")
    session_id = tokens.new_id()
    cookie = risk.admit(
        log_id=log_id,
        user_id=user.pk,
        context=context,
        factor=proof.kind,
        strength=proof.strength,
        added_by=session_id,
        detail=proof.label,
    )
    browser = (cookie or "").partition(".")[0] or context.browser.selector or ""
    evidence = sessions.Evidence(
        proof.strength, proof.kind, proof.factor_id, browser, log_id, arrivals.token_name(context)
    )
    row, key = sessions.open_session(user, evidence, epoch=attempt.epoch, public_id=session_id)
    if attempt.purpose == "login" and not context.browser.knows(user.pk):
        mails.new_sign_in(attempt, session_id, proof, context)
    return Admitted(
        user.pk, key, cookie, attempt.next_url or "/", row.expires_at, known_as=user.username
    )


def confirm_address(user: User, arrival: Arrival) -> bool:
    """The address is the person's from now on, unless it is somebody's already
    (the database decides a race)."""
    if user.email_confirmed_at is not None:
        return True
    if people.owner_of(user.email) is not None:
        return False
    mine = User.objects.filter(pk=user.pk, email=user.email, email_confirmed_at=None)
    return mine.update(email_confirmed_at=arrival.at, email_key=mailbox.key(user.email)) == 1

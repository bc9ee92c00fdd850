"""Which answer each refusal gives. What is unknown, foreign, finished or dead gets one answer, so
that nobody learns which.
"""

from django.utils.translation import gettext as _

from accounts.journey import Over, WrongCode
from mfa.services import challenges
from mfaproject.lib import bearer
from mfaproject.lib.problems import Problem
from mfaproject.lib.proof import FRESH


def no_token() -> Problem:
    """Nobody has said who they are, or in a scheme that is not ours."""
    return Problem(
        401,
        "unauthorized",
        _("This needs a token. Sign in, then send it as “Authorization: Bearer” and the token."),
    )


def dead_token() -> Problem:
    """One answer for a token that is unknown, malformed, too old, or was ended by anybody."""
    challenge = bearer.challenge(
        "invalid_token", "The token is unknown, malformed, expired or ended"
    )
    return Problem(
        401,
        "unauthorized",
        _("This token does not work, or not any more. Sign in again."),
        challenge=challenge,
    )


def proof_required() -> Problem:
    """RFC 9470 in the header; 403 and not its 401, because the token is good, and a client that
    drops it on 401 could not step up."""
    freshness = str(int(FRESH.total_seconds()))
    challenge = bearer.challenge(
        "insufficient_user_authentication", "A recent proof is required: step up", max_age=freshness
    )
    detail = _("Prove that it is you first: step up, then try again.")
    return Problem(403, "proof_required", detail, challenge=challenge, step_up="/v1/auth/step-up")


def credentials() -> Problem:
    """Wrong password, unknown or inactive person, waiting or blocked."""
    words = _(
        "Name and password do not go together, or there were too many tries: then none is looked at"
        " for up to an hour."
    )
    return Problem(401, "invalid_credentials", words)


def name_taken() -> str:
    """The one thing that sign-up says about other people."""
    return _("This name is taken. Try another one.")


def limited(seconds: int) -> Problem:
    return Problem(429, "rate_limited", _("Too many requests. Wait a little."), retry_after=seconds)


def slow_down(seconds: int) -> Problem:
    return Problem(429, "slow_down", _("Ask less often."), retry_after=seconds)


def reference() -> Problem:
    """No live sign-in of this client has this reference, for whatever reason."""
    return Problem(
        401, "invalid_reference", _("There is no such sign-in, or it is over. Begin again.")
    )


def private_key() -> Problem:
    return Problem(
        401,
        "invalid_private_key",
        _("This private key does not work, or not any more. Verify again."),
    )


def link() -> Problem:
    """No link of ours, used or too old."""
    return Problem(401, "invalid_reference", _("This link does not work, or not any more."))


def not_found() -> Problem:
    return Problem(404, "not_found", _("There is nothing here."))


def not_sent(refused: challenges.NotAsked) -> Problem:
    """A question that was not put."""
    return limited(refused.retry_after) if refused.code == "rate_limited" else closed()


def closed() -> Problem:
    """A way that no waiting opens."""
    return Problem(
        409, "method_unavailable", _("This way is not open to you now. Choose another one.")
    )


def code(wrong: WrongCode) -> Problem:
    """A code that does not count."""
    return (
        wrong_code()
        if wrong.reason == "wrong"
        else dead_code(wrong.reason, retry_after=wrong.retry_after)
    )


def wrong_code() -> Problem:
    """Wrong, or nothing that could be right."""
    return Problem(401, "invalid_code", _("That is not the code."))


def dead_code(why: str, *, retry_after: int) -> Problem:
    """Nothing was looked at.

    `retry_after`: seconds until there are tries again; 0: this kind is off until it is bound anew.
    """
    if why != "too_many_attempts":
        return Problem(410, "expired", _("This code is over. Send another one."))
    if not retry_after:
        return closed()
    return Problem(
        429,
        "too_many_attempts",
        _("This code had its tries. Use another way, or begin again."),
        retry_after=retry_after,
    )


def push(end: Over) -> Problem:
    """What the phone's question came to, where that was no yes. One answer for every no."""
    if end.why in (*challenges.REFUSALS, "stopped"):
        return Problem(403, "access_denied", _("This sign-in was not approved."))
    if end.why in ("expired", "superseded"):
        return Problem(410, "expired", _("Nobody has answered. Ask again, or use another way."))
    return reference()

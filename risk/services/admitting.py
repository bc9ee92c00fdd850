"""After a full success: the ledger says so, the browser becomes or stays known, and the counts
learn.
"""

from django.db import transaction

from mfaproject.lib import clock
from risk.history import counts
from risk.login import outcomes
from risk.login.attempt import Attempt
from risk.login.context import LoginContext, Strength
from risk.models import LoginLog
from risk.services import assessing, known_browsers, ledger
from risk.serving import challengers, champion


class NotPending(Exception):
    """The ledger row is no pending one: the login must not go on."""


def admit(
    *,
    log_id: int,
    user_id: int,
    context: LoginContext,
    factor: str,
    strength: Strength,
    added_by: str,
    detail: str = "",
) -> str | None:
    """Call inside the transaction that opens the session; three statements at most.

    Gives the known-browser cookie to set, or None to leave the one that is there. `added_by` is the
    public id of the session that is being opened. `detail` is what the person knows the factor by.
    Raises NotPending when the row has ended already: roll back.

    Order: own row, browser, counts. The counts are what parallel logins of one person meet at, so
    they are held for the shortest time.
    """
    knows = context.browser.knows(user_id)
    seen = assessing.attempt(context, user_id)
    taught = counts.lesson(user_id, seen.chains, strength)
    learns = knows or strength != "password"
    at = clock.now()
    noted = taught.noted(int(at.timestamp())) if learns else None
    decision = LoginLog.Decision.ALLOW if strength == "password" else LoginLog.Decision.STEP_UP
    if not ledger.move(
        log_id,
        outcomes.ADMITTED,
        decision=decision,
        factor=factor,
        detail=detail[:120],
        ended_at=at,
        learned=noted,
    ):
        raise NotPending(log_id)
    cookie = _browser(context, user_id, log_id, added_by, strength)
    if learns:
        counts.learn(taught, int(at.timestamp()))
        transaction.on_commit(lambda: _tell_models(seen), robust=True)
    return cookie


def _tell_models(seen: Attempt) -> None:
    champion.update(seen, outcomes.ADMITTED)
    challengers.update(seen, outcomes.ADMITTED)


def _browser(
    context: LoginContext, user_id: int, log_id: int, added_by: str, strength: Strength
) -> str | None:
    if context.browser.knows(user_id):
        return known_browsers.rotate(context, user_id, log_id)
    if strength == "password":  # a password alone makes no browser known
        return None
    return known_browsers.make_known(context, user_id, log_id, added_by)

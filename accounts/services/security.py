"""Changes a signed-in person makes: password, browsers, sessions. The proof rule is held by the
views' decorator.
"""

from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction

from accounts import journey, sessions
from accounts.context import Arrival
from accounts.models import User
from accounts.services import attempts, mails, passwords
from mfa.services import challenges, enrolment
from risk import services as risk


def set_password(user: User, new: str) -> int:
    """Stores it and ends everything everywhere: sessions, journeys, questions, trusted browsers.
    Gives the new epoch. In a transaction."""
    User.objects.filter(pk=user.pk).update(password=passwords.encode(new))
    enrolment.password_changed(user.pk)
    return end_everything(user.pk)


def end_everything(user_id: int, *, except_browser: str = "", state: str = "superseded") -> int:
    """Every session, journey, question and trusted browser of a person is dead
    from now on; gives the new epoch."""
    epoch = sessions.renew_epoch(user_id)
    waited = attempts.end_all(user_id, state)
    challenges.cancel_all(user_id)
    risk.forget_all_browsers(user_id, except_selector=except_browser or None)
    _close(waited, state)
    return epoch


def _close(waited: Iterable[int], state: str) -> None:
    """The ledger says how those sign-ins ended."""
    for log_id in waited:
        risk.record_outcome(log_id, state)


def factor_changes(user_id: int, session_id: str) -> Callable[[], None]:
    """What can prove a person is about to change, by this session ("" where by somebody else):
    `settings.FACTOR_CHANGES`.

    Journeys end now, before whoever changes it locks budgets, questions and factors. What is given
    is called after that, in the same transaction: then who wants to change something elsewhere
    proves it anew. Sessions stay.
    """
    waited = attempts.end_all(user_id, journey.SUPERSEDED)
    risk.note_act(user_id, "factor_changed")
    return partial(_factors_changed, user_id, session_id, waited)


def _factors_changed(user_id: int, session_id: str, waited: Iterable[int]) -> None:
    sessions.move_on(user_id, session_id)
    _close(waited, journey.SUPERSEDED)


def change_password(session: sessions.BrowserSession, arrival: Arrival, new: str) -> str:
    """For somebody signed in: everything ends but this browser, which goes on
    under a new key. Gives the key."""
    user = session.user
    if user is None:
        raise ValueError("nobody is signed in here")
    with passwords.gate.slot(known=True), transaction.atomic():
        User.objects.filter(pk=user.pk).update(password=passwords.encode(new))
        enrolment.password_changed(user.pk)
        epoch = end_everything(user.pk, except_browser=session.browser)
        mails.password_changed(user, arrival)
        return sessions.carry_over(session, epoch)


@transaction.atomic
def forget_browser(user: User, browser_id: int, arrival: Arrival) -> bool:
    """That browser is asked again from now on."""
    forgotten = risk.forget_browser(user.pk, browser_id)
    if forgotten:
        mails.changed(user, "browser_forgotten", arrival)
    return forgotten

"""PURE: was the password set through a link, or a second factor changed, within the last day?
Thieves do that first, and then sign in.

So do people who have lost something: it counts in an unknown browser on an unknown network only,
and not for accounts that are just being set up.
"""

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop

SHORTLY = 86_400.0  # seconds
SETTLED = 5  # sign-ins
_WORDS = {
    "password": ("change_password", "The password was set through a link"),
    "factor": ("change_factor", "A second factor was added or removed"),
}


def measure(attempt: Attempt, history: History) -> Measured:
    """1 for the later of the two."""
    found = _latest(attempt, history)
    if found:
        yield f"changed_{found[0]}", 1.0


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, shortly after a change."""
    found = _latest(attempt, history)
    if not found:
        return ()
    what, seconds = found
    name, sentence = _WORDS[what]
    hours = round(seconds / 3600)
    when = "less than an hour" if hours < 1 else "an hour" if hours == 1 else f"{hours} hours"
    return (Remark(name, f"{sentence} {when} before.", {"hours": hours}),)


def _latest(attempt: Attempt, history: History) -> tuple[str, float] | None:
    """What it was and how many seconds ago; None where it does not count."""
    here = [step.mine.times for step in history.address if step.node.level == "network"]
    if attempt.knows or history.sign_ins < SETTLED or not here or here[0]:
        return None
    moments = {"password": history.lately.password_at, "factor": history.lately.factor_at}
    ages = {what: attempt.at.timestamp() - at for what, at in moments.items() if at is not None}
    what = min(ages, key=lambda each: ages[each], default=None)
    return (what, max(0.0, ages[what])) if what and ages[what] < SHORTLY else None


SIGNAL = Signal(
    name="changes",
    look=look,
    measure=measure,
    inputs={
        "changed_password": Input(
            "1: the password was set through a link within a day", by_hand=0.7
        ),
        "changed_factor": Input(
            "1: a second factor was added or removed within a day", by_hand=0.7
        ),
    },
    findings={
        "change_password": gettext_noop("Account changes"),
        "change_factor": gettext_noop("Account changes"),
    },
    careful=(
        Careful(
            30,
            gettext_noop(
                "New browser, shortly after your password or a second factor was changed."
            ),
            frozenset({"change_password", "change_factor"}),
            in_new_browser=True,
        ),
    ),
)

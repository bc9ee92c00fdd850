"""PURE: was the password set through a link, or a second factor changed, within the last day?
Thieves do that first, and then sign in.

So do people who have lost something: it counts in an unknown browser on an unknown network only,
and not for accounts that are just being set up.
"""

from collections.abc import Iterator

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.login.context import Finding

SHORTLY = 86_400.0  # seconds
SETTLED = 5  # sign-ins
_WORDS = {
    "password": ("change_password", "The password was set through a link"),
    "factor": ("change_factor", "A second factor was added or removed"),
}


def measure(attempt: Attempt, history: History) -> Iterator[tuple[str, float]]:
    """1 for the later of the two."""
    found = _latest(attempt, history)
    if found:
        yield f"changed_{found[0]}", 1.0


def look(attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """One finding without points of its own, shortly after a change."""
    found = _latest(attempt, history)
    if not found:
        return ()
    what, seconds = found
    name, sentence = _WORDS[what]
    hours = round(seconds / 3600)
    when = "less than an hour" if hours < 1 else "an hour" if hours == 1 else f"{hours} hours"
    return (Finding(name, 0, f"{sentence} {when} before.", {"hours": hours}),)


def _latest(attempt: Attempt, history: History) -> tuple[str, float] | None:
    """What it was and how many seconds ago; None where it does not count."""
    here = [step.mine.times for step in history.address if step.node.level == "network"]
    if attempt.knows or history.sign_ins < SETTLED or not here or here[0]:
        return None
    moments = {"password": history.lately.password_at, "factor": history.lately.factor_at}
    ages = {what: attempt.at.timestamp() - at for what, at in moments.items() if at is not None}
    what = min(ages, key=lambda each: ages[each], default=None)
    return (what, max(0.0, ages[what])) if what and ages[what] < SHORTLY else None

"""PURE: has nobody signed in for long? An account that sleeps is worth stealing: its owner will not
notice. Nothing for a known browser.
"""

from math import exp2, log2

from risk.login.attempt import Attempt
from risk.login.history import HALF_LIFE, History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop

DAY = 86_400.0
LONG = 60.0  # days
USUAL_GAPS = 2  # times the person's own usual gap is nothing to wonder at
# days that the weights of the counts reach back, all in all: half-life / ln 2
_WORTH = HALF_LIFE / DAY * 1.4427


def measure(attempt: Attempt, history: History) -> Measured:
    """How many times the days have doubled since they began to be many; counts are forgotten after
    180 days, so it stays below 2."""
    days = _days(attempt, history)
    if days > _many(days, history):
        yield "away", log2(days / _many(days, history))


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, after a long time."""
    days = _days(attempt, history)
    if days <= _many(days, history):
        return ()
    return (Remark("away", f"Nobody had signed in for {int(days)} days.", {"days": int(days)}),)


def _days(attempt: Attempt, history: History) -> float:
    if attempt.knows or history.last_at is None:
        return 0.0
    return (attempt.at.timestamp() - history.last_at) / DAY


def _many(days: float, history: History) -> float:
    """What the person has signed in weighs this much at the last time; spread evenly over what is
    remembered, it gives the usual gap at most."""
    then = history.cookie[0].mine.n * exp2(days * DAY / HALF_LIFE) if history.cookie else 0.0
    return max(LONG, USUAL_GAPS * _WORTH / then) if then else LONG


SIGNAL = Signal(
    name="away",
    look=look,
    measure=measure,
    inputs={
        "away": Input(
            "how often the days without a sign-in have doubled since they began to be many",
            by_hand=0.4,
        )
    },
    findings={"away": gettext_noop("Time")},
    careful=(
        Careful(
            80,
            gettext_noop("New browser, after a long time without a sign-in."),
            frozenset({"away"}),
            in_new_browser=True,
        ),
    ),
)

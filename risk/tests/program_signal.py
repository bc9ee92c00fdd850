"""A signal of one's own: does something sign in that says itself that it is a program?

`RISK_SIGNALS=risk.tests.program_signal` is all that a server needs to know of it. See
docs/dev/add-a-signal.md.
"""

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop

PROGRAMS = frozenset({"HeadlessChrome", "curl", "Python Requests", "Wget"})
"""Families as `risk.login.agents` reads them."""


def measure(attempt: Attempt, _history: History) -> Measured:
    """1 for a program, nothing for a browser."""
    if attempt.agent.browser in PROGRAMS:
        yield "program", 1.0


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, where it measures something."""
    if not dict(measure(attempt, history)):
        return ()
    name = attempt.agent.browser
    return (Remark("program", f"{name} is a program and no browser.", {"program": name}),)


SIGNAL = Signal(
    name="program",
    look=look,
    measure=measure,
    inputs={"program": Input("1: a program signs in, and says so", by_hand=2.0, from_ledger=False)},
    findings={"program": gettext_noop("Program")},
    careful=(
        Careful(
            25,
            gettext_noop("New browser, and it is a program that works by itself."),
            frozenset({"program"}),
            in_new_browser=True,
        ),
    ),
)

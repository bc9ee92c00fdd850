"""PURE: does the person sign in at this time of the week?"""

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.signals.base import Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.ratios import ratios
from risk.scoring.signals.words import of_sign_ins


def look(_attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, once there are sign-ins to compare with."""
    if not history.hours or not history.hours[0].mine.times:
        return ()
    root, day, slot = history.hours
    total, seen = root.mine.times, slot.mine.times
    name = "hour_usual" if seen else "hour_new"
    sentence = f"{of_sign_ins(seen, total)} came at this time of day on {day.node.path[0]}s."
    return (Remark(name, sentence, {"seen": seen, "sign_ins": total}),)


def measure(_attempt: Attempt, history: History) -> Measured:
    """A ratio for each level."""
    return ((step.node.level, part) for step, part in ratios(history.hours))


SIGNAL = Signal(
    name="hours",
    look=look,
    measure=measure,
    inputs={
        "day": Input("how odd it is to come on a weekday, or at a weekend"),
        "slot": Input("how odd these three hours of it are"),
    },
    findings={"hour_usual": gettext_noop("Time"), "hour_new": gettext_noop("Time")},
)

"""PURE: does the person sign in at this time of the week?"""

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import of_sign_ins


def look(_attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """One finding without points of its own, once there are sign-ins to compare with."""
    if not history.hours or not history.hours[0].mine.times:
        return ()
    root, day, slot = history.hours
    total, seen = root.mine.times, slot.mine.times
    name = "hour_usual" if seen else "hour_new"
    sentence = f"{of_sign_ins(seen, total)} came at this time of day on {day.node.path[0]}s."
    return (Finding(name, 0, sentence, {"seen": seen, "sign_ins": total}),)

"""PURE: did the browser show that it knows the account? Weighed by the person's own habit of
showing it.
"""

from math import log

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.words import of_sign_ins

NEW = frozenset({"browser_new", "browser_of_others", "browser_expired"})
"""Findings of a browser that the account does not know."""


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """Exactly one finding."""
    if attempt.knows:
        return (_known(attempt, history),)
    if attempt.cookie == "stolen":
        return (
            Remark(
                "browser_copied",
                "The browser showed a cookie that had been replaced before: somebody copied it.",
            ),
        )
    return (_unknown(attempt, history),)


def _known(attempt: Attempt, history: History) -> Remark:
    if attempt.changed:
        return Remark(
            "browser_changed",
            "The cookie of a known browser came from another kind of browser than before.",
        )
    shown, total = _habit(history)
    how_often = f": {of_sign_ins(shown, total)} came from a known one" if total else ""
    return Remark(
        "browser_known",
        f"The browser is known to the account{how_often}.",
        {"known": shown, "sign_ins": total},
    )


def _unknown(attempt: Attempt, history: History) -> Remark:
    shown, total = _habit(history)
    name, what = _which(attempt)
    how_often = f"; {of_sign_ins(shown, total)} came from a known one" if total else ""
    return Remark(name, f"{what}{how_often}.", {"known": shown, "sign_ins": total})


def _which(attempt: Attempt) -> tuple[str, str]:
    if attempt.of_others:
        return "browser_of_others", "The browser is known to other accounts only"
    if attempt.cookie == "invalid":
        return "browser_expired", "The browser showed a cookie that is not valid"
    return "browser_new", "The browser is not known"


def _habit(history: History) -> tuple[int, int]:
    """How often the person showed a known browser, and at how many sign-ins."""
    if not history.cookie:
        return 0, 0
    root, leaf = history.cookie[0].mine, history.cookie[1]
    times = leaf.mine.times if leaf.node.path == ("yes",) else root.times - leaf.mine.times
    return max(0, times), root.times


def measure(attempt: Attempt, history: History) -> Measured:
    """What the cookie says, how long the history is, and how unlike the person it is to come
    without a known browser."""
    if attempt.changed:
        yield "changed", 1.0
    if attempt.cookie == "stolen":
        yield "copied", 1.0
    if not history.cookie:
        return
    root, leaf = history.cookie[0].mine, history.cookie[1].mine
    yield "history", log(1.0 + root.n)
    if not attempt.knows:
        yield "habit", log((root.n + 1.0) / (leaf.n + 0.1))


SIGNAL = Signal(
    name="browser",
    look=look,
    measure=measure,
    inputs={
        "history": Input("log of the sign-ins that are remembered", falls=True),
        "habit": Input("how unlike the person it is to come without a known browser", known=False),
        "changed": Input(
            "1: a known browser says that it is another one", unknown=False, from_ledger=False
        ),
        "copied": Input(
            "1: a cookie that had been replaced came up again", by_hand=3.0, from_ledger=False
        ),
    },
    findings={
        name: gettext_noop("Browser")
        for name in (*sorted(NEW), "browser_known", "browser_changed", "browser_copied")
    },
    careful=(
        Careful(
            20,
            gettext_noop("The browser showed a cookie that belongs to another one."),
            frozenset({"browser_changed", "browser_copied"}),
        ),
        Careful(90, gettext_noop("A browser you have not used before."), NEW),
    ),
)

"""PURE: did the browser show that it knows the account? Weighed by the person's own habit of
showing it.
"""

from risk.history.types import Count, History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import of_sign_ins

KNOWN = -25
UNKNOWN = 35  # for somebody who always comes with a known browser
CHANGED = 50  # by itself enough to ask: cookies are copied, browsers do not change their kind
COPIED = 45


def look(attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """Exactly one finding."""
    if attempt.knows:
        return (_known(attempt, history),)
    if attempt.cookie == "stolen":
        return (
            Finding(
                "browser_copied",
                COPIED,
                "The browser showed a cookie that had been replaced before: somebody copied it.",
            ),
        )
    return (_unknown(attempt, history),)


def _known(attempt: Attempt, history: History) -> Finding:
    if attempt.changed:
        return Finding(
            "browser_changed",
            CHANGED,
            "The cookie of a known browser came from another kind of browser than before.",
        )
    _, shown, total = _habit(history)
    how_often = f": {of_sign_ins(shown, total)} came from a known one" if total else ""
    return Finding(
        "browser_known",
        KNOWN,
        f"The browser is known to the account{how_often}.",
        {"known": shown, "sign_ins": total},
    )


def _unknown(attempt: Attempt, history: History) -> Finding:
    share, shown, total = _habit(history)
    name, what = _which(attempt)
    how_often = f"; {of_sign_ins(shown, total)} came from a known one" if total else ""
    return Finding(
        name, round(UNKNOWN * share), f"{what}{how_often}.", {"known": shown, "sign_ins": total}
    )


def _which(attempt: Attempt) -> tuple[str, str]:
    if attempt.of_others:
        return "browser_of_others", "The browser is known to other accounts only"
    if attempt.cookie == "invalid":
        return "browser_expired", "The browser showed a cookie that is not valid"
    return "browser_new", "The browser is not known"


def _habit(history: History) -> tuple[float, int, int]:
    """How likely the person is to show a known browser (one half where nothing is known), how often
    that was, and of how many sign-ins.
    """
    if not history.cookie:
        return 0.5, 0, 0
    root, leaf = history.cookie[0].mine, history.cookie[1]
    seen = (
        leaf.mine
        if leaf.node.path == ("yes",)
        else Count(max(0.0, root.n - leaf.mine.n), max(0, root.times - leaf.mine.times))
    )
    return (seen.n + 0.5) / (root.n + 1), seen.times, root.times

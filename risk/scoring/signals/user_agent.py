"""PURE: has the person signed in with this kind of device, system, browser, version? Only the first
new level counts.

It never lowers the score: anybody can copy a user agent. A newer version of a known browser is
expected, an older one is odd.
"""

from risk.history.types import Count, History, surprise
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import of_sign_ins

PER_BIT = 6
MOST = {"device": 25, "system": 25, "browser": 20}
OLDER, ODD_NUMBER = 12, 3
_NAMES = {"device": "device_new", "system": "system_new", "browser": "agent_new"}
_WORDS = {"device": "this kind of device", "system": "this system", "browser": "this browser"}


def look(attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """Exactly one finding."""
    if not history.agent or history.agent[0].mine.times == 0:
        return (Finding("agent_first", 0, "No sign-ins to compare the browser with."),)
    if attempt.outdated:
        sentence = "An older version than this very browser showed before."
        return (Finding("version_older", OLDER, sentence, {"version": attempt.agent.major}),)
    parent = history.agent[0].mine
    for step in history.agent[1:]:
        if step.mine.times == 0:
            return (_new(step.node.level, parent, attempt, history),)
        parent = step.mine
    return (_seen(parent, history),)


def _new(level: str, parent: Count, attempt: Attempt, history: History) -> Finding:
    if level == "version":
        return _new_version(parent, attempt)
    total = history.agent[0].mine.times
    points = round(min(MOST[level], PER_BIT * surprise(parent)))
    words = (
        f"{attempt.agent.browser_name or _WORDS['browser']} there"
        if level == "browser"
        else _WORDS[level]
    )
    return Finding(
        _NAMES[level],
        points,
        f"{of_sign_ins(0, total)} came from {words}.",
        {"seen": 0, "sign_ins": total},
    )


def _new_version(browser: Count, attempt: Attempt) -> Finding:
    shown, newest = attempt.agent.major, browser.mark
    evidence: dict[str, int | str] = {"version": shown, "newest": newest}
    if shown > newest:
        return Finding(
            "version_newer",
            0,
            f"A newer version of the same browser: {shown} after {newest}.",
            evidence,
        )
    if shown < newest:
        return Finding(
            "version_older",
            OLDER,
            f"An older version of the same browser: {shown} after {newest}.",
            evidence,
        )
    return Finding(
        "version_new", ODD_NUMBER, "Another build of the same browser version.", evidence
    )


def _seen(leaf: Count, history: History) -> Finding:
    total = history.agent[0].mine.times
    return Finding(
        "agent_known",
        0,
        f"{of_sign_ins(leaf.times, total)} came from exactly this browser.",
        {"seen": leaf.times, "sign_ins": total},
    )

"""PURE: has the person signed in with this kind of device, system, browser, version? Only the first
new level counts.

It never lowers the score: anybody can copy a user agent. A newer version of a known browser is
expected, an older one is odd.
"""

from risk.login.attempt import Attempt
from risk.login.history import Count, History
from risk.scoring.signals.base import Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.ratios import novelties
from risk.scoring.signals.words import of_sign_ins

_NAMES = {"device": "device_new", "system": "system_new", "browser": "agent_new"}
_WORDS = {"device": "this kind of device", "system": "this system", "browser": "this browser"}


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """Exactly one finding."""
    if not history.agent or history.agent[0].mine.times == 0:
        return (Remark("agent_first", "No sign-ins to compare the browser with."),)
    if attempt.outdated:
        sentence = "An older version than this very browser showed before."
        return (Remark("version_older", sentence, {"version": attempt.agent.major}),)
    parent = history.agent[0].mine
    for step in history.agent[1:]:
        if step.mine.times == 0:
            return (_new(step.node.level, parent, attempt, history),)
        parent = step.mine
    return (_seen(parent, history),)


def _new(level: str, parent: Count, attempt: Attempt, history: History) -> Remark:
    if level == "version":
        return _new_version(parent, attempt)
    total = history.agent[0].mine.times
    words = (
        f"{attempt.agent.browser_name or _WORDS['browser']} there"
        if level == "browser"
        else _WORDS[level]
    )
    return Remark(
        _NAMES[level],
        f"{of_sign_ins(0, total)} came from {words}.",
        {"seen": 0, "sign_ins": total},
    )


def _new_version(browser: Count, attempt: Attempt) -> Remark:
    shown, newest = attempt.agent.major, browser.mark
    evidence: dict[str, int | str] = {"version": shown, "newest": newest}
    if shown > newest:
        said = f"A newer version of the same browser: {shown} after {newest}."
        return Remark("version_newer", said, evidence)
    if shown < newest:
        said = f"An older version of the same browser: {shown} after {newest}."
        return Remark("version_older", said, evidence)
    return Remark("version_new", "Another build of the same browser version.", evidence)


def _seen(leaf: Count, history: History) -> Remark:
    total = history.agent[0].mine.times
    return Remark(
        "agent_known",
        f"{of_sign_ins(leaf.times, total)} came from exactly this browser.",
        {"seen": leaf.times, "sign_ins": total},
    )


def measure(attempt: Attempt, history: History) -> Measured:
    """It never lowers: anybody can copy a user agent."""
    if attempt.outdated and history.agent:
        yield "outdated", 1.0
    for level in novelties(history.agent):
        yield f"new_{level}", 1.0


SIGNAL = Signal(
    name="agent",
    look=look,
    measure=measure,
    inputs={
        "new_device": Input("1: the person never used this kind of device"),
        "new_system": Input("1: never this system on it"),
        "new_browser": Input("1: never this browser there"),
        "new_version": Input(
            "1: never this version of it; noted, and on no sheet",
            known=False,
            unknown=False,
            from_ledger=False,
        ),
        "outdated": Input(
            "1: a known browser says that it is older than it was",
            unknown=False,
            from_ledger=False,
        ),
    },
    findings={
        "agent_first": gettext_noop("Kind of browser"),
        "device_new": gettext_noop("Device"),
        "system_new": gettext_noop("System"),
        "agent_new": gettext_noop("Kind of browser"),
        "version_new": gettext_noop("Version"),
        "version_newer": gettext_noop("Version"),
        "version_older": gettext_noop("Version"),
        "agent_known": gettext_noop("Kind of browser"),
    },
)

"""PURE: does an imported list name the address as one of a hosting, VPN or Tor network? Nothing for
somebody who often comes from such.

It never refuses: people have reasons to hide where they are, and thieves have the same.
"""

from risk.login.attempt import LISTS, Attempt
from risk.login.history import History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop

OFTEN = 0.25  # share of the newest sign-ins that makes such networks a habit
AT_HOME = 2  # sign-ins from this very network that make it the person's own
_WORDS = {
    "tor": "is an exit of Tor",
    "vpn": "belongs to a VPN",
    "hosting": "belongs to a hosting network",
}


def listed_share(history: History) -> float:
    """The part of the newest sign-ins that came from networks on a list, 0 to 1."""
    successes = history.lately.successes
    return sum(each.listed for each in successes) / len(successes) if successes else 0.0


def unlike(history: History) -> float:
    """How unlike the person such a network is: 1 for somebody who was never in
    one, 0 where it is a habit."""
    return max(0.0, 1.0 - listed_share(history) / OFTEN)


def measure(attempt: Attempt, history: History) -> Measured:
    """One input, named by what hides people best."""
    kind = _kind(attempt)
    own = any(
        step.node.level == "network" and step.mine.times >= AT_HOME for step in history.address
    )
    if kind and not own and unlike(history):
        yield kind, unlike(history)


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, where a list names the address."""
    kind = _kind(attempt)
    if not kind:
        return ()
    whose = f" ({attempt.provider})" if attempt.provider else ""
    successes = history.lately.successes
    listed = sum(each.listed for each in successes)
    habit = (
        f"; {listed} of the last {len(successes)} sign-ins came from such networks"
        if listed
        else ""
    )
    return (
        Remark(
            f"networks_{kind}",
            f"The address {_WORDS[kind]}{whose}{habit}.",
            {"listed": listed, "sign_ins": len(successes)},
        ),
    )


def _kind(attempt: Attempt) -> str:
    return next((kind for kind in LISTS if kind in attempt.listed), "")


SIGNAL = Signal(
    name="networks",
    look=look,
    measure=measure,
    inputs={
        "tor": Input("an exit of Tor, 1 for whoever is never in such networks", by_hand=1.2),
        "vpn": Input("the same of a VPN", by_hand=0.5),
        "hosting": Input("the same of a hosting network", by_hand=0.8),
    },
    findings={f"networks_{kind}": gettext_noop("Network") for kind in LISTS},
    careful=(
        Careful(
            70,
            gettext_noop("New browser, on a network that hides where people are."),
            frozenset(f"networks_{kind}" for kind in LISTS),
            in_new_browser=True,
        ),
    ),
)

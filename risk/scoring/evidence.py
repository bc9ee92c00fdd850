"""PURE: how much a login looks like somebody else's, as a handful of numbers: the inputs of the
score sheets.
"""

from risk.login.attempt import Attempt
from risk.login.history import PLACES, History
from risk.scoring import registry
from risk.scoring.signals.base import Signal

Inputs = dict[str, float]


def measure(attempt: Attempt, history: History) -> Inputs:
    """Every input that says something; what is missing is 0, and unknown."""
    found: Inputs = {}
    for signal in registry.complete().signals:
        found |= _own(signal, attempt, history)
    return found


def circumstances(attempt: Attempt, history: History) -> Inputs:
    """What chooses the sheet: noted beside the inputs, so that the verdict can
    be made again from them alone."""
    facts = {"knows": attempt.knows, "places": has_places(history)}
    return {name: 1.0 for name, holds in facts.items() if holds}


def has_places(history: History) -> bool:
    """Whether anything is known of where the address is."""
    return any(step.node.level in PLACES for step in history.address)


def _own(signal: Signal, attempt: Attempt, history: History) -> Inputs:
    """Raises ValueError for an input that is not the signal's."""
    found = dict(signal.measure(attempt, history))
    if not found.keys() <= signal.inputs.keys():
        raise ValueError(f"the signal {signal.name} gives inputs that it does not name")
    return found

"""PURE: how much a login looks like somebody else's, as a handful of numbers: the inputs of the
score sheets.

Most are log-ratios: log p_A(value) − log p_u(value), where p_u is how likely this person shows the
value and p_A how likely an attacker does. p_u backs off from the person to everybody with Witten
and Bell's estimate; a person who brings a new value each time pays little for one. After Freeman et
al., "Who Are You?" (NDSS 2016), with one ratio for each level instead of one interpolated
probability.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import log

from risk.history.types import PLACES, Count, History, Step
from risk.login.attempt import Attempt
from risk.scoring.signals import away, changes, failures, networks, travel

KAPPA: Mapping[str, float] = {
    "country": 0.3,
    "provider": 0.5,
    "network": 1.0,
    "address": 1.0,
    "day": 2.0,
    "slot": 2.0,
}
"""How many sign-ins' worth of doubt each different value adds that the person has shown beside."""

REPUTED = ("country", "provider", "network")
DOUBT = 20.0  # failed sign-ins that must have been seen before a reputation counts half

Inputs = dict[str, float]


def measure(attempt: Attempt, history: History) -> Inputs:
    """Every input that says something; what is missing is 0, and unknown."""
    found: Inputs = {}
    found.update(_address(history))
    found.update(_agent(attempt, history))
    found.update(_browser(attempt, history))
    found.update((step.node.level, part) for step, part in ratios(history.hours))
    for measured in (networks.measure, travel.measure, away.measure, changes.measure):
        found.update(measured(attempt, history))
    found["failures"] = sum(finding.points for finding in failures.look(attempt, history)) / 10
    return found


def has_places(history: History) -> bool:
    """Whether anything is known of where the address is."""
    return any(step.node.level in PLACES for step in history.address)


def likelihood(parent: Count, value: Count) -> float:
    """How likely everybody shows a value below its parent: a value never seen gets half a person's
    share.
    """
    return (value.n + 0.5) / (parent.n + 0.5 * (parent.distinct + 1))


def ratio(above: Step, step: Step) -> float:
    """log p_A − log p_u of one level: above 0 for what is odd, below 0 for what is usual."""
    everybody = likelihood(above.everybody, step.everybody)
    doubt = KAPPA[step.node.level] * (above.mine.distinct + 1)
    return log(everybody) - log((step.mine.n + doubt * everybody) / (above.mine.n + doubt))


def ratios(steps: tuple[Step, ...]) -> Iterator[tuple[Step, float]]:
    """From the general to the particular. Below what the person never showed there is nothing to
    compare: nothing is counted twice.
    """
    for above, step in pairwise(steps):
        if not above.mine.times:
            return
        yield step, ratio(above, step)


def novelties(steps: tuple[Step, ...]) -> Iterator[str]:
    """The levels that the person never showed, from the first of them down; none where nothing is
    known.

    A new country is a new network too: so the wider the novelty, the more it weighs, whatever was
    fitted.
    """
    if steps and steps[0].mine.times:
        yield from (step.node.level for step in steps[1:] if not step.mine.times)


def _address(history: History) -> Iterator[tuple[str, float]]:
    steps = history.address
    for step, part in ratios(steps):
        if step.mine.times:
            # where somebody has been before never speaks against them
            yield step.node.level, min(0.0, part)
        else:
            yield "novelty", part
    for level in novelties(steps):
        yield f"new_{level}", 1.0
    for step in steps[1:]:
        if step.node.level in REPUTED:
            yield f"named_{step.node.level}", repute(steps[0], step)


def repute(root: Step, step: Step) -> float:
    """How much more often a place belongs to failed second factors than to people's own sign-ins. 0
    while hardly any have failed.
    """
    failed = root.failed.n
    if not failed:
        return 0.0
    odds = log((step.failed.n + 0.5) / (failed + DOUBT)) - log(
        (step.everybody.n + 0.5) / (root.everybody.n + DOUBT)
    )
    return odds * failed / (failed + DOUBT)


def _agent(attempt: Attempt, history: History) -> Iterator[tuple[str, float]]:
    """It never lowers: anybody can copy a user agent."""
    if attempt.changed:
        yield "changed", 1.0
    if attempt.outdated and history.agent:
        yield "outdated", 1.0
    if attempt.cookie == "stolen":
        yield "copied", 1.0
    for level in novelties(history.agent):
        yield f"new_{level}", 1.0


def _browser(attempt: Attempt, history: History) -> Iterator[tuple[str, float]]:
    """How long the history is, and how unlike the person it is to come without a known browser."""
    if not history.cookie:
        return
    root, leaf = history.cookie[0].mine, history.cookie[1].mine
    yield "history", log(1.0 + root.n)
    if not attempt.knows:
        yield "habit", log((root.n + 1.0) / (leaf.n + 0.1))

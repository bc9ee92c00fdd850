"""PURE: log-ratios of a chain: log p_A(value) − log p_u(value), where p_u is how likely this person
shows the value and p_A how likely an attacker does.

p_u backs off from the person to everybody with Witten and Bell's estimate; a person who brings a
new value each time pays little for one. After Freeman et al., "Who Are You?" (NDSS 2016), with one
ratio for each level instead of one interpolated probability.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import log

from risk.login.history import Count, Step

KAPPA = {
    "country": 0.3,
    "provider": 0.5,
    "network": 1.0,
    "address": 1.0,
    "day": 2.0,
    "slot": 2.0,
}
"""How many sign-ins' worth of doubt each different value adds that the person has shown beside."""


def likelihood(parent: Count, value: Count) -> float:
    """How likely everybody shows a value below its parent: a value never seen
    gets half a person's share."""
    return (value.n + 0.5) / (parent.n + 0.5 * (parent.distinct + 1))


def ratio(above: Step, step: Step) -> float:
    """log p_A − log p_u of one level: above 0 for what is odd, below 0 for what is usual."""
    everybody = likelihood(above.everybody, step.everybody)
    doubt = KAPPA[step.node.level] * (above.mine.distinct + 1)
    return log(everybody) - log((step.mine.n + doubt * everybody) / (above.mine.n + doubt))


def ratios(steps: tuple[Step, ...]) -> Iterator[tuple[Step, float]]:
    """From the general to the particular. Below what the person never showed there is nothing to
    compare: nothing is counted twice."""
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

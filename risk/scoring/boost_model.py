"""PURE: another model: gradient boosted trees over the inputs of the chain model, read from a file
of numbers.

It exists to show that models can be exchanged, and to be compared with. The inputs of a finding are
those of the chain model; what belongs to none that is shown, and what the trees say before they
know anything, counts as the browser's.
"""

from collections.abc import Iterator
from math import fsum

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring import forest
from risk.scoring.additive import GROUPS, WORDS, AdditiveModel, Part
from risk.scoring.evidence import Inputs
from risk.scoring.forest import Forests
from risk.scoring.signals import failures, held_source

MOST = 6.0  # how far an input counts that is weighed by hand, as on the sheets


class BoostModel(AdditiveModel):
    """Two forests, for browsers that the account knows and for others."""

    name = "boost"

    def __init__(self, weights: Forests | None = None) -> None:
        self.weights = weights or forest.read(forest.NEWEST)
        self.version = self.weights.version

    def z(self, inputs: Inputs, *, knows: bool, places: bool) -> float:
        """Log-odds from the inputs alone."""
        return fsum(
            (
                self.weights.forest(knows=knows).base(places=places),
                *self._terms(inputs, knows=knows).values(),
            )
        )

    def _terms(self, inputs: Inputs, *, knows: bool) -> Inputs:
        found = self.weights.forest(knows=knows).terms(inputs)
        for name, weight in self.weights.by_hand.items():
            if inputs.get(name):
                found[name] = found.get(name, 0.0) + weight * min(MOST, max(-MOST, inputs[name]))
        return found

    def parts(self, attempt: Attempt, history: History, inputs: Inputs) -> list[Part]:
        """What the findings take of the terms; the rest is the browser's."""
        terms = self._terms(inputs, knows=attempt.knows)
        (_, browser), *others = _told(attempt, history, terms)
        shown = [Part(z, finding) for z, finding in others]
        rest = self.weights.forest(knows=attempt.knows).base(places="places" in inputs)
        return [Part(fsum((rest, *terms.values())), browser), *shown]


def _told(attempt: Attempt, history: History, terms: Inputs) -> Iterator[tuple[float, Finding]]:
    """The findings, each with what it takes out of `terms`. The browser comes first and is left
    with the rest.
    """
    for group, names in GROUPS.items():
        for finding in WORDS[group](attempt, history)[:1]:
            taken = () if group == "browser" else names
            yield fsum(terms.pop(name, 0.0) for name in taken), finding
    for finding in held_source.look(attempt, history):
        yield terms.pop("held", 0.0), finding
    failed = failures.look(attempt, history)
    points, whole = (
        sum(each.points for each in failed),
        terms.pop("failures", 0.0) if failed else 0.0,
    )
    for finding in failed:
        yield whole * finding.points / points, finding

"""PURE: another model: gradient boosted trees over the inputs of the chain model, read from a file
of numbers.

It exists to show that models can be exchanged, and to be compared with. The inputs of a finding are
those of the chain model; what belongs to none that is shown, and what the trees say before they
know anything, counts as the browser's.
"""

from math import fsum

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring import forest, registry
from risk.scoring.additive import AdditiveModel, Part, remarks, shared
from risk.scoring.evidence import Inputs
from risk.scoring.forest import Forests

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
        """What is said takes its terms; the rest is the browser's."""
        terms, shown = self._terms(inputs, knows=attempt.knows), []
        browser, *others = registry.complete().signals
        for signal in others:
            if said := remarks(signal, attempt, history):
                z = fsum(terms.pop(name, 0.0) for name in signal.inputs)
                shown += shared(z, said)
        rest = self.weights.forest(knows=attempt.knows).base(places="places" in inputs)
        z = fsum((rest, *terms.values()))
        return [*shared(z, remarks(browser, attempt, history)), *shown]

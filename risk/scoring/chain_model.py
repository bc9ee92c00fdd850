"""PURE: the model in use: two fitted score sheets over the evidence of chains, each sheet a sum
that can be shown.
"""

from collections.abc import Iterable, Iterator
from math import fsum

from risk.login.attempt import Attempt
from risk.login.history import History
from risk.scoring import registry, sheets
from risk.scoring.additive import AdditiveModel, Part, remarks, shared
from risk.scoring.evidence import Inputs
from risk.scoring.sheets import Sheets


class ChainModel(AdditiveModel):
    """Two sheets over chains of evidence."""

    name = "chain"

    def __init__(self, weights: Sheets | None = None) -> None:
        self.weights = weights or sheets.read(sheets.NEWEST)
        self.version = self.weights.version

    def parts(self, attempt: Attempt, history: History, inputs: Inputs) -> Iterator[Part]:
        """Term by term, as the sheet has them; the bias is the browser's."""
        sheet = self.weights.sheet(knows=attempt.knows, places="places" in inputs)
        terms, rest = sheet.terms(inputs), sheet.bias
        for signal in registry.complete().signals:
            z = _sum(terms, signal.inputs) + rest
            yield from shared(z, remarks(signal, attempt, history))
            rest = 0.0


def _sum(terms: Inputs, names: Iterable[str]) -> float:
    return fsum(terms[name] for name in names if name in terms)

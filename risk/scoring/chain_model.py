"""PURE: the model in use: two fitted score sheets over the evidence of chains, each sheet a sum
that can be shown.
"""

from collections.abc import Iterable, Iterator
from math import fsum

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.scoring import sheets
from risk.scoring.additive import GROUPS, WORDS, AdditiveModel, Part
from risk.scoring.evidence import Inputs
from risk.scoring.sheets import Sheets
from risk.scoring.signals import failures, held_source


class ChainModel(AdditiveModel):
    """Two sheets over chains of evidence."""

    name = "chain"

    def __init__(self, weights: Sheets | None = None) -> None:
        self.weights = weights or sheets.read(sheets.NEWEST)
        self.version = self.weights.version

    def parts(self, attempt: Attempt, history: History, inputs: Inputs) -> Iterator[Part]:
        """Term by term, as the sheet has them."""
        sheet = self.weights.sheet(knows=attempt.knows, places="places" in inputs)
        terms = sheet.terms(inputs)
        for group, names in GROUPS.items():
            z = _sum(terms, names) + (sheet.bias if group == "browser" else 0.0)
            for finding in WORDS[group](attempt, history):
                yield Part(z, finding)
        failed = failures.look(attempt, history)
        for finding in failed:
            yield Part(
                terms.get("failures", 0.0) * finding.points / sum(each.points for each in failed),
                finding,
            )
        for finding in held_source.look(attempt, history):
            yield Part(self.weights.held, finding)


def _sum(terms: Inputs, names: Iterable[str]) -> float:
    return fsum(terms[name] for name in names if name in terms)

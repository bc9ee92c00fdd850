"""PURE: a verdict made again from what its row noted: from the findings by the rules, and from the
inputs by the weights.
"""

from collections.abc import Iterable
from itertools import groupby
from math import fsum

from risk.backtest.records import Verdict
from risk.login.context import Finding
from risk.policy.rules import rule
from risk.scoring import registry, sheets
from risk.scoring.additive import Part, in_order, in_points
from risk.scoring.sheets import Sheets
from risk.scoring.signals.base import Remark

RESCORED = "rescored"
"""The one finding of a score whose parts cannot be told from each other."""


def is_ruled(finding: Finding) -> bool:
    """Whether the rules added it: everything else is the model's."""
    return finding.name == "staff" or finding.name.startswith(("floor_", "ceiling_"))


def raw(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What the model found."""
    return tuple(finding for finding in findings if not is_ruled(finding))


def differences(verdict: Verdict, weights: Sheets | None) -> tuple[str, ...]:
    """The parts of a verdict that do not come out again; none where all do. Without `facts` none
    can. `weights`: those that made it, if known."""
    if verdict.facts is None:
        return ("evidence",)
    found = raw(verdict.findings)
    ruling = rule(found, verdict.policy, verdict.facts)
    told = {
        "score": ruling.score,
        "level": ruling.level,
        "decision": ruling.decision,
        "required": ruling.required,
        "findings": ruling.findings,
    }
    wrong = [name for name, value in told.items() if getattr(verdict, name) != value]
    if weights and not _has_weight(verdict, found, weights):
        wrong.append("points")
    return tuple(wrong)


def _has_weight(verdict: Verdict, found: tuple[Finding, ...], weights: Sheets) -> bool:
    """Whether the inputs give the points: of each signal, where the findings
    say whose they are, and in all."""
    again = rescored(verdict, weights)
    if sum(each.points for each in again) != sum(each.points for each in found):
        return False
    return again[0].name == RESCORED or _by_group(again) == _by_group(found)


def _by_group(findings: Iterable[Finding]) -> dict[str, int]:
    ordered = sorted(findings, key=_signal)
    return {
        signal: sum(each.points for each in found)
        for signal, found in groupby(ordered, key=_signal)
    }


def z_of(verdict: Verdict, weights: Sheets) -> float:
    """The log-odds that these weights see in the noted inputs."""
    return fsum(_sums(verdict, weights).values())


def _sums(verdict: Verdict, weights: Sheets) -> dict[str, float]:
    """What each signal adds to z. What belongs to none is under ""."""
    sheet = weights.sheet(knows="knows" in verdict.inputs, places="places" in verdict.inputs)
    terms, rest, sums = sheet.terms(verdict.inputs), sheet.bias, {}
    for signal in registry.installed().signals:
        sums[signal.name] = rest + fsum(terms.pop(name) for name in signal.inputs if name in terms)
        rest = 0.0
    return sums | {"": fsum(terms.values())}


def rescored(verdict: Verdict, weights: Sheets) -> tuple[Finding, ...]:
    """What the model would have found with these weights: the same words with other points. Several
    of one signal share theirs as they did.

    Where a signal has weight and no words, everything is one finding.
    """
    found, sums = raw(verdict.findings), _sums(verdict, weights)
    said = {_signal(each) for each in found}
    if any(z and signal not in said for signal, z in sums.items()) or "" in said or not found:
        return (Finding(RESCORED, round(sheets.points(fsum(sums.values()))), "Scored again."),)
    order = list(sums)
    parts = [
        Part(
            sums[_signal(each)] * _share(each, found),
            Remark(each.name, each.sentence, each.evidence),
        )
        for each in sorted(found, key=lambda each: order.index(_signal(each)))
    ]
    return tuple(in_points(in_order(parts)))


def _share(finding: Finding, found: Iterable[Finding]) -> float:
    """Of what its signal weighs: as the points say, evenly where they say nothing."""
    own = [abs(each.points) for each in found if _signal(each) == _signal(finding)]
    return abs(finding.points) / sum(own) if sum(own) else 1 / len(own)


def _signal(finding: Finding) -> str:
    """The name of whoever says so; "" for nobody who is here."""
    signal = registry.installed().of_finding.get(finding.name)
    return signal.name if signal else ""

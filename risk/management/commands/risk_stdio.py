"""`manage.py risk_stdio`: the risk model as a filter, for evaluations from outside."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from risk.history.replay import Replay
from risk.scoring.additive import Judgement
from risk.scoring.chain_model import ChainModel


class Command(BaseCommand):
    """Touches no database and reads no file but the weights."""

    help = (
        'JSON lines in, JSON lines out, everything in memory. {"op": "score", "attempt": {…}} is'
        ' answered with a score and its parts; {"op": "update", "attempt": {…}, "outcome": "ok" |'
        ' "bad_password" | "challenge_failed"} teaches and is not answered.'
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        for answer in answers(sys.stdin):
            sys.stdout.write(answer)
            sys.stdout.flush()  # whoever asks waits for it


def answers(lines: Iterable[str]) -> Iterator[str]:
    """One line for each question. Raises ValueError or KeyError for a line that
    is none of the two."""
    replay, model = Replay(), ChainModel()
    for line in lines:
        if not line.strip():
            continue
        asked = json.loads(line)
        if asked["op"] == "score":
            yield json.dumps(answer(model.judge(*replay.seen(asked["attempt"])))) + "\n"
        elif asked["op"] == "update":
            replay.learn(asked["attempt"], asked["outcome"])
        else:
            raise ValueError(f"no such op: {asked['op']}")


def answer(judgement: Judgement) -> dict[str, Any]:
    """The score with full resolution; parts in log-odds, which add up to z."""
    parts = [
        {"name": part.remark.name, "z": part.z, "sentence": part.remark.sentence}
        for part in judgement.parts
    ]
    return {"score": judgement.score, "z": judgement.z, "parts": parts}

"""A backtest of this site: reads its ledger, asks the past, changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import F

from mfaproject.lib import clock
from risk.backtest.limits import Trial
from risk.backtest.outcome import Asked, Outcome, policy_of
from risk.backtest.records import LedgerRow
from risk.backtest.replay import Question, Walk
from risk.history import digests
from risk.policy.drafts import DraftError, PolicyDraft, check_groups
from risk.scoring import sheets
from risk.scoring.sheets import Sheets
from risk.services import ledger_rows
from risk.serving import champion


def run(
    asked: Asked, step: Callable[[int, int], None], is_over: Callable[[], bool] = lambda: False
) -> Outcome:
    """Reads, changes nothing. `step` hears of rows done and rows in all; `is_over` ends it early.
    Raises DraftError for groups or weights that are none."""
    question, numbers = _question(asked), ledger_rows.ids(asked.most + 1 if asked.most else None)
    is_cut = asked.most is not None and len(numbers) > asked.most
    if is_cut:
        numbers = numbers[-(asked.newest or len(numbers)) :]
    skipped = max(0, len(numbers) - asked.newest) if asked.newest else 0
    question = replace(question, skipped=skipped, draws=0 if is_cut else question.draws)
    walk, began, done = Walk(question, len(numbers) - skipped), clock.now(), 0

    def watched() -> Iterator[LedgerRow]:
        nonlocal done
        for row in ledger_rows.read(numbers, skipped):
            yield row
            done += 1
            if done % 100 == 0:
                step(done, len(numbers))
                if is_over():
                    return

    tally = walk.run(watched(), digests.of_node)
    return Outcome(
        asked=asked,
        tally=tally,
        now=walk.policy,
        first_at=walk.first_at,
        last_at=walk.last_at,
        read=done,
        total=len(numbers),
        seconds=(clock.now() - began).total_seconds(),
        is_cut=is_cut,
        is_sampled=walk.known.halvings > 0,
        unread_lessons=walk.known.unread,
        new_version=question.weights.version if question.weights else "",
    )


def _question(asked: Asked) -> Question:
    return Question(
        trial=Trial(policy_of(asked.draft), _members(asked.draft)),
        model=champion.deciding(),
        versions=versions(),
        weights=_weights(asked.draft),
        draws=asked.draws,
        seed=asked.seed,
        since=asked.since.timestamp() if asked.since else 0.0,
        groups=_groups(),
    )


def versions() -> dict[str, Sheets]:
    """The weights that came with the site, by version."""
    found = [sheets.read(path) for path in sorted(sheets.NEWEST.parent.glob("chain-*.json"))]
    return {each.version: each for each in found}


def _weights(draft: PolicyDraft) -> Sheets | None:
    if not draft.weights:
        return None
    try:
        return sheets.read(Path(draft.weights))
    except OSError as error:
        raise DraftError("weights", f"{draft.weights}: {error.strerror}.") from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DraftError(
            "weights", f"{draft.weights} is no file of weights ({type(error).__name__}: {error})."
        ) from error


def _members(draft: PolicyDraft) -> frozenset[int] | None:
    """Who is in the groups today: the ledger does not say who was then."""
    check_groups(draft.name, len(draft.groups))
    if not draft.groups:
        return None
    missing = set(draft.groups) - set(
        Group.objects.filter(name__in=draft.groups).values_list("name", flat=True)
    )
    if missing:
        raise DraftError("groups", f"There is no group called {', '.join(sorted(missing))}.")
    people: Any = get_user_model()._default_manager
    return frozenset(people.filter(groups__name__in=draft.groups).values_list("pk", flat=True))


def _groups() -> dict[int, tuple[str, ...]]:
    people: Any = get_user_model()._default_manager
    found: dict[int, tuple[str, ...]] = {}
    for account, name in (
        people.filter(groups__isnull=False)
        .order_by("groups__name")
        .values_list("pk", F("groups__name"))
        .iterator(chunk_size=10_000)
    ):
        found[account] = (*found.get(account, ()), name)
    return found

"""A backtest as plain text."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from risk.backtest import findings
from risk.backtest.outcome import Outcome
from risk.backtest.suggest import Suggestion
from risk.backtest.tally import Totals
from risk.backtest.text_attackers import attackers, suggestion
from risk.backtest.text_tables import asked, table

WORDS = {
    "all": "all",
    "settled": "people with 12 sign-ins or more",
    "known": "known browsers",
    "unknown": "other browsers",
    "staff": "staff",
    "score": "the score",
    "changed": "a known browser that says it is another one",
    "first": "the first sign-in",
    "held": "a source that somebody called false",
    "refused": "a source that is refused",
}
WHY = WORDS | {"unknown": "a browser that the account does not know", "staff": "staff: always"}
BROKEN = 10
Names = Callable[[int], str]


def report(outcome: Outcome, suggestions: list[Suggestion], names: Names) -> Iterator[str]:
    """Lines. `names` tells people by their numbers."""
    tally = outcome.tally
    yield from _head(outcome)
    if tally.rows:
        yield from _again(outcome)
    if not tally.reproduced:
        yield ""
        yield (
            "There is no verdict that could be made again, so nothing can be said about the draft."
        )
        return
    yield from _good(tally)
    yield from _affected(tally, names)
    yield from _called_false(tally, names)
    yield from attackers(outcome)
    yield from _suggested(suggestions)
    yield from (
        "",
        (
            "This tells of the past of this site. Attackers are simulated; see docs/backtest.md for"
            " what that is worth."
        ),
    )


def _head(outcome: Outcome) -> Iterator[str]:
    draft, tally = outcome.asked.draft, outcome.tally
    whom = f"for {', '.join(draft.groups)}" if draft.groups else "for everybody"
    weights = f", weights {outcome.new_version} of {draft.weights}" if draft.weights else ""
    yield (
        f"Draft {draft.name} {whom}: asks from {draft.challenge}, for a strong factor from"
        f" {draft.strict}{weights}."
    )
    if outcome.now:
        yield (
            f"The newest verdict was by {outcome.now.name} {outcome.now.version}:"
            f" {outcome.now.challenge} / {outcome.now.strict}."
        )
    if not tally.rows:
        yield "The ledger has no row to look at."
        return
    speed = f", {outcome.read / outcome.seconds:,.0f} rows a second" if outcome.seconds else ""
    yield (
        f"{tally.rows:,} rows from {_day(outcome.first_at)} to {_day(outcome.last_at)};"
        f" {outcome.read:,} read in {outcome.seconds:.1f} s{speed}."
    )
    if outcome.read < outcome.total:
        yield f"Stopped early: {outcome.total - outcome.read:,} newer rows were not read."


def _again(outcome: Outcome) -> Iterator[str]:
    tally = outcome.tally
    judged = tally.reproduced + tally.broken_total
    yield ""
    yield (
        f"Made again under their own policies: {tally.reproduced:,} of {judged:,} verdicts;"
        f" {tally.weighed:,} of them from the noted inputs, too."
    )
    for broken in tally.broken[:BROKEN]:
        yield f"    NOT the same: sign-in {broken.pk} ({', '.join(broken.what)})"
    if tally.broken_total > BROKEN:
        yield f"    and {tally.broken_total - BROKEN:,} more"
    if tally.unnoted:
        yield (
            f"{tally.unnoted:,} verdicts cannot be made again: their rows noted no evidence (or one"
            " that nobody can read). They are left out below."
        )
    if tally.unjudged:
        yield f"{tally.unjudged:,} rows hold no verdict: wrong passwords and acts."
    if tally.unscored:
        yield (
            f"{tally.unscored:,} scores are not of these sheets and stay as they were, whatever the"
            " draft's weights are."
        )
    if outcome.unread_lessons:
        yield f"{outcome.unread_lessons:,} lessons cannot be read."


def _good(tally: Totals) -> Iterator[str]:
    yield from ("", "Good sign-ins: those that ended in the account and that nobody called false.")
    rows = [(WORDS[name], share) for name, share in findings.shares(tally).items()]
    rows += [(f"group {name}", share) for name, share in findings.groups(tally).items()]
    yield from asked("", rows)
    why = findings.reasons(tally)
    if why:
        yield from (
            "",
            *table(
                ("asked because of", "now", "draft"),
                [(WHY[name], f"{now:,}", f"{draft:,}") for name, now, draft in why],
            ),
        )
        yield (
            "Only the first of these depends on the threshold."
            if why[0][0] == "score"
            else "None of these depends on the threshold."
        )


def _affected(tally: Totals, names: Names) -> Iterator[str]:
    number, people = findings.affected(tally)
    yield ""
    if not number:
        yield "Nobody's good sign-ins would have gone otherwise."
        return
    yield f"{number:,} of {len(tally.people):,} people would have noticed" + (
        f"; the {len(people)} who would most:" if number > len(people) else ":"
    )
    head = ("", "sign-ins", "asked more", "asked less", "strong more")
    numbers = [
        (each.sign_ins, each.newly_asked, each.no_longer_asked, each.newly_strong)
        for each in people
    ]
    yield from table(
        head,
        [
            (names(each.user_id), *(f"{n:,}" for n in row))
            for each, row in zip(people, numbers, strict=True)
        ],
    )


def _called_false(tally: Totals, names: Names) -> Iterator[str]:
    total = tally.false_total
    yield ""
    if not total.total:
        yield "Nobody called a sign-in false in this time."
        return
    yield (
        f"Sign-ins that their owners called false: {total.total:,}. Asked for more:"
        f" {total.asked_now:,} then, {total.asked_draft:,} by the draft."
    )
    rows = [
        each
        for each in reversed(tally.false)
        if (each.now.decision, each.now.required) != (each.draft.decision, each.draft.required)
    ]
    if rows:
        head = ("different under the draft", "who", "how it ended", "score", "then", "draft")
        yield from table(
            head,
            [
                (
                    f"{each.pk}, {_day(each.at)}",
                    names(each.user_id),
                    each.outcome,
                    f"{each.draft.score}",
                    decided(each.now.decision, each.now.required),
                    decided(each.draft.decision, each.draft.required),
                )
                for each in rows[: findings.NAMED]
            ],
            words=3,
        )


def decided(decision: str, required: str) -> str:
    return {"allow": "let in", "block": "refused"}.get(decision, f"asked ({required})")


def _suggested(suggestions: list[Suggestion]) -> Iterator[str]:
    if suggestions:
        yield ""
        yield from (suggestion(each) for each in suggestions)


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"

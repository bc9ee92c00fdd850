"""A backtest as plain text."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from risk.backtest import findings
from risk.backtest.attackers import FEWEST as ACCOUNTS
from risk.backtest.attackers import KINDS
from risk.backtest.outcome import Outcome
from risk.backtest.suggest import FEWEST, Suggestion, between, curves
from risk.backtest.tally import Share, Totals

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
    "naive": "naive",
    "vpn": "same country",
    "targeted": "targeted",
    "thief": "cookie thief",
}
WHY = WORDS | {"unknown": "a browser that the account does not know", "staff": "staff: always"}
BROKEN = 10
Line = Sequence[str]
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
    yield from _attackers(outcome)
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
    yield from _asked("", rows)
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


def _asked(title: str, rows: list[tuple[str, Share]]) -> list[str]:
    """The table that good sign-ins and attackers share."""
    head = (title, "sign-ins", "asked now", "draft", "strong now", "draft")
    return table(
        head,
        [
            (
                name,
                f"{share.total:,}",
                percent(share.asked_now, share.total),
                percent(share.asked_draft, share.total),
                percent(share.strong_now, share.total),
                percent(share.strong_draft, share.total),
            )
            for name, share in rows
        ],
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


def _attackers(outcome: Outcome) -> Iterator[str]:
    tally = outcome.tally
    yield ""
    drawn = findings.attackers(tally)
    if not tally.is_true:
        yield (
            "No attackers: what was known then agrees with the site's own notes in"
            f" {percent(tally.agreed, tally.compared)} only."
        )
        return
    if not drawn:
        yield (
            f"No attackers were drawn: that needs {ACCOUNTS} accounts that have signed in before,"
            " and a verdict on the one that is attacked."
        )
        return
    yield (
        "Simulated attackers with the right password, against the site's own accounts, at"
        f" {tally.moments:,} moments:"
    )
    yield from _asked("", [(WORDS[kind], share) for kind, share in drawn.items()])
    thief = tally.drawn["thief"].share
    if thief.total:
        low, high = between(thief.asked_draft, thief.total)
        yield (
            f"Of the thieves the draft would ask {100 * low:.0f} to {100 * high:.0f} %, as far as"
            f" {thief.total:,} draws can tell (19 times of 20)."
        )
    yield from _limits(outcome)


def _limits(outcome: Outcome) -> Iterator[str]:
    """What keeps these numbers from being better than they are."""
    tally = outcome.tally
    if not tally.drawn["vpn"].share.total:
        yield "Countries are unknown here, so nobody was drawn from the same country."
    few = [WORDS[kind] for kind in KINDS if 0 < tally.drawn[kind].share.total < FEWEST]
    if few:
        yield f"Fewer than {FEWEST} of these, too few for a curve or a threshold: {', '.join(few)}."
    if not curves(tally, "challenge", outcome.draft):
        yield (
            f"There is no curve: it takes {FEWEST} good sign-ins on known browsers and {FEWEST}"
            " cookie thieves."
        )
    if tally.compared:
        agree = percent(tally.agreed, tally.compared)
        yield (
            f"What was known then could be compared with the site's own notes {tally.compared:,}"
            f" times: {agree} agree."
        )
    if outcome.is_sampled:
        yield (
            "There are more accounts than fit: attackers were drawn against some of them, chosen by"
            " chance."
        )


def _suggested(suggestions: list[Suggestion]) -> Iterator[str]:
    if suggestions:
        yield ""
        yield from (suggestion(each) for each in suggestions)


def suggestion(told: Suggestion) -> str:
    """One sentence."""
    mark = {"challenge": "asks from", "strict": "asks for a strong factor from"}[told.mark]
    what = {"challenge": "asked", "strict": "asked for a strong factor"}[told.mark]
    good, wanted = f"{100 * told.good:.2f} %", f"{100 * told.wanted:g} %"
    whom = {"all": "good sign-ins", "known": "good sign-ins on known browsers"}.get(told.of, "")
    if whom:
        if told.threshold is None:
            return (
                f"No threshold keeps to {wanted} of the {whom} {what}: the rules alone make it"
                f" {good}."
            )
        kind = {"challenge": "cookie thieves", "strict": "targeted attackers"}[told.mark]
        stops = "" if told.stopped is None else f", {100 * told.stopped:.0f} % of the {kind}"
        return (
            f"At most {wanted} of the {whom} {what}: a policy that {mark} {told.threshold}"
            f" ({good}{stops})."
        )
    attackers = f"{WORDS[told.of]} attackers" if told.of != "thief" else "cookie thieves"
    if told.threshold is None:
        return (
            f"No threshold gets {wanted} of the {attackers} {what}: {100 * (told.stopped or 0):.0f}"
            " % is the most."
        )
    return (
        f"At least {wanted} of the {attackers} {what}: a policy that {mark} {told.threshold}"
        f" ({good} of all good sign-ins)."
    )


def table(head: Line, rows: Sequence[Line], *, words: int = 1) -> list[str]:
    """Columns as wide as they must be; the first `words` are words, the others numbers."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return ["  " + _line(row, widths, words).rstrip() for row in (head, *rows)]


def _line(row: Line, widths: list[int], words: int) -> str:
    return "  ".join(
        cell.ljust(width) if column < words else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )


def percent(part: int, whole: int) -> str:
    """ "2.41 %"; a dash where there is nothing."""
    return f"{100 * part / whole:.2f} %" if whole else "–"


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"

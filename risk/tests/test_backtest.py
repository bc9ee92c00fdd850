"""The past of a site, told again under its own policies and under drafts."""

from dataclasses import asdict
from datetime import timedelta
from random import Random  # noqa: TID251 - an order that can be had again
from typing import Any

import pytest
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock
from risk.backtest import findings, targets
from risk.backtest.outcome import Asked
from risk.backtest.replay import Walk
from risk.history import digests
from risk.login import outcomes
from risk.models import LoginLog
from risk.policy.drafts import PolicyDraft
from risk.policy.rules import Policy
from risk.services import backtesting, ledger_rows
from risk.tests.backtesting import Site, decides, judged, later, numbers, replay
from risk.tests.helpers import FAR, HOME, fail, sign_in

# the command's own tests run on PostgreSQL too
pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize("seed", range(5))
def test_every_verdict_of_a_random_past_comes_out_again(
    seed: int, clock: FrozenClock, settings: Settings
) -> None:
    site = Site(seed, clock)
    settings.RISK_NEVER_LOCK_OUT = [site.people[1].username]
    settings.RISK_POLICY = {
        "version": 1 + seed,
        "challenge": 10 + 10 * seed,
        "strict": 95 - 10 * seed,
    }
    site.live(60)
    for _ in range(25):
        fail(None, FAR, "unknown_user", name=f"n{_}")
    decides("default", 30, 60)
    site.live(50)
    decides("strict-office", 12, 40, "office")
    site.live(50)
    tally = replay().tally
    assert tally.broken == []
    assert tally.unnoted == 0
    assert tally.reproduced == tally.weighed == len(judged()) > 80


def test_what_is_known_of_the_past_is_what_the_site_knew(site: Site) -> None:
    tally = replay(draws=10**6).tally
    assert tally.compared > 100
    assert tally.agreed == tally.compared


def test_so_it_is_when_the_site_was_rebuilt_by_others_keys(site: Site, settings: Settings) -> None:
    """Lessons under an older key and under the newest one are of the same places."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, made later than the first one was"
    site.cookies.clear()
    site.live(60)
    tally = replay(draws=10**6).tally
    assert tally.broken == []
    assert tally.agreed > 0.9 * tally.compared


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("score", 77, "score"),
        ("level", "high", "level"),
        ("decision", "block", "decision"),
        ("required", "none", "required"),
        ("challenge", 1, "score"),
        ("findings", [], "findings"),
    ],
)
def test_a_row_that_somebody_changed_is_named(
    site: Site, field: str, value: Any, what: str
) -> None:
    row = next(
        row
        for row in judged()
        if row.decision == "step_up" and row.level == "medium" and row.required == "weak"
    )
    LoginLog.objects.filter(pk=row.pk).update(**{field: value})
    tally = replay().tally
    assert [broken.pk for broken in tally.broken] == [row.pk]
    assert what in tally.broken[0].what
    assert tally.broken_total == 1


def test_so_is_one_whose_evidence_was_changed(site: Site) -> None:
    asked = next(row for row in judged() if row.decision == "allow")
    evidence = asked.evidence or {}
    LoginLog.objects.filter(pk=asked.pk).update(
        evidence=evidence | {"facts": evidence["facts"] | {"knows": False}}
    )
    weighed = next(
        row
        for row in judged()
        if row.pk != asked.pk and row.evidence["inputs"].get("history")  # type: ignore[index]
    )
    evidence = weighed.evidence or {}
    LoginLog.objects.filter(pk=weighed.pk).update(
        evidence=evidence | {"inputs": evidence["inputs"] | {"history": 6.0, "novelty": 5.0}}
    )
    broken = {each.pk: each.what for each in replay().tally.broken}
    assert set(broken) == {asked.pk, weighed.pk}
    assert "decision" in broken[asked.pk]
    assert broken[weighed.pk] == ("points",)


@pytest.mark.parametrize(
    "evidence",
    [
        None,
        {},
        {"inputs": {}},
        {"facts": {"knows": True}, "inputs": {}},
        {"facts": 3, "inputs": {}},
        [],
        "x",
    ],
)
def test_a_row_without_evidence_is_counted_and_not_judged(site: Site, evidence: Any) -> None:
    row = judged()[3]
    before = replay().tally
    LoginLog.objects.filter(pk=row.pk).update(evidence=evidence)
    tally = replay().tally
    assert (tally.unnoted, tally.broken_total) == (1, 0)
    assert tally.reproduced == before.reproduced - 1


def test_a_lesson_that_cannot_be_read_is_counted(site: Site) -> None:
    row = LoginLog.objects.filter(learned__isnull=False).latest("pk")
    LoginLog.objects.filter(pk=row.pk).update(learned={"chains": [["address", 3]]})
    assert replay().unread_lessons == 1


def split(earlier: int, **asked: Any) -> dict[str, Any]:
    """What the first so many rows gave, in a replay of all."""
    question = backtesting._question(Asked(PolicyDraft("default", 30, 80), **asked))
    ids = ledger_rows.ids()
    walk = Walk(question, len(ids))
    seen = []

    def watched() -> Any:
        for number, row in enumerate(ledger_rows.read(ids)):
            if number == earlier:
                seen.append(findings.as_json(walk.tally, question.trial.policy, []))
            yield row

    walk.run(watched(), digests.of_node)
    return dict(seen[0])


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_later_changes_nothing_of_what_was_before(seed: int, clock: FrozenClock) -> None:
    Site(seed, clock).live(160)
    dice, whole = Random(seed), list(LoginLog.objects.order_by("at", "pk"))
    cut = dice.randrange(60, 120)
    before = split(cut, draws=10**6)
    later_rows = whole[cut:]
    moments = [row.at for row in later_rows]
    dice.shuffle(later_rows)
    for row, at in zip(later_rows, moments, strict=True):
        changed = {
            "score": dice.randrange(100),
            "user": dice.choice(whole).user,
            "outcome": dice.choice(("admitted", "not_me", "expired")),
        }
        LoginLog.objects.filter(pk=row.pk).update(
            at=at, ended_at=at + timedelta(seconds=dice.random() * 10**6), **changed
        )
    assert split(cut, draws=10**6) == before
    assert before["attackers"]["naive"]["total"] > 20


def test_a_lesson_counts_from_its_end_and_not_from_its_beginning(site: Site) -> None:
    """A sign-in that is waiting teaches nothing yet."""
    row = LoginLog.objects.filter(learned__isnull=False).order_by("at", "pk")[10]
    before = replay(draws=10**6).tally
    LoginLog.objects.filter(pk=row.pk).update(ended_at=row.at + timedelta(days=900))
    after = replay(draws=10**6).tally
    assert after.agreed < before.agreed


def test_so_does_what_a_failed_second_factor_names(site: Site) -> None:
    rows = LoginLog.objects.filter(outcome__in=outcomes.NAMING)
    before = replay(draws=10**6).tally
    for row in rows:
        LoginLog.objects.filter(pk=row.pk).update(ended_at=row.at + timedelta(days=900))
    after = replay(draws=10**6).tally
    assert after.agreed < before.agreed
    assert after.broken == []


def test_the_same_seed_draws_the_same_and_another_one_others(site: Site) -> None:
    assert numbers(seed="7") == numbers(seed="7")
    assert numbers(seed="7")["attackers"] != numbers(seed="8")["attackers"]


def test_earlier_rows_teach_and_are_not_counted(site: Site) -> None:
    start = judged()[len(judged()) // 2].at
    whole, half = replay(draws=10**6).tally, replay(since=start, draws=10**6).tally
    assert half.rows == LoginLog.objects.filter(at__gte=start).count() < whole.rows
    assert half.agreed == half.compared > 0


def test_with_a_limit_only_the_newest_count_and_the_others_teach(site: Site) -> None:
    outcome = replay(newest=50, draws=10**6)
    assert (outcome.read, outcome.tally.rows) == (outcome.total, 50)
    assert outcome.first_at == list(LoginLog.objects.order_by("-pk"))[49].at.timestamp()
    assert outcome.tally.agreed == outcome.tally.compared > 0


def test_where_older_rows_are_not_read_nobody_is_attacked(site: Site) -> None:
    outcome = replay(newest=50, most=60, draws=10**6)
    assert outcome.is_cut
    assert (outcome.read, outcome.tally.rows, outcome.tally.moments) == (50, 50, 0)


def test_attackers_against_a_past_that_is_not_the_sites_are_not_told(site: Site) -> None:
    """Whoever edits lessons, or restores half a ledger, gets no curve."""
    LoginLog.objects.filter(pk__in=[row.pk for row in judged()[:60]]).update(learned=None)
    told = numbers(draws=10**6)
    assert told["history_agreed"] < 0.8 * told["history_compared"]
    assert told["attackers"] == {}
    assert told["curves"] == {"challenge": [], "strict": []}


def test_rows_are_read_in_the_order_of_time_whatever_their_numbers(site: Site) -> None:
    row = LoginLog.objects.earliest("pk")
    later(row, days=500)
    assert ledger_rows.ids()[-1] == row.pk


def test_it_can_be_ended_early(site: Site) -> None:
    outcome = backtesting.run(
        Asked(PolicyDraft("default", 50, 90)), lambda _done, _total: None, lambda: True
    )
    assert (outcome.read, outcome.tally.rows) == (100, 100)
    assert outcome.total > 150


def test_it_says_how_far_it_is(site: Site) -> None:
    steps: list[tuple[int, int]] = []
    outcome = backtesting.run(
        Asked(PolicyDraft("default", 50, 90)), lambda done, total: steps.append((done, total))
    )
    assert steps[0] == (100, outcome.total)


def test_the_newest_policy_is_told(clock: FrozenClock, alice: Any) -> None:
    sign_in(alice)
    decides("default", 33, 66)
    sign_in(alice, HOME)
    assert replay().now == Policy("default", 1, 33, 66)


def test_nothing_is_written(site: Site, django_assert_max_num_queries: Any) -> None:
    before = [asdict_of(row) for row in judged()]
    with django_assert_max_num_queries(12) as queries:
        replay()
    assert all(
        each["sql"].startswith(("SELECT", "DECLARE", "FETCH", "CLOSE"))
        for each in queries.captured_queries
    )
    assert [asdict_of(row) for row in judged()] == before


def asdict_of(row: LoginLog) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_program_gets_everything(site: Site) -> None:
    outcome = replay(30, 80)
    told = findings.as_json(
        outcome.tally, outcome.draft, targets.suggested(outcome.tally, outcome.draft, 0.5, 0.5)
    )
    assert told["reproduced"] == outcome.tally.reproduced
    assert told["good"]["all"] == asdict(outcome.tally.shares["all"])
    assert {each["mark"] for each in told["suggestions"]} == {"challenge", "strict"}

"""The past of a site, told again under its own policies and under drafts."""

from dataclasses import asdict
from datetime import timedelta
from random import Random  # noqa: TID251 - an order that can be had again
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock, person
from risk.backtest import findings, known, rows, running, wishes
from risk.backtest.running import Asked
from risk.backtest.walk import SETTLED, Walk
from risk.context import LoginContext
from risk.drafts import Draft, DraftError
from risk.models import LoginLog, RiskPolicy
from risk.policy import Policy
from risk.services import policies
from risk.services.known_browsers import ABSENT
from risk.services.policies import Actor
from risk.tests.backtesting import Site, judged, later, lived, replay
from risk.tests.helpers import FAR, HOME, fail, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]  # the command's own tests run on PostgreSQL too


@pytest.fixture
def site(clock: FrozenClock) -> Site:
    """A few weeks of fourteen people."""
    return lived(clock, 220, seed=1)


def decides(name: str, challenge: int, strict: int, *groups: str) -> None:
    """A policy of the database begins to decide."""
    row = policies.bring(Draft(name, challenge, strict, groups), by="root")
    context = LoginContext(None, "", ABSENT, row.created_at, "r" * 22, "form")
    assert policies.move(row, RiskPolicy.State.ACTIVE, Actor("root", None, context))


def numbers(**asked: Any) -> dict[str, Any]:
    """All that is found, as a program reads it."""
    outcome = replay(**asked)
    return findings.as_json(outcome.tally, outcome.draft, [])


@pytest.mark.parametrize("seed", range(5))
def test_every_verdict_of_a_random_past_comes_out_again(seed: int, clock: FrozenClock, settings: Settings) -> None:
    site = Site(seed, clock)
    settings.RISK_NEVER_LOCK_OUT = [site.people[1].username]
    settings.RISK_POLICY = {"version": 1 + seed, "challenge": 10 + 10 * seed, "strict": 95 - 10 * seed}
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
def test_a_row_that_somebody_changed_is_named(site: Site, field: str, value: Any, what: str) -> None:
    row = next(row for row in judged() if row.decision == "step_up" and row.level == "medium" and row.required == "weak")
    LoginLog.objects.filter(pk=row.pk).update(**{field: value})
    tally = replay().tally
    assert [broken.pk for broken in tally.broken] == [row.pk]
    assert what in tally.broken[0].what
    assert tally.broken_total == 1


def test_so_is_one_whose_evidence_was_changed(site: Site) -> None:
    asked = next(row for row in judged() if row.decision == "allow")
    evidence = asked.evidence or {}
    LoginLog.objects.filter(pk=asked.pk).update(evidence=evidence | {"facts": evidence["facts"] | {"knows": False}})
    weighed = next(row for row in judged() if row.pk != asked.pk and row.evidence["inputs"].get("history"))  # type: ignore[index]
    evidence = weighed.evidence or {}
    LoginLog.objects.filter(pk=weighed.pk).update(evidence=evidence | {"inputs": evidence["inputs"] | {"history": 6.0, "novelty": 5.0}})
    broken = {each.pk: each.what for each in replay().tally.broken}
    assert set(broken) == {asked.pk, weighed.pk}
    assert "decision" in broken[asked.pk]
    assert broken[weighed.pk] == ("points",)


@pytest.mark.parametrize("evidence", [None, {}, {"inputs": {}}, {"facts": {"knows": True}, "inputs": {}}, {"facts": 3, "inputs": {}}, [], "x"])
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


def test_a_draft_like_the_recorded_policy_changes_nothing(site: Site) -> None:
    tally = replay(50, 90).tally
    assert tally.why_now == tally.why_draft
    assert findings.affected(tally) == (0, [])
    assert all((share.asked_now, share.strong_now) == (share.asked_draft, share.strong_draft) for share in tally.shares.values())
    assert all((each.share.asked_now, each.share.strong_now) == (each.share.asked_draft, each.share.strong_draft) for each in tally.drawn.values())


def test_a_stricter_draft_asks_no_less_and_a_looser_one_no_more(site: Site) -> None:
    asked = [replay(challenge, 99).tally.shares["all"].asked_draft for challenge in (1, 10, 30, 50, 80, 98)]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] > asked[-1]


def split(earlier: int, **asked: Any) -> dict[str, Any]:
    """What the first so many rows gave, in a replay of all."""
    question = running._question(Asked(Draft("default", 30, 80), **asked))
    ids = rows.ids()
    walk = Walk(question, len(ids))
    seen = []

    def watched() -> Any:
        for number, row in enumerate(rows.read(ids)):
            if number == earlier:
                seen.append(findings.as_json(walk.tally, question.trial.policy, []))
            yield row

    walk.run(watched(), lambda node: (f"{node}",))
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
        changed = {"score": dice.randrange(100), "user": dice.choice(whole).user, "outcome": dice.choice(("admitted", "not_me", "expired"))}
        LoginLog.objects.filter(pk=row.pk).update(at=at, ended_at=at + timedelta(seconds=dice.random() * 10**6), **changed)
    assert split(cut, draws=10**6) == before
    assert before["attackers"]["naive"]["total"] > 20


def test_a_lesson_counts_from_its_end_and_not_from_its_beginning(site: Site) -> None:
    """A sign-in that is waiting teaches nothing yet."""
    row = LoginLog.objects.filter(learned__isnull=False).order_by("at", "pk")[10]
    before = replay(draws=10**6).tally
    LoginLog.objects.filter(pk=row.pk).update(ended_at=row.at + timedelta(days=900))
    after = replay(draws=10**6).tally
    assert after.agreed < before.agreed


def test_the_same_seed_draws_the_same_and_another_one_others(site: Site) -> None:
    assert numbers(seed="7") == numbers(seed="7")
    assert numbers(seed="7")["attackers"] != numbers(seed="8")["attackers"]


@pytest.mark.parametrize(("wanted", "strict"), [(0.4, 60), (0.7, 90)])
def test_a_suggested_threshold_keeps_its_promise_and_the_next_one_would_not(site: Site, wanted: float, strict: int) -> None:
    outcome = replay(20, strict)
    told = {(each.mark, each.of): each for each in wishes.suggested(outcome.tally, outcome.draft, wanted, wanted)}
    assert {("challenge", "all"), ("challenge", "known"), ("challenge", "thief"), ("strict", "naive")} <= set(told)
    for (mark, of), each in told.items():
        if each.threshold is None:
            continue
        promised = _measured(mark, of, each.threshold, 20, strict)
        assert promised <= wanted if of in ("all", "known") else promised >= wanted
        worse = each.threshold + (-1 if of in ("all", "known") else 1)
        if (mark == "challenge" and 1 <= worse < strict) or (mark == "strict" and 20 < worse <= 100):
            missed = _measured(mark, of, worse, 20, strict)
            assert missed > wanted if of in ("all", "known") else missed < wanted


def _measured(mark: str, of: str, threshold: int, challenge: int, strict: int) -> float:
    """What a backtest with that threshold says."""
    tally = replay(**({"challenge": challenge, "strict": strict} | {mark: threshold})).tally
    share = tally.shares[of] if of in ("all", "known") else tally.drawn[of].share  # type: ignore[index]
    return (share.asked_draft if mark == "challenge" else share.strong_draft) / share.total


def test_what_cannot_be_promised_is_not_suggested(site: Site) -> None:
    outcome = replay()
    told = wishes.suggested(outcome.tally, outcome.draft, 0.0, 1.0)
    alone = next(each for each in told if (each.mark, each.of) == ("challenge", "all"))
    assert alone.threshold is None
    assert alone.good > 0.1


def test_few_accounts_are_never_attacked_and_give_no_curve(clock: FrozenClock) -> None:
    Site(3, clock, people=9).live(150)
    tally = replay(draws=10**6).tally
    assert tally.reproduced > 80
    assert not any(each.share.total for each in tally.drawn.values())
    assert numbers(draws=10**6)["curves"] == {"challenge": [], "strict": []}


def test_of_more_accounts_than_fit_chance_keeps_some_and_every_sign_in_counts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = replay().tally
    monkeypatch.setattr(known, "MOST", 8)
    outcome = replay()
    assert outcome.is_sampled
    assert outcome.tally.shares == whole.shares
    assert outcome.tally.compared < whole.compared


def test_few_draws_give_no_curve_either(site: Site) -> None:
    found = numbers(draws=30)
    assert 0 < found["attackers"]["thief"]["total"] < 50
    assert found["curves"] == {"challenge": [], "strict": []}


def test_nothing_is_known_of_an_empty_ledger(db: None) -> None:
    outcome = replay()
    assert (outcome.total, outcome.tally.rows, outcome.first_at) == (0, 0, 0.0)
    assert wishes.suggested(outcome.tally, outcome.draft, 0.1, 0.5) == []


def test_people_are_settled_after_twelve_sign_ins(clock: FrozenClock, alice: Any) -> None:
    cookie = None
    for _ in range(SETTLED + 3):
        clock.forward(hours=9)
        _, cookie = sign_in(alice, cookie=cookie)
    shares = replay().tally.shares
    assert (shares["all"].total, shares["settled"].total) == (SETTLED + 3, 3)


def test_each_group_has_a_line_and_whoever_is_in_two_is_in_both(clock: FrozenClock, alice: Any, bob: Any) -> None:
    for name, people in (("office", [alice, bob]), ("finance", [bob])):
        Group.objects.create(name=name).user_set.set(people)
    for who in (alice, bob, person("mallory")):
        sign_in(who)
    assert {name: share.total for name, share in replay().tally.groups.items()} == {"office": 2, "finance": 1}


def test_a_draft_for_a_group_changes_nothing_for_others(site: Site) -> None:
    members = {one.pk for one in site.people[:5]}
    tally = replay(draft=Draft("strict-office", 2, 20, ("office",)), draws=10**6).tally
    changed, people = findings.affected(tally)
    assert 0 < changed == len(people)
    assert {each.user_id for each in people} <= members
    assert tally.good_asked.total == tally.groups["office"].total < tally.shares["all"].total


def test_beside_a_stricter_policy_the_draft_does_not_decide(clock: FrozenClock) -> None:
    site = Site(5, clock)
    decides("default", 5, 30)
    site.live(120)
    tally = replay(draft=Draft("strict-office", 60, 95, ("office",))).tally
    assert findings.affected(tally)[0] == 0
    tally = replay(60, 95).tally
    assert findings.affected(tally)[0] > 0


@pytest.mark.parametrize("draft", [Draft("default", 50, 90, ("office",)), Draft("team", 50, 90), Draft("team", 50, 90, ("nobody",))])
def test_groups_that_do_not_fit_are_refused_by_name(site: Site, draft: Draft) -> None:
    with pytest.raises(DraftError, match=r"^groups: "):
        replay(draft=draft)


def test_sign_ins_that_were_called_false_are_told_before_and_after(clock: FrozenClock, site: Site) -> None:
    false = LoginLog.objects.filter(outcome__in=("disavowed", "not_me"))
    tally = replay(1, 99).tally
    assert tally.false_total.total == len(tally.false) == false.count() > 3
    assert tally.false_total.asked_draft >= tally.false_total.asked_now
    let_in = [each for each in tally.false if each.now.decision == "allow"]
    assert {each.outcome for each in let_in} == {"disavowed"}


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
    assert rows.ids()[-1] == row.pk


def test_it_can_be_ended_early(site: Site) -> None:
    outcome = running.run(Asked(Draft("default", 50, 90)), lambda _done, _total: None, lambda: True)
    assert (outcome.read, outcome.tally.rows) == (100, 100)
    assert outcome.total > 150


def test_it_says_how_far_it_is(site: Site) -> None:
    steps: list[tuple[int, int]] = []
    outcome = running.run(Asked(Draft("default", 50, 90)), lambda done, total: steps.append((done, total)))
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
    assert all(each["sql"].startswith(("SELECT", "DECLARE", "FETCH", "CLOSE")) for each in queries.captured_queries)
    assert [asdict_of(row) for row in judged()] == before


def asdict_of(row: LoginLog) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_program_gets_everything(site: Site) -> None:
    outcome = replay(30, 80)
    told = findings.as_json(outcome.tally, outcome.draft, wishes.suggested(outcome.tally, outcome.draft, 0.5, 0.5))
    assert told["reproduced"] == outcome.tally.reproduced
    assert told["good"]["all"] == asdict(outcome.tally.shares["all"])
    assert {each["mark"] for each in told["suggestions"]} == {"challenge", "strict"}

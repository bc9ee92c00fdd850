"""What a draft would change, and the thresholds that keep a promise."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from mfaproject.lib.testing import FrozenClock, person
from risk.backtest import findings, state, targets
from risk.backtest.replay import SETTLED
from risk.models import LoginLog
from risk.policy.drafts import DraftError, PolicyDraft
from risk.tests.backtesting import Site, decides, numbers, replay
from risk.tests.helpers import sign_in

# the command's own tests run on PostgreSQL too
pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize(("wanted", "strict"), [(0.4, 60), (0.7, 90)])
def test_a_suggested_threshold_keeps_its_promise_and_the_next_one_would_not(
    site: Site, wanted: float, strict: int
) -> None:
    outcome = replay(20, strict)
    told = {
        (each.mark, each.of): each
        for each in targets.suggested(outcome.tally, outcome.draft, wanted, wanted)
    }
    assert {
        ("challenge", "all"),
        ("challenge", "known"),
        ("challenge", "thief"),
        ("strict", "naive"),
    } <= set(told)
    for (mark, of), each in told.items():
        if each.threshold is None:
            continue
        promised = _measured(mark, of, each.threshold, 20, strict)
        assert promised <= wanted if of in ("all", "known") else promised >= wanted
        worse = each.threshold + (-1 if of in ("all", "known") else 1)
        if (mark == "challenge" and 1 <= worse < strict) or (
            mark == "strict" and 20 < worse <= 100
        ):
            missed = _measured(mark, of, worse, 20, strict)
            assert missed > wanted if of in ("all", "known") else missed < wanted


def _measured(mark: str, of: str, threshold: int, challenge: int, strict: int) -> float:
    """What a backtest with that threshold says."""
    tally = replay(**({"challenge": challenge, "strict": strict} | {mark: threshold})).tally
    share = tally.shares[of] if of in ("all", "known") else tally.drawn[of].share  # type: ignore[index]
    return (share.asked_draft if mark == "challenge" else share.strong_draft) / share.total


def test_what_cannot_be_promised_is_not_suggested(site: Site) -> None:
    outcome = replay()
    told = targets.suggested(outcome.tally, outcome.draft, 0.0, 1.0)
    alone = next(each for each in told if (each.mark, each.of) == ("challenge", "all"))
    assert alone.threshold is None
    assert alone.good > 0.1


def test_few_accounts_are_never_attacked_and_give_no_curve(clock: FrozenClock) -> None:
    Site(3, clock, people=9).live(150)
    tally = replay(draws=10**6).tally
    assert tally.reproduced > 80
    assert not any(each.share.total for each in tally.drawn.values())
    assert numbers(draws=10**6)["curves"] == {"challenge": [], "strict": []}


def test_of_more_accounts_than_fit_chance_keeps_some_and_every_sign_in_counts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = replay().tally
    monkeypatch.setattr(state, "MOST", 8)
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
    assert targets.suggested(outcome.tally, outcome.draft, 0.1, 0.5) == []


def test_people_are_settled_after_twelve_sign_ins(clock: FrozenClock, alice: Any) -> None:
    cookie = None
    for _ in range(SETTLED + 3):
        clock.forward(hours=9)
        _, cookie = sign_in(alice, cookie=cookie)
    shares = replay().tally.shares
    assert (shares["all"].total, shares["settled"].total) == (SETTLED + 3, 3)


def test_each_group_has_a_line_and_whoever_is_in_two_is_in_both(
    clock: FrozenClock, alice: Any, bob: Any
) -> None:
    for name, people in (("office", [alice, bob]), ("finance", [bob])):
        Group.objects.create(name=name).user_set.set(people)
    for who in (alice, bob, person("mallory")):
        sign_in(who)
    assert {name: share.total for name, share in replay().tally.groups.items()} == {
        "office": 2,
        "finance": 1,
    }


def test_a_draft_for_a_group_changes_nothing_for_others(site: Site) -> None:
    members = {one.pk for one in site.people[:5]}
    tally = replay(draft=PolicyDraft("strict-office", 2, 20, ("office",)), draws=10**6).tally
    changed, people = findings.affected(tally)
    assert 0 < changed == len(people)
    assert {each.user_id for each in people} <= members
    assert tally.good_asked.total == tally.groups["office"].total < tally.shares["all"].total


def test_beside_a_stricter_policy_the_draft_does_not_decide(clock: FrozenClock) -> None:
    site = Site(5, clock)
    decides("default", 5, 30)
    site.live(120)
    tally = replay(draft=PolicyDraft("strict-office", 60, 95, ("office",))).tally
    assert findings.affected(tally)[0] == 0
    tally = replay(60, 95).tally
    assert findings.affected(tally)[0] > 0


@pytest.mark.parametrize(
    "draft",
    [
        PolicyDraft("default", 50, 90, ("office",)),
        PolicyDraft("team", 50, 90),
        PolicyDraft("team", 50, 90, ("nobody",)),
    ],
)
def test_groups_that_do_not_fit_are_refused_by_name(site: Site, draft: PolicyDraft) -> None:
    with pytest.raises(DraftError, match=r"^groups: "):
        replay(draft=draft)


def test_sign_ins_that_were_called_false_are_told_before_and_after(
    clock: FrozenClock, site: Site
) -> None:
    false = LoginLog.objects.filter(outcome__in=("disavowed", "not_me"))
    tally = replay(1, 99).tally
    assert tally.false_total.total == len(tally.false) == false.count() > 3
    assert tally.false_total.asked_draft >= tally.false_total.asked_now
    let_in = [each for each in tally.false if each.now.decision == "allow"]
    assert {each.outcome for each in let_in} == {"disavowed"}


def test_a_draft_like_the_recorded_policy_changes_nothing(site: Site) -> None:
    tally = replay(50, 90).tally
    assert tally.why_now == tally.why_draft
    assert findings.affected(tally) == (0, [])
    assert all(
        (share.asked_now, share.strong_now) == (share.asked_draft, share.strong_draft)
        for share in tally.shares.values()
    )
    assert all(
        (each.share.asked_now, each.share.strong_now)
        == (each.share.asked_draft, each.share.strong_draft)
        for each in tally.drawn.values()
    )


def test_a_stricter_draft_asks_no_less_and_a_looser_one_no_more(site: Site) -> None:
    asked = [
        replay(challenge, 99).tally.shares["all"].asked_draft
        for challenge in (1, 10, 30, 50, 80, 98)
    ]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] > asked[-1]

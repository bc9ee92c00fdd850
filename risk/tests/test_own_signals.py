"""Signals that a site names in RISK_SIGNALS: they move the score and speak, or stop the start."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock
from risk.admin import words
from risk.checks import signals
from risk.login.context import Finding
from risk.login.history import Held, History
from risk.models import LoginLog
from risk.policy.rules import Circumstances, Policy, rule
from risk.scoring import registry, sheets
from risk.scoring.boost_model import BoostModel
from risk.scoring.chain_model import ChainModel
from risk.scoring.registry import BUILT_IN, SignalError
from risk.scoring.signals.base import Careful, Input, Remark
from risk.services import assess, recent_logins, why_careful
from risk.serving import champion
from risk.tests import program_signal
from risk.tests.backtesting import replay
from risk.tests.helpers import HOME, attempt, history, login, sign_in

OURS = "risk.tests.program_signal"
CURL = "curl/8.5.0"
MODELS = (ChainModel, BoostModel)
Names = Callable[..., str]


def fresh() -> None:
    """Models of this process that were made with other signals are forgotten."""
    champion.load.cache_clear()
    champion._reports.cache_clear()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    registry.name(())
    fresh()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Makes the example with other fields a module of a site, and names it."""

    def name(path: str = "site_signal", **fields: Any) -> str:
        module = ModuleType(path)
        module.SIGNAL = replace(program_signal.SIGNAL, **fields)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, path, module)
        registry._read.cache_clear()
        registry.name([path])
        fresh()
        return path

    return name


@pytest.fixture
def ours() -> None:
    registry.name([OURS])
    fresh()


@pytest.mark.parametrize("model", MODELS)
def test_it_moves_the_score_by_its_own_weight(model: Any, ours: None) -> None:
    """A file of weights that does not know the input takes the signal's."""
    judge = model().judge
    plain, program = judge(attempt(), history()), judge(attempt(user_agent=CURL), history())
    assert program.z - plain.z == pytest.approx(2.0)
    assert program.inputs["program"] == 1.0
    (part,) = [each for each in program.parts if each.remark.name == "program"]
    assert part.z == pytest.approx(2.0)


@pytest.mark.parametrize("model", MODELS)
def test_unnamed_it_says_nothing(model: Any) -> None:
    judged = model().judge(attempt(user_agent=CURL), history())
    assert "program" not in {each.remark.name for each in judged.parts} | judged.inputs.keys()


def test_a_file_that_knows_the_input_wins(ours: None, tmp_path: Any) -> None:
    path = tmp_path / "weights.json"
    path.write_text(
        sheets.NEWEST.read_text().replace('"by_hand": {', '"by_hand": {"program": 0.5,')
    )
    found = sheets.read(path)
    assert {each.weights["program"] for each in (found.bare.known, found.places.unknown)} == {0.5}
    assert sheets.read(sheets.NEWEST).bare.known.weights["program"] == 2.0


def test_nods_own_come_first_and_all_of_them(ours: None) -> None:
    found = registry.complete().signals
    assert found == (*BUILT_IN, program_signal.SIGNAL)
    registry.name([OURS, "risk.scoring.signals.travel", OURS])
    assert registry.complete().signals == found


def test_it_speaks_in_the_ledger_to_the_person_and_to_the_admin(alice: Any, ours: None) -> None:
    sign_in(alice)
    found = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=login(HOME, CURL))
    told = "New browser, and it is a program that works by itself."
    assert why_careful(found, "en") == told
    sign_in(alice, user_agent=CURL)
    row = LoginLog.objects.latest("pk")
    (finding,) = [each for each in row.findings if each["name"] == "program"]
    assert finding["sentence"] == "curl is a program and no browser."
    assert finding["evidence"] == {"program": "curl"}
    assert finding["points"] > 0
    assert row.evidence
    assert row.evidence["inputs"]["program"] == 1.0
    assert words.title("program") == "Program"
    assert recent_logins(alice.pk)[0].careful == told


def test_a_backtest_makes_its_verdicts_again_and_leaves_out_what_it_cannot(
    alice: Any, ours: None, clock: FrozenClock
) -> None:
    for _ in range(3):
        sign_in(alice, user_agent=CURL)
        clock.forward(days=1)
    told = replay().tally
    assert (told.reproduced, told.weighed, told.broken_total) == (3, 3, 0)
    registry.name(())
    fresh()
    told = replay().tally
    assert (told.reproduced, told.weighed, told.broken_total) == (3, 0, 0)


def test_another_weight_than_then_is_found_by_the_backtest(alice: Any, named: Names) -> None:
    named()
    sign_in(alice, user_agent=CURL)
    named("heavier", inputs={"program": Input("1: a program", by_hand=-4.0)})
    assert [each.what for each in replay().tally.broken] == [("points",)]


def fails(_attempt: Any, _history: History) -> Any:
    raise ZeroDivisionError


def speaks_for_others(_attempt: Any, _history: History) -> Any:
    return (Remark("burst_source", "Because."),)


def measures_for_others(_attempt: Any, _history: History) -> Any:
    yield "held", -6.0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"look": fails}, "ZeroDivisionError"),
        ({"measure": fails}, "ZeroDivisionError"),
        ({"look": speaks_for_others}, "ValueError"),
        ({"measure": measures_for_others}, "ValueError"),
    ],
)
@pytest.mark.parametrize("model", ["chain_model.ChainModel", "boost_model.BoostModel"])
def test_one_that_fails_is_a_fault_of_the_model(
    named: Names, settings: Settings, fields: dict[str, Any], error: str, model: str
) -> None:
    settings.RISK_MODEL = f"risk.scoring.{model}"
    named(**fields)
    scored = champion.score(attempt(), history())
    assert (scored.score, scored.findings[0].name) == (100, "model_failed")
    assert scored.findings[0].evidence == {"error": error}


def test_one_that_is_missing_is_a_fault_of_the_model_too(alice: Any) -> None:
    """Where the start was not stopped: nobody is let in without what the site wants to know."""
    registry.name(["nowhere.signal"])
    fresh()
    found = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=login())
    assert (found.decision, found.required) == ("step_up", "strong")
    assert found.findings[0].evidence == {"error": "SignalError"}
    with pytest.raises(SignalError, match=r"nowhere\.signal"):
        registry.complete()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "travel"}, "two claim the signal travel"),
        ({"inputs": {"travel": Input("x")}}, "two claim the input travel"),
        ({"inputs": {"knows": Input("x")}}, "two claim the input knows"),
        ({"findings": {"burst_source": "x"}, "careful": ()}, "two claim the finding burst_source"),
        ({"findings": {"floor_low": "x"}, "careful": ()}, "only rules say floor_low"),
        ({"findings": {"model_failed": "x"}, "careful": ()}, "only rules say model_failed"),
        ({"inputs": {"x": Input("x", by_hand=float("nan"))}}, "the weight of x is no number"),
        (
            {"careful": (Careful(1, "x", frozenset({"travel"})),)},
            "program is careful about findings that are not its own",
        ),
    ],
)
def test_one_that_takes_what_is_not_its_own_stops_the_start(
    named: Names, fields: dict[str, Any], problem: str
) -> None:
    path = named(**fields)
    (found,) = signals(None)
    assert (found.id, found.msg) == (
        "risk.E005",
        f"RISK_SIGNALS: {path} cannot be used: ValueError: {problem}",
    )
    assert registry.installed().signals == BUILT_IN


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nowhere.signal", "ModuleNotFoundError: No module named 'nowhere'"),
        ("risk.login.chains", "TypeError: the module has no SIGNAL that is a Signal"),
        ("", "ValueError: Empty module name"),
    ],
)
def test_a_path_that_leads_to_no_signal_stops_the_start(path: str, problem: str) -> None:
    registry.name([path])
    (found,) = signals(None)
    assert found.msg == f"RISK_SIGNALS: {path} cannot be used: {problem}"
    assert "add-a-signal.md" in str(found.hint)


@pytest.mark.parametrize(("of_strangers", "score"), [(True, 89), (False, 95)])
def test_the_policy_takes_back_what_strangers_can_bring_about(
    named: Names, of_strangers: bool, score: int
) -> None:
    named(of_strangers=of_strangers)
    found = (Finding("browser_known", 40, "Because."), Finding("program", 55, "Because."))
    known = Circumstances(knows=True, first=False, is_staff=False, has_strong=True)
    assert rule(found, Policy("default", 1, 50, 90), known).score == score


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({}, ["program", "source_held"]),
        ({"of_strangers": True}, ["source_held", "program"]),
        ({"told_last": True}, ["source_held", "program"]),
    ],
)
def test_its_place_among_the_findings(
    named: Names, fields: dict[str, Any], order: list[str]
) -> None:
    named(**fields)
    past = history(held=Held(by_this_person=True))
    found = [each.name for each in ChainModel().score(attempt(user_agent=CURL), past).findings]
    assert found[0] == "browser_new"
    assert [name for name in found if name in order] == order


@pytest.mark.parametrize(
    ("rank", "told"),
    [
        (25, "New browser, and it is a program that works by itself."),
        (200, "A browser you have not used before."),
    ],
)
def test_the_lowest_rank_is_told_to_the_person(
    alice: Any, named: Names, rank: int, told: str
) -> None:
    (careful,) = program_signal.SIGNAL.careful
    named(careful=(replace(careful, rank=rank),))
    sign_in(alice)
    found = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=login(HOME, CURL))
    assert why_careful(found, "en") == told


def test_a_look_that_yields_speaks_as_one_that_returns(ours: None, named: Names) -> None:
    """An iterator is read once: its weight must not get lost on the way."""
    told = ChainModel().score(attempt(user_agent=CURL), history())
    named(look=lambda *seen: iter(program_signal.look(*seen)))
    assert ChainModel().score(attempt(user_agent=CURL), history()) == told
    assert "program" in [finding.name for finding in told.findings]


def test_an_input_that_nobody_speaks_of_counts_nothing(named: Names) -> None:
    """What cannot be shown does not decide."""
    named(look=lambda _attempt, _history: ())
    judge = ChainModel().judge
    assert judge(attempt(user_agent=CURL), history()).z == judge(attempt(), history()).z


def test_nods_own_take_nothing_from_each_other() -> None:
    registry.check(BUILT_IN)

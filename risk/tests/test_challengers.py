"""Models in shadow: they may hang, raise or lie, and change nothing but what the ledger notes of
them.
"""

import logging
import os
import threading
from typing import Any
from unittest import mock

import pytest
from prometheus_client import REGISTRY

from mfaproject.lib.testing import FrozenClock
from risk.serving import challenger, challengers
from risk.serving.challenger import Challenger
from risk.tests import rivals
from risk.tests.helpers import attempt, history
from risk.tests.rivals import path, until

BOOST = "risk.scoring.boost_model.BoostModel"
BUDGET = challengers.BUDGET

# no connection to either database is theirs
pytestmark = [pytest.mark.both, pytest.mark.usefixtures("fresh_challengers")]


def ask(settings: Any, *models: type | str) -> list[Any]:
    settings.RISK_CHALLENGERS = [
        model if isinstance(model, str) else path(model) for model in models
    ]
    return list(challengers.opinions(attempt(), history()))


def threads(model: type) -> int:
    return sum(thread.name == f"challenger {path(model)}" for thread in threading.enumerate())


def count(what: str, model: type) -> float:
    labels = {"role": "challenger", "model": path(model), "what": what}
    return REGISTRY.get_sample_value("nod_risk_model_faults_total", labels) or 0.0


def test_without_any_nothing_is_asked_and_no_thread_started(settings: Any) -> None:
    assert ask(settings) == []
    assert challengers._known == {}


def test_each_gives_an_opinion_in_order(settings: Any) -> None:
    first, second = ask(settings, rivals.Model, BOOST)
    assert first | {"ms": 0} == {
        "kind": "model",
        "name": "rival",
        "version": "3",
        "score": 70,
        "ms": 0,
        "error": "",
    }
    assert (second["name"], second["error"]) == ("boost", "")
    assert first["ms"] >= 0


def test_one_that_is_named_twice_is_asked_once(settings: Any) -> None:
    assert len(ask(settings, rivals.Model, rivals.Model)) == 1


def test_it_is_asked_in_a_thread_of_its_own(settings: Any) -> None:
    ask(settings, rivals.Model)
    assert rivals.Model.threads == [f"challenger {path(rivals.Model)}"]


@pytest.mark.parametrize(
    ("model", "name", "error"),
    [
        (rivals.Raises, "rival", "ZeroDivisionError"),
        (rivals.Exits, "rival", "SystemExit"),
        (rivals.CannotBeMade, "CannotBeMade", "OSError"),
        (rivals.Nameless, "Nameless", "ZeroDivisionError"),
        (rivals.Queries, "rival", "NoDatabase"),
        ("risk.nowhere.Model", "Model", "ModuleNotFoundError"),
        ("risk.scoring.model.Missing", "Missing", "ImportError"),
    ],
)
def test_what_it_raises_is_noted_by_its_class(
    settings: Any, model: type | str, name: str, error: str
) -> None:
    for _ in range(2):  # the thread lives on
        (found,) = ask(settings, model)
        assert (found["name"], found["score"], found["error"]) == (name, None, error)


@pytest.mark.parametrize(("words", "error"), rivals.WRONG.values(), ids=rivals.WRONG)
def test_what_is_no_opinion_is_an_error(
    settings: Any, monkeypatch: pytest.MonkeyPatch, words: Any, error: str
) -> None:
    monkeypatch.setattr(rivals.Says, "words", words)
    (found,) = ask(settings, rivals.Says)
    assert (found["score"], found["error"]) == (None, error)


def test_a_login_waits_150_ms_at_most() -> None:
    assert BUDGET == 0.15


def test_one_that_hangs_costs_the_budget_once_and_one_thread(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challengers, "BUDGET", 2.0)  # in which the other one answers on any machine
    before, running = count("busy", rivals.Hangs), threads(rivals.Hangs)
    other, hanging = ask(settings, rivals.Model, rivals.Hangs)
    assert (hanging["error"], other["score"]) == ("timeout", 70)
    assert hanging["ms"] >= 2000
    found = [ask(settings, rivals.Hangs)[0]["error"] for _ in range(20)]
    assert found == ["busy"] * 20, "nobody waits for it again"
    assert (threads(rivals.Hangs) - running, rivals.Hangs.calls) == (1, 1)
    assert count("busy", rivals.Hangs) == before + 20


@pytest.mark.usefixtures("impatient")
def test_the_budget_is_for_all_together(settings: Any) -> None:
    with mock.patch.object(
        Challenger, "answer", autospec=True, side_effect=Challenger.answer
    ) as answer:
        found = ask(settings, rivals.Hangs, rivals.HangsToo, rivals.HangsAsWell)
    assert [each["error"] for each in found] == ["timeout"] * 3
    assert len({call.args[3] for call in answer.call_args_list}) == 1, "one deadline"


@pytest.mark.usefixtures("impatient")
def test_one_that_comes_back_is_asked_again(settings: Any) -> None:
    assert ask(settings, rivals.Hangs)[0]["error"] == "timeout"
    rivals.Hangs.held.set()
    found = until(lambda: ask(settings, rivals.Hangs)[0], lambda each: each["error"] == "")
    assert found["score"] == 70


def test_parallel_logins_stand_in_line_for_it(settings: Any) -> None:
    settings.RISK_CHALLENGERS, running = [path(rivals.Slow)], threads(rivals.Slow)
    found: list[Any] = []
    crowd = [
        threading.Thread(target=lambda: found.extend(challengers.opinions(attempt(), history())))
        for _ in range(8)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert [each["error"] for each in found] == [""] * 8
    assert threads(rivals.Slow) == running + 1


@pytest.mark.usefixtures("impatient")
def test_whoever_left_the_line_is_not_asked_for(settings: Any) -> None:
    crowd = [threading.Thread(target=lambda: ask(settings, rivals.Hangs)) for _ in range(8)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    rivals.Hangs.held.set()
    until(lambda: ask(settings, rivals.Hangs)[0]["error"], lambda error: error == "")
    assert rivals.Hangs.calls <= 3, "the first one, and who asked afterwards"


def test_a_machine_without_threads_to_spare_goes_on(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    assert [each["error"] for each in ask(settings, rivals.Model)] == ["busy"]


def test_a_line_that_is_too_long_takes_nobody_more(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenger, "LONGEST_LINE", 0)
    assert [each["error"] for each in ask(settings, rivals.Model)] == ["busy"]


def test_a_fork_has_threads_of_its_own(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(settings, rivals.Model)
    running = threads(rivals.Model)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert ask(settings, rivals.Model)[0]["score"] == 70
    assert threads(rivals.Model) == running + 1


def test_it_cannot_take_the_history_from_the_champion(settings: Any) -> None:
    settings.RISK_CHALLENGERS = [path(rivals.Plunders)]
    past = history(cookie=())
    challengers.opinions(attempt(), past)
    assert past.chains == {"cookie": ()}


def test_its_message_is_logged_once_a_minute_and_never_kept(
    settings: Any, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "nod.risk.models"):
        for seconds in (1, 58, 1):
            (found,) = ask(settings, rivals.Raises)
            assert "secret" not in str(found)
            clock.forward(seconds=seconds)
        assert len(caplog.records) == 1
        ask(settings, rivals.Raises)
    assert len(caplog.records) == 2
    assert "secret words" in caplog.text


def test_faults_and_times_are_counted(settings: Any) -> None:
    before = count("error", rivals.Raises)
    ask(settings, rivals.Raises, rivals.Model)
    assert count("error", rivals.Raises) == before + 1
    assert REGISTRY.get_sample_value(
        "nod_risk_model_seconds_count", {"role": "challenger", "model": path(rivals.Model)}
    )

"""The model that decides: any model may, and when it fails a login is asked for all there is."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import ERROR, WARNING, CheckMessage
from django.utils.module_loading import import_string
from prometheus_client import REGISTRY
from pytest_django import DjangoAssertNumQueries

from mfaproject.lib.testing import FrozenClock
from risk.admin import words
from risk.checks import models
from risk.login.context import Assessment
from risk.models import LoginLog
from risk.services import assess, recognise, record_login
from risk.serving import challengers, champion
from risk.tests import rivals
from risk.tests.helpers import HOME, attempt, history, login, sign_in
from risk.tests.rivals import path

ROOT = Path(__file__).parents[2]
CHAIN, BOOST = "risk.scoring.chain_model.ChainModel", "risk.scoring.boost_model.BoostModel"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    champion._reports.cache_clear()


@pytest.fixture
def at_home(alice: Any, clock: FrozenClock) -> str:
    """The cookie of a browser with which alice signs in every day."""
    cookie = None
    for _ in range(9):
        _, cookie = sign_in(alice, cookie=cookie, strength="password" if cookie else "strong")
        clock.forward(days=1)
    assert cookie
    return cookie


def judged(user: Any, cookie: str | None = None, **facts: Any) -> Assessment:
    return assess(
        **(
            {
                "user_id": user.pk,
                "is_staff": False,
                "has_strong": True,
                "context": login(HOME, browser=recognise(cookie)),
            }
            | facts
        )
    )


FAILING = [path(model) for model in (rivals.Raises, rivals.CannotBeMade, rivals.Nameless)] + [
    "risk.nowhere.Model"
]


@pytest.mark.parametrize("model", FAILING)
@pytest.mark.parametrize("has_strong", [True, False])
def test_a_failing_model_asks_for_all_there_is(
    alice: Any, at_home: str, settings: Any, model: str, has_strong: bool
) -> None:
    assert judged(alice, at_home).decision == "allow"
    settings.RISK_MODEL = model
    found = judged(alice, at_home, has_strong=has_strong)
    assert (found.decision, found.required, found.level) == (
        "step_up",
        "strong" if has_strong else "weak",
        "high",
    )
    assert found.score == sum(finding.points for finding in found.findings) == 100
    assert [finding.name for finding in found.findings] == ["model_failed"]


@pytest.mark.parametrize(
    "policy",
    [{"version": 1, "challenge": 99, "strict": 100}, {"version": 1, "challenge": 1, "strict": 2}],
)
def test_under_any_policy(alice: Any, at_home: str, settings: Any, policy: Any) -> None:
    settings.RISK_MODEL, settings.RISK_POLICY = path(rivals.Raises), policy
    assert judged(alice, at_home).decision == "step_up"


def test_staff_and_those_who_are_never_refused_too(alice: Any, at_home: str, settings: Any) -> None:
    settings.RISK_MODEL, settings.RISK_NEVER_LOCK_OUT = path(rivals.Raises), [str(alice.pk)]
    assert judged(alice, at_home).decision == "step_up"
    assert judged(alice, at_home, is_staff=True).required == "strong"


@pytest.mark.parametrize(("said", "error"), rivals.WRONG.values(), ids=rivals.WRONG)
def test_what_is_no_opinion_is_a_failure(
    settings: Any, monkeypatch: pytest.MonkeyPatch, said: Any, error: str
) -> None:
    settings.RISK_MODEL = path(rivals.Says)
    monkeypatch.setattr(rivals.Says, "words", said)
    scored = champion.score(attempt(), history())
    assert (scored.score, scored.findings[0].evidence) == (100, {"error": error})


@pytest.mark.parametrize(
    ("model", "name", "version", "error"),
    [
        (path(rivals.Raises), "rival", "3", "ZeroDivisionError"),
        (path(rivals.Nameless), "Nameless", "", "ZeroDivisionError"),
        ("risk.nowhere.Model", "Model", "", "ModuleNotFoundError"),
    ],
)
def test_the_ledger_names_the_model_and_the_failure(
    alice: Any, settings: Any, model: str, name: str, version: str, error: str
) -> None:
    settings.RISK_MODEL = model
    found = judged(alice)
    log_id = record_login(
        context=login(), outcome="pending", assessment=found, user_id=alice.pk, typed_name=""
    )
    row = LoginLog.objects.get(pk=log_id)
    assert (row.model, row.model_version, row.score) == (name, version, 100)
    assert row.findings[0] | {"points": 0} == {
        "name": "model_failed",
        "points": 0,
        "sentence": f"The model {name} failed ({error}): nothing is known of this sign-in.",
        "evidence": {"error": error},
    }
    assert words.title("model_failed") == "Model"


def test_the_failure_is_counted_and_its_message_logged_once_a_minute(
    settings: Any, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RISK_MODEL = path(rivals.Raises)
    labels = {"role": "champion", "model": path(rivals.Raises), "what": "error"}
    before = REGISTRY.get_sample_value("nod_risk_model_faults_total", labels) or 0
    with caplog.at_level(logging.WARNING, "nod.risk.models"):
        for _ in range(5):
            assert "secret" not in str(champion.score(attempt(), history()))
        assert len(caplog.records) == 1
        clock.forward(minutes=1)
        champion.score(attempt(), history())
    assert "secret words" in caplog.text
    assert len(caplog.records) == 2
    assert REGISTRY.get_sample_value("nod_risk_model_faults_total", labels) == before + 6


def test_what_it_took_is_measured(settings: Any) -> None:
    labels = {"role": "champion", "model": CHAIN}
    before = REGISTRY.get_sample_value("nod_risk_model_seconds_count", labels) or 0
    champion.score(attempt(), history())
    assert REGISTRY.get_sample_value("nod_risk_model_seconds_count", labels) == before + 1


@pytest.mark.django_db(transaction=True)
def test_it_is_told_of_a_full_success_and_may_fail_then_too(alice: Any, settings: Any) -> None:
    rivals.Model.told.clear()
    settings.RISK_MODEL = path(rivals.Model)
    sign_in(alice)
    assert [outcome for _, outcome in rivals.Model.told] == ["admitted"]
    settings.RISK_MODEL = path(rivals.Raises)
    log_id, _ = sign_in(alice)
    assert LoginLog.objects.get(pk=log_id).outcome == "admitted"


@pytest.mark.parametrize("model", [CHAIN, BOOST])
def test_either_model_decides_in_one_select(
    alice: Any,
    at_home: str,
    settings: Any,
    model: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.RISK_MODEL = model
    context = login(HOME, browser=recognise(at_home))
    with django_assert_num_queries(1):
        found = assess(user_id=alice.pk, is_staff=False, has_strong=True, context=context)
    assert (found.decision, found.model) == (
        "allow",
        model.rpartition(".")[2].removesuffix("Model").lower(),
    )


def ids() -> list[tuple[str | None, str]]:
    found: list[CheckMessage] = models(None)
    assert all(message.hint for message in found)
    return [(message.id, str(message.msg).partition(":")[0]) for message in found]


def test_a_model_that_cannot_be_made_stops_the_start_and_names_the_setting(settings: Any) -> None:
    settings.RISK_CHALLENGERS = [BOOST]
    assert ids() == []
    settings.RISK_MODEL = "risk.nowhere.Model"
    assert ids() == [("risk.E002", "RISK_MODEL")]
    settings.RISK_MODEL, settings.RISK_CHALLENGERS = (
        CHAIN,
        [path(rivals.CannotBeMade), BOOST, "risk.scoring.model.Missing", "nonsense"],
    )
    assert ids() == [("risk.E003", "RISK_CHALLENGERS")] * 3


OLD_PATHS = [("risk.chain_model.ChainModel", CHAIN), ("risk.boost_model.BoostModel", BOOST)]


@pytest.mark.parametrize(("old", "new"), OLD_PATHS)
def test_an_old_path_decides_as_the_new_one_and_a_check_says_what_to_write(
    alice: Any, at_home: str, settings: Any, old: str, new: str
) -> None:
    settings.RISK_MODEL = new
    written, told = judged(alice, at_home), metric(new)
    settings.RISK_MODEL = old
    assert judged(alice, at_home).findings == written.findings
    assert (written.model, written.model_version) == (champion.deciding().name, "1")
    assert metric(new) == told + 1
    (found,) = models(None)
    assert (found.id, found.level) == ("risk.W004", WARNING)
    assert (found.msg, found.hint) == (f"RISK_MODEL: {old} has moved.", f"Write {new}.")


def metric(path: str) -> float:
    labels = {"role": "champion", "model": path}
    return REGISTRY.get_sample_value("nod_risk_model_seconds_count", labels) or 0


@pytest.mark.both
def test_the_same_model_under_two_paths_is_asked_once_in_shadow(
    settings: Any, fresh_challengers: None
) -> None:
    settings.RISK_CHALLENGERS = ["risk.boost_model.BoostModel", BOOST]
    (opinion,) = challengers.opinions(attempt(), history())
    assert (opinion["name"], opinion["error"]) == ("boost", "")
    assert ids() == [("risk.W004", "RISK_CHALLENGERS")]


def test_a_model_that_is_gone_stops_the_start_and_is_never_another_one(settings: Any) -> None:
    settings.RISK_MODEL = "risk.scoring.AdditiveModel"
    (found,) = models(None)
    assert (found.id, found.level) == ("risk.E002", ERROR)
    assert found.msg == "RISK_MODEL: the model risk.scoring.AdditiveModel is gone."
    assert found.hint == f"Write {CHAIN}."
    scored = champion.score(attempt(), history())
    assert (scored.model, scored.findings[0].name) == ("AdditiveModel", "model_failed")


@pytest.mark.parametrize("old", [old for old, _ in OLD_PATHS])
def test_nothing_is_left_at_an_old_place(old: str) -> None:
    with pytest.raises(ImportError):
        import_string(old)


def test_documents_name_the_new_paths() -> None:
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / ".env.example"]
    told = {text.name for text in texts for old, _ in OLD_PATHS if old in text.read_text()}
    assert told <= {"CHANGELOG.md"}

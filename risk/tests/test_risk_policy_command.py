"""`manage.py risk_policy`: what decides, and the way back."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from risk.models import LoginLog, RiskPolicy
from risk.models.risk_policy import State
from risk.tests.policies import active, in_shadow, moved, written

pytestmark = pytest.mark.django_db
BUILT_IN = "  built-in                  50 / 90   {}"


def run(*words: str) -> str:
    told = io.StringIO()
    call_command("risk_policy", *words, stdout=told)
    return told.getvalue()


def test_show_names_the_built_in_one() -> None:
    assert run("show").splitlines() == [
        "Decides, the strictest that applies to somebody first:",
        BUILT_IN.format("everybody"),
        "Never locked out: nobody is listed",
    ]


def test_show_names_each_with_its_groups(settings: Any) -> None:
    settings.RISK_NEVER_LOCK_OUT = ["root", "7"]
    active("office", 40, 80, "office", "finance")
    in_shadow("office", 35, 80, "office")
    assert run("show").splitlines() == [
        "Decides, the strictest that applies to somebody first:",
        "  office 1                  40 / 80   finance, office",
        BUILT_IN.format("everybody else"),
        "In shadow, decides nothing:",
        "  office 2                  35 / 80   office",
        "Never locked out: root, 7",
    ]
    active()
    assert "built-in" not in run("show")


def test_reset_brings_the_built_in_one_back_and_can_be_repeated() -> None:
    active(), in_shadow()
    last = "The built-in policy decides for everybody: 50 / 90."
    assert run("reset", "--yes").splitlines() == [
        "default 1 is retired.",
        "default 2 is retired.",
        last,
    ]
    assert run("reset", "--yes").splitlines() == [last]
    assert set(RiskPolicy.objects.values_list("state", flat=True)) == {State.RETIRED}
    assert LoginLog.objects.latest("id").detail == "policy_retired default 2 (by the terminal)"


@pytest.mark.parametrize(
    ("answer", "state"), [("y", "retired"), ("Yes", "retired"), ("", "active"), ("n", "active")]
)
def test_reset_asks(monkeypatch: pytest.MonkeyPatch, answer: str, state: str) -> None:
    row = active()
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    if state == "retired":
        run("reset")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("reset")
    row.refresh_from_db()
    assert row.state == state


def test_reset_works_whatever_else_is_wrong_with_the_settings(settings: Any) -> None:
    settings.GEO_COUNTRY_DB = "/nowhere.mmdb"
    row = active()
    run("reset", "--yes")
    row.refresh_from_db()
    assert row.state == State.RETIRED


def test_a_draft_is_brought_and_activated(tmp_path: Path) -> None:
    file = tmp_path / "draft.toml"
    file.write_text('name = "default"\nchallenge = 45\nstrict = 85\nnote = "Trial"\n')
    assert (
        run("import", str(file))
        == "default 1 is a draft. It decides after: manage.py risk_policy activate default 1\n"
    )
    assert run("activate", "default", "1") == "default 1 decides.\n"
    row = RiskPolicy.objects.get()
    assert (row.state, row.challenge, row.strict, row.note, row.created_by) == (
        State.ACTIVE,
        45,
        85,
        "Trial",
        "the terminal",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('name = "default"\nchallenge = 95\nstrict = 85\n', "strict: "),
        (
            'name = "office"\nchallenge = 45\nstrict = 85\ngroups = ["office"]\n',
            "groups: There is no group called office.",
        ),
        ('name = "office"\nchallenge = 45\nstrict = 85\n', "groups: Choose a group."),
    ],
)
def test_a_draft_that_is_wrong_is_refused_by_field(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "draft.toml"
    file.write_text(text)
    with pytest.raises(CommandError) as caught:
        run("import", str(file))
    assert str(caught.value).startswith(problem)
    assert not RiskPolicy.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.toml"):
        run("import", str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("9", "There is no version 9 of default."),
        ("1", "default 1 cannot decide: its state is retired."),
    ],
)
def test_what_cannot_decide_is_said(version: str, problem: str) -> None:
    moved(active(), State.RETIRED)
    written()
    with pytest.raises(CommandError) as caught:
        run("activate", "default", version)
    assert str(caught.value) == problem

"""`manage.py backtest_risk`."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from mfaproject.lib.testing import FrozenClock
from risk.models import LoginLog
from risk.scoring import sheets
from risk.tests.backtesting import judged, lived
from risk.tests.helpers import sign_in

pytestmark = pytest.mark.django_db
DRAFT = 'name = "default"\nchallenge = 20\nstrict = 70\n'


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.toml"
    path.write_text(DRAFT)
    return path


def run(path: Path, *options: str) -> str:
    told = StringIO()
    call_command("backtest_risk", "--policy", str(path), *options, stdout=told, stderr=StringIO())
    return told.getvalue()


def test_it_tells_everything(clock: FrozenClock, draft: Path) -> None:
    lived(clock, 200)
    told = run(draft, "--at-most", "50", "--stop", "50", "--draws", "400")
    number = f"{len(judged()):,}"
    for sentence in (
        "Draft default for everybody: asks from 20, for a strong factor from 70.",
        (
            f"Made again under their own policies: {number} of {number} verdicts; {number} of them"
            " from the noted inputs, too."
        ),
        "people with 12 sign-ins or more",
        "group office",
        "a browser that the account does not know",
        "people would have noticed",
        "Sign-ins that their owners called false:",
        "cookie thief",
        "At most 50 % of the good sign-ins",
        "At least 50 % of the cookie thieves",
        "100.00 % agree.",
    ):
        assert sentence in told
    assert "NOT the same" not in told


def test_files_are_written_where_they_are_asked_for(
    clock: FrozenClock, draft: Path, tmp_path: Path
) -> None:
    lived(clock, 200)
    run(
        draft,
        "--json",
        str(tmp_path / "o.json"),
        "--svg",
        str(tmp_path / "o.svg"),
        "--at-most",
        "50",
    )
    told = json.loads((tmp_path / "o.json").read_text())
    assert told["draft"]["challenge"] == 20
    assert told["reproduced"] == len(judged())
    assert len(told["suggestions"]) == 3
    assert (tmp_path / "o.svg").read_text().startswith("<svg ")


def test_a_row_that_somebody_changed_is_named(draft: Path, alice: Any) -> None:
    log_id, _ = sign_in(alice)
    LoginLog.objects.filter(pk=log_id).update(score=3)
    told = run(draft)
    assert f"NOT the same: sign-in {log_id} (score)" in told
    assert "nothing can be said about the draft" in told


def test_an_empty_ledger_is_told(draft: Path, tmp_path: Path) -> None:
    told = run(draft, "--svg", str(tmp_path / "o.svg"), "--at-most", "2")
    assert "The ledger has no row to look at." in told
    assert not (tmp_path / "o.svg").exists()
    assert "was not written" in told


def test_other_weights_score_the_past_again(
    clock: FrozenClock, draft: Path, tmp_path: Path
) -> None:
    lived(clock, 120)
    raw = json.loads(sheets.NEWEST.read_text())
    for pair in ("places", "bare"):
        for sheet in ("known", "unknown"):
            raw[pair][sheet]["bias"] += 3
    (tmp_path / "heavy.json").write_text(json.dumps(raw | {"version": "heavy"}))
    same, heavy = tmp_path / "same.json", tmp_path / "heavy-numbers.json"
    run(draft, "--json", str(same))
    draft.write_text(DRAFT + f'weights = "{tmp_path / "heavy.json"}"\n')
    assert "weights heavy of" in run(draft, "--json", str(heavy))
    before, after = (json.loads(path.read_text()) for path in (same, heavy))
    assert before["reproduced"] == after["reproduced"]
    assert before["good"]["all"]["asked_now"] == after["good"]["all"]["asked_now"]
    assert before["good"]["known"]["asked_draft"] < after["good"]["known"]["asked_draft"]
    assert before["attackers"]["thief"]["asked_now"] == after["attackers"]["thief"]["asked_now"]
    assert before["attackers"]["thief"]["asked_draft"] < after["attackers"]["thief"]["asked_draft"]


def test_the_weights_in_force_change_nothing(
    clock: FrozenClock, draft: Path, tmp_path: Path
) -> None:
    lived(clock, 120, seed=4)
    run(draft, "--json", str(tmp_path / "a.json"))
    draft.write_text(DRAFT + f'weights = "{sheets.NEWEST}"\n')
    run(draft, "--json", str(tmp_path / "b.json"))
    before, after = (json.loads((tmp_path / name).read_text()) for name in ("a.json", "b.json"))
    assert before | {"draft": 0} == after | {"draft": 0}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('name = "Two words"\nchallenge = 20\nstrict = 70', "name: "),
        ('name = "default"\nstrict = 70', "challenge: "),
        ('name = "default"\nchallenge = 80\nstrict = 70', "strict: "),
        ('name = "team"\nchallenge = 20\nstrict = 70', "groups: "),
        (
            DRAFT.replace("default", "team") + 'groups = ["nobody"]',
            "groups: There is no group called nobody.",
        ),
        (DRAFT + 'weights = "/nowhere.json"', "weights: /nowhere.json: No such file or directory."),
        (DRAFT + f'weights = "{__file__}"', "weights: "),
        ("?", "This is no TOML"),
    ],
)
def test_a_bad_draft_is_refused_by_its_field(draft: Path, content: str, complaint: str) -> None:
    draft.write_text(content)
    with pytest.raises(CommandError) as error:
        run(draft)
    assert complaint in str(error.value)
    assert str(draft) in str(error.value)


@pytest.mark.parametrize(
    "raw", [[], 3, {"version": "x"}, {"by_hand": {}}, {"by_hand": {"held": "much"}}]
)
def test_weights_of_another_shape_are_refused(draft: Path, tmp_path: Path, raw: Any) -> None:
    (tmp_path / "w.json").write_text(json.dumps(raw))
    draft.write_text(DRAFT + f'weights = "{tmp_path / "w.json"}"')
    with pytest.raises(CommandError, match=r"weights: .* is no file of weights"):
        run(draft)


@pytest.mark.parametrize(
    "options",
    [
        ("--at-most", "x"),
        ("--stop", "101"),
        ("--stop", "nan"),
        ("--since", "yesterday"),
        ("--limit", "0"),
        ("--draws", "-3"),
    ],
)
def test_bad_options_are_refused(draft: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=options[0]):
        run(draft, *options)


def test_a_draft_that_is_not_there_and_a_place_that_cannot_be_written(
    draft: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nothing.toml")
    with pytest.raises(CommandError, match="cannot be written"):
        run(draft, "--json", str(tmp_path / "no" / "folder.json"))


def test_sign_ins_of_people_who_are_gone_come_out_again_too(
    clock: FrozenClock, draft: Path
) -> None:
    lived(clock, 60)
    LoginLog.objects.update(user=None)
    assert "Made again" in run(draft)

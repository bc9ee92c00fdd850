"""`manage.py risk_stdio`."""

import io
import json
from math import fsum
from typing import Any

import pytest
from django.core.management import call_command

from risk.management.commands.risk_stdio import answers
from risk.tests.helpers import FIREFOX, HOME

ATTEMPT = {
    "ts": 1_800_000_000.0,
    "user_id": "u1",
    "ip": HOME,
    "country": "DE",
    "asn": 3320,
    "ua": FIREFOX,
    "device_cookie": "",
}
SCORE = json.dumps({"op": "score", "attempt": ATTEMPT}) + "\n"
UPDATE = (
    json.dumps({"op": "update", "attempt": ATTEMPT | {"device_cookie_set": "c"}, "outcome": "ok"})
    + "\n"
)


def test_a_question_is_answered_on_one_line_and_an_update_is_not() -> None:
    given = list(answers([SCORE, UPDATE, "\n", SCORE]))
    assert len(given) == 2
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in given)


def test_parts_add_up_to_z_and_the_score_has_its_full_resolution() -> None:
    *_, last = (json.loads(line) for line in answers([UPDATE, UPDATE, SCORE]))
    assert fsum(part["z"] for part in last["parts"]) == last["z"]
    assert 0 < last["score"] < 100
    assert last["score"] != round(last["score"], 4)
    assert all(part["sentence"] for part in last["parts"])


@pytest.mark.parametrize("line", ['{"op": "sing", "attempt": {}}', '{"op": "score"}', "nonsense"])
def test_a_line_that_is_none_of_the_two_ends_it(line: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        list(answers([line]))


def test_it_needs_no_database(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Without the `db` mark any look at a database raises."""
    monkeypatch.setattr("sys.stdin", io.StringIO(UPDATE + SCORE))
    call_command("risk_stdio")
    assert json.loads(capsys.readouterr().out)["score"] < 50

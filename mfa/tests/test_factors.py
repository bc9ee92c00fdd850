"""Kinds of factor: one contract for all."""

from types import SimpleNamespace
from typing import Any

import pytest

from mfa import factors
from mfa.factors.base import Draft, Factor, Posed
from mfa.factors.push import number_of
from mfaproject.lib import tokens


def draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "public_id": tokens.new_id(),
        "nonce": tokens.new_token(),
        "purpose": "login",
        "digits": 6,
        "destination": "alice@example.org",
        "shown": {"browser": "Firefox on Linux"},
        "mail": "code",
    }
    return Draft(**(values | changes))


class FactorContract:
    """What every kind holds."""

    name = ""

    def answer(self, made: Draft, posed: Posed) -> str:
        """The right answer to a question."""
        raise NotImplementedError

    @property
    def kind(self) -> Factor:
        found = factors.kind_of(self.name)
        assert found is not None
        return found

    def facts(self, made: Draft, posed: Posed) -> Any:
        return SimpleNamespace(public_id=made.public_id, nonce=made.nonce, purpose=made.purpose, digits=posed.digits, code_mac=posed.code_mac)

    def test_the_right_answer_is_right(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert self.kind.check(self.facts(made, posed), self.answer(made, posed))

    @pytest.mark.parametrize("wrong", ["", "12345", "１２３４５６", "+12345", 123456, None, True, [], "9" * 100_000, "\ud800"])
    def test_anything_else_is_wrong(self, wrong: object) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert not self.kind.check(self.facts(made, posed), wrong)

    def test_another_answer_of_the_same_shape_is_wrong(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        other = f"{(int(self.answer(made, posed)) + 1) % 10**posed.digits:0{posed.digits}d}"
        assert not self.kind.check(self.facts(made, posed), other)

    def test_what_is_kept_does_not_hold_the_answer(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert self.answer(made, posed) not in posed.context + posed.code_mac

    def test_it_says_how_long_it_lives_and_how_often_it_may_be_sent(self) -> None:
        assert self.kind.life > 0
        assert self.kind.rule.per_login > 0


class TestEmail(FactorContract):
    name = "email"

    def answer(self, made: Draft, posed: Posed) -> str:
        assert made.mail == "code"
        return str(posed.letter.context["code"])

    def test_the_mail_says_where_and_shows_the_code(self) -> None:
        letter = self.kind.pose(draft()).letter
        assert (letter.channel, letter.template, letter.context["browser"]) == ("email", "code", "Firefox on Linux")

    @pytest.mark.parametrize(("mail", "carries"), [("code", True), ("signup_code", True), ("address_in_use", False)])
    def test_only_its_own_mails_carry_the_code(self, mail: str, carries: bool) -> None:
        assert ("code" in self.kind.pose(draft(mail=mail)).letter.context) is carries


class TestPush(FactorContract):
    name = "push"

    def answer(self, made: Draft, posed: Posed) -> str:
        return number_of(self.facts(made, posed))

    def test_the_wake_up_says_nothing(self) -> None:
        made = draft()
        letter = self.kind.pose(made).letter
        assert (letter.channel, letter.context) == ("push", {"v": 1, "id": made.public_id})

    @pytest.mark.parametrize("digits", [3, 6])
    def test_the_number_has_its_digits(self, digits: int) -> None:
        made = draft(digits=digits)
        assert len(self.answer(made, self.kind.pose(made))) == digits


def test_a_kind_that_nobody_named_is_off() -> None:
    assert factors.kind_of("carrier_pigeon") is None


def test_one_line_of_settings_changes_a_kind(settings: Any) -> None:
    settings.MFA_FACTORS = {"email": "mfa.factors.push.Push"}
    assert type(factors.kind_of("email")).__name__ == "Push"
    assert factors.kind_of("push") is None

"""Kinds of factor: one contract for all."""

from abc import ABC, abstractmethod
from typing import Any

import pyotp
import pytest

from mfa import limits, otp, registry, sealed_secrets
from mfa.factors.push import Push
from mfa.factors.recovery import codes
from mfa.registry.base import Asking, Factor, Facts, Match, Outgoing, Posed
from mfaproject.lib import tokens

NOW = 1_800_000_015
# that of RFC 6238, appendix B; its codes around NOW all differ
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PAPER = codes.new_code()


def draft(**changes: Any) -> Asking:
    values: dict[str, Any] = {
        "public_id": tokens.new_id(),
        "nonce": tokens.new_token(),
        "purpose": "login",
        "digits": 6,
        "destination": "alice@example.org",
        "shown": {"browser": "Firefox on Linux"},
        "mail": "code",
    }
    return Asking(**(values | changes))


def letter_of(posed: Posed) -> Outgoing:
    assert posed.outgoing is not None
    return posed.outgoing


class FactorContract(ABC):
    """What every kind holds."""

    name = ""

    @property
    def kind(self) -> Factor:
        found = registry.get(self.name)
        assert found is not None
        return found

    @abstractmethod
    def answer(self, made: Asking, posed: Posed, /) -> str:
        """The right answer to a question."""

    def facts(self, made: Asking, posed: Posed, **changes: Any) -> Facts:
        values: dict[str, Any] = {
            "public_id": made.public_id,
            "purpose": made.purpose,
            "code_mac": posed.code_mac,
            "user_id": 7,
            "now": NOW,
        }
        return Facts(**(values | self.enrolled() | changes))

    def enrolled(self) -> dict[str, Any]:
        """What a check may know of the factor."""
        return {}

    def test_what_is_kept_does_not_hold_the_answer(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert self.answer(made, posed) not in posed.context + posed.code_mac

    def test_it_says_how_long_it_lives_and_how_often_it_may_be_sent(self) -> None:
        assert self.kind.life > 0
        assert (self.kind.rule is None) is (self.kind.pose(draft()).outgoing is None)


class TypedContract(FactorContract):
    """What every kind holds whose answer is typed into a page."""

    def is_right(self, facts: Facts, answer: object) -> bool:
        """Whether that is what the check says, before anything is used up."""
        return self.kind.check(facts, answer) is not None

    def other(self, right: str) -> str:
        """An answer of the same shape that is not the right one."""
        return f"{(int(right) + 1) % 10 ** len(right):0{len(right)}d}"

    def test_the_right_answer_is_right(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert self.is_right(self.facts(made, posed), self.answer(made, posed))

    @pytest.mark.parametrize(
        "wrong",
        [
            "",
            "12345",
            "１２３４５６",
            "+12345",
            "1_2345",
            123456,
            None,
            True,
            [],
            {},
            "9" * 100_000,
            "\ud800",
        ],
    )
    def test_anything_else_is_wrong(self, wrong: object) -> None:
        made = draft()
        assert self.kind.check(self.facts(made, self.kind.pose(made)), wrong) is None

    def test_another_answer_of_the_same_shape_is_wrong(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert not self.is_right(self.facts(made, posed), self.other(self.answer(made, posed)))


class SentContract(TypedContract):
    """What every kind holds that sends its code."""

    channel = ""

    def answer(self, made: Asking, posed: Posed, /) -> str:
        assert made.mail == "code"
        return str(letter_of(posed).context["code"])

    @pytest.mark.parametrize("changes", [{"public_id": "x" * 22}, {"purpose": "proof"}])
    def test_a_code_is_for_one_question_and_one_purpose(self, changes: dict[str, str]) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert not self.is_right(self.facts(made, posed, **changes), self.answer(made, posed))

    def test_the_message_shows_the_code(self) -> None:
        outgoing = letter_of(self.kind.pose(draft()))
        assert (outgoing.channel, outgoing.template, outgoing.context["browser"]) == (
            self.channel,
            "code",
            "Firefox on Linux",
        )

    def test_a_message_to_somebody_else_has_no_code(self) -> None:
        assert "code" not in letter_of(self.kind.pose(draft(mail="address_in_use"))).context


class TestEmail(SentContract):
    name, channel = "email", "email"

    @pytest.mark.parametrize("mail", ["signup_code", "address_code"])
    def test_its_other_mails_carry_the_code_too(self, mail: str) -> None:
        assert "code" in letter_of(self.kind.pose(draft(mail=mail))).context


class TestSms(SentContract):
    name, channel = "sms", "sms"

    def test_the_row_keeps_the_number_masked(self) -> None:
        assert "+33•••42" in self.kind.pose(draft(destination="+33612345642")).context


class TestTotp(TypedContract):
    name = "totp"

    def enrolled(self) -> dict[str, Any]:
        return {
            "factor_id": 3,
            "secret": sealed_secrets.sealed("totp", SECRET, user_id=7, factor_id=3),
        }

    def answer(self, _made: Asking, _posed: Posed, /) -> str:
        return pyotp.TOTP(SECRET).at(NOW)

    def check(self, typed: str, **changes: Any) -> Match | None:
        made = draft()
        return self.kind.check(self.facts(made, self.kind.pose(made), **changes), typed)

    @pytest.mark.parametrize(
        ("away", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_one_step_before_and_after_is_right_and_says_which_it_was(
        self, away: int, is_right: bool
    ) -> None:
        typed = pyotp.TOTP(SECRET).at(NOW + away * limits.TOTP_STEP)
        assert self.check(typed) == (Match(step=NOW // 30 + away) if is_right else None)

    @pytest.mark.parametrize(
        "changes",
        [
            {"user_id": 8},
            {"factor_id": 4},
            {"factor_id": None},
            {"secret": ""},
            {"secret": "0123abcd.nonsense"},
        ],
    )
    def test_a_secret_of_somebody_or_something_else_is_not_opened(
        self, changes: dict[str, Any]
    ) -> None:
        assert self.check(pyotp.TOTP(SECRET).at(NOW), **changes) is None

    def test_nothing_of_the_secret_is_readable_at_rest(self) -> None:
        assert SECRET not in sealed_secrets.sealed("totp", SECRET, user_id=7, factor_id=3)

    def test_a_secret_has_160_bits_and_is_never_the_same(self) -> None:
        assert {len(otp.new_secret()) for _ in range(9)} == {32}
        assert len({otp.new_secret() for _ in range(9)}) == 9

    # RFC 6238, appendix B, the last six of its eight digits.
    @pytest.mark.parametrize(
        ("at", "code"),
        [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
    )
    def test_the_rfc_is_followed(self, at: int, code: str) -> None:
        assert otp.step_of(code, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", now=at) == at // 30

    def test_the_address_for_the_qr_code(self) -> None:
        parsed = pyotp.parse_uri(otp.provisioning_uri(SECRET, account="alice", issuer="Nod & Co"))
        assert (parsed.name, parsed.issuer, parsed.secret) == ("alice", "Nod & Co", SECRET)


class TestRecovery(TypedContract):
    name = "recovery"

    def is_right(self, facts: Facts, answer: object) -> bool:
        match = self.kind.check(facts, answer)
        return match is not None and codes.mac(7, PAPER) in match.macs

    def answer(self, _made: Asking, _posed: Posed, /) -> str:
        return PAPER

    def other(self, right: str) -> str:
        return ("2" if right[0] == "3" else "3") + right[1:]

    @pytest.mark.parametrize(
        ("old", "new"), [("-", " "), ("-", ""), ("0", "O"), ("1", "l"), ("1", "I"), ("-", " - ")]
    )
    def test_it_is_read_as_people_type_it(self, old: str, new: str) -> None:
        made = draft()
        for typed in (PAPER.replace(old, new), PAPER.replace(old, new).upper()):
            assert self.is_right(self.facts(made, self.kind.pose(made)), typed)

    def test_what_looks_alike_is_one_character(self) -> None:
        assert codes.normalised("O0Ii-Ll1o-abcd-efgh") == "00111110abcdefgh"

    @pytest.mark.parametrize(
        "typed",
        [
            "0123456789abcde",
            "0123456789abcdefg",
            "0123456789abcdeu",
            "0123456789abcdeé",
            "0123456789abcde\n",
            "-" * 99,
        ],
    )
    def test_what_has_another_shape_is_no_code(self, typed: str) -> None:
        assert codes.normalised(typed) is None

    def test_a_code_of_somebody_else_is_wrong(self) -> None:
        made = draft()
        assert not self.is_right(self.facts(made, self.kind.pose(made), user_id=8), PAPER)

    def test_it_has_eighty_bits_in_characters_that_nobody_mistakes(self) -> None:
        drawn = {codes.new_code() for _ in range(50)}
        assert len(drawn) == 50
        assert not set("".join(drawn)) & set("ilou")
        assert all([len(group) for group in code.split("-")] == [4, 4, 4, 4] for code in drawn)

    def test_an_older_key_still_finds_what_it_wrote(self, settings: Any) -> None:
        kept = codes.mac(7, PAPER)
        settings.ROOT_KEYS = ["a new root key, long enough for this", *settings.ROOT_KEYS]
        made = draft()
        match = self.kind.check(self.facts(made, self.kind.pose(made)), PAPER)
        assert match is not None
        assert kept in match.macs


class TestPush(FactorContract):
    name = "push"

    def answer(self, made: Asking, posed: Posed, /) -> str:
        return Push().number_of(Shown(made.public_id, made.nonce, posed.digits))

    def test_its_number_typed_into_a_page_is_no_answer(self) -> None:
        made = draft()
        posed = self.kind.pose(made)
        assert self.kind.check(self.facts(made, posed), self.answer(made, posed)) is None

    def test_the_wake_up_says_nothing(self) -> None:
        made = draft()
        outgoing = letter_of(self.kind.pose(made))
        assert (outgoing.channel, outgoing.context) == ("push", {"v": 1, "id": made.public_id})

    @pytest.mark.parametrize("digits", [3, 6])
    def test_the_number_has_its_digits(self, digits: int) -> None:
        made = draft(digits=digits)
        assert len(self.answer(made, self.kind.pose(made))) == digits


class Shown:
    """What a number is derived from."""

    def __init__(self, public_id: str, nonce: str, digits: int) -> None:
        self.public_id, self.nonce, self.digits = public_id, nonce, digits


def test_a_kind_that_nobody_named_is_off() -> None:
    assert registry.get("carrier_pigeon") is None


def test_one_line_of_settings_changes_a_kind(settings: Any) -> None:
    settings.MFA_FACTORS = {"email": "mfa.tests.helpers.OtherMail"}
    assert type(registry.get("email")).__name__ == "OtherMail"
    assert registry.get("push") is None

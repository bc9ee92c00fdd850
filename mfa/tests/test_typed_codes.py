"""Codes that the person has at hand, from an app or from paper: one contract for both, and what
each does besides.
"""

from abc import ABC, abstractmethod
from typing import Any

import pytest

from mfa import limits
from mfa.factors.recovery import enrolment as paper
from mfa.models import Challenge, Factor, OutboxMessage, RecoveryCode
from mfa.results import Dead, NotAsked, Proof, Right, Wrong
from mfa.services import challenges, enrolment
from mfa.tests.helpers import (
    OTHER_JOURNEY,
    app_of,
    ask_code,
    ask_typed,
    budget,
    check,
    code_of,
    codes_for,
    mails,
    opened,
    phone,
    refused,
    set_budget,
    spend,
    state,
    statements,
)
from mfaproject.lib.testing import FrozenClock

WRONG = {"totp": "000000", "recovery": "0000-0000-0000-0000"}


class TypedContract(ABC):
    """What every kind holds whose code is at hand. `code()` gives one that is
    right, and that was not used before."""

    name = ""

    @pytest.fixture(autouse=True)
    def _enrolled(self, alice: Any, clock: FrozenClock) -> None:
        self.clock = clock
        self.enrol(alice)

    @abstractmethod
    def enrol(self, user: Any) -> None:
        """Gives the person one."""

    @abstractmethod
    def code(self) -> str:
        """One that was not used yet."""

    def factor_id(self, user: Any) -> int:
        return Factor.objects.get(user=user, kind=self.name, revoked_at=None).pk

    def test_the_right_code_proves_strongly_and_is_collected_once(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, self.name))
        assert check(asked, self.code()) == Right(self.name, "", "strong", self.factor_id(alice))
        assert spend(asked) == Proof(self.name, "", "strong", self.factor_id(alice))
        assert spend(asked) is None

    def test_nothing_is_sent(self, alice: Any) -> None:
        before = OutboxMessage.objects.count()
        asked = opened(ask_typed(alice, self.name))
        assert OutboxMessage.objects.count() == before
        assert (asked.sent_to, asked.resend_after, asked.number) == ("", None, "")

    def test_a_used_code_is_wrong_in_the_next_journey(self, alice: Any) -> None:
        code = self.code()
        assert isinstance(check(opened(ask_typed(alice, self.name)), code), Right)
        second = opened(ask_typed(alice, self.name, OTHER_JOURNEY))
        assert check(second, code, OTHER_JOURNEY) == Wrong(4)
        assert state(second) == "pending"
        assert budget(alice, self.name).failures == 1

    def test_five_wrong_codes_then_the_right_one_is_not_looked_at(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, self.name))
        assert [check(asked, WRONG[self.name]) for _ in range(5)] == [
            Wrong(4),
            Wrong(3),
            Wrong(2),
            Wrong(1),
            Wrong(0),
        ]
        assert check(asked, self.code()) == Dead("too_many_attempts")
        assert ask_typed(alice, self.name) == NotAsked("method_unavailable", 0)
        opened(ask_typed(alice, self.name, OTHER_JOURNEY))

    def test_asking_again_gives_the_same_question_and_no_new_tries(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, self.name))
        check(asked, WRONG[self.name])
        again = opened(ask_typed(alice, self.name))
        assert again.challenge_id == asked.challenge_id
        assert check(again, WRONG[self.name]) == Wrong(3)

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "１２３４５６",
            "+12345",
            "1_2345",
            123456,
            None,
            True,
            "9" * 100_000,
            ["1"],
            "12345\ud800",
        ],
    )
    def test_anything_that_is_no_code_is_a_wrong_one(self, alice: Any, typed: object) -> None:
        assert check(opened(ask_typed(alice, self.name)), typed) == Wrong(4)

    def test_a_code_of_another_person_is_wrong(self, bob: Any) -> None:
        code = self.code()
        self.enrol(bob)
        his = opened(ask_typed(bob, self.name, OTHER_JOURNEY))
        assert check(his, code, OTHER_JOURNEY) == Wrong(4)

    def test_another_journey_cannot_answer(self, alice: Any) -> None:
        assert check(opened(ask_typed(alice, self.name)), self.code(), OTHER_JOURNEY) == Dead(
            "expired"
        )

    def test_a_removed_factor_answers_nothing(self, alice: Any) -> None:
        asked, code = opened(ask_typed(alice, self.name)), self.code()
        enrolment.revoke_factor(alice.pk, self.factor_id(alice))
        assert isinstance(check(asked, code), Dead)
        assert ask_typed(alice, self.name, OTHER_JOURNEY) == NotAsked("method_unavailable", 0)

    def test_a_factor_removed_before_the_last_step_proves_nothing(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, self.name))
        check(asked, self.code())
        enrolment.revoke_factor(alice.pk, self.factor_id(alice))
        assert spend(asked) is None

    def test_who_has_none_is_not_asked(self, bob: Any) -> None:
        assert ask_typed(bob, self.name) == NotAsked("method_unavailable", 0)

    @pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
    def test_a_new_epoch_or_a_disabled_account_ends_it(
        self, alice: Any, change: dict[str, Any]
    ) -> None:
        asked = opened(ask_typed(alice, self.name))
        type(alice).objects.filter(pk=alice.pk).update(**change)
        assert check(asked, self.code()) == Dead("expired")

    @pytest.mark.parametrize("worn", [{"failures": 49}, {"in_a_row": 99}])
    def test_the_last_wrong_code_switches_the_kind_off_in_its_lane_and_tells_once(
        self, alice: Any, worn: dict[str, Any]
    ) -> None:
        set_budget(alice, self.name, failures_since=int(self.clock.at.timestamp()), **worn)
        asked, code = opened(ask_typed(alice, self.name)), self.code()
        assert check(asked, WRONG[self.name]) == Wrong(4)
        assert check(asked, code) == Dead("too_many_attempts")
        assert ask_typed(alice, self.name, OTHER_JOURNEY) == NotAsked("off", 0)
        assert len(mails("factor_off")) == 1
        known = opened(ask_typed(alice, self.name, OTHER_JOURNEY, lane="known"))
        assert isinstance(check(known, code, OTHER_JOURNEY), Right)

    def test_a_code_refused_because_the_kind_is_off_was_not_used_up(self, alice: Any) -> None:
        asked, code = opened(ask_typed(alice, self.name)), self.code()
        set_budget(alice, self.name, off="tries")
        assert check(asked, code) == Dead("too_many_attempts")
        known = opened(ask_typed(alice, self.name, OTHER_JOURNEY, lane="known"))
        assert isinstance(check(known, code, OTHER_JOURNEY), Right)

    def test_enrolling_anew_switches_it_on(self, alice: Any) -> None:
        set_budget(alice, self.name, off="tries", in_a_row=100)
        self.enrol(alice)
        assert isinstance(check(opened(ask_typed(alice, self.name)), self.code()), Right)

    @pytest.mark.parametrize("reason", ["not_me", "wrong_number"])
    def test_it_stays_open_while_push_rests(self, alice: Any, reason: str) -> None:
        set_budget(alice, "push", off=reason, off_until=2**40)
        assert isinstance(check(opened(ask_typed(alice, self.name)), self.code()), Right)

    def test_it_stays_open_while_the_password_is_out(self, alice: Any) -> None:
        set_budget(alice, "email", only_strong=True)
        assert isinstance(check(opened(ask_typed(alice, self.name)), self.code()), Right)

    def test_it_proves_what_a_mailbox_may_not(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, self.name, purpose="reset"))
        assert isinstance(check(asked, self.code()), Right)

    @pytest.mark.parametrize(
        ("purpose", "asked"), [("login", True), ("proof", False), ("reset", False)]
    )
    def test_younger_than_a_day_it_changes_nothing_while_an_older_device_is_there(
        self, alice: Any, purpose: str, asked: bool
    ) -> None:
        phone(alice)
        Factor.objects.filter(kind="push").update(confirmed_at=self.clock.at.replace(year=2025))
        assert isinstance(ask_typed(alice, self.name, purpose=purpose), challenges.Opened) is asked
        self.clock.forward(days=1)
        opened(ask_typed(alice, self.name, purpose=purpose))

    def test_a_kind_without_a_path_is_not_asked(self, alice: Any, settings: Any) -> None:
        settings.MFA_FACTORS = {}
        assert refused(ask_typed(alice, self.name)).code == "method_unavailable"

    def test_it_cannot_be_sent_and_what_is_sent_cannot_be_asked_for(self, alice: Any) -> None:
        assert ask_code(alice, kind=self.name) == NotAsked("method_unavailable", 0)
        assert ask_typed(alice, "email") == NotAsked("method_unavailable", 0)

    def test_what_it_costs(self, alice: Any) -> None:
        with statements(4):
            asked = opened(ask_typed(alice, self.name))
        with statements(4):
            assert isinstance(check(asked, "nonsense"), Wrong)
        with statements(6):
            assert isinstance(check(asked, self.code()), Right)
        with statements(2):
            assert spend(asked) is not None

    def test_it_notes_when_it_was_used(self, alice: Any) -> None:
        self.clock.forward(minutes=3)
        check(opened(ask_typed(alice, self.name)), self.code())
        (view,) = [view for view in enrolment.factors(alice.pk) if view.kind == self.name]
        assert view.last_used_at == self.clock.at

    def test_a_code_by_mail_is_no_answer(self, alice: Any) -> None:
        by_mail, asked = opened(ask_code(alice)), opened(ask_typed(alice, self.name))
        assert check(asked, code_of(by_mail)) == Wrong(4)


class TestTotp(TypedContract):
    name = "totp"

    def enrol(self, user: Any) -> None:
        app = app_of(user)
        self.app = getattr(self, "app", app) if user.username != "alice" else app

    def code(self) -> str:
        return str(self.app.at(self.clock.at))

    @pytest.mark.parametrize(
        ("first", "second", "is_right"),
        [(0, 0, False), (0, -1, False), (1, 0, False), (-1, 0, True), (0, 1, True)],
    )
    def test_no_step_is_used_twice_nor_one_before_the_last(
        self, alice: Any, first: int, second: int, is_right: bool
    ) -> None:
        steps = [self.app.at(self.clock.at, counter_offset=step) for step in (first, second)]
        assert isinstance(check(opened(ask_typed(alice, "totp")), steps[0]), Right)
        result = check(opened(ask_typed(alice, "totp", OTHER_JOURNEY)), steps[1], OTHER_JOURNEY)
        assert isinstance(result, Right) is is_right

    def test_a_used_step_is_used_in_the_other_lane_too(self, alice: Any) -> None:
        check(opened(ask_typed(alice, "totp")), self.code())
        known = opened(ask_typed(alice, "totp", OTHER_JOURNEY, lane="known"))
        assert check(known, self.code(), OTHER_JOURNEY) == Wrong(4)

    def test_a_secret_put_into_another_row_is_worth_nothing(
        self, alice: Any, bob: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.enrol(bob)
        stolen = Factor.objects.get(user=alice, kind="totp").secret
        Factor.objects.filter(user=bob, kind="totp").update(secret=stolen)
        assert check(
            opened(ask_typed(bob, "totp", OTHER_JOURNEY)), self.code(), OTHER_JOURNEY
        ) == Wrong(4)
        assert "cannot be opened" in caplog.text


class TestRecovery(TypedContract):
    name = "recovery"

    def enrol(self, user: Any) -> None:
        codes = codes_for(user)
        if user.username == "alice":
            self.codes = codes

    def code(self) -> str:
        return self.codes[0]

    def test_each_code_works_once(self, alice: Any) -> None:
        for n, code in enumerate(self.codes):
            assert isinstance(
                check(opened(ask_typed(alice, "recovery", f"login:{n}")), code, f"login:{n}"), Right
            )
            assert paper.codes_left(alice.pk) == limits.RECOVERY_CODES - 1 - n
        assert ask_typed(alice, "recovery") == NotAsked("method_unavailable", 0)
        assert not challenges.has_strong(alice.pk)
        assert enrolment.factors(alice.pk) == []

    def test_a_new_set_ends_the_one_before(self, alice: Any) -> None:
        before, asked = self.code(), opened(ask_typed(alice, "recovery"))
        self.enrol(alice)
        assert isinstance(check(asked, before), Dead)
        assert check(
            opened(ask_typed(alice, "recovery", OTHER_JOURNEY)), before, OTHER_JOURNEY
        ) == Wrong(4)

    def test_a_code_used_up_by_a_question_that_lost_is_still_there(self, alice: Any) -> None:
        asked = opened(ask_typed(alice, "recovery"))
        challenges.cancel(subject=Challenge.objects.get().subject)
        assert isinstance(check(asked, self.code()), Dead)
        assert RecoveryCode.objects.count() == limits.RECOVERY_CODES

"""Signing in with a code from an app, from paper or by text message: what is asked first, what gets
in, and what is not offered.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from accounts import sessions
from accounts.journey import Admitted, Limited, Over, StepUp, WrongCode
from accounts.models import Session, User
from accounts.services import login, proof, reset, wait_page
from accounts.tests.helpers import (
    answer,
    app_of,
    arriving,
    attempt_of,
    code_to,
    mailbox,
    mails_to,
    phone,
    text_code,
    texting,
)
from accounts.tests.test_login import step_up
from accounts.tests.test_reset import token_for
from mfa.channels.memory import MemoryChannel
from mfa.factors.recovery import enrolment as paper
from mfa.factors.sms import SmsCode
from mfa.services import challenges, enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import PASSWORD, frozen, person
from risk import services as risk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


def choose(step: StepUp, way: str) -> StepUp | Limited | Over:
    return wait_page.choose(step.ticket, arriving(), way=way)


def prove(step: StepUp, typed: str) -> Any:
    return login.prove(step.ticket, arriving(), typed=typed)


class EarlyText(SmsCode):
    """Text messages, tried before anything else."""

    order: ClassVar[int] = 5


class TestWhatIsAskedFirst:
    @pytest.mark.parametrize(
        ("has", "way"),
        [
            (["push", "totp", "recovery", "sms"], "push"),
            (["totp", "recovery", "sms"], "totp"),
            (["recovery", "sms"], "email"),
            (["recovery"], "email"),
            ([], "email"),
        ],
    )
    def test_a_phone_then_an_app_then_what_is_sent(
        self, alice: User, has: list[str], way: str
    ) -> None:
        enrol: dict[str, Callable[[User], Any]] = {
            "push": phone,
            "totp": app_of,
            "sms": texting,
            "recovery": lambda user: paper.new_codes(user.pk, ""),
        }
        for kind in has:
            enrol[kind](alice)
        assert step_up().way == way

    def test_staff_with_an_app_are_asked_for_its_code(self) -> None:
        boss = person("boss", is_staff=True)
        app = app_of(boss)
        step = step_up(name="boss")
        assert (step.way, attempt_of(step.ticket).required) == ("totp", "strong")
        assert isinstance(prove(step, app.at(clock.now())), Admitted)

    def test_a_weak_way_at_the_front_hides_no_strong_one(self, settings: Any) -> None:
        """Nobody looked what there is, so nobody knows what need not be tried."""
        settings.MFA_FACTORS = {**settings.MFA_FACTORS, "sms": f"{__name__}.EarlyText"}
        boss = person("boss", is_staff=True)
        texting(boss)
        phone(boss)
        assert step_up(name="boss").way == "push"

    @pytest.mark.parametrize("has", [["totp", "sms"], ["sms"]])
    def test_where_there_is_no_push_the_next_way_is_asked(
        self, alice: User, settings: Any, has: list[str]
    ) -> None:
        settings.MFA_FACTORS = {**settings.MFA_FACTORS, "push": None, "email": None}
        if "totp" in has:
            app_of(alice)
        texting(alice)
        assert step_up().way == has[0]

    def test_staff_with_codes_on_paper_alone_may_use_one(self) -> None:
        boss = person("boss", is_staff=True)
        codes = paper.new_codes(boss.pk, "")
        step = step_up(name="boss")
        assert step.way == "none"
        assert isinstance(choose(step, "recovery"), StepUp)
        result = prove(step, codes[0])
        assert isinstance(result, Admitted)
        assert sessions.load(result.session_key).is_strong

    def test_staff_are_not_sent_a_text_message(self) -> None:
        boss = person("boss", is_staff=True)
        texting(boss)
        phone(boss)
        step = step_up(name="boss")
        chosen = choose(step, "sms")
        assert isinstance(chosen, StepUp)
        assert chosen.way == "none"
        assert MemoryChannel.sent == []


class TestGettingIn:
    def test_a_code_of_the_app_gets_in_strongly(self, alice: User) -> None:
        app = app_of(alice)
        result = prove(step_up(), app.at(clock.now()))
        assert isinstance(result, Admitted)
        assert sessions.load(result.session_key).proof == "strong"
        assert risk.recent_logins(alice.pk)[0].factor == "totp"

    def test_the_same_code_gets_nobody_in_again(self, alice: User) -> None:
        app = app_of(alice)
        typed = app.at(clock.now())
        assert isinstance(prove(step_up(), typed), Admitted)
        assert isinstance(prove(step_up(), typed), WrongCode)

    def test_a_recovery_code_gets_in_once(self, alice: User) -> None:
        codes = paper.new_codes(alice.pk, "")
        for result_type in (Admitted, WrongCode):
            with frozen(NOON if result_type is Admitted else NOON.replace(hour=13)):
                step = step_up()
                choose(step, "recovery")
                assert isinstance(prove(step, codes[0].upper()), result_type)

    def test_a_text_message_gets_in_weakly(self, alice: User) -> None:
        texting(alice)
        step = step_up()
        chosen = choose(step, "sms")
        assert isinstance(chosen, StepUp)
        assert chosen.way == "sms"
        result = prove(step, text_code())
        assert isinstance(result, Admitted)
        assert sessions.load(result.session_key).proof == "weak"

    def test_a_code_that_is_no_mail_confirms_no_address(self, alice: User) -> None:
        User.objects.update(email_confirmed_at=None)
        app = app_of(alice)
        assert isinstance(prove(step_up(), app.at(clock.now())), Admitted)
        alice.refresh_from_db()
        assert alice.email_confirmed_at is None

    def test_the_mail_about_it_says_what_proved_it(self, alice: User) -> None:
        app = app_of(alice)
        prove(step_up(), app.at(clock.now()))
        assert "Code: from an app" in mails_to("alice@example.org")[-1].text

    def test_five_wrong_codes_end_the_way_and_not_the_journey(self, alice: User) -> None:
        app = app_of(alice)
        step = step_up()
        assert [prove(step, "000000").left for _ in range(5)] == [4, 3, 2, 1, 0]
        assert prove(step, app.at(clock.now())) == WrongCode(0, "too_many_attempts")
        again = choose(step, "totp")
        assert isinstance(again, StepUp)
        assert again.way == "none"
        assert choose(step, "email") == StepUp(
            step.ticket, "email", attempt_of(step.ticket).expires_at
        )
        assert isinstance(prove(step, code_to("alice@example.org")), Admitted)

    def test_it_renews_the_proof_of_a_session(self, alice: User) -> None:
        app = app_of(alice)
        _, key = sessions.open_session(alice, sessions.Evidence("password"), epoch=alice.auth_epoch)
        step = proof.begin(arriving(), sessions.load(key), password=PASSWORD, next_url="/")
        assert isinstance(step, StepUp)
        assert step.way == "totp"
        result = prove(step, app.at(clock.now()))
        assert isinstance(result, Admitted)
        assert sessions.load(result.session_key).is_strong


class TestANoOnThePhone:
    @pytest.mark.parametrize("way", ["totp", "recovery", "sms", "email"])
    def test_ends_every_way_of_that_journey(self, alice: User, way: str) -> None:
        app_of(alice)
        paper.new_codes(alice.pk, "")
        texting(alice)
        factor = phone(alice)
        step = step_up()
        answer(step, factor, "deny", "not_me")
        assert isinstance(choose(step, way), Over)

    def test_leaves_strangers_the_strong_ways_alone(self, alice: User) -> None:
        app, factor = app_of(alice), phone(alice)
        texting(alice)
        answer(step_up(), factor, "deny", "not_me")
        step = step_up()
        assert step.way == "totp"
        shown = wait_page.look_code(step.ticket)
        assert isinstance(shown, wait_page.CodeAsked)
        assert shown.ways.kinds == ("totp",)
        assert isinstance(prove(step, app.at(clock.now())), Admitted)

    def test_that_comes_after_a_right_code_still_ends_it(self, alice: User) -> None:
        app, factor = app_of(alice), phone(alice)
        step = step_up()
        choose(step, "totp")
        code_id = attempt_of(step.ticket).code_id
        challenges.check_code(
            challenge_id=code_id or 0,
            subject=f"login:{attempt_of(step.ticket).reference_digest}",
            typed=app.at(clock.now()),
        )
        answer(step, factor, "deny", "cancelled")
        assert isinstance(login.finish(step.ticket, arriving()), Over)
        assert not Session.objects.exists()


class TestANewPassword:
    def test_asks_for_the_app_of_who_has_one(self, alice: User) -> None:
        app = app_of(alice)
        token = token_for(alice)
        step = reset.ask_factor(arriving(), token)
        assert isinstance(step, StepUp)
        assert step.way == "totp"
        prove(step, app.at(clock.now()))
        assert isinstance(
            reset.set_new(arriving(), token, step.ticket, "a walk along another river"), reset.Ready
        )

    def test_takes_a_recovery_code(self, alice: User) -> None:
        codes = paper.new_codes(alice.pk, "")
        alice.refresh_from_db()
        token = token_for(alice)
        step = reset.ask_factor(arriving(), token)
        assert isinstance(step, StepUp)
        choose(step, "recovery")
        prove(step, codes[5])
        assert isinstance(
            reset.set_new(arriving(), token, step.ticket, "a walk along another river"), reset.Ready
        )

    def test_takes_a_text_message_from_who_has_nothing_stronger(self, alice: User) -> None:
        texting(alice)
        token = token_for(alice)
        step = reset.ask_factor(arriving(), token)
        assert isinstance(step, StepUp)
        assert step.way == "sms"
        prove(step, text_code())
        assert isinstance(
            reset.set_new(arriving(), token, step.ticket, "a walk along another river"), reset.Ready
        )

    def test_asks_for_nothing_more_when_the_last_recovery_code_is_gone(self, alice: User) -> None:
        paper.new_codes(alice.pk, "")
        assert reset.needs_factor(alice)
        for view in enrolment.factors(alice.pk):
            if view.kind == "recovery":
                enrolment.revoke_factor(alice.pk, view.id)
        assert not reset.needs_factor(alice)

"""What the pages say of codes from an app, from paper or by text message, and where each leads."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.journey import Admitted, Limited, StepUp, WrongCode
from accounts.models import LoginAttempt, User
from accounts.tests.helpers import Browser, app_of, attempt_of, mailbox, mails_to, phone, texting
from accounts.tests.test_login import step_up
from accounts.tests.test_other_ways import choose, prove
from mfa.channels.memory import MemoryChannel
from mfa.factors.recovery import enrolment as paper
from mfa.services import enrolment
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


@pytest.mark.usefixtures("alice")
class TestGoingBackAndForth:
    def test_who_comes_back_goes_on_with_the_code_that_was_sent(self, alice: User) -> None:
        paper.new_codes(alice.pk, "")
        step = step_up()
        choose(step, "recovery")
        assert isinstance(prove(step, "no code of hers"), WrongCode)
        back = choose(step, "email")
        assert isinstance(back, StepUp)
        # the code, and the mail about new recovery codes
        assert len(mails_to("alice@example.org")) == 2
        code = next(
            parcel for parcel in MemoryChannel.sent if parcel.subject == "Your code for Nod"
        ).text
        assert isinstance(prove(step, re.findall(r"\b[0-9]{6}\b", code)[0]), Admitted)

    def test_asking_for_another_one_is_limited_as_ever(self) -> None:
        step = step_up()
        assert isinstance(choose(step, "email"), Limited)

    def test_a_way_that_nobody_has_changes_nothing(self) -> None:
        step = step_up()
        before = attempt_of(step.ticket).code_id
        for way in ("totp", "recovery", "sms", "push", "passkey", "nonsense", ""):
            result = choose(step, way)
            assert isinstance(result, StepUp)
            assert result.way == "none"
        assert LoginAttempt.objects.get().code_id == before


class TestThePages:
    def page(self, browser: Browser, way: str) -> str:
        response = browser.post("/login/choose/", {"way": way}, follow=True)
        assert response.status_code == 200
        return str(response.content.decode())

    def test_the_code_page_says_which_code(self, alice: User) -> None:
        app_of(alice)
        texting(alice)
        paper.new_codes(alice.pk, "")
        browser = Browser()
        assert browser.sign_in().headers["Location"] == "/login/code/"
        first = browser.get("/login/code/").content.decode()
        assert "Open your code app" in first
        assert "for Nod now" in first
        assert "Check your messages" in (shown := self.page(browser, "sms"))
        assert "+33•••42" in shown
        assert "Use a recovery code" in self.page(browser, "recovery")
        assert "Check your e-mail" in self.page(browser, "email")

    def test_the_code_page_of_a_kind_that_settings_name_no_more_is_still_a_page(
        self, alice: User, settings: Any
    ) -> None:
        settings.MFA_FACTORS = {**settings.MFA_FACTORS, "toy": "mfa.tests.toyfactor.Toy"}
        enrolment.add_factor(alice.pk, "toy", "", added_by="")
        browser = Browser()
        browser.sign_in()
        assert "code word" in self.page(browser, "toy")
        settings.MFA_FACTORS = {k: v for k, v in settings.MFA_FACTORS.items() if k != "toy"}
        assert '<h1 class="title">toy</h1>' in browser.get("/login/code/").content.decode()

    def test_each_page_offers_the_other_ways_and_not_its_own(self, alice: User) -> None:
        app_of(alice)
        texting(alice)
        paper.new_codes(alice.pk, "")
        phone(alice)
        browser = Browser()
        browser.sign_in()
        for way in ("totp", "sms", "recovery", "email"):
            offered = re.findall(r'name="way" value="(\w+)"', self.page(browser, way))
            others = {"push", "totp", "sms", "recovery", "email"} - {way}
            assert set(offered) == others | ({way} if way in ("sms", "email") else set())

    def test_the_wait_page_offers_all_of_them(self, alice: User) -> None:
        app_of(alice)
        texting(alice)
        paper.new_codes(alice.pk, "")
        phone(alice)
        browser = Browser()
        assert browser.sign_in().headers["Location"] == "/login/wait/"
        offered = re.findall(
            r'name="way" value="(\w+)"', browser.get("/login/wait/").content.decode()
        )
        assert offered == ["push", "totp", "email", "sms", "recovery"]

    def test_a_recovery_code_fits_into_its_field(self, alice: User) -> None:
        codes = paper.new_codes(alice.pk, "")
        browser = Browser()
        browser.sign_in()
        field = re.search(r"<input[^>]+name=\"code\"[^>]*>", self.page(browser, "recovery"))
        assert field is not None
        assert "pattern" not in field[0]
        assert "numeric" not in field[0]
        assert (
            browser.post("/login/code/", {"code": f" {codes[0].replace('-', ' - ')} "}).headers[
                "Location"
            ]
            == "/"
        )

    @pytest.mark.parametrize(
        ("way", "says"),
        [
            (
                "totp",
                "That is not the code your app shows now, or it was used before. 4 tries are left.",
            ),
            ("recovery", "That is none of your codes, or it was used before. 4 tries are left."),
            ("email", "That is not the code. 4 tries are left."),
        ],
    )
    def test_a_wrong_code_is_explained_in_the_words_of_its_kind(
        self, alice: User, way: str, says: str
    ) -> None:
        app_of(alice)
        paper.new_codes(alice.pk, "")
        browser = Browser()
        browser.sign_in()
        self.page(browser, way)
        response = browser.post("/login/code/", {"code": "000000"})
        assert response.status_code == 400
        page = response.content.decode()
        assert says in page
        assert (">Recovery code</label>" in page) is (way == "recovery")

    def test_after_the_last_try_another_way_is_offered(self, alice: User) -> None:
        app_of(alice)
        browser = Browser()
        browser.sign_in()
        for _ in range(5):
            response = browser.post("/login/code/", {"code": "000000"})
        assert "No more codes of this kind are taken for this sign-in." in response.content.decode()

    def test_an_unknown_browser_is_not_told_what_the_phone_is_called(self, alice: User) -> None:
        app_of(alice)
        phone(alice, "My secret phone")
        browser = Browser()
        browser.sign_in()
        assert "My secret phone" not in self.page(browser, "totp")

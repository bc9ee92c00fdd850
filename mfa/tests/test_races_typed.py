"""Many at once with the same code of an app or from paper, and with what text messages cost: on
PostgreSQL.
"""

from abc import ABC, abstractmethod
from functools import partial
from typing import Any

import pyotp
import pytest
from django.db import connection

from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.factors.totp.enrolment import TotpDraft
from mfa.models import Challenge, Factor, RecoveryCode, SmsQuota
from mfa.results import Dead, Enrolled, NotAsked, Opened, Right
from mfa.services import enrolment
from mfa.tests.helpers import (
    app_of,
    ask_code,
    ask_typed,
    budget,
    check,
    code_of,
    codes_for,
    opened,
    read_anew,
    spend,
    texting,
)
from mfa.tests.test_races import kinds
from mfaproject.lib import clock
from mfaproject.lib.racing import at_once
from mfaproject.lib.testing import person

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
JOURNEYS = [f"login:{n}" for n in range(16)]
SESSION = "s" * 22


@pytest.fixture
def alice(transactional_db: None) -> Any:
    return person("alice")


class TypedRaces(ABC):
    """What holds for every kind whose code is at hand, however many type it at once."""

    name = ""

    @abstractmethod
    def enrol(self, user: Any) -> str:
        """Gives the person one, and a code of it that was not used yet."""

    def test_one_question_takes_the_same_code_once(self, alice: Any) -> None:
        code = self.enrol(alice)
        asked = opened(ask_typed(alice, self.name))
        assert kinds(at_once(*[partial(check, asked, code)] * 50)) == {"Right": 1, "Dead": 49}

    @pytest.mark.parametrize("_trial", range(5))
    def test_many_questions_take_the_same_code_once(self, alice: Any, _trial: int) -> None:
        code = self.enrol(alice)
        asked = [opened(ask_typed(alice, self.name, journey)) for journey in JOURNEYS]
        results = at_once(
            *[
                partial(check, one, code, journey)
                for one, journey in zip(asked, JOURNEYS, strict=True)
            ]
        )
        assert kinds(results)["Right"] == 1
        proofs = [spend(one, journey) for one, journey in zip(asked, JOURNEYS, strict=True)]
        assert len([proof for proof in proofs if proof is not None]) == 1

    def test_both_lanes_take_the_same_code_once(self, alice: Any) -> None:
        code = self.enrol(alice)
        lanes = ["known", "other"] * 8
        asked = [
            opened(ask_typed(alice, self.name, journey, lane=lane))
            for journey, lane in zip(JOURNEYS, lanes, strict=True)
        ]
        results = at_once(
            *[
                partial(check, one, code, journey)
                for one, journey in zip(asked, JOURNEYS, strict=True)
            ]
        )
        assert kinds(results)["Right"] == 1

    def test_of_two_hundred_wrong_codes_five_are_looked_at(self, alice: Any) -> None:
        code = self.enrol(alice)
        asked = opened(ask_typed(alice, self.name))
        results = at_once(*[partial(check, asked, "000000")] * 200)
        assert kinds(results) == {"Wrong": 5, "Dead": 195}
        assert budget(alice, self.name).failures == 5
        assert check(asked, code) == Dead("too_many_attempts")

    def test_asking_many_times_at_once_gives_one_question_and_its_tries(self, alice: Any) -> None:
        self.enrol(alice)

        def ask_and_guess() -> Any:
            asked = ask_typed(alice, self.name)
            return check(asked, "000000") if isinstance(asked, Opened) else asked

        results = at_once(*[ask_and_guess] * 40)
        assert Challenge.objects.count() == 1
        assert kinds(results)["Wrong"] == 5

    @pytest.mark.parametrize("_trial", range(5))
    def test_removed_beside_a_right_code_it_proves_nothing_any_more(
        self, alice: Any, _trial: int
    ) -> None:
        code = self.enrol(alice)
        asked = opened(ask_typed(alice, self.name))
        factor_id = Factor.objects.get(user=alice, kind=self.name).pk
        at_once(partial(check, asked, code), partial(enrolment.revoke_factor, alice.pk, factor_id))
        assert spend(asked) is None


class TestTotp(TypedRaces):
    name = "totp"

    def enrol(self, user: Any) -> str:
        return str(app_of(user).at(clock.now()))

    def test_a_draft_is_confirmed_once(self, alice: Any) -> None:
        draft = apps.begin(alice.pk, SESSION)
        code = pyotp.TOTP(draft.secret).at(clock.now())
        results = at_once(*[partial(apps.confirm, alice.pk, draft.factor_id, code)] * 8)
        assert sorted(results) == [False] * 7 + [True]

    def test_drafts_begun_at_once_leave_one(self, alice: Any) -> None:
        drafts: list[TotpDraft] = at_once(*[partial(apps.begin, alice.pk, SESSION)] * 8)
        confirmed = [
            apps.confirm(alice.pk, one.factor_id, pyotp.TOTP(one.secret).at(clock.now()))
            for one in drafts
        ]
        assert sum(confirmed) == 1


class TestRecovery(TypedRaces):
    name = "recovery"

    def enrol(self, user: Any) -> str:
        return codes_for(user, SESSION)[3]

    def test_ten_codes_at_once_are_ten(self, alice: Any) -> None:
        codes = codes_for(alice, SESSION)
        asked = [opened(ask_typed(alice, "recovery", journey)) for journey in JOURNEYS[:10]]
        results = at_once(
            *[
                partial(check, one, code, journey)
                for one, code, journey in zip(asked, codes, JOURNEYS, strict=False)
            ]
        )
        assert all(isinstance(result, Right) for result in results)
        assert RecoveryCode.objects.count() == 0

    @pytest.mark.parametrize("_trial", range(5))
    def test_a_code_beside_a_new_set_is_used_or_void_and_the_new_set_is_whole(
        self, alice: Any, _trial: int
    ) -> None:
        code = self.enrol(alice)
        asked = opened(ask_typed(alice, "recovery"))
        works: list[Any] = [
            partial(check, asked, code),
            partial(paper.new_codes, alice.pk, SESSION),
        ]
        _, codes = at_once(*works)
        assert spend(asked) is None
        assert paper.codes_left(alice.pk) == len(codes) == 10

    def test_sets_made_at_once_leave_one(self, alice: Any) -> None:
        sets: list[list[str]] = at_once(*[partial(paper.new_codes, alice.pk, SESSION)] * 8)
        assert paper.codes_left(alice.pk) == 10
        read_anew(alice)
        journeys = [f"login:{n}" for n in range(8)]
        results = [
            check(opened(ask_typed(alice, "recovery", journey)), made[0], journey)
            for made, journey in zip(sets, journeys, strict=True)
        ]
        assert kinds(results)["Right"] == 1


def test_an_address_is_proved_once(alice: Any) -> None:
    asked = opened(
        enrolment.open_address(
            kind="sms",
            user_id=alice.pk,
            epoch=alice.auth_epoch,
            address="+33612345642",
            added_by=SESSION,
            language="en",
        )
    )
    code = code_of(asked)
    results = at_once(
        *[
            partial(
                enrolment.confirm_address,
                kind="sms",
                user_id=alice.pk,
                added_by=SESSION,
                typed=code,
            )
        ]
        * 12
    )
    assert kinds(results)["Enrolled"] == 1
    assert [result.address for result in results if isinstance(result, Enrolled)] == [
        "+33612345642"
    ]


def test_text_messages_of_many_people_keep_to_what_the_site_spends(
    transactional_db: None, settings: Any
) -> None:
    settings.SMS_PER_SITE_HOUR = 5
    people = [person(f"user{n}") for n in range(12)]
    for n, user in enumerate(people):
        texting(user, f"+336123456{n:02d}")
    results = at_once(*[partial(ask_code, user, f"login:{user.pk}", kind="sms") for user in people])
    assert kinds(results) == {"Opened": 5, "NotAsked": 7}
    assert {result.code for result in results if isinstance(result, NotAsked)} == {"rate_limited"}
    assert SmsQuota.objects.get(key="site:all").count == 5
    assert connection.vendor == "postgresql"

"""The registry of factors: what settings name, in which order, and what a broken line does."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.template.loader import get_template
from django.test import override_settings
from django.utils.translation import gettext, override

from mfa import registry
from mfa.checks import factor_lines
from mfa.models import Challenge
from mfa.models import Factor as Row
from mfa.registry.base import Factor, Facts, Match
from mfa.registry.folders import add_translations, folders
from mfa.results import Right, Wrong
from mfa.services import challenges, drafts, enrolment
from mfa.tests.helpers import ask_typed, budget, check, opened, phone, refused, spend
from mfa.tests.toyfactor import Toy
from mfaproject.lib.testing import FrozenClock

TOY = "mfa.tests.toyfactor.Toy"
OURS = ("push", "totp", "email", "sms", "recovery")


@pytest.fixture
def toy(settings: Any) -> None:
    settings.MFA_FACTORS = {**settings.MFA_FACTORS, "toy": TOY}


class Weak(Toy):
    """A code word that proves little."""

    kind = "weak"
    strength = "weak"


class Many(Toy):
    """Several words, of which a person may say any."""

    kind = "many"
    has_several = True

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """The id of the factor whose word it is."""
        asked = facts.candidates or (facts,)
        ids = [getattr(each, "id", facts.factor_id) for each in asked]
        return Match(factor_id=int(str(answer))) if str(answer) in map(str, ids) else None


class Liar(Many):
    """Says of every answer that it was of whatever factor the answer names."""

    kind = "liar"

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        return Match(factor_id=int(str(answer)))


class Failing(Toy):
    """Meets an answer that it cannot read, and quotes it."""

    kind = "failing"

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        return Match(step=int(str(answer)))


class Unreached(Toy):
    """Looks something up, and the database is away."""

    kind = "away"

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        raise OperationalError


class Forgetful(Many):
    """Finds one of several, and does not say which."""

    kind = "forgets"

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        return Match(step=1)


class Nameless(Factor):
    """Has neither words nor a place."""

    kind = "toy"
    strength = "strong"


class Nowhere(Toy):
    kind = "none"


class Elsewhere(Toy):
    """Would ask for mail codes, and knows no mailbox."""

    kind = "email"


class SecondMailbox(Toy):
    kind = "toy"
    address = "mailbox"


class NoFactor:
    kind = "toy"


class Unready(Factor):
    def __init__(self) -> None:
        raise RuntimeError("the library is missing")


HERE = __name__


def test_ways_come_in_their_order_and_not_in_that_of_the_settings(settings: Any) -> None:
    settings.MFA_FACTORS = dict(reversed(settings.MFA_FACTORS.items()))
    assert tuple(factor.kind for factor in registry.every()) == OURS


@pytest.mark.usefixtures("toy")
def test_one_line_adds_a_kind_at_its_place() -> None:
    assert tuple(factor.kind for factor in registry.every()) == (*OURS, "toy")
    assert ("toy", "code word") in [(kind, str(name)) for kind, name in registry.choices()]
    assert ("toy", "Code word") in [(kind, str(title)) for kind, title in registry.ledger_words()]
    assert "code word" in get_template("toyfactor/asked.html").render({})


def test_a_kind_that_is_off_is_still_known_by_its_words(settings: Any) -> None:
    settings.MFA_FACTORS = {"totp": settings.MFA_FACTORS["totp"], "sms": None}
    assert tuple(factor.kind for factor in registry.every()) == ("totp",)
    assert registry.get("sms") is registry.get("email") is None
    assert str(registry.of("sms").words.title) == "Text message"
    assert registry.mailbox().kind == "email"


def test_rows_of_a_kind_that_is_gone_can_be_read_and_prove_little() -> None:
    gone = registry.of("toy")
    assert (str(gone.words.name), gone.strength, gone.is_listed) == ("toy", "weak", False)
    assert gone.check(Facts("", "login", "", 1, 0), "anything") is None


def test_nothing_is_made_anew_for_each_request() -> None:
    assert registry.get("totp") is registry.get("totp")
    assert registry.every() is registry.every()


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        ("toy", "nowhere.Toy", "No module named 'nowhere'"),
        ("toy", "mfa.tests.toyfactor.Missing", "does not define"),
        ("toy", f"{HERE}.Unready", "RuntimeError: the library is missing"),
        ("toy", "mfa.factors.totp.Totp", "is no factor of the kind 'toy'"),
        ("toy", "mfa.limits.Tries", "is no factor of the kind 'toy'"),
        ("toy", f"{HERE}.NoFactor", "is no factor of the kind 'toy'"),
        ("toy", f"{HERE}.Nameless", "does not say its order, icon, words"),
        ("email", f"{HERE}.Elsewhere", "the mailbox is asked by one kind"),
        ("toy", f"{HERE}.SecondMailbox", "the mailbox is asked by one kind"),
        ("Toy-1", TOY, "1 to 8 lower-case letters"),
        ("none", f"{HERE}.Nowhere", "neither 'none' nor 'password'"),
        ("password", TOY, "neither 'none' nor 'password'"),
    ],
)
def test_a_broken_line_is_off_and_an_error_that_names_it(
    settings: Any, caplog: pytest.LogCaptureFixture, kind: str, path: str, said: str
) -> None:
    caplog.set_level(logging.CRITICAL)
    settings.MFA_FACTORS = {**settings.MFA_FACTORS, kind: path}
    (error,) = factor_lines(None)
    assert (error.id, error.is_serious()) == ("nod.E040", True)
    assert f"MFA_FACTORS[{kind!r}]" in error.msg
    assert said in error.msg
    assert registry.get(kind) is None
    assert registry.get("totp") is not None


def test_the_lines_as_they_stand_are_right() -> None:
    assert factor_lines(None) == []


@pytest.mark.usefixtures("toy")
def test_a_package_brings_its_translations(settings: Any) -> None:
    before = settings.LOCALE_PATHS
    add_translations()
    assert [*map(Path, before), *folders("locale")] == settings.LOCALE_PATHS
    assert (Path(__file__).parent / "toyfactor" / "locale") in settings.LOCALE_PATHS
    with override("fr"), override_settings():
        assert gettext("Use a recovery code") != "Use a recovery code"


def enrolled(user: Any, kind: str) -> int:
    """A factor of another package, and what `check` of those above takes for right: its id."""
    factor_id = drafts.begin(kind, user.pk, "", secret="riverside")
    Row.objects.filter(pk=factor_id).update(confirmed_at=Row.objects.get(pk=factor_id).added_at)
    return factor_id


@pytest.mark.usefixtures("toy")
class TestTyped:
    """A kind that nobody of Nod knows, asked and checked."""

    def test_it_is_asked_checked_and_collected(self, alice: Any) -> None:
        factor_id = enrolled(alice, "toy")
        asked = opened(ask_typed(alice, "toy"))
        assert check(asked, "Riverside ") == Right("toy", "", "strong", factor_id)
        proof = spend(asked)
        assert proof is not None
        assert (proof.kind, proof.strength, proof.factor_id) == ("toy", "strong", factor_id)

    def test_its_own_limit_switches_it_off_in_its_lane(self, alice: Any) -> None:
        enrolled(alice, "toy")
        asked = opened(ask_typed(alice, "toy"))
        assert [check(asked, "wrong") for _ in range(3)] == [Wrong(4), Wrong(3), Wrong(2)]
        assert budget(alice, "toy").off == "tries"
        assert refused(ask_typed(alice, "toy", "login:" + "b" * 43)).code == "off"
        opened(ask_typed(alice, "toy", "login:" + "c" * 43, lane="known"))

    def test_a_draft_counts_once_it_was_typed_and_the_one_before_is_gone(self, alice: Any) -> None:
        first = drafts.begin("toy", alice.pk, "s", secret="one")
        assert not drafts.confirm_own("toy", alice.pk, "other session", "one")
        assert not drafts.confirm_own("toy", alice.pk, "s", "two")
        assert drafts.confirm_own("toy", alice.pk, "s", "one")
        drafts.begin("toy", alice.pk, "s", secret="two")
        assert [each.id for each in enrolment.factors(alice.pk)] == [first]
        assert drafts.confirm_own("toy", alice.pk, "s", "two")
        assert [each.id for each in enrolment.factors(alice.pk)] != [first]
        assert len(enrolment.factors(alice.pk)) == 1

    def test_a_kind_that_is_off_takes_no_draft(self, alice: Any, settings: Any) -> None:
        drafts.begin("toy", alice.pk, "s", secret="one")
        settings.MFA_FACTORS = {}
        assert not drafts.confirm_own("toy", alice.pk, "s", "one")


def test_a_weak_kind_at_hand_is_not_asked_where_a_strong_one_is_wanted(
    alice: Any, settings: Any
) -> None:
    settings.MFA_FACTORS = {"weak": f"{HERE}.Weak"}
    enrolled(alice, "weak")
    assert refused(ask_typed(alice, "weak", required="strong")).code == "method_unavailable"
    terms = {"user_id": alice.pk, "lane": "other", "purpose": "login", "browser": ""}
    assert challenges.ways(**terms, required="strong").get("weak") is None
    assert challenges.ways(**terms, required="weak").get("weak") is not None
    assert check(opened(ask_typed(alice, "weak")), "riverside") == Right(
        "weak", "", "weak", Row.objects.get().pk
    )
    assert not challenges.has_strong(alice.pk)


def test_a_database_that_is_away_makes_no_answer_wrong(alice: Any, settings: Any) -> None:
    settings.MFA_FACTORS = {"away": f"{HERE}.Unreached"}
    enrolled(alice, "away")
    asked = opened(ask_typed(alice, "away"))
    with pytest.raises(OperationalError):
        check(asked, "riverside")
    assert budget(alice, "away").failures == 0


class TestFailing:
    """A kind that raises while it looks at an answer."""

    @pytest.fixture(autouse=True)
    def _line(self, settings: Any) -> None:
        settings.MFA_FACTORS = {"failing": f"{HERE}.Failing"}

    def test_the_answer_is_wrong_and_counted_and_not_in_the_log(
        self, alice: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        enrolled(alice, "failing")
        asked = opened(ask_typed(alice, "failing"))
        assert check(asked, "her secret") == Wrong(4)
        assert budget(alice, "failing").failures == 1
        (said,) = [each for each in caplog.records if each.levelno == logging.ERROR]
        assert (said.kind, said.error) == ("failing", "ValueError")  # type: ignore[attr-defined]
        assert "secret" not in caplog.text

    def test_a_draft_stays_one(self, alice: Any) -> None:
        drafts.begin("failing", alice.pk, "s", secret="one")
        assert not drafts.confirm_own("failing", alice.pk, "s", "her secret")
        assert drafts.confirm_own("failing", alice.pk, "s", "7")


class TestSeveral:
    """A kind of which a person has several: any may answer, and the one that did is noted."""

    @pytest.fixture(autouse=True)
    def _lines(self, settings: Any) -> None:
        settings.MFA_FACTORS = {
            "many": f"{HERE}.Many",
            "liar": f"{HERE}.Liar",
            "forgets": f"{HERE}.Forgetful",
        }

    def test_the_one_that_answered_is_noted_and_collected(self, alice: Any) -> None:
        _first, second = enrolled(alice, "many"), enrolled_more(alice, "many")
        asked = opened(ask_typed(alice, "many"))
        assert Challenge.objects.get().factor_id is None
        assert check(asked, str(second)) == Right("many", "", "strong", second)
        assert Row.objects.get(pk=second).last_used_at is not None
        proof = spend(asked)
        assert proof is not None
        assert proof.factor_id == second

    def test_one_that_was_removed_meanwhile_answers_nothing(self, alice: Any) -> None:
        _first, second = enrolled(alice, "many"), enrolled_more(alice, "many")
        asked = opened(ask_typed(alice, "many"))
        Row.objects.filter(pk=second).update(revoked_at=Row.objects.get(pk=second).added_at)
        assert isinstance(check(asked, str(second)), Wrong)

    def test_one_younger_than_a_day_changes_nothing_while_an_elder_is_there(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        pixel, young = phone(alice), enrolled(alice, "many")
        Row.objects.filter(pk=pixel).update(confirmed_at=clock.at - timedelta(days=3))
        assert refused(ask_typed(alice, "many", purpose="proof")).code == "method_unavailable"
        old = enrolled_more(alice, "many")
        Row.objects.filter(pk=old).update(confirmed_at=clock.at - timedelta(days=2))
        asked = opened(ask_typed(alice, "many", purpose="proof"))
        assert isinstance(check(asked, str(young)), Wrong)
        assert isinstance(check(asked, str(old)), Right)

    def test_a_kind_cannot_name_a_draft_nor_what_is_too_young(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        pixel, old, young = phone(alice), enrolled(alice, "liar"), enrolled_more(alice, "liar")
        for elder in (pixel, old):
            Row.objects.filter(pk=elder).update(confirmed_at=clock.at - timedelta(days=3))
        draft = drafts.begin("liar", alice.pk, "s", secret="riverside")
        asked = opened(ask_typed(alice, "liar", purpose="proof"))
        for no in (draft, young):
            assert isinstance(check(asked, str(no)), Wrong)
        assert Row.objects.get(pk=draft).confirmed_at is None
        assert isinstance(check(asked, str(old)), Right)

    def test_a_kind_that_does_not_say_which_answered_is_not_believed(self, alice: Any) -> None:
        """Nothing would be used up, and the same answer would be right again."""
        enrolled(alice, "forgets")
        asked = opened(ask_typed(alice, "forgets"))
        assert isinstance(check(asked, "anything"), Wrong)

    def test_a_kind_cannot_name_what_is_not_this_persons_or_of_another_kind(
        self, alice: Any, bob: Any
    ) -> None:
        enrolled(alice, "liar")
        for foreign in (enrolled(bob, "liar"), phone(alice)):
            journey = f"login:{foreign:a>43}"
            asked = opened(ask_typed(alice, "liar", journey))
            assert isinstance(check(asked, str(foreign), journey), Wrong)
            assert Challenge.objects.get(pk=asked.challenge_id).state == "pending"


def enrolled_more(user: Any, kind: str) -> int:
    """Another one: `drafts.begin` ends drafts, and these are none any more."""
    return enrolled(user, kind)

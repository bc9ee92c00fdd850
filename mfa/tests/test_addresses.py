"""Proving an address, and codes by text message."""

from typing import Any

import pytest

from mfa import limits, phone_numbers
from mfa.factors.recovery import enrolment as paper
from mfa.factors.sms import quota
from mfa.models import Budget, Challenge, Factor, OutboxMessage, SmsQuota
from mfa.results import Dead, Enrolled, NotAsked, Opened, Right, Wrong
from mfa.services import addresses, challenges, enrolment
from mfa.tests.helpers import (
    JOURNEY,
    NUMBER,
    OTHER_JOURNEY,
    ask_code,
    budget,
    check,
    code_of,
    delivered,
    mails,
    opened,
    phone,
    read_anew,
    refused,
    set_budget,
    spend,
    texting,
    wrong_code,
)
from mfa.tests.helpers import (
    ways as open_ways,
)
from mfaproject.lib.testing import FrozenClock

HERE, ELSEWHERE = "s" * 22, "e" * 22
ADDRESSES = {"email": ("work@example.org", "home@example.org"), "sms": (NUMBER, "+33698765432")}


def ask(
    user: Any, kind: str = "sms", address: str = NUMBER, added_by: str = HERE
) -> Opened | NotAsked:
    return enrolment.open_address(
        kind=kind,
        user_id=user.pk,
        epoch=user.auth_epoch,
        address=address,
        added_by=added_by,
        language="en",
        name="Alice",
        ip="192.0.2.7",
    )


def confirm(
    user: Any, typed: object, kind: str = "sms", added_by: str = HERE
) -> Enrolled | Wrong | Dead:
    return enrolment.confirm_address(kind=kind, user_id=user.pk, added_by=added_by, typed=typed)


def ask_sms(user: Any, journey: str = JOURNEY, **changes: Any) -> Opened | NotAsked:
    return ask_code(user, journey, **({"kind": "sms", "destination": ""} | changes))


@pytest.mark.parametrize("kind", ["email", "sms"])
class TestProvingAnAddress:
    def test_a_right_code_makes_it_a_factor(self, alice: Any, kind: str) -> None:
        address = ADDRESSES[kind][0]
        asked = opened(ask(alice, kind, address))
        assert enrolment.factors(alice.pk) == []
        result = confirm(alice, code_of(asked), kind)
        assert isinstance(result, Enrolled)
        assert (result.kind, result.address) == (kind, address)
        assert [(view.kind, view.label, view.added_by) for view in enrolment.factors(alice.pk)] == [
            (kind, address, HERE)
        ]

    def test_the_message_goes_there_and_says_why(self, alice: Any, kind: str) -> None:
        address = ADDRESSES[kind][0]
        code = code_of(opened(ask(alice, kind, address)))
        (parcel,) = delivered()
        assert (parcel.to, parcel.channel) == (address, kind)
        assert code in parcel.text

    def test_a_wrong_code_proves_nothing(self, alice: Any, kind: str) -> None:
        asked = opened(ask(alice, kind, ADDRESSES[kind][0]))
        assert confirm(alice, wrong_code(asked), kind) == Wrong(4)
        assert enrolment.factors(alice.pk) == []

    def test_a_code_works_once(self, alice: Any, kind: str) -> None:
        code = code_of(opened(ask(alice, kind, ADDRESSES[kind][0])))
        confirm(alice, code, kind)
        assert confirm(alice, code, kind) == Dead("used")
        # the new mailbox is told as well
        assert len(mails("factor_changed")) == (2 if kind == "email" else 1)

    def test_another_session_or_person_cannot_use_it(self, alice: Any, bob: Any, kind: str) -> None:
        code = code_of(opened(ask(alice, kind, ADDRESSES[kind][0])))
        assert confirm(alice, code, kind, added_by=ELSEWHERE) == Dead("expired")
        assert confirm(bob, code, kind) == Dead("expired")

    def test_a_new_address_takes_the_place_of_the_old_one(
        self, alice: Any, kind: str, clock: FrozenClock
    ) -> None:
        first, second = ADDRESSES[kind]
        confirm(alice, code_of(opened(ask(alice, kind, first))), kind)
        clock.forward(seconds=30)
        read_anew(alice)
        confirm(alice, code_of(opened(ask(alice, kind, second))), kind)
        assert [view.label for view in enrolment.factors(alice.pk)] == [second]

    def test_the_newest_address_of_a_session_is_the_one_that_is_proved(
        self, alice: Any, kind: str, clock: FrozenClock
    ) -> None:
        first, second = ADDRESSES[kind]
        old = code_of(opened(ask(alice, kind, first)))
        clock.forward(seconds=30)
        new = opened(ask(alice, kind, second))
        if old != code_of(new):
            assert confirm(alice, old, kind) == Wrong(4)
        assert confirm(alice, code_of(new), kind) == Enrolled(
            Factor.objects.get(label=second).pk, kind, second
        )
        assert Factor.objects.get(label=first).confirmed_at is None

    def test_sending_again_gives_no_new_tries(
        self, alice: Any, kind: str, clock: FrozenClock
    ) -> None:
        address = ADDRESSES[kind][0]
        asked = opened(ask(alice, kind, address))
        for _ in range(3):
            confirm(alice, wrong_code(asked), kind)
        clock.forward(seconds=30)
        again = opened(ask(alice, kind, address))
        assert confirm(alice, wrong_code(again), kind) == Wrong(1)

    def test_once_in_thirty_seconds(self, alice: Any, kind: str) -> None:
        opened(ask(alice, kind, ADDRESSES[kind][0]))
        assert ask(alice, kind, ADDRESSES[kind][1]) == NotAsked("rate_limited", 30)
        assert Factor.objects.filter(label=ADDRESSES[kind][1]).count() == 0

    def test_what_happens_there_is_not_counted_against_sign_ins(
        self, alice: Any, kind: str
    ) -> None:
        asked = opened(ask(alice, kind, ADDRESSES[kind][0]))
        confirm(alice, wrong_code(asked), kind)
        assert budget(alice, kind, "enrol").failures == 1
        assert not Budget.objects.exclude(lane="enrol").exists()

    def test_too_many_wrong_codes_rest_it_for_a_day_and_no_longer(
        self, alice: Any, kind: str, clock: FrozenClock
    ) -> None:
        set_budget(alice, kind, "enrol", in_a_row=99)
        asked = opened(ask(alice, kind, ADDRESSES[kind][0]))
        assert confirm(alice, wrong_code(asked), kind) == Wrong(4)
        clock.forward(seconds=30)
        assert refused(ask(alice, kind, ADDRESSES[kind][0])) == NotAsked("off", limits.DAY - 30)
        clock.forward(days=1)
        opened(ask(alice, kind, ADDRESSES[kind][1]))

    def test_binding_it_anew_switches_its_sign_ins_on(self, alice: Any, kind: str) -> None:
        set_budget(alice, kind, off="tries", in_a_row=100)
        confirm(alice, code_of(opened(ask(alice, kind, ADDRESSES[kind][0]))), kind)
        assert budget(alice, kind).off == ""

    def test_a_code_that_proves_an_address_signs_nobody_in(self, alice: Any, kind: str) -> None:
        asked = opened(ask(alice, kind, ADDRESSES[kind][0]))
        assert check(asked, code_of(asked), JOURNEY) == Dead("expired")
        assert spend(asked, JOURNEY) is None

    def test_a_new_epoch_ends_it(self, alice: Any, kind: str) -> None:
        code = code_of(opened(ask(alice, kind, ADDRESSES[kind][0])))
        type(alice).objects.update(auth_epoch=1)
        assert isinstance(confirm(alice, code, kind), Dead)
        assert enrolment.factors(alice.pk) == []


class TestSpellingsOfOneMailbox:
    ONE, OTHER, THERE = "w@bücher.example", "W@xn--bcher-kva.example", "w@xn--bcher-kva.example"

    def test_are_one_journey_with_the_tries_it_had(self, alice: Any, clock: FrozenClock) -> None:
        asked = opened(ask(alice, "email", self.ONE))
        for _ in range(3):
            confirm(alice, wrong_code(asked), "email")
        clock.forward(seconds=30)
        again = opened(ask(alice, "email", self.OTHER))
        assert confirm(alice, wrong_code(again), "email") == Wrong(1)

    def test_the_one_that_the_code_went_to_is_what_is_proved(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        opened(ask(alice, "email", self.ONE))
        clock.forward(seconds=30)
        code = code_of(opened(ask(alice, "email", self.OTHER)))
        assert [parcel.to for parcel in delivered()] == [self.OTHER]
        result = confirm(alice, code, "email")
        assert isinstance(result, Enrolled)
        assert result.address == self.OTHER
        assert Factor.objects.count() == 1

    def test_are_told_of_a_change_once(self, alice: Any) -> None:
        type(alice).objects.filter(pk=alice.pk).update(email=self.ONE)
        for label in (self.OTHER, self.THERE):
            enrolment.add_factor(alice.pk, "email", label, added_by="")
        paper.new_codes(alice.pk, "")
        assert len(mails("factor_changed")) == 1

    def test_a_code_for_a_sign_in_is_of_the_factor_however_that_is_spelt(self, alice: Any) -> None:
        factor_id = enrolment.add_factor(alice.pk, "email", self.ONE, added_by="")
        asked = opened(ask_code(alice, destination=self.THERE))
        assert Challenge.objects.get(pk=asked.challenge_id).factor_id == factor_id

    def test_a_message_goes_to_the_domain_of_todays_rules(self, alice: Any) -> None:
        opened(ask(alice, "email", "q@faß.example"))
        assert [parcel.to for parcel in delivered()] == ["q@xn--fa-hia.example"]

    def test_where_no_mail_can_go_the_question_ends(self, alice: Any) -> None:
        asked = opened(ask_code(alice, destination="a@i❤.ws"))
        assert delivered() == []
        assert (OutboxMessage.objects.get().state, OutboxMessage.objects.get().reason) == (
            "failed",
            "bad_address",
        )
        assert Challenge.objects.get(pk=asked.challenge_id).state == "failed"


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"is_active": False}])
def test_the_epoch_is_looked_at_again_at_the_last_step(
    alice: Any, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    def check_and_change(**given: Any) -> Any:
        result = challenges.check_code(**given)
        type(alice).objects.update(**change)
        return result

    monkeypatch.setattr(addresses, "check_code", check_and_change)
    assert confirm(alice, code_of(opened(ask(alice)))) == Dead("used")
    assert enrolment.factors(alice.pk) == []


def test_the_mail_about_a_new_mailbox_goes_to_the_old_one_too(
    alice: Any, clock: FrozenClock
) -> None:
    enrolment.add_factor(alice.pk, "email", "old@example.org", added_by="")
    confirm(alice, code_of(opened(ask(alice, "email", "new@example.org"))), "email")
    told = {
        parcel.to
        for parcel in delivered()
        if parcel.subject == "The address for codes by e-mail was changed"
    }
    assert told == {"alice@example.org", "old@example.org", "new@example.org"}


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("sms", "0612345642"),
        ("sms", "nonsense"),
        ("sms", ""),
        ("sms", "+1 900 555 0123"),
        ("email", " "),
        ("email", "alice"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("totp", NUMBER),
        ("push", NUMBER),
    ],
)
def test_what_cannot_be_reached_is_not_tried(alice: Any, kind: str, address: str) -> None:
    assert ask(alice, kind, address) == NotAsked("method_unavailable", 0)
    assert not Factor.objects.exists()


def test_a_number_is_kept_in_one_spelling(alice: Any) -> None:
    confirm(alice, code_of(opened(ask(alice, address=" +33 (0)6 12-34.56 42 "))))
    assert [view.label for view in enrolment.factors(alice.pk)] == [NUMBER]


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "countries", "number"),
        [
            ("+33 6 12 34 56 42", (), NUMBER),
            ("+33612345642", ("FR", "BE"), NUMBER),
            ("+33612345642", ("BE",), ""),
            ("06 12 34 56 42", ("FR",), ""),
            ("+33 8 99 12 34 56", (), ""),
            ("+３３６１２３４５６４２", (), NUMBER),
            ("+" + "3" * 10_000, (), ""),
        ],
    )
    def test_e164(self, typed: str, countries: tuple[str, ...], number: str) -> None:
        assert phone_numbers.e164(typed, countries) == number

    @pytest.mark.parametrize(
        ("typed", "fault"),
        [
            ("06 12 34 56 42", phone_numbers.Fault.UNREADABLE),
            ("+33 6 12 34", phone_numbers.Fault.NONE),
            ("+8816 3142 5501", phone_numbers.Fault.SATELLITE),
            ("+882 16 5123 4567", phone_numbers.Fault.SATELLITE),
            ("+883 5100 0000 0001", phone_numbers.Fault.SATELLITE),
            ("+870 773 456 789", phone_numbers.Fault.SATELLITE),
            ("+800 1234 5678", phone_numbers.Fault.SATELLITE),
            ("+33 1 23 45 67 89", phone_numbers.Fault.KIND),  # a landline
            ("+49 30 123456", phone_numbers.Fault.KIND),
            ("+33 8 99 12 34 56", phone_numbers.Fault.KIND),  # premium
            ("+33 8 10 12 34 56", phone_numbers.Fault.KIND),  # shared cost
            ("+33 800 12 34 56", phone_numbers.Fault.KIND),  # toll-free
            ("+44 7640 123456", phone_numbers.Fault.KIND),  # a pager
            ("+44 70 1234 5678", phone_numbers.Fault.KIND),  # follows its owner, who earns with it
            ("+41 860 79 123 45 67", phone_numbers.Fault.KIND),  # a mailbox for voices
            ("+31 88 012 3456", phone_numbers.Fault.KIND),  # a firm
            ("+32 470 12 34 56", phone_numbers.Fault.COUNTRY),
        ],
    )
    def test_why_none_goes_there(self, typed: str, fault: phone_numbers.Fault) -> None:
        assert phone_numbers.read(typed, ("FR", "DE", "GB", "CH", "NL")) is fault

    @pytest.mark.parametrize(
        "number",
        ["+12025550123", "+393123456789", "+4915123456789", "+8613800138000", "+919876543210"],
    )
    def test_mobiles_and_what_nothing_tells_from_them(self, number: str) -> None:
        assert phone_numbers.read(number) == number

    def test_the_prefix_is_the_countrys(self) -> None:
        assert (phone_numbers.prefix(NUMBER), phone_numbers.prefix("+12025550123")) == ("+33", "+1")


class TestCodesByTextMessage:
    def test_a_code_goes_to_the_number_that_was_proved_whatever_is_asked(self, alice: Any) -> None:
        factor_id = texting(alice)
        asked = opened(ask_sms(alice, destination="+33698765432"))
        code = code_of(asked)
        (parcel,) = delivered()
        assert (parcel.channel, parcel.to, asked.sent_to) == ("sms", NUMBER, "+33•••42")
        assert check(asked, code) == Right("sms", "+33•••42", "weak", factor_id)

    def test_it_is_one_message_without_words_about_the_browser(self, alice: Any) -> None:
        texting(alice)
        code = code_of(opened(ask_sms(alice)))
        (parcel,) = delivered()
        assert (parcel.subject, parcel.html) == ("", "")
        assert parcel.text.startswith(f"{code} is your code for Nod.")
        assert len(parcel.text) <= 160

    def test_who_proved_no_number_gets_none(self, alice: Any) -> None:
        enrolment.add_factor(alice.pk, "sms", NUMBER, added_by="", confirmed=False)
        assert ask_sms(alice, destination=NUMBER) == NotAsked("method_unavailable", 0)

    @pytest.mark.parametrize("number", ["+881631425501", "+33123456789", "+33899123456"])
    def test_none_goes_to_a_number_of_another_kind_that_was_proved_before(
        self, alice: Any, number: str
    ) -> None:
        enrolment.add_factor(alice.pk, "sms", number, added_by="")
        assert ask_sms(alice) == NotAsked("method_unavailable", 0)
        found = open_ways(
            user_id=alice.pk, lane="other", required="weak", purpose="login", browser=""
        )
        assert found.sms == ""

    def test_it_may_stand_between_a_mailed_link_and_a_new_password(self, alice: Any) -> None:
        texting(alice)
        opened(ask_sms(alice, purpose="reset"))

    @pytest.mark.parametrize("reason", ["not_me", "wrong_number"])
    def test_no_downgrade_while_push_rests(self, alice: Any, reason: str) -> None:
        phone(alice)
        texting(alice)
        set_budget(alice, "push", off=reason, off_until=2**40)
        assert refused(ask_sms(alice)).code == "off"
        opened(ask_sms(alice, lane="known"))

    def test_its_limits_are_its_own(self, alice: Any) -> None:
        texting(alice)
        opened(ask_code(alice))
        opened(ask_sms(alice))
        assert ask_sms(alice, OTHER_JOURNEY) == NotAsked("rate_limited", 30)

    def test_a_country_that_was_closed_gets_no_more(self, alice: Any, settings: Any) -> None:
        texting(alice)
        settings.SMS_COUNTRIES = frozenset({"BE"})
        assert ask_sms(alice) == NotAsked("method_unavailable", 0)
        assert (
            open_ways(
                user_id=alice.pk, lane="other", required="weak", purpose="login", browser=""
            ).sms
            == ""
        )

    def test_a_message_that_cannot_arrive_ends_the_question(
        self, alice: Any, settings: Any
    ) -> None:
        texting(alice)
        asked = opened(ask_sms(alice))
        settings.MFA_CHANNELS = {"sms": "mfa.channels.files.TextFileChannel"}
        OutboxMessage.objects.update(payload="broken")
        delivered()
        assert Challenge.objects.get(pk=asked.challenge_id).state == "failed"


class TestWhatTheSiteSpends:
    @pytest.fixture(autouse=True)
    def _people(self, alice: Any, bob: Any) -> None:
        self.people = [alice, bob]
        texting(alice)
        texting(bob, "+33698765432")

    def test_so_many_to_one_country(self, settings: Any, clock: FrozenClock) -> None:
        settings.SMS_PER_PREFIX_HOUR = 1
        alice, bob = self.people
        opened(ask_sms(alice))
        clock.forward(minutes=10)
        assert ask_sms(bob, OTHER_JOURNEY) == NotAsked("rate_limited", 50 * 60)
        Factor.objects.filter(user=bob).update(label="+32470123456")
        opened(ask_sms(bob, OTHER_JOURNEY))

    def test_so_many_in_all(self, settings: Any, clock: FrozenClock) -> None:
        settings.SMS_PER_SITE_HOUR = 1
        alice, bob = self.people
        Factor.objects.filter(user=bob).update(label="+32470123456")
        opened(ask_sms(alice))
        assert ask_sms(bob, OTHER_JOURNEY) == NotAsked("rate_limited", 3600)
        clock.forward(hours=1)
        opened(ask_sms(bob, OTHER_JOURNEY))

    def test_what_the_site_refuses_is_not_taken_from_the_persons_share(self, settings: Any) -> None:
        settings.SMS_PER_SITE_HOUR = 1
        alice, bob = self.people
        opened(ask_sms(alice))
        refused(ask_sms(bob, OTHER_JOURNEY))
        assert not Budget.objects.filter(user=bob).exists()
        assert not Challenge.objects.filter(user=bob).exists()
        assert SmsQuota.objects.get(key="prefix:+33").count == 1

    def test_nobodys_number_is_rung_up_by_strangers(self, clock: FrozenClock) -> None:
        for n in range(limits.SMS_PER_NUMBER_HOUR):
            assert (
                quota.charge("+33611223344", proving=True, now=int(clock.at.timestamp()) + n) == 0
            )
        assert ask(self.people[0], address="+33611223344") == NotAsked("rate_limited", 3600)

    def test_what_strangers_asked_for_is_none_of_who_proved_that_number_before(
        self, clock: FrozenClock
    ) -> None:
        for n in range(limits.SMS_PER_NUMBER_HOUR):
            quota.charge(NUMBER, proving=True, now=int(clock.at.timestamp()) + n)
        opened(ask(self.people[0], address=NUMBER))
        assert ask(self.people[1], address=NUMBER) == NotAsked("rate_limited", 3600)

    def test_what_one_cap_refuses_is_not_taken_from_the_others_and_the_longest_wait_is_told(
        self, settings: Any, clock: FrozenClock
    ) -> None:
        settings.SMS_PER_PREFIX_HOUR, settings.SMS_PER_SITE_HOUR = 1, 2
        at = int(clock.at.timestamp())
        assert quota.charge("+32470123456", proving=False, now=at - 600) == 0
        assert quota.charge("+33611223344", proving=True, now=at) == 0
        assert quota.charge("+33611223345", proving=True, now=at) == 3600, (
            "of the country; in all it would be 3000"
        )
        assert dict(
            SmsQuota.objects.exclude(key__startswith="to:").values_list("key", "count")
        ) == {
            "prefix:+32": 1,
            "prefix:+33": 1,
            "site:all": 2,
        }
        assert SmsQuota.objects.filter(key__startswith="to:").count() == 1

    def test_a_sign_in_of_ones_own_is_not_counted_with_those(self) -> None:
        alice, _ = self.people
        opened(ask_sms(alice))
        assert not SmsQuota.objects.filter(key__startswith="to:").exists()

    def test_mails_cost_nothing(self) -> None:
        opened(ask_code(self.people[0]))
        assert not SmsQuota.objects.exists()

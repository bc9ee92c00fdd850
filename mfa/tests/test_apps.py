"""Enrolling an app that shows codes, and recovery codes."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.db import IntegrityError, transaction

from mfa import limits, sealed_secrets
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.models import Factor, RecoveryCode
from mfa.results import Right, Wrong
from mfa.services import challenges, enrolment, sweep
from mfa.tests.helpers import (
    OTHER_JOURNEY,
    app_of,
    ask_typed,
    check,
    delivered,
    mails,
    opened,
    read_anew,
    state,
)
from mfaproject.lib.testing import FrozenClock

SESSION = "s" * 22


def kinds_of(user: Any) -> list[str]:
    return [view.kind for view in enrolment.factors(user.pk)]


def changes() -> list[str]:
    """The subjects of what was mailed about changes."""
    return [parcel.subject for parcel in delivered()]


class TestAnApp:
    def test_a_secret_counts_once_a_code_of_it_was_typed(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        draft = apps.begin(alice.pk, SESSION)
        assert (kinds_of(alice), challenges.has_strong(alice.pk)) == ([], False)
        assert ask_typed(alice, "totp") == challenges.NotAsked("method_unavailable", 0)
        assert apps.confirm(alice.pk, draft.factor_id, pyotp.TOTP(draft.secret).at(clock.at))
        assert (kinds_of(alice), challenges.has_strong(alice.pk)) == (["totp"], True)
        assert enrolment.added_by(alice.pk, SESSION) == [draft.factor_id]

    def test_the_qr_code_holds_what_apps_read(self, alice: Any) -> None:
        draft = apps.begin(alice.pk, SESSION)
        app = pyotp.parse_uri(draft.otpauth_uri)
        assert (app.secret, app.name, app.issuer, draft.issuer) == (
            draft.secret,
            "alice",
            "Nod",
            "Nod",
        )

    def test_the_secret_lies_sealed_and_is_said_once(self, alice: Any) -> None:
        draft = apps.begin(alice.pk, SESSION)
        row = Factor.objects.get(pk=draft.factor_id)
        assert draft.secret not in row.secret
        assert (
            sealed_secrets.opened("totp", row.secret, user_id=alice.pk, factor_id=row.pk)
            == draft.secret
        )
        assert draft.secret not in repr(draft)
        assert apps.begin(alice.pk, SESSION).secret != draft.secret

    @pytest.mark.parametrize("typed", ["000000", "", None, 123456, "１２３４５６", "9" * 100_000])
    def test_a_wrong_code_confirms_nothing(self, alice: Any, typed: object) -> None:
        draft = apps.begin(alice.pk, SESSION)
        assert not apps.confirm(alice.pk, draft.factor_id, typed)
        assert kinds_of(alice) == []

    def test_it_is_confirmed_once_and_by_its_owner_alone(
        self, alice: Any, bob: Any, clock: FrozenClock
    ) -> None:
        draft = apps.begin(alice.pk, SESSION)
        code = pyotp.TOTP(draft.secret).at(clock.at)
        assert not apps.confirm(bob.pk, draft.factor_id, code)
        assert apps.confirm(alice.pk, draft.factor_id, code)
        assert not apps.confirm(alice.pk, draft.factor_id, code)

    def test_the_code_that_confirmed_it_signs_nobody_in(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        draft = apps.begin(alice.pk, SESSION)
        app = pyotp.TOTP(draft.secret)
        apps.confirm(alice.pk, draft.factor_id, app.at(clock.at))
        read_anew(alice)
        assert check(opened(ask_typed(alice, "totp")), app.at(clock.at)) == Wrong(4)
        clock.forward(seconds=30)
        assert isinstance(
            check(opened(ask_typed(alice, "totp", OTHER_JOURNEY)), app.at(clock.at), OTHER_JOURNEY),
            Right,
        )

    def test_a_draft_is_for_half_an_hour(self, alice: Any, clock: FrozenClock) -> None:
        draft = apps.begin(alice.pk, SESSION)
        clock.forward(seconds=limits.DRAFT_LIFE)
        assert not apps.confirm(alice.pk, draft.factor_id, pyotp.TOTP(draft.secret).at(clock.at))

    def test_a_new_draft_ends_the_one_before_and_leaves_the_app_in_use(
        self, alice: Any, clock: FrozenClock
    ) -> None:
        app = app_of(alice)
        first, second = (
            apps.begin(alice.pk, SESSION),
            apps.begin(alice.pk, SESSION),
        )
        assert not apps.confirm(alice.pk, first.factor_id, pyotp.TOTP(first.secret).at(clock.at))
        assert isinstance(check(opened(ask_typed(alice, "totp")), app.at(clock.at)), Right)
        assert apps.confirm(alice.pk, second.factor_id, pyotp.TOTP(second.secret).at(clock.at))

    def test_a_new_app_takes_the_place_of_the_old_one(self, alice: Any, clock: FrozenClock) -> None:
        old = app_of(alice)
        asked = opened(ask_typed(alice, "totp"))
        new = app_of(alice)
        assert state(asked) == "superseded"
        assert kinds_of(alice) == ["totp"]
        assert check(
            opened(ask_typed(alice, "totp", OTHER_JOURNEY)), old.at(clock.at), OTHER_JOURNEY
        ) == Wrong(4)
        assert isinstance(
            check(opened(ask_typed(alice, "totp", OTHER_JOURNEY)), new.at(clock.at), OTHER_JOURNEY),
            Right,
        )

    def test_the_database_holds_one_app_for_each_person(self, alice: Any) -> None:
        app_of(alice)
        with pytest.raises(IntegrityError), transaction.atomic():
            enrolment.add_factor(alice.pk, "totp", "", added_by="")

    def test_drafts_are_tidied_away_after_a_day(self, alice: Any, clock: FrozenClock) -> None:
        app_of(alice)
        apps.begin(alice.pk, SESSION)
        clock.forward(days=1, seconds=1)
        sweep.prune()
        assert [row.confirmed_at is not None for row in Factor.objects.all()] == [True]


class TestMailsOfChanges:
    def test_each_change_is_told(self, alice: Any) -> None:
        app_of(alice)
        paper.new_codes(alice.pk, SESSION)
        for view in enrolment.factors(alice.pk):
            enrolment.revoke_factor(alice.pk, view.id, ip="192.0.2.9")
        assert sorted(changes()) == [
            "An app that shows codes was added",
            "New recovery codes were made",
            "The app that shows codes was removed",
            "The recovery codes were removed",
        ]

    def test_a_draft_is_no_change(self, alice: Any) -> None:
        draft = apps.begin(alice.pk, SESSION)
        apps.confirm(alice.pk, draft.factor_id, "000000")
        enrolment.revoke_factor(alice.pk, draft.factor_id)
        assert mails() == []

    def test_every_address_that_was_proved_is_told(self, alice: Any) -> None:
        enrolment.add_factor(alice.pk, "email", "alice@elsewhere.example", added_by="")
        enrolment.add_factor(alice.pk, "email", "ALICE@example.org", added_by="")
        enrolment.add_factor(
            alice.pk, "email", "unproved@example.org", added_by="", confirmed=False
        )
        paper.new_codes(alice.pk, SESSION)
        assert sorted(parcel.to for parcel in delivered()) == [
            "alice@elsewhere.example",
            "alice@example.org",
        ]

    def test_nobody_is_told_twice_of_a_removal(self, alice: Any) -> None:
        app_of(alice)
        (view,) = enrolment.factors(alice.pk)
        before = len(mails())
        assert enrolment.revoke_factor(alice.pk, view.id)
        assert not enrolment.revoke_factor(alice.pk, view.id)
        assert len(mails()) == before + 1


class TestRecoveryCodes:
    def test_ten_codes_are_shown_once_and_kept_as_macs(self, alice: Any) -> None:
        codes = paper.new_codes(alice.pk, SESSION)
        assert len(set(codes)) == limits.RECOVERY_CODES == paper.codes_left(alice.pk)
        kept = " ".join(RecoveryCode.objects.values_list("mac", flat=True))
        assert not any(code in kept or code.replace("-", "") in kept for code in codes)

    def test_a_new_set_replaces_the_old_one(self, alice: Any, bob: Any) -> None:
        paper.new_codes(bob.pk, SESSION)
        paper.new_codes(alice.pk, SESSION)
        paper.new_codes(alice.pk, SESSION)
        assert paper.codes_left(alice.pk) == paper.codes_left(bob.pk) == limits.RECOVERY_CODES
        assert kinds_of(alice) == ["recovery"]

    @pytest.mark.parametrize("how", ["session", "all"])
    def test_what_a_thief_made_goes_with_his_session(self, alice: Any, bob: Any, how: str) -> None:
        paper.new_codes(alice.pk, SESSION)
        paper.new_codes(bob.pk, SESSION)
        assert (
            enrolment.revoke_added_by(alice.pk, SESSION)
            if how == "session"
            else enrolment.revoke_all(alice.pk)
        ) == 1
        assert paper.codes_left(alice.pk) == 0
        assert paper.codes_left(bob.pk) == limits.RECOVERY_CODES


def test_what_is_older_is_newer_than_nothing(alice: Any, clock: FrozenClock) -> None:
    """A code that was used moves the mark on; one of an earlier time is never
    taken again, however the clock goes."""
    app = app_of(alice)
    check(opened(ask_typed(alice, "totp")), app.at(clock.at))
    earlier = clock.at
    clock.forward(seconds=30)
    assert check(
        opened(ask_typed(alice, "totp", OTHER_JOURNEY)), app.at(earlier), OTHER_JOURNEY
    ) == Wrong(4)
    clock.at = earlier - timedelta(minutes=5)
    assert isinstance(
        check(opened(ask_typed(alice, "totp", "login:c")), app.at(clock.at), "login:c"), Wrong
    )

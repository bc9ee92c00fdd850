"""Proving addresses, and the authenticator app, by the API."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import code_to, mails_to
from mfa.channels.memory import MemoryChannel
from mfa.factors.recovery import enrolment as paper
from mfa.services import enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db
NEEDS_PROOF = [
    ("send-email-verification", "POST"),
    ("verify-email-verification", "POST"),
    ("send-phone-verification", "POST"),
    ("verify-phone-verification", "POST"),
    ("add-totp-method", "POST"),
    ("confirm-totp-method", "POST"),
    ("delete-totp-method", "DELETE"),
    ("me", "DELETE"),
]


@pytest.fixture(autouse=True)
def alice() -> User:
    user: User = person()
    return user


@pytest.fixture
def texts_stay_here(settings: Any) -> None:
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"sms": "mfa.channels.memory.MemoryChannel"}


def holder(user: User, proof: str = "weak") -> Program:
    program = Program()
    program.token = sessions.open_session(
        user, sessions.Evidence(proof, token_name="curl"), epoch=user.auth_epoch
    )[1]
    return program


def with_app(user: User) -> tuple[Program, pyotp.TOTP]:
    program = holder(user)
    app = pyotp.TOTP(program.call("add-totp-method").json()["secret"])
    assert (
        program.call(
            "confirm-totp-method", code=app.at(time.now() - timedelta(seconds=30))
        ).status_code
        == 200
    )
    return program, app


@pytest.mark.parametrize(("path", "method"), NEEDS_PROOF)
@pytest.mark.parametrize("proof", ["old", "password"])
def test_nothing_is_changed_without_a_recent_proof(
    clock: FrozenClock, alice: User, path: str, method: str, proof: str
) -> None:
    program = holder(alice, "password" if proof == "password" else "strong")
    if proof == "old":
        clock.forward(minutes=10)
    assert refusal(program.call(path, method, code="123456")) == (403, "proof_required")


@pytest.mark.parametrize(("path", "method"), NEEDS_PROOF)
def test_nothing_is_changed_without_a_token(path: str, method: str) -> None:
    assert refusal(Program().call(path, method, code="123456")) == (401, "unauthorized")


@pytest.mark.parametrize(
    "field", [{"email": "new@example.org"}, {"phone": "+33612345678"}, {"phone": ""}]
)
def test_an_address_is_not_changed_without_a_recent_proof(
    clock: FrozenClock, alice: User, field: dict[str, str]
) -> None:
    User.objects.update(phone="+33612345642")
    program = holder(alice)
    clock.forward(minutes=10)
    assert refusal(program.call("me", "PATCH", fullname="Mallory", **field)) == (
        403,
        "proof_required",
    )
    assert program.get_page("me").json()["fullname"] == "Alice Example"


def test_an_app_counts_from_its_first_code_on(clock: FrozenClock, alice: User) -> None:
    program = holder(alice)
    added = program.call("add-totp-method")
    assert added.status_code == 200
    assert added.json().keys() == {"secret", "otpauth_uri", "issuer"}
    assert [
        method["kind"] for method in program.get_page("list-mfa-methods").json()["methods"]
    ] == ["email"]
    app = pyotp.TOTP(added.json()["secret"])
    for wrong in ("000000" if app.at(time.now()) != "000000" else "111111", "１２３４５６", "x"):
        assert refusal(program.call("confirm-totp-method", code=wrong)) == (401, "invalid_code")
    assert program.call("confirm-totp-method", code=app.at(time.now())).status_code == 200
    listed = {
        method["kind"]: method["strong"]
        for method in program.get_page("list-mfa-methods").json()["methods"]
    }
    assert listed == {"email": False, "totp": True}
    assert "app" in mails_to("alice@example.org")[-1].text


def test_the_draft_of_another_token_is_not_confirmed(clock: FrozenClock, alice: User) -> None:
    app = pyotp.TOTP(holder(alice).call("add-totp-method").json()["secret"])
    assert refusal(holder(alice).call("confirm-totp-method", code=app.at(time.now()))) == (
        401,
        "invalid_code",
    )


def test_a_sign_in_with_the_app_is_strong_and_each_code_counts_once(
    clock: FrozenClock, alice: User
) -> None:
    _, app = with_app(alice)
    program = Program()
    reference = program.begin()
    code = app.at(time.now())
    wrong = "000000" if code != "000000" else "111111"
    assert refusal(program.call("auth/verify-totp-code", reference_id=reference, code=wrong)) == (
        401,
        "invalid_code",
    )
    verified = program.call("auth/verify-totp-code", reference_id=reference, code=code)
    assert verified.status_code == 200
    done = program.call("auth/login-with-mfa", **verified.json())
    assert done.status_code == 200
    assert Session.objects.latest("pk").proof == "strong"
    other = program.begin()
    assert refusal(program.call("auth/verify-totp-code", reference_id=other, code=code)) == (
        401,
        "invalid_code",
    )
    clock.forward(seconds=30)
    assert (
        program.call(
            "auth/verify-totp-code", reference_id=other, code=app.at(time.now())
        ).status_code
        == 200
    )


def test_who_verifies_again_with_the_app_gets_another_key(clock: FrozenClock, alice: User) -> None:
    _, app = with_app(alice)
    program = Program()
    reference = program.begin()
    first = program.call(
        "auth/verify-totp-code", reference_id=reference, code=app.at(time.now())
    ).json()
    clock.forward(seconds=30)
    second = program.call(
        "auth/verify-totp-code", reference_id=reference, code=app.at(time.now())
    ).json()
    assert refusal(program.call("auth/login-with-mfa", **first)) == (401, "invalid_private_key")
    assert program.call("auth/login-with-mfa", **second).status_code == 200


def test_five_wrong_codes_of_the_app_end_that_way(clock: FrozenClock, alice: User) -> None:
    _, app = with_app(alice)
    program = Program()
    reference = program.begin()
    code = app.at(time.now())
    for _ in range(5):
        program.call(
            "auth/verify-totp-code",
            reference_id=reference,
            code="000000" if code != "000000" else "111111",
        )
    assert refusal(program.call("auth/verify-totp-code", reference_id=reference, code=code)) == (
        429,
        "too_many_attempts",
    )


def test_trying_the_app_does_not_lose_the_code_that_was_mailed(
    clock: FrozenClock, alice: User
) -> None:
    _, app = with_app(alice)
    program = Program()
    reference = program.begin()
    mailed = program.mailed(reference)
    wrong = "000000" if app.at(time.now()) != "000000" else "111111"
    assert refusal(program.call("auth/verify-totp-code", reference_id=reference, code=wrong)) == (
        401,
        "invalid_code",
    )
    assert (
        program.call(
            "auth/verify-login-email-code", reference_id=reference, code=mailed
        ).status_code
        == 200
    )


def test_who_has_no_app_is_told_so(alice: User) -> None:
    program = Program()
    reference = program.begin()
    for path in ("verify-totp-code", "verify-recovery-code"):
        assert refusal(program.call(f"auth/{path}", reference_id=reference, code="123456")) == (
            409,
            "method_unavailable",
        )


def test_a_recovery_code_signs_in_once(alice: User) -> None:
    codes = paper.new_codes(alice.pk, "")
    program = Program()
    assert (
        "recovery"
        in program.call("auth/login", username="alice", password="a walk along the river").json()[
            "methods"
        ]
    )
    reference = program.begin()
    verified = program.call("auth/verify-recovery-code", reference_id=reference, code=codes[0])
    assert verified.status_code == 200
    assert program.call("auth/login-with-mfa", **verified.json()).status_code == 200
    assert Session.objects.get().proof == "strong"
    assert refusal(
        program.call("auth/verify-recovery-code", reference_id=program.begin(), code=codes[0])
    ) == (401, "invalid_code")


def test_an_app_that_was_removed_proves_nothing(clock: FrozenClock, alice: User) -> None:
    _, app = with_app(alice)
    alice.refresh_from_db()
    program = holder(alice, "strong")
    assert program.call("delete-totp-method", "DELETE").status_code == 204
    assert refusal(program.call("delete-totp-method", "DELETE")) == (404, "not_found")
    signing_in = Program()
    reference = signing_in.begin()
    answer = signing_in.call(
        "auth/verify-totp-code", reference_id=reference, code=app.at(time.now())
    )
    assert refusal(answer) == (409, "method_unavailable")


def test_a_new_address_counts_once_it_is_verified(alice: User) -> None:
    program = holder(alice)
    changed = program.call("me", "PATCH", email="new@example.org").json()
    assert (changed["email"], changed["new_email"]) == ("alice@example.org", "new@example.org")
    sent = program.call("send-email-verification")
    assert (sent.status_code, sent.json()["sent_to"]) == (202, "n•••@e•••.org")
    code = code_to("new@example.org")
    assert refusal(
        program.call("verify-email-verification", code="000000" if code != "000000" else "111111")
    ) == (401, "invalid_code")
    assert program.call("verify-email-verification", code=code).json() == {
        "verified": "new@example.org"
    }
    account = program.get_page("me").json()
    assert (account["email"], account["email_verified"], account["new_email"]) == (
        "new@example.org",
        True,
        None,
    )
    assert "n•••@example.org" in mails_to("alice@example.org")[-1].text  # the old mailbox is told
    assert [m["label"] for m in program.get_page("list-mfa-methods").json()["methods"]] == [
        "new@example.org"
    ]


def test_the_address_of_somebody_else_gets_the_same_answers_and_never_counts(alice: User) -> None:
    person("bob", email="taken@example.org")
    program = holder(alice)
    assert program.call("me", "PATCH", email="TAKEN@example.org").status_code == 200
    assert program.call("send-email-verification").status_code == 202
    code = code_to("TAKEN@example.org")
    assert refusal(program.call("verify-email-verification", code=code)) == (401, "invalid_code")
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_an_address_that_is_taken_at_the_last_moment_is_left_to_its_owner(alice: User) -> None:
    program = holder(alice)
    program.call("me", "PATCH", email="new@example.org")
    program.call("send-email-verification")
    code = code_to("new@example.org")
    from_now = person("bob", email="new@example.org")
    User.objects.filter(pk=from_now.pk).update(email_confirmed_at=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.services.people.owner_of", lambda address: None)
        User.objects.filter(pk=from_now.pk).update(email_confirmed_at=time.now())
        assert refusal(program.call("verify-email-verification", code=code)) == (410, "expired")
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    assert "new@example.org" not in [factor.label for factor in enrolment.factors(alice.pk)]


def test_a_code_before_any_was_sent_is_over(alice: User) -> None:
    assert refusal(holder(alice).call("verify-email-verification", code="123456")) == (
        410,
        "expired",
    )


def test_five_wrong_codes_end_a_verification(alice: User) -> None:
    program = holder(alice)
    program.call("send-email-verification")
    code = code_to("alice@example.org")
    for _ in range(5):
        program.call("verify-email-verification", code="000000" if code != "000000" else "111111")
    answer = program.call("verify-email-verification", code=code)
    assert refusal(answer) == (429, "too_many_attempts")


def test_a_second_code_within_thirty_seconds_waits(alice: User) -> None:
    program = holder(alice)
    program.call("send-email-verification")
    assert refusal(program.call("send-email-verification")) == (429, "rate_limited")


@pytest.mark.usefixtures("texts_stay_here")
def test_a_number_counts_once_it_is_verified_and_then_signs_in(
    clock: FrozenClock, alice: User
) -> None:
    program = holder(alice)
    assert (
        program.call("me", "PATCH", phone="+33 6 12 34 56 78").json()["new_phone"] == "+33612345678"
    )
    assert program.call("send-phone-verification").status_code == 202
    assert program.call("verify-phone-verification", code=code_to("+33612345678")).json() == {
        "verified": "+33612345678"
    }
    account = program.get_page("me").json()
    assert (account["phone"], account["phone_verified"], account["new_phone"]) == (
        "+33612345678",
        True,
        None,
    )
    clock.forward(minutes=1)
    MemoryChannel.sent.clear()
    signing_in = Program()
    reference = signing_in.begin()
    sent = signing_in.call("auth/send-login-phone-code", reference_id=reference)
    assert (sent.status_code, sent.json()["sent_to"]) == (202, "+33•••78")
    answer = signing_in.call(
        "auth/verify-login-phone-code", reference_id=reference, code=code_to("+33612345678")
    )
    assert signing_in.call("auth/login-with-mfa", **answer.json()).status_code == 200
    assert Session.objects.latest("pk").proof == "weak"


def test_without_a_number_no_text_goes_out(alice: User) -> None:
    program = Program()
    assert refusal(program.call("auth/send-login-phone-code", reference_id=program.begin())) == (
        409,
        "method_unavailable",
    )
    assert refusal(holder(alice).call("send-phone-verification")) == (409, "method_unavailable")


@pytest.mark.usefixtures("texts_stay_here")
@pytest.mark.parametrize("nothing", ["", None])
def test_a_number_that_is_removed_signs_in_no_more(
    clock: FrozenClock, alice: User, nothing: str | None
) -> None:
    program = holder(alice)
    program.call("me", "PATCH", phone="+33612345678")
    program.call("send-phone-verification")
    program.call("verify-phone-verification", code=code_to("+33612345678"))
    assert program.call("me", "PATCH", phone=nothing).json()["phone"] is None
    assert [m["kind"] for m in program.get_page("list-mfa-methods").json()["methods"]] == ["email"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("email", value)
            for value in (
                "nobody",
                "",
                "jörg@example.org",
                '"a\x01b"@example.org',
                "\u200b@example.org",
            )
        ),
        *(
            ("phone", value)
            for value in (
                "12",
                "+1 555",
                "+881631425501",
                "+882165123456",
                "+33123456789",
                "+33899123456",
                "+41860791234567",
            )
        ),
        *(("fullname", value) for value in (" ", "\u200b", "\ufb2c" * 34, "a" + "\u0305" * 5)),
    ],
)
def test_a_change_that_makes_no_sense_is_named_and_changes_nothing(
    alice: User, field: str, value: str
) -> None:
    program = holder(alice)
    answer = program.call("me", "PATCH", **({"fullname": "Mallory"} | {field: value}))
    assert refusal(answer) == (400, "bad_request")
    assert answer.json()["errors"].keys() == {field}
    assert program.get_page("me").json()["fullname"] == "Alice Example"


@pytest.mark.usefixtures("texts_stay_here")
def test_a_code_by_text_is_no_code_by_mail_nor_the_reverse(clock: FrozenClock, alice: User) -> None:
    enrolment.add_factor(alice.pk, "sms", "+33612345678", added_by="")
    User.objects.update(email_confirmed_at=None)
    program = Program()
    reference = program.begin()
    assert program.call("auth/send-login-phone-code", reference_id=reference).status_code == 202
    text = code_to("+33612345678")
    assert refusal(
        program.call("auth/verify-login-email-code", reference_id=reference, code=text)
    ) == (401, "invalid_code")
    assert refusal(program.call("auth/verify-totp-code", reference_id=reference, code=text)) == (
        409,
        "method_unavailable",
    )
    mailed = program.mailed(reference)
    assert refusal(
        program.call("auth/verify-login-phone-code", reference_id=reference, code=mailed)
    ) == (401, "invalid_code")
    assert refusal(
        program.call("auth/verify-login-email-code", reference_id=reference, code=text)
    ) == (401, "invalid_code")
    verified = program.call("auth/verify-login-phone-code", reference_id=reference, code=text)
    assert program.call("auth/login-with-mfa", **verified.json()).status_code == 200
    alice.refresh_from_db()
    assert alice.email_confirmed_at is None, "a text message says nothing about a mailbox"

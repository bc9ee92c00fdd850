"""PATCH /v1/me with what holds already does nothing: no proof, no statement that writes, no
verification, no budget.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import sessions
from accounts.models import User
from accounts.tests.api import Program, refusal
from accounts.tests.helpers import code_to, mails_to
from mfa.channels.memory import MemoryChannel
from mfa.services import enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db
NUMBER = "+33612345678"
HOLDS = {
    "the same name": {"fullname": "Alice Example"},
    "the same name with spaces": {"fullname": "  Alice Example "},
    "the same address": {"email": "alice@bücher.example"},
    "its capitals": {"email": "ALICE@BÜCHER.example"},
    "its domain as DNS has it": {"email": "alice@xn--bcher-kva.example"},
    "that in capitals": {"email": "Alice@XN--BCHER-KVA.EXAMPLE"},
    "the address with spaces": {"email": " alice@bücher.example "},
    "the same number": {"phone": NUMBER},
    "another spelling of it": {"phone": "+33 (0)6 12-34.56 78"},
    "all of it": {
        "fullname": "Alice Example",
        "email": "Alice@bücher.example",
        "phone": "+33 6 12 34 56 78",
    },
    "nothing": {},
}


@pytest.fixture
def alice(settings: Any) -> User:
    """Everything of her is confirmed."""
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"sms": "mfa.channels.memory.MemoryChannel"}
    user: User = person(email="alice@bücher.example", phone=NUMBER, phone_confirmed_at=time.now())
    enrolment.add_factor(user.pk, "sms", NUMBER, added_by="")
    user.refresh_from_db()
    return user


def holder(user: User, *, proved: bool = True) -> Program:
    program = Program()
    row, program.token = sessions.open_session(
        user, sessions.Evidence("weak", token_name="curl"), epoch=user.auth_epoch
    )
    if not proved:
        type(row).objects.update(proven_at=time.now() - timedelta(minutes=10))
    return program


def row(user: User) -> dict[str, Any]:
    return dict(User.objects.filter(pk=user.pk).values().get())


@pytest.mark.parametrize("proved", [True, False], ids=["with a proof", "without"])
@pytest.mark.parametrize("sent", HOLDS.values(), ids=HOLDS)
def test_what_holds_already_changes_nothing(
    alice: User, sent: dict[str, str], proved: bool
) -> None:
    program, before = holder(alice, proved=proved), row(alice)
    account = program.get_page("me").json()
    with CaptureQueriesContext(connection) as asked:
        answer = program.call("me", "PATCH", **sent)
    assert (answer.status_code, answer.json()) == (200, account)
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert row(alice) == before
    assert not any(
        apps.get_model("mfa", name).objects.exists()
        for name in ("OutboxMessage", "Budget", "Challenge")
    )
    assert MemoryChannel.sent == []


def test_of_several_values_only_the_new_one_does_something(alice: User) -> None:
    program, before = holder(alice), row(alice)
    answer = program.call(
        "me", "PATCH", fullname="Alice Example", email="ALICE@bücher.example", phone="+33698765432"
    )
    assert (answer.status_code, answer.json()["new_phone"]) == (200, "+33698765432")
    assert row(alice) == before | {"new_phone": "+33698765432"}


def test_a_name_is_changed_without_a_proof_beside_addresses_that_hold(alice: User) -> None:
    program, before = holder(alice, proved=False), row(alice)
    answer = program.call(
        "me", "PATCH", fullname="Alice Martin", email="alice@bücher.example", phone=NUMBER
    )
    assert (answer.status_code, answer.json()["fullname"]) == (200, "Alice Martin")
    assert row(alice) == before | {"full_name": "Alice Martin"}


def test_nothing_of_a_change_is_done_where_a_part_of_it_needs_a_proof(alice: User) -> None:
    program, before = holder(alice, proved=False), row(alice)
    answer = program.call("me", "PATCH", fullname="Mallory", email="alice@bücher.example", phone="")
    assert refusal(answer) == (403, "proof_required")
    assert row(alice) == before


@pytest.mark.parametrize(
    ("name", "value"), [("email", "new@example.org"), ("phone", "+33698765432")]
)
def test_what_waits_already_waits_on(alice: User, name: str, value: str) -> None:
    program = holder(alice)
    program.call("me", "PATCH", **{name: value})
    before = row(alice)
    assert program.call("me", "PATCH", **{name: value.upper()}).json()[f"new_{name}"] == value
    assert row(alice) == before


@pytest.mark.parametrize(
    ("name", "value", "back"),
    [
        ("email", "new@example.org", "Alice@BÜCHER.example"),
        ("phone", "+33698765432", "+33 6 12 34 56 78"),
    ],
)
def test_the_old_value_again_takes_back_what_waits(
    alice: User, name: str, value: str, back: str
) -> None:
    program, before = holder(alice), row(alice)
    assert program.call("me", "PATCH", **{name: value}).json()[f"new_{name}"] == value
    assert program.call("me", "PATCH", **{name: back}).json()[f"new_{name}"] is None
    assert row(alice) == before


def test_another_domain_that_only_looks_alike_is_another_address() -> None:
    bob = person("bob", email="bob@fass.example")
    assert (
        holder(bob).call("me", "PATCH", email="bob@faß.example").json()["new_email"]
        == "bob@faß.example"
    )


def test_no_number_at_all_is_taken_back_without_a_proof() -> None:
    bob = person("bob")
    before = row(bob)
    for nothing in ("", None, "  "):
        assert holder(bob, proved=False).call("me", "PATCH", phone=nothing).status_code == 200
    assert row(bob) == before


def test_another_spelling_of_the_same_mailbox_leaves_no_old_one_behind(
    clock: FrozenClock, alice: User
) -> None:
    """Proved again under its other spelling, it is no change of address: there is no mailbox that
    would need a way back."""
    program = holder(alice)
    User.objects.update(new_email="alice@xn--bcher-kva.example")
    assert program.call("send-email-verification").status_code == 202
    assert (
        program.call(
            "verify-email-verification", code=code_to("alice@xn--bcher-kva.example")
        ).status_code
        == 200
    )
    assert not [
        parcel for parcel in mails_to("alice@bücher.example") if "/link/undo/" in parcel.text
    ]

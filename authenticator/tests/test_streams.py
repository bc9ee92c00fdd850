"""The stream of an open authenticator: who may listen for what, and for how long."""

from collections.abc import Iterator
from typing import Any

import pytest

from authenticator.api.base import SignedView
from authenticator.services.approvals import STREAM_SECONDS, STREAMS_PER_DEVICE, STREAMS_PER_PERSON
from authenticator.tests.helpers import INBOX, call, paired, person, row
from mfa import poll
from mfa.services import enrolment
from mfaproject.lib import held_answers
from mfaproject.lib.hub import Hold, Hub
from mfaproject.lib.testing import open_hub

pytestmark = pytest.mark.django_db
EVENTS = f"{INBOX}/events"


@pytest.fixture(autouse=True)
def hub() -> Iterator[Hub]:
    with open_hub() as opened:
        yield opened


@pytest.fixture
def alice() -> Any:
    return person("alice")


def hold_of(answer: Any) -> Hold:
    assert (answer.status_code, answer["Content-Type"], answer["X-Accel-Buffering"]) == (
        200,
        "text/event-stream",
        "no",
    )
    hold = answer.hold
    assert isinstance(hold, Hold)
    return hold


def test_a_device_hears_of_its_persons_inbox_for_two_minutes_and_counts_for_three(
    alice: Any,
) -> None:
    phone = paired(alice)
    hold = hold_of(call(phone, "POST", EVENTS, b"{}", REMOTE_ADDR="2001:db8:1:2:3::4"))
    assert hold.topics == (poll.inbox(alice.pk),)
    assert (hold.seconds, hold.events) == (STREAM_SECONDS, True)
    assert dict(hold.shares) == {
        f"device:{phone.device_id}": STREAMS_PER_DEVICE,
        f"person:{alice.pk}": STREAMS_PER_PERSON,
        "from:2001:db8:1:2::/64": held_answers.PER_ADDRESS,
    }


def test_what_was_told_while_the_device_was_looked_up_counts(
    alice: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be that it was removed."""
    phone, look_up = paired(alice), SignedView.initial

    def slowly(self: SignedView, *given: Any, **more: Any) -> None:
        look_up(self, *given, **more)
        hub.tell([poll.inbox(alice.pk)], end=True)

    monkeypatch.setattr(SignedView, "initial", slowly)
    hold = hold_of(call(phone, "POST", EVENTS, b"{}"))
    assert hub.missed(hold) == "end"


def test_a_device_that_was_removed_hears_nothing(alice: Any) -> None:
    phone = paired(alice)
    enrolment.revoke_factor(alice.pk, row(phone).factor_id)
    assert call(phone, "POST", EVENTS, b"{}").status_code == 401


def test_where_nobody_would_be_told_a_device_asks_by_itself(alice: Any, hub: Hub) -> None:
    hub.deafen()
    answer: Any = call(paired(alice), "POST", EVENTS, b"{}")
    assert (answer.status_code, hasattr(answer, "hold")) == (204, False)

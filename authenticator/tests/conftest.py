"""Who appears in the tests of this app."""

from collections.abc import Iterator
from typing import Any

import firebase_admin
import pytest
from firebase_admin import messaging
from pytest_django import Settings

from authenticator.push import fcm, transport
from authenticator.service_worker import push_key
from authenticator.tests.fakes import FakeGoogle, FakeService, running
from authenticator.tests.helpers import paired, person
from authenticator.tests.pages import Facts
from authenticator.tests.pushing import PATH, Memory, prove
from authenticator.tests.sides import QUICK, FcmSide, Side, WebPushSide
from authenticator.tests.signer import WEBPUSH, Phone
from mfaproject.firebase import Firebase
from mfaproject.lib.testing import FrozenClock


@pytest.fixture
def alice(db: None, clock: FrozenClock) -> Any:
    return person("alice")


@pytest.fixture
def bob(db: None, clock: FrozenClock) -> Any:
    return person("bob")


@pytest.fixture
def phone(alice: Any) -> Phone:
    """Alice's, confirmed."""
    return paired(alice)


@pytest.fixture
def me(alice: Any) -> Facts:
    """Alice's session, proved just now."""
    return Facts(alice)


@pytest.fixture
def service(settings: Settings) -> Iterator[type[Memory]]:
    """All pushes go to memory."""
    settings.PUSH_SERVICES = {"webpush": PATH, "fcm": PATH}
    yield Memory
    Memory.sent.clear()
    Memory.fails.clear()


@pytest.fixture
def woken(service: type[Memory], alice: Any) -> Phone:
    """Alice's phone, which has shown that pushes arrive."""
    phone = paired(alice, sub=WEBPUSH)
    prove(phone)
    return phone


@pytest.fixture
def webpush(settings: Settings) -> Iterator[WebPushSide]:
    settings.PUSH_ALLOW_LOOPBACK = True
    with running(FakeService()) as fake:
        yield WebPushSide(fake)


@pytest.fixture
def google(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FcmSide]:
    fake = FakeGoogle()
    monkeypatch.setattr(
        messaging._MessagingService, "FCM_URL", fake.origin + "/v1/projects/{0}/messages:send"
    )
    settings.FCM = Firebase(fake.account, {"projectId": "nod-test"}, push_key())
    with running(fake):
        yield FcmSide(fake)
    for app in list(firebase_admin._apps.values()):
        app._services["_messaging"]._client.close()
        firebase_admin.delete_app(app)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ", QUICK)
    monkeypatch.setattr(fcm, "TIMEOUT", QUICK)


@pytest.fixture(params=["webpush", "google"])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.getfixturevalue(request.param)
    return found

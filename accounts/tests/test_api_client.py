"""The client in docs/examples signs in with each method, against this very code."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pyotp
import pytest

from accounts.models import LoginAttempt, Session, User
from accounts.tests.api import phone_says
from accounts.tests.helpers import code_to, phone
from mfa.factors.recovery import enrolment as paper
from mfa.factors.totp import enrolment as apps
from mfa.services import enrolment
from mfaproject.lib import clock
from mfaproject.lib.testing import PASSWORD, person
from mfaproject.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]
FILE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "client.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("client_example", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there for their own module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(
        transport=httpx.WSGITransport(app=application), base_url="http://localhost"
    ) as client:
        yield client


@pytest.fixture
def alice(settings: Any) -> User:
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"sms": "mfa.channels.memory.MemoryChannel"}
    user: User = person()
    return user


def by_mail(user: User) -> Any:
    return lambda _method: code_to(user.email)


def by_text(user: User) -> Any:
    number = "+33612345678"
    enrolment.add_factor(user.pk, "sms", number, added_by="")
    return lambda _method: code_to(number)


def by_app(user: User) -> Any:
    draft = apps.begin(user.pk, "")
    app = pyotp.TOTP(draft.secret)
    codes = iter([app.at(clock.timestamp()), app.at(clock.timestamp() + 30)])
    assert apps.confirm(user.pk, draft.factor_id, next(codes))
    return lambda _method: next(codes)


def by_paper(user: User) -> Any:
    codes = paper.new_codes(user.pk, "")
    return lambda _method: codes[0]


@pytest.mark.parametrize(
    ("method", "enrol"),
    [("email", by_mail), ("sms", by_text), ("totp", by_app), ("recovery", by_paper)],
)
def test_it_signs_in_with_a_code(
    example: ModuleType, http: httpx.Client, alice: User, method: str, enrol: Any
) -> None:
    client = example.Client(http, ask=enrol(alice), show=print)
    client.sign_in("alice", PASSWORD, method)
    assert client.me()["username"] == "alice"
    assert Session.objects.get().factor == method
    client.log_out()
    with pytest.raises(example.Refused) as refused:
        client.me()
    assert refused.value.code == "unauthorized"


def test_it_signs_in_with_the_phone_and_shows_the_number(
    example: ModuleType, http: httpx.Client, alice: User, monkeypatch: Any
) -> None:
    factor = phone(alice)
    shown: list[str] = []

    def approve(_seconds: float) -> None:
        attempt = LoginAttempt.objects.select_related("push").get()
        assert attempt.push is not None
        monkeypatch.setattr("accounts.tests.api.attempt_of", lambda _reference: attempt)
        phone_says("", factor)

    monkeypatch.setattr(example.time, "sleep", approve)
    client = example.Client(http, ask=lambda _method: "", show=shown.append)
    client.sign_in("alice", PASSWORD)
    assert client.me()["username"] == "alice"
    assert len(shown) == 1
    assert shown[0].isdigit()


def test_the_second_time_its_device_is_known(
    example: ModuleType, http: httpx.Client, alice: User
) -> None:
    client = example.Client(http, ask=by_mail(alice), show=print)
    client.sign_in("alice", PASSWORD)
    assert client.device_id
    client.log_out()
    client.ask = lambda _method: pytest.fail("nobody needs to be asked")
    client.sign_in("alice", PASSWORD)
    assert client.me()["username"] == "alice"


def test_it_proves_it_again(example: ModuleType, http: httpx.Client, alice: User) -> None:
    client = example.Client(http, ask=by_paper(alice), show=print)
    client.sign_in("alice", PASSWORD, "recovery")
    before = client.token
    newer = paper.new_codes(alice.pk, "")
    client.ask = lambda _method: newer[1]
    assert client.step_up("recovery") != before
    assert client.me()["username"] == "alice"

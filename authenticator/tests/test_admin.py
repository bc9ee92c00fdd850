"""What admins see of authenticators, and the one thing they do."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from authenticator.admin import DeviceAdmin
from authenticator.models import Device, PairingCode, PushService, PushSubscription, Trace
from authenticator.services import push_health
from authenticator.tests.helpers import answered, paired, queued, row
from authenticator.tests.signer import WEBPUSH, Phone
from mfa import outbox
from mfa.channels.memory import MemoryChannel
from mfa.services import enrolment
from mfaproject.lib import clock as time

SHOWN = [Device, PairingCode, PushService, PushSubscription]


def asked_by(user: Any) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.fixture
def chief(bob: Any) -> Any:
    bob.is_staff = bob.is_superuser = True
    bob.save()
    return bob


@pytest.mark.parametrize("model", SHOWN)
def test_nothing_is_added_edited_or_deleted_here(model: Any, chief: Any) -> None:
    shown, request = admin.site._registry[model], asked_by(chief)
    assert shown.has_view_permission(request)
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)


def test_traces_are_not_shown() -> None:
    assert Trace not in admin.site._registry


@pytest.mark.parametrize("model", SHOWN)
def test_no_secret_is_on_any_page(model: Any, chief: Any, alice: Any) -> None:
    phone = paired(alice, sub=WEBPUSH)
    answered(alice)
    push_health.stop("webpush", "push.example answered 403", time.now())
    found = model.objects.first()
    fields = admin.site._registry[model].get_fields(asked_by(chief), found)
    assert not {
        "token_digest",
        "sealed",
        "sealed_address",
        "text_digest",
        "x",
        "y",
        "thumbprint",
        "topic",
        "echo_digest",
    } & {str(field) for field in fields}
    assert phone.name == "Pixel 8"


def test_revoking_ends_the_device_and_mails_its_owner(chief: Any, alice: Any, phone: Phone) -> None:
    before, shown = queued("factor_changed"), admin.site._registry[Device]
    assert isinstance(shown, DeviceAdmin)
    shown.revoke(asked_by(chief), Device.objects.all())
    assert row(phone).revoked_at is not None
    assert enrolment.factors(alice.pk) == []
    assert queued("factor_changed") == before + 1


def test_revoking_leaves_a_row_in_the_ledger_and_the_mail_says_who_it_was(
    chief: Any, alice: Any, phone: Phone, messages_in_memory: None
) -> None:
    shown = admin.site._registry[Device]
    assert isinstance(shown, DeviceAdmin)
    for _ in range(2):  # the second time there is nothing left to do
        shown.revoke(asked_by(chief), Device.objects.all())
    acts = apps.get_model("risk", "LoginLog").objects.filter(outcome="admin_act", user=alice)
    assert [row.detail for row in acts] == ["device_removed (by bob): Pixel 8"]
    outbox.deliver_due()
    told = [
        parcel
        for parcel in MemoryChannel.sent
        if "An administrator removed an authenticator: Pixel 8." in parcel.text
    ]
    assert [parcel.to for parcel in told] == ["alice@example.org"]


def test_only_who_may_change_devices_is_offered_to_revoke(chief: Any, alice: Any) -> None:
    shown = admin.site._registry[Device]
    assert "revoke" in shown.get_actions(asked_by(chief))
    alice.is_staff = True
    alice.save()
    assert "revoke" not in shown.get_actions(asked_by(alice))
    assert "delete_selected" not in shown.get_actions(asked_by(chief))


def shown_to(chief: Any, path: str) -> str:
    """A page of the admin as an administrator sees it, with its template."""
    request = asked_by(chief)
    request.path = path
    view, args, kwargs = resolve(path)
    request.resolver_match = resolve(path)
    request.session = SimpleNamespace(is_strong=True, proof="strong", proven_at=time.now())  # type: ignore[assignment]
    answer: Any = view(request, *args, **kwargs)
    return str(answer.rendered_content)


def test_a_device_s_page_says_how_it_is_woken(chief: Any, woken: Phone) -> None:
    subscriptions = PushSubscription.objects.filter(device__public_id=woken.device_id)
    subscriptions.update(reason="unavailable", last_failure=time.now())
    page = shown_to(chief, f"/admin/authenticator/device/{row(woken).pk}/change/")
    assert "unavailable" in page
    assert "Web Push" in page
    sealed, topic = subscriptions.values_list("sealed", "topic").get()
    assert sealed not in page
    assert topic not in page
    assert '<input type="text"' not in page


@pytest.mark.parametrize("path", ["/admin/", "/admin/authenticator/device/"])
def test_a_stopped_service_is_said_on_every_page(chief: Any, clock: object, path: str) -> None:
    assert "refuses our credential" not in shown_to(chief, path)
    push_health.stop("webpush", "<b>push.example</b> answered 403", time.now())
    page = shown_to(chief, path)
    assert (
        "Web Push refuses our credential since 10 March 2026, 12:00 UTC"
        " (&lt;b&gt;push.example&lt;/b&gt; answered 403)" in page
    )

"""The admin shows what happened, and no secret."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from mfa.models import Budget, Challenge, Factor, OutboxMessage, RecoveryCode

SHOWN = (Challenge, Factor, OutboxMessage)
SECRET = {
    "payload",
    "code_mac",
    "nonce",
    "decision_digest",
    "epoch",
    "context",
    "public_id",
    "id",
    "digits",
}


@pytest.mark.parametrize("model", SHOWN)
def test_nothing_can_be_changed_there(model: Any) -> None:
    page, request = admin.site._registry[model], RequestFactory().get("/")
    request.user = None  # type: ignore[assignment]
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


@pytest.mark.parametrize("model", SHOWN)
def test_no_secret_is_shown(model: Any) -> None:
    page = admin.site._registry[model]
    shown = {*(page.fields or ()), *page.list_display}
    assert shown
    assert not shown & SECRET


@pytest.mark.parametrize("model", [Budget, RecoveryCode])
def test_the_rest_is_not_there(model: Any) -> None:
    assert model not in admin.site._registry

"""Renaming and removing a device."""

from typing import Any

import pytest
from django.http import Http404
from django.urls import reverse

from authenticator.tests.helpers import paired, row
from authenticator.tests.pages import Facts, page, request, said
from authenticator.tests.signer import Phone
from authenticator.views import security
from mfa.services import enrolment

# Managing


def test_a_device_gets_another_name(me: Facts, phone: Phone) -> None:
    assert 'value="Pixel 8"' in page(security.manage(request(me), phone.device_id))
    made = request(me, "post", name="  Old phone ")
    assert security.manage(made, phone.device_id)["Location"] == reverse("accounts:security")
    assert row(phone).name == "Old phone"
    assert said(made) == ["It is called Old phone now."]


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 65, "a\u202eb", "a\nb", "a\u2028b", "\u200b\u200d", "\u3164"]
)
def test_a_name_that_one_cannot_see_is_refused_and_kept_in_the_field(
    me: Facts, phone: Phone, name: str
) -> None:
    text = page(security.manage(request(me, "post", name=name), phone.device_id))
    assert 'aria-invalid="true"' in text
    assert row(phone).name == "Pixel 8"


def test_removing_asks_once_more(me: Facts, phone: Phone) -> None:
    assert "Remove Pixel 8?" in page(security.revoke(request(me), phone.device_id))
    assert row(phone).revoked_at is None
    made = request(me, "post")
    assert security.revoke(made, phone.device_id)["Location"] == reverse("accounts:security")
    assert row(phone).revoked_at is not None
    assert said(made) == ["Pixel 8 is removed. Its key opens nothing any more."]


def test_devices_are_managed_by_the_factor_s_number_too(me: Facts, phone: Phone) -> None:
    factor = str(row(phone).factor_id)
    assert "Pixel 8" in page(security.manage(request(me), factor))
    assert reverse("authenticator:manage", args=[factor]) == f"/security/authenticators/{factor}/"


@pytest.mark.parametrize("view", [security.manage, security.revoke])
def test_somebody_else_s_device_is_not_found(bob: Any, phone: Phone, view: Any) -> None:
    his = Facts(bob, public_id="b" * 22)
    for method in ("get", "post"):
        with pytest.raises(Http404):
            view(request(his, method, name="Mine"), phone.device_id)


def test_managing_asks_for_proof_first(alice: Any, phone: Phone) -> None:
    weak = Facts(alice, proof="weak", needs_strong=True)
    assert security.manage(request(weak, "post", name="Mine"), phone.device_id)[
        "Location"
    ].startswith(reverse("accounts:prove"))
    assert security.revoke(request(weak, "post"), phone.device_id)["Location"].startswith(
        reverse("accounts:prove")
    )
    assert (row(phone).name, row(phone).revoked_at) == ("Pixel 8", None)


def test_a_removed_device_can_be_paired_again(me: Facts, alice: Any, phone: Phone) -> None:
    security.revoke(request(me, "post"), phone.device_id)
    assert paired(alice, name="Pixel 8").device_id != phone.device_id
    assert len(enrolment.factors(alice.pk)) == 1

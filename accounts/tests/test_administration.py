"""What admins may do: end, send and switch. Each act is a row of the ledger and a mail; nobody's secret is shown."""

import pytest
from django.apps import apps
from django.test import Client

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.helpers import Browser, mails_to
from mfaproject.lib import clock
from mfaproject.lib.testing import person

pytestmark = pytest.mark.django_db


def admin(**flags: bool) -> Client:
    boss = person("boss", **({"is_staff": True, "is_superuser": True} | flags))
    _, key = sessions.open_session(boss, sessions.Evidence("strong"), epoch=boss.auth_epoch)
    browser = Browser()
    browser.cookies["nod_session"] = key
    return browser


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


def key_of(user: User) -> str:
    return sessions.open_session(user, sessions.Evidence("strong"), epoch=user.auth_epoch)[1]


def acts(user: User) -> list[str]:
    return list(apps.get_model("risk", "LoginLog").objects.filter(user=user, outcome="admin_act").values_list("detail", flat=True))


def test_signing_somebody_out_ends_everything_tells_her_and_is_written_down(alice: User) -> None:
    key = key_of(alice)
    page = admin().post("/admin/accounts/user/", {"action": "end_everything", "_selected_action": [alice.pk]}, follow=True)
    assert page.status_code == 200
    assert sessions.load(key).user is None
    assert len(mails_to("alice@example.org")) == 1
    assert acts(alice) == ["admin_signed_out (by boss)"]


def test_ending_known_browsers_tells_each_person_once(alice: User) -> None:
    bob, browsers = person("bob"), apps.get_model("risk", "KnownBrowser").objects
    for user, number in ((alice, 1), (alice, 2), (bob, 3)):
        now = clock.now()
        browsers.create(selector=f"{number}" * 22, validator_digest="x", user=user, first_seen=now, last_used=now, rotated_at=now)
    chosen = list(browsers.values_list("pk", flat=True))
    boss = admin()
    for _ in range(2):  # the second time there is nothing left to end
        page = boss.post("/admin/risk/knownbrowser/", {"action": "end_trust", "_selected_action": chosen}, follow=True)
        assert page.status_code == 200
    assert acts(alice) == ["browser_forgotten (by boss)"] * 2
    for address in ("alice@example.org", "bob@example.org"):
        assert [mail.text.count("An administrator made a browser unknown") for mail in mails_to(address)] == [1]


def test_deactivating_ends_everything_at_once(alice: User) -> None:
    key = key_of(alice)
    admin().post(f"/admin/accounts/user/{alice.pk}/change/", {"is_staff": "", "is_superuser": ""})
    alice.refresh_from_db()
    assert not alice.is_active
    assert sessions.load(key).user is None


def test_a_change_of_the_staff_flag_renews_the_epoch(alice: User) -> None:
    admin().post(f"/admin/accounts/user/{alice.pk}/change/", {"is_active": "on", "is_staff": "on"})
    before, staff = alice.auth_epoch, User.objects.get(pk=alice.pk)
    assert staff.is_staff
    assert staff.auth_epoch != before


@pytest.mark.parametrize("field", ["password", "email", "username", "auth_epoch", "full_name", "phone", "handle"])
def test_nobodys_password_address_or_epoch_is_set_here(alice: User, field: str) -> None:
    before = User.objects.filter(pk=alice.pk).values().get()
    admin().post(f"/admin/accounts/user/{alice.pk}/change/", {"is_active": "on", field: "1"})
    assert User.objects.filter(pk=alice.pk).values().get() == before


def test_nobody_changes_their_own_flags() -> None:
    browser = admin()
    boss = User.objects.get()
    browser.post(f"/admin/accounts/user/{boss.pk}/change/", {"is_active": "on"})
    boss.refresh_from_db()
    assert boss.is_superuser


def test_staff_who_are_no_superusers_change_nothing(alice: User) -> None:
    browser = admin(is_superuser=False)
    assert browser.post(f"/admin/accounts/user/{alice.pk}/change/", {"is_staff": "on"}).status_code == 403


def test_a_link_is_mailed_never_shown(alice: User) -> None:
    page = admin().post("/admin/accounts/user/", {"action": "send_reset", "_selected_action": [alice.pk]}, follow=True)
    assert "/link/reset/" not in page.content.decode()
    assert any("/link/reset/" in mail.text for mail in mails_to("alice@example.org"))


def test_one_session_is_ended(alice: User) -> None:
    keys = [key_of(alice), key_of(alice)]
    row = sessions.load(keys[0]).row
    assert row is not None
    admin().post("/admin/accounts/session/", {"action": "end", "_selected_action": [row.pk]})
    assert [sessions.load(key).user for key in keys] == [None, alice]


@pytest.mark.parametrize("kind", ["session", "loginattempt"])
def test_sessions_and_journeys_are_only_looked_at_and_show_no_key(alice: User, kind: str) -> None:
    key_of(alice)
    browser = admin()
    assert browser.get(f"/admin/accounts/{kind}/add/").status_code == 403
    assert browser.get(f"/admin/accounts/{kind}/").status_code == 200
    if kind == "session":
        row = Session.objects.filter(user=alice).get()
        page = browser.get(f"/admin/accounts/session/{row.pk}/change/").content.decode()
        assert row.key_digest not in page

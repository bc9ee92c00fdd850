"""What admins may do: end, send and switch. Each act is a row of the ledger and a mail; nobody's
secret is shown.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts import sessions
from accounts.models import Session, User
from accounts.services import administration
from accounts.services.administration import Actor
from accounts.tests.helpers import Browser, arriving, mails_to
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
    return list(
        apps.get_model("risk", "LoginLog")
        .objects.filter(user=user, outcome="admin_act")
        .values_list("detail", flat=True)
    )


def test_signing_somebody_out_ends_everything_tells_her_and_is_written_down(alice: User) -> None:
    key = key_of(alice)
    page = admin().post(
        "/admin/accounts/user/",
        {"action": "end_everything", "_selected_action": [alice.pk]},
        follow=True,
    )
    assert page.status_code == 200
    assert sessions.load(key).user is None
    assert len(mails_to("alice@example.org")) == 1
    assert acts(alice) == ["admin_signed_out (by boss)"]


def test_ending_known_browsers_tells_each_person_once(alice: User) -> None:
    bob, browsers = person("bob"), apps.get_model("risk", "KnownBrowser").objects
    for user, number in ((alice, 1), (alice, 2), (bob, 3)):
        now = clock.now()
        browsers.create(
            selector=f"{number}" * 22,
            validator_digest="x",
            user=user,
            first_seen=now,
            last_used=now,
            rotated_at=now,
        )
    chosen = list(browsers.values_list("pk", flat=True))
    boss = admin()
    for _ in range(2):  # the second time there is nothing left to end
        page = boss.post(
            "/admin/risk/knownbrowser/",
            {"action": "end_trust", "_selected_action": chosen},
            follow=True,
        )
        assert page.status_code == 200
    assert acts(alice) == ["browser_forgotten (by boss)"] * 2
    for address in ("alice@example.org", "bob@example.org"):
        assert [
            mail.text.count("An administrator made a browser unknown") for mail in mails_to(address)
        ] == [1]


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


@pytest.mark.parametrize(
    "field", ["password", "email", "username", "auth_epoch", "full_name", "phone", "handle"]
)
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
    assert (
        browser.post(f"/admin/accounts/user/{alice.pk}/change/", {"is_staff": "on"}).status_code
        == 403
    )


def test_a_link_is_mailed_never_shown(alice: User) -> None:
    page = admin().post(
        "/admin/accounts/user/",
        {"action": "send_reset", "_selected_action": [alice.pk]},
        follow=True,
    )
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


PERMISSION = "view_session"


def clerk(**flags: bool) -> Client:
    """Staff who may do whatever a permission allows."""
    browser = admin(**({"is_superuser": False} | flags))
    User.objects.get(username="boss").user_permissions.set(Permission.objects.all())
    return browser


def late() -> Client:
    """A superuser whose proof is older than ten minutes."""
    browser = admin()
    Session.objects.filter(user__username="boss").update(
        proven_at=clock.now() - timedelta(minutes=11)
    )
    return browser


def group(name: str = "office", *people: User, permissions: tuple[str, ...] = ()) -> Group:
    made = Group.objects.create(name=name)
    made.permissions.set(Permission.objects.filter(codename__in=permissions))
    made.user_set.set(people)
    return made


def number(codename: str) -> int:
    return Permission.objects.get(codename=codename).pk


class TestGroups:
    """A group hands out permissions, so it is guarded as the staff flag is."""

    def join(self, browser: Client, user: User, *groups: Group) -> Any:
        return browser.post(
            f"/admin/accounts/user/{user.pk}/change/",
            {"is_active": "on", "groups": [each.pk for each in groups]},
        )

    def test_joining_one_is_written_down_told_and_renews_the_epoch(self, alice: User) -> None:
        key, epoch = key_of(alice), alice.auth_epoch
        self.join(admin(), alice, group())
        alice.refresh_from_db()
        assert [each.name for each in alice.groups.all()] == ["office"]
        assert alice.auth_epoch != epoch
        assert sessions.load(key).user is None
        assert acts(alice) == ["admin_groups (by boss): +office"]
        assert ["changed your groups" in mail.text for mail in mails_to("alice@example.org")] == [
            True
        ]

    def test_leaving_one_too(self, alice: User) -> None:
        group("helpdesk", alice)
        self.join(admin(), alice, group())
        assert acts(alice) == ["admin_groups (by boss): +office, -helpdesk"]

    def test_flags_and_groups_at_once_are_two_acts(self, alice: User) -> None:
        data = {"is_active": "on", "is_staff": "on", "groups": [group().pk]}
        admin().post(f"/admin/accounts/user/{alice.pk}/change/", data)
        assert acts(alice) == ["admin_groups (by boss): +office", "admin_flags (by boss)"]

    def test_what_does_not_change_is_no_act(self, alice: User) -> None:
        self.join(admin(), alice, group("office", alice))
        assert acts(alice) == []
        assert mails_to("alice@example.org") == []

    @pytest.mark.parametrize("browser", [clerk, late], ids=["no superuser", "a proof too old"])
    def test_nobody_else_puts_anybody_into_one(
        self, alice: User, browser: Callable[[], Client]
    ) -> None:
        self.join(browser(), alice, group(permissions=(PERMISSION,)))
        assert not alice.groups.exists()
        assert acts(alice) == []

    def test_nobody_joins_one_by_himself(self) -> None:
        browser = admin()
        boss = User.objects.get()
        assert self.join(browser, boss, group()).status_code == 403
        assert not boss.groups.exists()

    @pytest.mark.parametrize("browser", [clerk, late], ids=["no superuser", "a proof too old"])
    @pytest.mark.parametrize("what", ["add/", "change/", "delete/", "delete_selected"])
    def test_nobody_else_makes_changes_or_deletes_one(
        self, alice: User, browser: Callable[[], Client], what: str
    ) -> None:
        row = group("office", alice)
        self.post(browser(), row, what)
        assert [(each.name, each.permissions.count()) for each in Group.objects.all()] == [
            ("office", 0)
        ]
        assert acts(alice) == []

    def post(self, browser: Client, row: Group, what: str) -> Any:
        data: dict[str, Any] = {
            "name": "another",
            "permissions": [number(PERMISSION)],
            "post": "yes",
        }
        if what == "delete_selected":
            return browser.post(
                "/admin/auth/group/", data | {"action": what, "_selected_action": [row.pk]}
            )
        return browser.post(
            "/admin/auth/group/" + (what if what == "add/" else f"{row.pk}/{what}"), data
        )

    def test_what_a_group_may_do_is_changed_for_each_of_its_people(self, alice: User) -> None:
        bob, key = person("bob"), key_of(alice)
        row, browser = group("office", alice, bob), admin()
        self.post(browser, row, "change/")
        assert sessions.load(key).user is None
        assert [acts(user) for user in (alice, bob)] == [["admin_groups (by boss): =another"]] * 2
        for address in ("alice@example.org", "bob@example.org"):
            assert len(mails_to(address)) == 1
        assert acts(User.objects.get(username="boss")) == ["admin_group_written (by boss): another"]

    def test_another_name_alone_ends_nobodys_session(self, alice: User) -> None:
        row, key = group("office", alice), key_of(alice)
        admin().post(f"/admin/auth/group/{row.pk}/change/", {"name": "bureau"})
        assert sessions.load(key).user == alice
        assert acts(User.objects.get(username="boss")) == ["admin_group_written (by boss): bureau"]

    def test_making_one_is_written_down(self) -> None:
        self.post(admin(), group(), "add/")
        assert Group.objects.get(name="another").permissions.count() == 1
        assert acts(User.objects.get(username="boss")) == ["admin_group_written (by boss): another"]

    @pytest.mark.parametrize("what", ["delete/", "delete_selected"])
    def test_deleting_one_takes_from_each_of_its_people(self, alice: User, what: str) -> None:
        row, key = group("office", alice, permissions=(PERMISSION,)), key_of(alice)
        self.post(admin(), row, what)
        assert not Group.objects.exists()
        assert sessions.load(key).user is None
        assert acts(alice) == ["admin_groups (by boss): -office"]
        assert acts(User.objects.get(username="boss")) == ["admin_group_deleted (by boss): office"]

    @pytest.mark.parametrize("what", ["change/", "delete/", "delete_selected"])
    def test_nobody_changes_a_group_of_ones_own(self, what: str) -> None:
        browser = admin()
        boss = User.objects.get()
        self.post(browser, group("office", boss), what)
        assert [(each.name, each.permissions.count()) for each in Group.objects.all()] == [
            ("office", 0)
        ]
        assert acts(boss) == []

    @pytest.mark.parametrize(("browser", "offered"), [(clerk, False), (late, False), (admin, True)])
    def test_rights_are_fields_for_a_superuser_who_has_just_proved_it(
        self, alice: User, browser: Callable[[], Client], offered: bool
    ) -> None:
        page = browser().get(f"/admin/accounts/user/{alice.pk}/change/")
        assert [f'name="{field}"'.encode() in page.content for field in ("is_staff", "groups")] == [
            offered
        ] * 2

    def test_nobody_is_offered_what_would_be_refused(self) -> None:
        browser, row = clerk(), group()
        assert browser.get("/admin/auth/group/add/").status_code == 403
        assert b'name="_save"' not in browser.get(f"/admin/auth/group/{row.pk}/change/").content
        assert browser.get(f"/admin/auth/group/{row.pk}/delete/").status_code == 403
        row.user_set.add(User.objects.get())
        User.objects.update(is_superuser=True)
        assert b'name="_save"' not in browser.get(f"/admin/auth/group/{row.pk}/change/").content
        assert browser.get(f"/admin/auth/group/{row.pk}/delete/").status_code == 403
        row.user_set.clear()
        assert b'name="_save"' in browser.get(f"/admin/auth/group/{row.pk}/change/").content


class TestAnAdminWhoIsNoneAnyMore:
    """Between the page and the act somebody may have taken the rights away."""

    @pytest.fixture
    def actor(self) -> Actor:
        boss = person("boss", is_staff=True, is_superuser=True)
        return Actor(sessions.load(key_of(boss)), arriving())

    @pytest.mark.parametrize(
        "change", [{"is_superuser": False}, {"is_active": False}, {"auth_epoch": 1}], ids=str
    )
    def test_changes_nothing(self, alice: User, actor: Actor, change: dict[str, Any]) -> None:
        row = group("office", alice)
        User.objects.filter(username="boss").update(**change)
        assert not administration.set_rights(alice, {"is_staff": True}, [], actor)
        assert not administration.write_group(row, list(Permission.objects.all()), actor)
        assert not administration.delete_group(row, actor)
        alice.refresh_from_db()
        assert (alice.is_staff, alice.groups.count(), row.permissions.count()) == (False, 1, 0)

    def test_nor_does_one_change_oneself(self, actor: Actor) -> None:
        boss = User.objects.get()
        assert not administration.set_rights(boss, {"is_staff": False}, None, actor)
        assert not administration.write_group(group("office", boss), [], actor)

    def test_who_is_one_still_does(self, alice: User, actor: Actor) -> None:
        assert administration.set_rights(alice, {"is_staff": True}, [group()], actor)
        alice.refresh_from_db()
        assert (alice.is_staff, alice.groups.count()) == (True, 1)


class TestEndingSessions:
    def end(self, browser: Client) -> list[bool]:
        """Whether the sessions of a superuser and of alice go on."""
        people = [person("root", is_superuser=True), person()]
        keys = [key_of(user) for user in people]
        rows = Session.objects.exclude(user__username="boss").values_list("pk", flat=True)
        browser.post("/admin/accounts/session/", {"action": "end", "_selected_action": list(rows)})
        return [sessions.load(key).user is not None for key in keys]

    @pytest.mark.parametrize("browser", [clerk, admin], ids=["permission", "superuser"])
    def test_who_may_change_sessions_ends_them(self, browser: Callable[[], Client]) -> None:
        assert self.end(browser()) == [False, False]

    def test_who_may_look_at_them_does_not(self) -> None:
        browser = clerk()
        User.objects.get().user_permissions.set(
            Permission.objects.filter(codename__startswith="view_")
        )
        assert self.end(browser) == [True, True]

    def test_nor_does_whose_proof_is_old(self) -> None:
        assert self.end(late()) == [True, True]

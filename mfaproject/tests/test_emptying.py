"""A test that commits leaves nothing to the next."""

import threading
import time
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

from accounts.models import User
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.testing import person
from mfaproject.tests import emptying

pytestmark = pytest.mark.django_db(transaction=True)
MADE: tuple[Any, ...] = (ContentType, Permission)


@pytest.mark.parametrize("_turn", [1, 2])
def test_each_starts_with_an_empty_database(_turn: int) -> None:
    assert not User.objects.exists()
    person().groups.add(Group.objects.create(name="office"))


def test_what_migrations_made_stays_and_nothing_else() -> None:
    made = [list(model.objects.order_by("pk")) for model in MADE]
    assert all(made)
    person()
    emptying.delete_rows("default")
    assert [list(model.objects.order_by("pk")) for model in MADE] == made
    assert {
        model
        for model in apps.get_models(include_auto_created=True)
        if model._default_manager.exists()
    } == set(MADE)


@pytest.mark.races
def test_what_a_thread_commits_late_goes_too() -> None:
    written = threading.Event()

    def write() -> None:
        with transaction.atomic():
            person()
            written.set()
            time.sleep(0.2)  # whoever does not wait sees an empty table now
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    assert written.wait(PATIENCE)
    emptying.delete_rows("default")
    thread.join()
    assert not User.objects.exists()

"""What happens in one process, told to who waits in another: by Valkey, and without it by nobody,
so that pages ask.
"""

import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import flows
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.services import Service, start_postgres, start_valkey
from mfaproject.tests.serving import Served
from mfaproject.tests.test_events import approve, later, told
from mfaproject.tests.waiters import SETTINGS, Crowd, Waiter, none_waits, seeded, waiting
from mfaproject.tests.wires import close_wires, until

pytestmark = pytest.mark.services


@dataclass
class Scene:
    """Two servers on one database. Pages wait at `here`, phones talk to `there`."""

    folder: Path
    here: Served
    there: Served
    valkey: Service
    crowd: Crowd

    def restart_valkey(self) -> None:
        self.valkey = start_valkey(self.folder)

    def person(self) -> Waiter:
        return self.crowd.next(answers=self.there)


def listens(waiter: Waiter) -> bool:
    """Whether the server lets somebody wait."""
    wire = waiter.inbox_events()
    try:
        return wire.head()[0] == 200
    finally:
        wire.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("elsewhere")
    postgres, valkey = start_postgres(folder), start_valkey(folder)
    shared = {
        "DATABASE_URL": postgres.url.replace("/nod", "/postgres"),
        "REDIS_URL": valkey.url,
        "DATA_DIR": str(folder / "data"),
        **SETTINGS,
    }
    servers = [Served(folder / name, "--no-delivery", **shared) for name in ("here", "there")]
    # A phone signs for one origin, whichever process it reaches.
    for served in servers:
        served.environment["PUBLIC_ORIGIN"] = f"http://localhost:{servers[0].port}"
        served.start()
    crowd = Crowd(servers[0], seeded(servers[0], 30))
    running = Scene(folder, servers[0], servers[1], valkey, crowd)
    yield running
    crowd.close()
    for served in servers:
        served.kill()
    running.valkey.stop()
    postgres.stop()


@pytest.fixture(autouse=True)
def _closed(scene: Scene) -> Iterator[None]:
    yield
    close_wires()
    for served in (scene.here, scene.there):
        none_waits(served)


def test_an_answer_that_arrives_elsewhere_wakes_the_page(scene: Scene) -> None:
    alice = scene.person()
    stream = alice.is_asked().stream()
    flows.fetch_inbox(alice.journey)
    alice.decide(approve(alice))
    stream.look()
    assert alice.poll() == "approved"
    assert stream.is_silent()
    alice.is_in()


def test_a_question_put_elsewhere_wakes_the_phone(scene: Scene) -> None:
    alice = scene.person()
    phone = alice.inbox_stream()
    alice.is_asked()
    phone.look()
    assert len(alice.inbox()) == 1


def test_an_answer_that_arrives_elsewhere_is_given_to_the_program_that_waits(scene: Scene) -> None:
    alice = scene.person()
    wire = later(alice, alice.program_is_asked())
    until(lambda: waiting(scene.here) == 1)
    flows.fetch_inbox(alice.journey)
    alice.decide(approve(alice))
    assert told(wire)[::2] == (200, "wait=25")


def test_what_is_told_here_comes_once(scene: Scene) -> None:
    """The process that told hears itself by Valkey too, and passes that over."""
    alice = scene.person()
    stream = alice.is_asked().stream()
    alice.journey.post("/login/cancel/", "/login/")
    stream.look()
    bob = scene.person()
    other = bob.is_asked().stream()
    bob.journey.post("/login/cancel/", "/login/")  # by the same way, so whatever was on it has come
    other.look()
    assert stream.is_silent()


END = """
from accounts.models import User
from accounts.services import security
from django.db import transaction
with transaction.atomic():
    security.end_everything(User.objects.get(username={!r}).pk)
"""


def test_a_command_wakes_pages_and_ends_what_phones_hear(scene: Scene) -> None:
    alice = scene.person()
    stream, phone = alice.is_asked().stream(), alice.inbox_stream()
    scene.there.manage("shell", "--no-imports", "-c", END.format(alice.journey.person.username))
    stream.look()
    assert alice.poll() == "gone"
    phone.ends()


def test_without_valkey_nobody_waits_in_vain_and_with_it_all_is_as_before(scene: Scene) -> None:
    alice = scene.person()
    stream, phone = alice.is_asked().stream(), alice.inbox_stream()
    bob = scene.person()
    program = later(bob, reference := bob.program_is_asked())
    until(lambda: waiting(scene.here) == 2)
    scene.valkey.stop()
    try:
        stream.ends()
        phone.ends()
        assert told(program)[0] == 202
        assert alice.events().answer()[0] == 204
        assert alice.inbox_events().answer()[0] == 204
        flows.fetch_inbox(alice.journey)
        alice.decide(approve(alice))
        assert alice.poll() == "approved"
        alice.is_in()
        assert told(later(bob, reference))[::2] == (202, ""), (
            "it could not wait, and is told when to come again"
        )
    finally:
        scene.restart_valkey()
    # whose phones talk to one server and to the other
    for waiter in (scene.person(), scene.crowd.next()):
        until(lambda waiter=waiter: listens(waiter), every=1)  # type: ignore[misc]
    carol = scene.person()
    stream, phone = carol.is_asked().stream(), carol.inbox_stream()
    flows.fetch_inbox(carol.journey)
    carol.decide(approve(carol))
    stream.look()
    carol.is_in()
    carol.is_asked()
    phone.look()


def test_a_valkey_that_says_nothing_is_given_up(scene: Scene) -> None:
    alice = scene.person()
    until(lambda: listens(alice), every=1)
    stream = alice.is_asked().stream()
    pid = _pid_of_valkey(scene.folder)
    os.kill(pid, signal.SIGSTOP)
    try:
        stream.ends()
        assert alice.poll() == "pending"
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: listens(alice), every=1)


def test_who_heard_nothing_for_a_while_has_everybody_else_look(scene: Scene) -> None:
    """What happened there meanwhile may have been told to nobody."""
    from redis import Redis  # noqa: PLC0415

    until(lambda: listens(scene.person()), every=1)
    with Redis.from_url(scene.valkey.url) as client, client.pubsub() as words:
        ears = client.client_list(_type="pubsub")
        assert len(ears) == 2
        words.subscribe("nod:look")
        words.get_message(timeout=PATIENCE)
        for one in ears:
            client.client_kill_filter(_id=one["id"])
        said = [json.loads(words.get_message(timeout=PATIENCE)["data"]) for _each in ears]
    assert [one["everybody"] for one in said] == [True, True]
    assert len({one["by"] for one in said}) == 2


def _pid_of_valkey(folder: Path) -> int:
    path = str(folder / "valkey.sock").encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and path in (entry / "cmdline").read_bytes():
            return int(entry.name)
    raise AssertionError("no Valkey runs")


def test_several_processes_behind_one_port(scene: Scene, tmp_path: Path) -> None:
    shared = {
        name: scene.here.environment[name]
        for name in ("DATABASE_URL", "REDIS_URL", "DATA_DIR", *SETTINGS)
    }
    served = Served(tmp_path, "--no-delivery", WEB_PROCESSES="2", **shared).start()
    try:
        people = [Waiter.of(scene.person().journey.person, served) for _ in range(6)]
        for waiter in people:
            until(lambda waiter=waiter: listens(waiter), every=1)  # type: ignore[misc]
            stream = waiter.is_asked().stream()
            flows.fetch_inbox(waiter.journey)
            waiter.decide(approve(waiter))
            stream.look()
            waiter.close()
    finally:
        served.kill()


def test_several_processes_without_valkey_hear_nothing_of_each_other_so_pages_ask(
    scene: Scene, tmp_path: Path
) -> None:
    shared = {
        name: scene.here.environment[name] for name in ("DATABASE_URL", "DATA_DIR", *SETTINGS)
    }
    served = Served(tmp_path, "--no-delivery", **shared).start()
    try:
        alice = Waiter.of(scene.person().journey.person, served)
        assert alice.is_asked().events().answer()[0] == 204
        assert alice.inbox_events().answer()[0] == 204
        assert alice.poll() == "pending"
        alice.approves()
        alice.is_in()
        alice.close()
    finally:
        served.kill()


WORD = re.compile(rb'"topics": \["([^"]+)"\]')


def test_what_is_told_names_no_person_and_no_secret(scene: Scene) -> None:
    from redis import Redis  # noqa: PLC0415

    alice = scene.person()
    with Redis.from_url(scene.valkey.url) as client, client.pubsub() as words:
        words.subscribe("nod:look")
        words.get_message(timeout=PATIENCE)
        alice.is_asked()
        message = words.get_message(timeout=PATIENCE)
    assert message is not None
    said = json.loads(message["data"])
    assert set(said) == {"by", "topics", "end"}
    kept = alice.cookies["nod_login"]
    for text in (
        *kept.split("."),
        alice.journey.person.username,
        alice.journey.person.handle,
        alice.journey.person.device_id,
        alice.journey.number,
    ):
        assert text not in message["data"].decode()

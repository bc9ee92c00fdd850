"""Handing messages to a broker, as far as it can be seen without one. With real ones:
mfa/tests/test_celery.py.
"""

import logging
import os
import ssl
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError
from prometheus_client import REGISTRY

from mfa import delivery_loop, outbox, tasks
from mfa.outbox import Job
from mfa.services import delivery_health
from mfaproject import alive, celery
from mfaproject.broker import broker_url
from mfaproject.lib import clock as clock_seam
from mfaproject.lib.breaker import Breaker
from mfaproject.lib.testing import FrozenClock
from mfaproject.tests.plugin import ROOT
from mfaproject.tests.serving import clean_environment

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _closed() -> None:
    celery.breaker.reset()


def jobs(*channels: str) -> list[Job]:
    return [
        Job(f"row-{channel}", channel, clock_seam.now() + timedelta(seconds=90))
        for channel in channels
    ]


class TestTheAddress:
    @pytest.mark.parametrize(
        ("given", "wanted"),
        [
            ("", ""),
            ("redis://:secret@redis:6379/2", "redis://:secret@redis:6379/2"),
            ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
            ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
            ("rediss://redis:6379/0", "rediss://redis:6379/0?ssl_cert_reqs=required"),
            (
                "rediss://redis:6379/0?ssl_cert_reqs=none",
                "rediss://redis:6379/0?ssl_cert_reqs=none",
            ),
            (
                "rediss://redis:6379/0?ssl_ca_certs=/ca.pem",
                "rediss://redis:6379/0?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required",
            ),
            ("amqp://rabbit//", "amqp://rabbit//"),
        ],
    )
    def test_is_what_celery_wants(self, given: str, wanted: str) -> None:
        assert broker_url(given) == wanted

    def test_asks_for_a_certificate_where_celery_alone_would_take_any(self) -> None:
        assert (
            Connection(broker_url("rediss://redis:6379/0")).info()["ssl"]["ssl_cert_reqs"]
            == ssl.CERT_REQUIRED
        )


class TestTheBreaker:
    def test_is_open_for_a_while_after_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seconds = [100.0]
        monkeypatch.setattr("mfaproject.lib.breaker.time.monotonic", lambda: seconds[0])
        breaker = Breaker(5.0)
        assert not breaker.open
        breaker.trip()
        seconds[0] += 4.9
        assert breaker.open
        seconds[0] += 0.1
        assert not breaker.open

    def test_can_be_told_to_forget(self) -> None:
        breaker = Breaker(5.0)
        breaker.trip()
        breaker.reset()
        assert not breaker.open


class TestPublishing:
    def test_to_nobody_costs_a_moment_once_and_raises_nothing(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(celery.app.conf, "broker_url", NOBODY)
        rests: list[float] = []
        monkeypatch.setattr("kombu.utils.functional.sleep", rests.append)
        with caplog.at_level(logging.WARNING, "nod.outbox"):
            celery.publish(jobs("push", "push", "email"))
            with mock.patch.object(celery, "producers") as asked:
                celery.publish(jobs("push", "push", "email"))
        assert rests == [], "the library's own patience is six seconds"
        assert asked.mock_calls == [], "nobody was asked"
        assert [record.__dict__["reason"] for record in caplog.records] == ["OperationalError"]

    def test_tries_again_when_the_breaker_closes(self) -> None:
        with (
            mock.patch.object(celery, "_publish", side_effect=OperationalError),
            mock.patch.object(celery, "producers", mock.MagicMock()),
        ):
            celery.publish(jobs("email"))
        celery.breaker.reset()
        with (
            mock.patch.object(celery, "_publish") as published,
            mock.patch.object(celery, "producers", mock.MagicMock()),
        ):
            celery.publish(jobs("email", "push"))
        assert published.call_count == 2

    def test_of_nothing_asks_nobody(self) -> None:
        with mock.patch.object(celery, "producers", side_effect=AssertionError):
            celery.publish([])

    @pytest.mark.usefixtures("clock")
    @pytest.mark.parametrize(
        ("channel", "queue", "soft", "hard"),
        [("push", "nod.push", 15, 18), ("email", "nod.mail", 50, 55), ("sms", "nod.mail", 50, 55)],
    )
    def test_sends_each_to_its_queue_with_its_limits(
        self, channel: str, queue: str, soft: int, hard: int
    ) -> None:
        (job,) = jobs(channel)
        with mock.patch.object(celery.app, "send_task") as sent:
            celery._publish(job, producer := object())
        sent.assert_called_once_with(
            "mfa.deliver",
            (job.row_id,),
            queue=queue,
            expires=90.0,
            soft_time_limit=soft,
            time_limit=hard,
            ignore_result=True,
            retry=False,
            producer=producer,
        )

    def test_a_look_hands_on_what_is_due(self) -> None:
        found = {True: jobs("push"), False: jobs("email", "sms")}
        handed_on: list[Job] = []
        with (
            mock.patch.object(outbox, "due", lambda push: found[push]),
            mock.patch.object(tasks, "import_string", return_value=handed_on.extend),
        ):
            tasks.look()
        assert [job.channel for job in handed_on] == ["push", "email", "sms"]


class TestTheWorker:
    def test_knows_its_tasks_by_names_that_stay(self) -> None:
        assert {name for name in celery.app.tasks if not name.startswith("celery.")} == {
            "mfa.deliver",
            "mfa.look",
            "mfa.sweep",
        }

    def test_takes_json_only_and_keeps_no_results(self) -> None:
        conf = celery.app.conf
        assert conf.accept_content == ["json"]
        assert (conf.task_serializer, conf.task_ignore_result) == ("json", True)
        assert conf.result_backend is None

    def test_lets_go_of_a_message_only_when_it_is_done(self) -> None:
        deliver = celery.app.tasks["mfa.deliver"]
        assert (deliver.acks_late, deliver.reject_on_worker_lost, deliver.ignore_result) == (
            True,
            True,
            True,
        )
        assert celery.app.conf.worker_prefetch_multiplier == 1

    @pytest.mark.parametrize(
        ("queue", "lease"), [(celery.PUSHES, outbox.PUSH_LEASE), (celery.OTHERS, outbox.LEASE)]
    )
    def test_gives_up_before_the_lease_ends(self, queue: str, lease: timedelta) -> None:
        soft, hard = celery.LIMITS[queue]
        assert soft < hard < lease.total_seconds()

    def test_looks_often_and_sweeps_now_and_then_and_never_late(self) -> None:
        schedule = celery.app.conf.beat_schedule
        assert {name: (each["task"], each["schedule"]) for name, each in schedule.items()} == {
            "look": ("mfa.look", 2.0),
            "sweep": ("mfa.sweep", 60.0),
        }
        assert all(each["options"]["expires"] == each["schedule"] for each in schedule.values())

    def test_sweeps_what_the_loop_sweeps(self) -> None:
        with mock.patch.object(delivery_loop, "sweep") as swept:
            tasks.sweep()
        swept.assert_called_once_with()


class TestBeingAlive:
    @pytest.fixture(autouse=True)
    def _own_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def test_is_said_by_a_fresh_mark(self, tmp_path: Path) -> None:
        assert not alive.is_well("worker")
        celery._worker_is_well()
        assert alive.is_well("worker")
        assert not alive.is_well("beat")
        old = time.time() - alive.LONGEST - 1  # noqa: TID251 - as the file system counts
        os.utime(tmp_path / "nod-worker.alive", (old, old))
        assert not alive.is_well("worker")

    @pytest.mark.parametrize(("broker", "well"), [(None, True), (OperationalError(), False)])
    def test_of_the_clock_means_that_the_broker_took_something(
        self, broker: Exception | None, well: bool
    ) -> None:
        beat = celery.Beat(celery.app)
        entry = mock.Mock()
        with mock.patch("celery.beat.Scheduler.apply_async", side_effect=broker):
            try:
                beat.apply_async(entry)
            except OperationalError:
                assert not well
        assert alive.is_well("beat") is well

    def test_can_be_asked_from_outside(self, tmp_path: Path) -> None:
        def asked() -> int:
            command = [sys.executable, "-m", alive.__name__, "worker"]
            return subprocess.run(
                command, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, check=False
            ).returncode

        assert asked() == 1
        alive.note("worker")
        assert asked() == 0


@pytest.mark.django_db
class TestMessagesThatLieAbout:
    def test_show_in_the_metrics_and_after_a_while_in_readyz(self, clock: FrozenClock) -> None:
        assert delivery_health.report() == "up"
        outbox.enqueue(
            channel="email",
            template="x",
            destination="alice@example.org",
            context={},
            language="en",
            expires_at=clock.at + timedelta(days=1),
        )
        for seconds, state in ((30, "up"), (1, "late")):
            clock.forward(seconds=seconds)
            assert delivery_health.report() == state
        assert REGISTRY.get_sample_value("nod_outbox_oldest_seconds") == 31
        outbox.deliver_due()
        assert delivery_health.report() == "up"
        assert REGISTRY.get_sample_value("nod_outbox_oldest_seconds") == 0


def test_without_a_broker_nobody_loads_celery(tmp_path: Path) -> None:
    program = (
        "import sys, django; django.setup(); from mfa import delivery_loop;"
        " print('celery' in sys.modules)"
    )
    environment = clean_environment() | {
        "DJANGO_SETTINGS_MODULE": "mfaproject.settings",
        "DATA_DIR": str(tmp_path),
    }
    assert (
        subprocess.check_output(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, text=True
        )
        == "False\n"
    )

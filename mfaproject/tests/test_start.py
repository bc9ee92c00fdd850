"""What must be true before the server starts, piece by piece; test_serve.py has the whole."""

import errno
import json
import socket
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.db import connection
from pytest_django import Settings

from mfaproject import start, startup_lock
from mfaproject.tests.services import free_port


class TestTheAddress:
    def test_is_an_ip_address_that_is_free(self) -> None:
        assert start.address("127.0.0.1", free_port()) == "127.0.0.1"

    def test_of_a_name_is_looked_up(self) -> None:
        assert start.address("localhost", free_port()) in ("127.0.0.1", "::1")

    def test_that_is_taken_ends_the_start(self) -> None:
        with (
            socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken,
            pytest.raises(SystemExit, match="cannot be used"),
        ):
            start.address("127.0.0.1", taken.getsockname()[1])

    def test_with_a_port_beyond_the_last_ends_the_start(self) -> None:
        with pytest.raises(SystemExit, match="the highest is 65535"):
            start.address("127.0.0.1", 65_536)

    def test_that_nobody_knows_ends_the_start(self) -> None:
        with (
            mock.patch("socket.getaddrinfo", side_effect=socket.gaierror),
            pytest.raises(SystemExit, match="HOST=nowhere is no address"),
        ):
            start.address("nowhere", 8000)

    def test_that_no_resolver_can_be_asked_for_ends_the_start(self) -> None:
        with pytest.raises(SystemExit, match="is no address of this machine"):
            start.address("x" * 64, 8000)


@pytest.mark.both
class TestTheSettings:
    def test_as_they_are_pass(self) -> None:
        start.check_settings()

    def test_that_are_wrong_end_the_start_with_what_to_do(self, settings: Settings) -> None:
        settings.TLS_CERT, settings.TLS_KEY = "nod.crt", ""
        with pytest.raises(
            SystemExit,
            match=r"Nod cannot start: TLS_KEY is missing\. Set TLS_CERT and TLS_KEY, or neither\.",
        ):
            start.check_settings()


@pytest.mark.django_db
class TestTheDatabase:
    def test_that_answers_is_fine(self) -> None:
        start.reach_database()

    def test_that_does_not_ends_the_start_with_the_reason_only(self) -> None:
        # Each backend has one, and the stubs do not say so.
        driver = connection.Database  # type: ignore[attr-defined]
        refused = driver.OperationalError("password authentication failed\nfor user nod")
        where = "DATA_DIR" if settings.EMBEDDED else "DATABASE_URL"
        with (
            mock.patch.object(driver, "connect", side_effect=refused),
            pytest.raises(SystemExit) as ended,
        ):
            start.reach_database()
        assert (
            str(ended.value)
            == f"Nod cannot start: {where}: the database does not answer: password authentication"
            " failed"
        )

    def test_that_is_current_is_left_alone(self) -> None:
        with mock.patch("mfaproject.start.call_command") as command:
            start.migrate()
        command.assert_not_called()

    def test_that_is_behind_is_brought_up_to_date(self) -> None:
        with (
            mock.patch("mfaproject.start.call_command") as command,
            mock.patch("mfaproject.start.MigrationExecutor.migration_plan", return_value=[1]),
        ):
            start.migrate()
        command.assert_called_once_with("migrate", interactive=False, verbosity=0)

    def test_that_is_behind_is_refused_where_a_job_brings_it_up_to_date(self) -> None:
        start.require_tables()
        behind = mock.patch("mfaproject.start.MigrationExecutor.migration_plan", return_value=[1])
        with (
            behind,
            pytest.raises(SystemExit, match=r"the tables are not up to date.*manage\.py migrate"),
        ):
            start.require_tables()


class TestStaticFiles:
    @pytest.fixture(autouse=True)
    def _small_tree(self, settings: Settings, tmp_path: Path) -> None:
        settings.DATA_DIR, settings.STATIC_ROOT = tmp_path / "data", tmp_path / "data" / "static"
        settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS = (
            [tmp_path / "static"],
            ["django.contrib.staticfiles.finders.FileSystemFinder"],
        )
        (tmp_path / "static").mkdir()
        (tmp_path / "static" / "a.css").write_text("a {}")

    def test_are_collected_on_the_first_start(self, settings: Settings) -> None:
        start.collect_static()
        assert (settings.STATIC_ROOT / "a.css").read_text() == "a {}"

    def test_are_left_alone_when_nothing_changed(self) -> None:
        start.collect_static()
        with mock.patch("mfaproject.start.call_command") as command:
            start.collect_static()
        command.assert_not_called()

    def test_are_collected_again_when_one_changed_and_old_ones_go_with_the_next_change(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        """A server of the version before may still answer, and pages that it
        drew ask for what it had."""
        start.collect_static()
        for old, new in ("ab", "bc"):
            (tmp_path / "static" / f"{old}.css").rename(tmp_path / "static" / f"{new}.css")
            start.collect_static()
            assert {path.name for path in settings.STATIC_ROOT.iterdir()} == {
                f"{old}.css",
                f"{new}.css",
            }

    def test_that_cannot_be_collected_leave_those_that_are_there(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        start.collect_static()
        (tmp_path / "static" / "a.css").write_text("b {}")
        full = OSError(errno.ENOSPC, "No space left on device")
        with (
            mock.patch.object(collectstatic.Command, "collect", side_effect=full),
            pytest.raises(OSError, match="No space"),
        ):
            start.collect_static()
        assert (settings.STATIC_ROOT / "a.css").read_text() == "a {}"
        start.collect_static()
        assert (settings.STATIC_ROOT / "a.css").read_text() == "b {}"
        assert not list(settings.DATA_DIR.glob("static.[!dfl]*")), "nothing half made is left"

    def test_are_collected_by_one_process_at_a_time(self) -> None:
        with (
            startup_lock.of_files("static", "Somebody else."),
            mock.patch("mfaproject.startup_lock.PATIENCE", 0),
            pytest.raises(startup_lock.StillBusy),
        ):
            start.collect_static()

    def test_with_hashed_names_have_their_manifest(self, settings: Settings) -> None:
        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {"BACKEND": "mfaproject.static_names.StaticNames"}
        }
        start.collect_static()
        names = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
        assert (settings.STATIC_ROOT / names["a.css"]).read_text() == "a {}"

    @pytest.mark.parametrize("change", ["content", "name", "storage"])
    def test_have_another_digest_after_any_change(
        self, settings: Settings, tmp_path: Path, change: str
    ) -> None:
        before = start.static_digest()
        path = tmp_path / "static" / "a.css"
        if change == "content":
            path.write_text("b {}")
        elif change == "name":
            path.rename(path.with_name("b.css"))
        else:
            settings.STORAGES = settings.STORAGES | {
                "staticfiles": {
                    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
                }
            }
        assert start.static_digest() != before


class TestWorkThatIsDoneApart:
    """In an interpreter of its own: a fork of this one would close our connections for us."""

    def run(self, work: str) -> subprocess.CompletedProcess[str]:
        program = (
            f"from mfaproject import start\ndef work():\n    {work}\nstart.apart(work)\nprint('and"
            " on')"
        )
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            cwd=settings.BASE_DIR,
        )

    def test_leaves_nothing_in_memory(self) -> None:
        done = self.run("start.here = True; print(hasattr(start, 'here'), flush=True)")
        assert (done.returncode, done.stdout) == (0, "True\nand on\n")

    @pytest.mark.parametrize(
        ("work", "code", "said"),
        [
            ("start.give_up('no port.')", 1, "Nod cannot start: no port.\n"),
            ("raise ValueError('a defect')", 1, "ValueError: a defect\n"),
            (
                "raise OSError(28, 'No space left on device', '/x')",
                1,
                "Nod cannot start: /x: No space left on device. The disk of DATA_DIR is full.\n",
            ),
            (
                "raise OSError(30, 'Read-only file system', '/x')",
                1,
                "/x: Read-only file system. DATA_DIR must be a folder that Nod may write to.\n",
            ),
            (
                "raise start.startup_lock.StillBusy('Somebody is at it.')",
                1,
                "Nod cannot start: Somebody is at it.\n",
            ),
            ("raise KeyboardInterrupt", 130, ""),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 9, ""),
        ],
    )
    def test_that_gives_up_ends_the_start(self, work: str, code: int, said: str) -> None:
        done = self.run(work)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.endswith(said)
        assert bool(said) == bool(done.stderr)

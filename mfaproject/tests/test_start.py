"""What must be true before the server starts, piece by piece; test_serve.py has the whole."""

import socket
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from mfaproject import start
from mfaproject.tests.services import free_port


class TestTheAddress:
    def test_is_an_ip_address_that_is_free(self) -> None:
        assert start.address("127.0.0.1", free_port()) == "127.0.0.1"

    def test_of_a_name_is_looked_up(self) -> None:
        assert start.address("localhost", free_port()) in ("127.0.0.1", "::1")

    def test_that_is_taken_ends_the_start(self) -> None:
        with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken, pytest.raises(SystemExit, match="cannot be used"):
            start.address("127.0.0.1", taken.getsockname()[1])

    def test_with_a_port_beyond_the_last_ends_the_start(self) -> None:
        with pytest.raises(SystemExit, match="the highest is 65535"):
            start.address("127.0.0.1", 65_536)

    def test_that_nobody_knows_ends_the_start(self) -> None:
        with mock.patch("socket.getaddrinfo", side_effect=socket.gaierror), pytest.raises(SystemExit, match="HOST=nowhere is no address"):
            start.address("nowhere", 8000)


@pytest.mark.both
class TestTheSettings:
    def test_as_they_are_pass(self) -> None:
        start.check_settings()

    def test_that_are_wrong_end_the_start_with_what_to_do(self, settings: Settings) -> None:
        settings.TLS_CERT, settings.TLS_KEY = "nod.crt", ""
        with pytest.raises(SystemExit, match=r"Nod cannot start: TLS_KEY is missing\. Set TLS_CERT and TLS_KEY, or neither\."):
            start.check_settings()


@pytest.mark.django_db
class TestTheDatabase:
    def test_that_answers_is_fine(self) -> None:
        start.reach_database()

    def test_that_does_not_ends_the_start_with_the_reason_only(self) -> None:
        driver = connection.Database  # type: ignore[attr-defined] # each backend has one, and the stubs do not say so
        refused = driver.OperationalError("password authentication failed\nfor user nod")
        with mock.patch.object(driver, "connect", side_effect=refused), pytest.raises(SystemExit) as ended:
            start.reach_database()
        assert str(ended.value) == "Nod cannot start: the database does not answer: password authentication failed"

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


class TestStaticFiles:
    @pytest.fixture(autouse=True)
    def _small_tree(self, settings: Settings, tmp_path: Path) -> None:
        settings.DATA_DIR, settings.STATIC_ROOT = tmp_path / "data", tmp_path / "data" / "static"
        settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS = [tmp_path / "static"], ["django.contrib.staticfiles.finders.FileSystemFinder"]
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

    def test_are_collected_again_when_one_changed_and_old_ones_go(self, settings: Settings, tmp_path: Path) -> None:
        start.collect_static()
        (tmp_path / "static" / "a.css").rename(tmp_path / "static" / "b.css")
        start.collect_static()
        assert [path.name for path in settings.STATIC_ROOT.iterdir()] == ["b.css"]

    @pytest.mark.parametrize("change", ["content", "name", "storage"])
    def test_have_another_digest_after_any_change(self, settings: Settings, tmp_path: Path, change: str) -> None:
        before = start.static_digest()
        path = tmp_path / "static" / "a.css"
        if change == "content":
            path.write_text("b {}")
        elif change == "name":
            path.rename(path.with_name("b.css"))
        else:
            settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
        assert start.static_digest() != before


class TestWorkThatIsDoneApart:
    """In an interpreter of its own: a fork of this one would close our connections for us."""

    def run(self, work: str) -> subprocess.CompletedProcess[str]:
        program = f"from mfaproject import start\ndef work():\n    {work}\nstart.apart(work)\nprint('and on')"
        return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=settings.BASE_DIR)

    def test_leaves_nothing_in_memory(self) -> None:
        done = self.run("start.here = True; print(hasattr(start, 'here'), flush=True)")
        assert (done.returncode, done.stdout) == (0, "True\nand on\n")

    @pytest.mark.parametrize(
        ("work", "code", "said"),
        [
            ("start.give_up('no port.')", 1, "Nod cannot start: no port.\n"),
            ("raise ValueError('a defect')", 1, "ValueError: a defect\n"),
            ("raise KeyboardInterrupt", 130, ""),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 9, ""),
        ],
    )
    def test_that_gives_up_ends_the_start(self, work: str, code: int, said: str) -> None:
        done = self.run(work)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.endswith(said)
        assert bool(said) == bool(done.stderr)

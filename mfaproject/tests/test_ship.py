"""What is shipped beside the code, as far as it can be checked without a container engine."""

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.core.management import get_commands

from mfaproject import alive, celery
from mfaproject.tests.plugin import ROOT, known_variables

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DEPENDENCIES = (ROOT / "docs" / "dependencies.md").read_text()
SETTINGS = (ROOT / "mfaproject" / "settings.py").read_text()
READ = set(
    re.findall(
        r"(?:_text|_number|_flag|_origins?|_words|_contacts|_listener|_accounts|_hosts|_choice"
        r"|env\.\w+)\(\s*\"([A-Z][A-Z_]+)\"",
        SETTINGS,
    )
)
WORKERS = ("push-worker", "mail-worker")
OURS = ("web", *WORKERS, "beat")


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def packages(path: str) -> set[str]:
    lines = (ROOT / path).read_text().splitlines()
    return {
        re.split(r"[\[<>=;]", line)[0].strip()
        for line in lines
        if line and not line.startswith(("#", "-", " "))
    }


class TestTheExampleOfTheEnvironment:
    def test_names_every_variable_that_the_settings_read_and_no_other(self) -> None:
        assert set(known_variables()) == READ

    def test_has_one_line_each_with_a_reason(self) -> None:
        lines = [
            line
            for line in (ROOT / ".env.example").read_text().splitlines()
            if re.match(r"^# [A-Z_]+=", line)
        ]
        assert len(lines) == len(set(known_variables()))
        assert all(re.match(r"^# [A-Z_]+=\S*( \S+)*? +# \S.{9,}", line) for line in lines)


class TestCompose:
    def test_has_its_services(self) -> None:
        assert set(COMPOSE["services"]) == {*OURS, "postgres", "redis", "prometheus"}

    @pytest.mark.parametrize("name", OURS)
    def test_sets_only_variables_that_the_settings_read(self, name: str) -> None:
        names = {variable.removesuffix("_FILE") for variable in service(name)["environment"]}
        assert names <= READ

    @pytest.mark.parametrize("name", OURS)
    def test_takes_variables_of_the_env_file_by_their_own_names(self, name: str) -> None:
        for variable, value in service(name)["environment"].items():
            for taken in re.findall(r"\$\{([A-Z_]+)", str(value)):
                assert taken == variable

    @pytest.mark.parametrize("name", [*OURS, "postgres"])
    def test_passes_secrets_as_files_only(self, name: str) -> None:
        environment = service(name)["environment"]
        files = {
            variable: path for variable, path in environment.items() if variable.endswith("_FILE")
        }
        assert (
            {path.rpartition("/")[2] for path in files.values()}
            <= set(service(name)["secrets"])
            <= set(COMPOSE["secrets"])
        )
        assert not any(
            word in variable
            for variable in environment.keys() - files.keys()
            for word in ("SECRET", "PASSWORD", "TOKEN")
        )

    def test_runs_commands_that_exist(self) -> None:
        assert service("web")["command"][0] in get_commands()
        for name in (*WORKERS, "beat"):
            assert service(name)["entrypoint"] == ["celery", "-A", "mfaproject"]
            command, *options = service(name)["command"]
            known = {
                option
                for parameter in celery_command.commands[command].params
                for option in parameter.opts
            }
            assert {option for option in options if option.startswith("--")} <= known

    def test_has_a_worker_for_every_queue(self) -> None:
        named = [
            service(name)["command"][service(name)["command"].index("--queues") + 1].split(",")
            for name in WORKERS
        ]
        assert sorted(named) == [[celery.OTHERS, celery.CHORES], [celery.PUSHES, celery.CHORES]]
        assert {queue for queues in named for queue in queues} == {
            queue.name for queue in celery.app.conf.task_queues
        }

    @pytest.mark.parametrize(
        ("name", "mark"), [("push-worker", "worker"), ("mail-worker", "worker"), ("beat", "beat")]
    )
    def test_asks_for_the_mark_that_each_leaves(self, name: str, mark: str) -> None:
        assert service(name)["healthcheck"]["test"] == ["CMD", "python", "-m", alive.__name__, mark]
        assert "/tmp" in service(name)["tmpfs"], "that is where the mark is"

    @pytest.mark.parametrize("name", [*OURS, "postgres", "redis", "prometheus"])
    def test_asks_each_server_whether_it_is_well(self, name: str) -> None:
        assert service(name)["healthcheck"]["test"][0] == "CMD"

    def test_waits_for_what_it_needs(self) -> None:
        assert {
            name: needs["condition"] for name, needs in service("web")["depends_on"].items()
        } == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }
        assert all(
            service(name)["depends_on"] == {"web": {"condition": "service_healthy"}}
            for name in (*WORKERS, "beat")
        )

    @pytest.mark.parametrize(
        ("name", "queue"), [("push-worker", celery.PUSHES), ("mail-worker", celery.OTHERS)]
    )
    def test_gives_a_worker_time_to_finish(self, name: str, queue: str) -> None:
        assert int(service(name)["stop_grace_period"].removesuffix("s")) > celery.LIMITS[queue][1]

    def test_opens_ports_to_this_machine_only(self) -> None:
        ports = [port for each in COMPOSE["services"].values() for port in each.get("ports", [])]
        assert all(port.startswith("127.0.0.1:") for port in ports)
        assert "127.0.0.1:8000:8000" in ports

    @pytest.mark.parametrize("name", OURS)
    def test_gives_our_containers_no_rights(self, name: str) -> None:
        ours = service(name)
        assert (ours["read_only"], ours["cap_drop"], ours["security_opt"]) == (
            True,
            ["ALL"],
            ["no-new-privileges:true"],
        )

    def test_mounts_files_that_exist_and_volumes_that_it_names(self) -> None:
        for each in COMPOSE["services"].values():
            for volume in each.get("volumes", []):
                source = volume.partition(":")[0]
                assert (
                    (ROOT / source).is_file()
                    if source.startswith("./")
                    else source in COMPOSE["volumes"]
                )

    def test_prometheus_asks_the_port_that_web_opens(self) -> None:
        config = yaml.safe_load((ROOT / "docs" / "prometheus.yml").read_text())
        targets = config["scrape_configs"][0]["static_configs"][0]["targets"]
        assert targets == [f"web:{service('web')['environment']['METRICS_PORT']}"]

    def test_pins_every_image(self) -> None:
        images = {each["image"] for name, each in COMPOSE["services"].items() if name not in OURS}
        assert all(re.search(r":v?\d", image) for image in images)


class TestTheImage:
    def test_copies_only_what_exists(self) -> None:
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
            *sources, _ = line.split()
            assert all((ROOT / source).exists() for source in sources)

    def test_copies_every_app(self) -> None:
        needed = {
            "manage.py",
            "mfaproject",
            "accounts",
            "risk",
            "mfa",
            "authenticator",
            "templates",
            "static",
        }
        assert needed <= set(re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE))

    def test_does_not_run_as_root(self) -> None:
        assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["nod"]
        assert DOCKERFILE.index("USER nod") < DOCKERFILE.index("ENTRYPOINT")

    def test_has_two_stages_and_fetches_packages_only(self) -> None:
        assert len(re.findall(r"^FROM ", DOCKERFILE, re.MULTILINE)) == 2
        assert not re.search(r"curl|wget|ADD |https?://(?!127)", DOCKERFILE)

    def test_sets_only_variables_that_somebody_reads(self) -> None:
        names = re.findall(
            r"([A-Z_]+)=", "".join(re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE))
        )
        assert set(names) <= READ | {"PATH", "PYTHONUNBUFFERED"}

    def test_listens_where_compose_looks(self) -> None:
        assert "HOST=0.0.0.0" in DOCKERFILE
        assert "PORT=8000" in DOCKERFILE
        assert "EXPOSE 8000" in DOCKERFILE
        assert 'CMD ["serve"]' in DOCKERFILE

    def test_leaves_out_what_is_private(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text().split()
        assert {".*", "var", "secrets"} <= set(ignored)

    def test_leaves_out_what_only_tests_need(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text().split()
        assert {"**/tests", "node_modules"} <= set(ignored)


class TestThePackages:
    def test_each_has_its_reason(self) -> None:
        cells = re.findall(r"^\| ([a-z][^|]+) \| [A-Z\"].+ \|$", DEPENDENCIES, re.MULTILINE)
        named = {
            name
            for cell in cells
            for name in re.sub(r"\(.*?\)", "", cell).replace(" ", "").split(",")
        }
        assert named == packages("requirements.in") | packages("requirements-dev.in")

    def test_each_from_npm_has_its_reason(self) -> None:
        cells = re.findall(r"^\| (`.+`) \| [A-Z].+ \|$", DEPENDENCIES, re.MULTILINE)
        package = json.loads((ROOT / "package.json").read_text())
        named = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
        assert sorted(named) == sorted(package["dependencies"] | package["devDependencies"])

    @pytest.mark.parametrize(
        ("wanted", "locked"),
        [
            ("requirements.in", "requirements.txt"),
            ("requirements-dev.in", "requirements-dev.txt"),
            ("requirements-twilio.in", "requirements-twilio.txt"),
        ],
    )
    def test_each_is_locked(self, wanted: str, locked: str) -> None:
        assert packages(wanted) <= packages(locked)
        lines = [
            line
            for line in (ROOT / locked).read_text().splitlines()
            if line and not line.startswith((" ", "#"))
        ]
        assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+", line) for line in lines)
        assert "/" not in "".join(lines)


class TestMake:
    def test_helps(self) -> None:
        printed = subprocess.run(
            ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for target in (
            "help",
            "run",
            "test",
            "check",
            "format",
            "e2e",
            "bench",
            "lock",
            "admin",
            "screenshots",
        ):
            assert re.search(rf"^  make {target} +\S", printed, re.MULTILINE)

    def test_names_the_package_that_brings_venv(self, tmp_path: Path) -> None:
        """A Python as Debian ships it: the right version, and neither venv nor ensurepip."""
        fake = tmp_path / "python3"
        fake.write_text(
            '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.11-venv ;; esac\n'
        )
        fake.chmod(0o755)
        (tmp_path / "requirements.txt").touch()
        done = self.make_run(tmp_path)
        assert done.returncode != 0
        assert "has no venv module. On Debian: apt-get install python3.11-venv" in done.stderr

    def test_names_the_python_that_it_needs(self, tmp_path: Path) -> None:
        for name in ("python3", "python3.11", "python3.12", "python3.13"):
            (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
            (tmp_path / name).chmod(0o755)
        (tmp_path / "requirements.txt").touch()
        done = self.make_run(tmp_path)
        assert done.returncode != 0
        assert "Nod needs Python 3.11, 3.12 or 3.13" in done.stderr

    def test_a_warm_start_does_nothing_but_start(self) -> None:
        """With the stamps in place `make run` runs one command."""
        planned = subprocess.run(
            ["make", "-n", "-o", ".venv/run.stamp", "run"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert planned.split() == ["exec", ".venv/bin/python", "manage.py", "serve"]

    def test_makes_secrets_once_in_a_closed_folder(self, tmp_path: Path) -> None:
        for _ in range(2):
            subprocess.run(
                ["make", "-f", str(ROOT / "Makefile"), "secrets"],
                cwd=tmp_path,
                capture_output=True,
                check=True,
            )
            kept = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
            (tmp_path / "secrets" / "email_url").write_text("smtp://mail.example.org:25")
        assert set(kept) == set(COMPOSE["secrets"])
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
        assert len(kept["secret_key"]) == 64
        assert kept["database_url"] == f"postgres://nod:{kept['database_password']}@postgres/nod"
        assert kept["email_url"] == "smtp://mail.example.org:25"

    def test_ci_runs_the_tests(self) -> None:
        path = ROOT / ".ci" / "run"
        assert os.access(path, os.X_OK)
        assert path.read_text().startswith("#!/usr/bin/env bash\n")
        assert "set -euo pipefail" in path.read_text()
        assert "make test" in path.read_text()

    @staticmethod
    def make_run(folder: Path) -> subprocess.CompletedProcess[str]:
        """`make run` in an empty folder where only the Pythons in it are found."""
        tools = folder / "tools"
        tools.mkdir()
        for tool in ("sh", "echo", "touch", "awk"):
            (tools / tool).symlink_to(shutil.which(tool) or tool)
        make = shutil.which("make")
        assert make
        environment = {"PATH": f"{folder}:{tools}"}
        return subprocess.run(
            [make, "-f", str(ROOT / "Makefile"), "run"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

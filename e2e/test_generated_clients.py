"""Clients that others generate from the OpenAPI document: type-checked, and each walks a whole
sign-up and three sign-ins against a real server.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from authenticator.tests.signer import Phone
from e2e.person import Person, somebody
from e2e.server import Nod
from mfaproject.lib.patience import LONG, PATIENCE

HERE = Path(__file__).resolve().parent / "clients"
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "docs" / "openapi.yaml"
MYPY = """
[mypy]
strict = True
[mypy-nod_client.client]
ignore_errors = True
"""
"""That one file does not depend on our document, and hands on `*args` of an `__exit__` untyped."""
PAIR = """
import json
from django.contrib.auth import get_user_model
from authenticator.tests.helpers import paired
phone = paired(get_user_model().objects.get(username={username!r}))
print(json.dumps([phone.device_id, phone.user, phone.key.private_numbers().private_value]))
"""


def run(*command: str | Path, folder: Path) -> str:
    """What a tool prints; it must end well."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=dict(os.environ, PATH=path),
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@dataclass
class Answering:
    """The person at the client's keyboard, with her mailbox and her phone."""

    nod: Nod
    person: Person
    phone: Phone | None = None

    def walks(self, command: list[str], folder: Path) -> str:
        """Runs a client and answers what it asks; gives the last line."""
        person, line = self.person, ""
        command += [self.nod.origin, person.username, person.password, person.email]
        log = folder / "walk.log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            ) as process,
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if answer := self._answer(*line.split()):
                        process.stdin.write(f"{answer}\n")
                assert process.wait(PATIENCE) == 0, log.read_text()
            finally:
                process.kill()
        return line.strip()

    def _answer(self, asked: str, *more: str) -> str:
        match asked:
            case "code":
                return self.nod.outbox.next_code(self.person.email)
            case "phone":
                self.phone = self._paired()
                return "there"
            case "number":
                self._approve(more[0])
        return ""

    def _paired(self) -> Phone:
        printed = self.nod.manage("shell", "-c", PAIR.format(username=self.person.username))
        device, user, secret = json.loads(printed.splitlines()[-1])
        return Phone(
            self.nod.authenticator_origin,
            device,
            user,
            key=ec.derive_private_key(secret, ec.SECP256R1()),
        )

    def _approve(self, number: str) -> None:
        asked = self._signed("/v1/authenticator/inbox", b"{}")["challenges"]
        assert self.phone is not None
        body = self.phone.approve(asked[0], number)
        assert (
            self._signed(f"/v1/authenticator/challenges/{asked[0]['challenge_id']}/answer", body)[
                "state"
            ]
            == "approved"
        )

    def _signed(self, path: str, body: bytes) -> Any:
        assert self.phone is not None
        headers = {
            "Authorization": self.phone.header("POST", path, body),
            "Content-Type": "application/json",
        }
        return (
            httpx.post(
                self.nod.authenticator_origin + path,
                content=body,
                headers=headers,
                timeout=PATIENCE,
            )
            .raise_for_status()
            .json()
        )


def test_a_python_client_signs_in(nod: Nod, tmp_path: Path) -> None:
    """Made by openapi-python-client, which must have nothing to say about our document."""
    said = run(
        "openapi-python-client",
        "generate",
        "--path",
        DOCUMENT,
        "--meta",
        "none",
        "--output-path",
        "nod_client",
        folder=tmp_path,
    )
    assert "warning" not in said.lower(), said
    shutil.copy(HERE / "walk.py", tmp_path)
    (tmp_path / "mypy.ini").write_text(MYPY)
    run(sys.executable, "-m", "mypy", "walk.py", folder=tmp_path)
    person = somebody()
    assert (
        Answering(nod, person).walks([sys.executable, "walk.py"], tmp_path)
        == f"done {person.username} true"
    )


@pytest.fixture
def tools() -> Path:
    """What npm has installed."""
    found = ROOT / "node_modules"
    assert (found / "openapi-typescript").is_dir(), "no tools for TypeScript: run `make check`"
    return found


def test_a_linter_has_nothing_against_the_document(tools: Path) -> None:
    assert run("node", "lint.mjs", DOCUMENT, folder=HERE) == ""


def test_a_typescript_client_signs_in(nod: Nod, tools: Path, tmp_path: Path) -> None:
    """Its types by openapi-typescript, its calls by openapi-fetch."""
    (tmp_path / "node_modules").symlink_to(tools)
    for source in (ROOT / "package.json", HERE / "tsconfig.json", HERE / "walk.ts"):
        shutil.copy(source, tmp_path)
    run(
        "node_modules/.bin/openapi-typescript", DOCUMENT, "--output", "schema.d.ts", folder=tmp_path
    )
    run("node_modules/.bin/tsc", "--project", ".", folder=tmp_path)  # checks and writes JavaScript
    person = somebody()
    assert (
        Answering(nod, person).walks(["node", "built/walk.js"], tmp_path)
        == f"done {person.username} true"
    )

"""The published curl lines, run as printed by a real curl against a real server: only host, port
and placeholders are filled in.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.server import copy_of
from mfaproject.lib.patience import PATIENCE, until
from mfaproject.lib.testing import PASSWORD
from mfaproject.tests.serving import Served

pytestmark = pytest.mark.xdist_group("curl")

PUBLISHED = {
    "login": (
        """
  curl --location 'localhost:8082/v1/auth/login' \\
      --header 'Content-Type: application/json' \\
      --data '{
          "username": "<username>",
          "password": "<password>"
      }'
"""
    ),
    "login with mfa": (
        """
curl --location 'localhost:8082/v1/auth/login-with-mfa' \\
    --header 'Content-Type: application/json' \\
    --data '{"reference_id":"<reference_id>","private_key":"<private_key>"}
    '
"""
    ),
    "send email": (
        """
curl --location 'localhost:8082/v1/auth/send-login-email-code' \\
    --header 'Authorization: <token>' \\
    --header 'Content-Type: application/json' \\
    --data '{
        "reference_id": "<reference_id>"
    }'
"""
    ),
    "send phone": (
        """
curl --location 'localhost:8082/v1/auth/send-login-phone-code' \\
    --header 'Authorization: <token>' \\
    --header 'Content-Type: application/json' \\
    --data '{
        "reference_id": "<reference_id>"
    }'
"""
    ),
    "verify email": (
        """
curl --location 'localhost:8082/v1/auth/verify-login-email-code' \\
    --header 'Authorization: <token>' \\
    --header 'Content-Type: application/json' \\
    --data '{
        "reference_id": "<reference_id>",
        "code": "<code>"
    }'
"""
    ),
    "verify phone": (
        """
curl --location 'localhost:8082/v1/auth/verify-login-phone-code' \\
    --header 'Authorization: <token>' \\
    --header 'Content-Type: application/json' \\
    --data '{
        "reference_id": "<reference_id>",
        "code": "<code>"
    }'
"""
    ),
    "disavow": (
        """
curl --location --request GET 'localhost:8082/v1/hacked/disavow?ref=<ref_id>' \\
    --header 'Content-Type: application/json' \\
    --data '{}'
"""
    ),
}


class Shell:
    """Runs published lines against one server."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.read: set[Path] = set()

    def run(self, name: str, **filled: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a line, its `<placeholders>` filled in; those that nobody fills in
        stay as they are printed."""
        line = PUBLISHED[name].strip().replace("localhost:8082", f"localhost:{self.server.port}")
        for placeholder, value in filled.items():
            line = line.replace(f"<{placeholder}>", value)
        return self.shell(line)

    @staticmethod
    def shell(line: str) -> tuple[int, dict[str, Any]]:
        quiet = line.replace(
            "curl ", "curl --silent --show-error --write-out '\\n%{http_code}' ", 1
        )
        done = subprocess.run(
            ["sh", "-c", quiet], capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body) if body else {}

    def api(
        self, path: str, method: str = "POST", token: str = "", **body: str
    ) -> tuple[int, dict[str, Any]]:
        """A call that nobody published, with curl as well."""
        header = f"--header 'Authorization: Bearer {token}'" if token else ""
        url = f"http://localhost:{self.server.port}/v1/{path}"
        return self.shell(
            f"curl --request {method} {url} {header} --header 'Content-Type: application/json'"
            f" --data '{json.dumps(body)}'"
        )

    def message(self, to: str, pattern: str) -> str:
        """What the pattern finds in a message to an address or number, once one
        is there that was not read before."""
        return until(lambda: self._delivered(to, pattern), lambda: f"nothing was delivered to {to}")

    def _delivered(self, to: str, pattern: str) -> str:
        for path in {*self.outbox.glob("*.eml"), *self.outbox.glob("*.txt")} - self.read:
            text = path.read_text().replace("=\n", "")
            if f"To: {to}" in text and (found := re.search(pattern, text.partition("\n\n")[2])):
                self.read.add(path)
                return found[1]
        return ""

    @property
    def outbox(self) -> Path:
        return self.server.data_dir / "outbox"


@pytest.fixture(scope="module")
def shell(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    server = Served(copy_of(prepared, tmp_path_factory.mktemp("curl"))).start()
    yield Shell(server)
    server.stop()


CODE = r"\b([0-9]{6})\b"
README = Path(__file__).resolve().parents[1] / "README.md"


def plain(line: str) -> str:
    """As a shell reads it, wherever it was indented."""
    return " ".join(line.replace("\\\n", " ").split())


@pytest.mark.parametrize("name", [name for name in PUBLISHED if "phone" not in name])
def test_the_readme_shows_the_line_for_our_own_port(name: str) -> None:
    """The lines for the phone differ in the path alone, which is named there."""
    assert plain(PUBLISHED[name]).replace(":8082", ":8000") in plain(README.read_text())
    assert all(
        path in README.read_text() for path in re.findall(r"v1/auth/([a-z-]+)", PUBLISHED[name])
    )


def test_the_published_lines_sign_in_and_undo_it(shell: Shell) -> None:
    status, _ = shell.api(
        "auth/register",
        fullname="Alice Example",
        username="alice",
        password=PASSWORD,
        email="alice@example.org",
    )
    assert status == 201
    status, login = shell.run("login", username="alice", password=PASSWORD)
    assert (status, login["required_mfa"]) == (200, True)
    reference = login["reference_id"]

    assert shell.run("verify email", reference_id=reference, code="000000")[0] == 401
    assert shell.run("send email", reference_id=reference)[0] == 202
    code = shell.message("alice@example.org", CODE)
    status, verified = shell.run("verify email", reference_id=reference, code=code)
    assert (status, verified["reference_id"]) == (200, reference)

    status, done = shell.run(
        "login with mfa", reference_id=reference, private_key=verified["private_key"]
    )
    assert status == 200
    token = done["token"]
    assert shell.api("me", "GET", token)[1]["username"] == "alice"

    ref = shell.message("alice@example.org", r"/link/disavow/([A-Za-z0-9_-]{43})/")
    status, link = shell.run("disavow", ref_id=ref)
    assert (status, link["status"]) == (200, "confirmation_required")
    assert link["confirm"].endswith(f"/link/disavow/{ref}/")
    assert shell.api("me", "GET", token)[0] == 200
    assert shell.api("hacked/disavow", ref=ref) == (200, {"status": "disavowed"})
    assert shell.api("me", "GET", token)[0] == 401


def test_the_published_lines_for_the_phone_sign_in_too(shell: Shell) -> None:
    shell.api(
        "auth/register",
        fullname="Bob Example",
        username="bob",
        password=PASSWORD,
        email="bob@example.org",
    )
    reference = shell.run("login", username="bob", password=PASSWORD)[1]["reference_id"]
    assert shell.run("send phone", reference_id=reference)[1]["code"] == "method_unavailable"
    shell.run("send email", reference_id=reference)
    key = shell.run(
        "verify email", reference_id=reference, code=shell.message("bob@example.org", CODE)
    )[1]["private_key"]
    token = shell.run("login with mfa", reference_id=reference, private_key=key)[1]["token"]

    assert shell.api("me", "PATCH", token, phone="+33612345678")[0] == 200
    assert shell.api("send-phone-verification", token=token)[0] == 202
    assert (
        shell.api(
            "verify-phone-verification", token=token, code=shell.message("+33612345678", CODE)
        )[0]
        == 200
    )

    reference = shell.run("login", username="bob", password=PASSWORD)[1]["reference_id"]
    assert shell.run("send phone", reference_id=reference)[0] == 202
    status, verified = shell.run(
        "verify phone", reference_id=reference, code=shell.message("+33612345678", CODE)
    )
    assert status == 200
    assert shell.run("login with mfa", **verified)[0] == 200

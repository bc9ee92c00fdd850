"""Proxies as docs/front.md configures them, on ports and with a certificate of ours."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.plugin import ROOT
from mfaproject.tests.services import free_port

HOSTS = "login.example.org auth.example.org"


def block(language: str) -> str:
    """The configuration that the page shows."""
    page = (ROOT / "docs" / "front.md").read_text()
    found = re.search(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found, f"docs/front.md shows nothing for {language}"
    return found[1]


@dataclass(frozen=True)
class Place:
    """Where a proxy listens and where Nod does."""

    folder: Path
    port: int
    nod: int
    cert: str
    key: str


def _nginx(place: Place) -> list[str]:
    text = block("nginx").replace("listen 443", f"listen 127.0.0.1:{place.port}")
    text = text.replace("/etc/ssl/login.example.org.pem", place.cert)
    text = text.replace("/etc/ssl/login.example.org.key", place.key)
    logs = f"access_log off; error_log {place.folder}/error.log;"
    paths = "".join(
        f"{kind}_temp_path {place.folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"pid {place.folder}/nginx.pid; events {{}} http {{ {logs} {paths} {_at(text, place)} }}"
    )
    file = place.folder / "nginx.conf"
    file.write_text(whole)
    return ["nginx", "-g", "daemon off;", "-c", str(file), "-p", str(place.folder)]


def _caddy(place: Place) -> list[str]:
    text = block("caddy").replace(
        "login.example.org, auth.example.org {",
        f"https://login.example.org:{place.port}, https://auth.example.org:{place.port} {{\n    tls"
        f" {place.cert} {place.key}\n    bind 127.0.0.1",
    )
    file = place.folder / "Caddyfile"
    file.write_text("{\n    admin off\n    auto_https off\n}\n" + _at(text, place))
    return ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]


def _haproxy(place: Place) -> list[str]:
    both = place.folder / "both.pem"
    both.write_text(Path(place.cert).read_text() + Path(place.key).read_text())
    text = block("haproxy").replace("bind :443", f"bind 127.0.0.1:{place.port}")
    text = text.replace("/etc/ssl/login.example.org.pem", str(both))
    times = "defaults\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n"
    file = place.folder / "haproxy.cfg"
    file.write_text(times + _at(text, place))
    return ["haproxy", "-db", "-f", str(file)]


def _at(text: str, place: Place) -> str:
    assert "127.0.0.1:8000" in text
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{place.nod}")


KINDS: dict[str, Callable[[Place], list[str]]] = {
    "nginx": _nginx,
    "caddy": _caddy,
    "haproxy": _haproxy,
}


class Proxy:
    """One of them, running."""

    def __init__(self, kind: str, folder: Path, *, nod: int, cert: str, key: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.log = free_port(), folder / "proxy.log"
        command = KINDS[kind](Place(folder, self.port, nod, cert, key))
        program = shutil.which(command[0])
        assert program, f"{command[0]} is missing: run `make e2e-full`"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

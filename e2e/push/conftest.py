"""Push services on this machine, for one module of tests each, and a server that finds them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.push import certificate
from e2e.push.background import Background
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from e2e.push.google import WEB_HOSTS
from e2e.server import Nod, copy_of

LOCAL = {
    "DJANGO_SETTINGS_MODULE": "e2e.push.settings",
    "PUSH_ALLOW_LOOPBACK": "1",
    "TRUSTED_PROXY_COUNT": "1",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("push")


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    running = Background()
    yield running
    running.close()


@pytest.fixture(scope="module")
def certified(folder: Path) -> Certificate:
    return certificate.make(folder, ("localhost", *WEB_HOSTS))


@pytest.fixture(scope="module")
def gcm(background: Background, certified: Certificate) -> Gcm:
    return Gcm.start(background, certified)


@pytest.fixture(scope="module")
def serve(prepared: Path, folder: Path) -> Iterator[Callable[..., Nod]]:
    """`serve(NAME="value")`: a server that may push to this machine and reach nothing else."""
    with ExitStack() as running:

        def start(**variables: str) -> Nod:
            server = Nod(copy_of(prepared, folder / "nod"), **LOCAL, **variables).start()
            running.callback(server.kill)
            return server

        yield start

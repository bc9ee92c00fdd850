"""What every test can rely on: an empty cache, a closed limiter breaker, no way out of this
machine. The scene itself: mfaproject/tests/plugin.py.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.tests import contract
from mfa.channels.memory import MemoryChannel
from mfaproject.lib import deadlines, limits
from mfaproject.lib.proxy_hops import hops
from mfaproject.lib.testing import FrozenClock, frozen
from mfaproject.tests import guard, twice

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)

# A loaded machine is slow now and then; that is no finding.
hypothesis.settings.register_profile("nod", deadline=None)
hypothesis.settings.load_profile("nod")

# The same of requests and locks: these deadlines are for tests that are about them
# (mfaproject/tests/).
for _name in ("BUDGET", "STATEMENT", "LOCK", "SQLITE_LOCK"):
    setattr(deadlines, _name, 60.0)


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Counters and used-once marks of one test say nothing to the next. Who runs once
    (mfaproject/tests/twice.py) has none to find."""
    limits.breaker.reset()
    hops.reset()
    if twice.asks(request.node):
        cache.clear()


@pytest.fixture(autouse=True)
def _stays_here() -> Iterator[None]:
    yield
    tried = guard.taken()
    if tried:
        pytest.fail(f"left this machine: {'; '.join(tried)}")


@pytest.fixture(autouse=True)
def _as_the_document_says(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test asks of /v1, the answer is one that the OpenAPI document has."""
    broken: list[str] = []
    ask = Client.generic

    def asked(
        client: Client, method: str, path: str, data: Any = b"", *args: Any, **options: Any
    ) -> Any:
        answer = ask(client, method, path, data, *args, **options)
        elsewhere = answer.status_code == 404 and "Host" in (options.get("headers") or {})
        if path.startswith("/v1/") and method not in ("HEAD", "OPTIONS") and not elsewhere:
            sent = data.encode() if isinstance(data, str) else data
            broken.extend(contract.faults(method, path.partition("?")[0], sent, answer))
        return answer

    monkeypatch.setattr(Client, "generic", asked)
    yield
    assert broken == []


@pytest.fixture
def messages_in_memory(settings: Settings) -> None:
    """Mails and texts stay in the process; a test begins with none."""
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | dict.fromkeys(
        ("email", "sms"), "mfa.channels.memory.MemoryChannel"
    )
    MemoryChannel.sent.clear()


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """Time stands at noon of 10 March 2026, UTC, until `clock.forward(minutes=5)`."""
    with frozen(NOON) as standing:
        yield standing

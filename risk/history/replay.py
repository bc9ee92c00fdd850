"""Logins as an outside evaluation tells of them, scored and remembered in memory: no database, no
settings, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from mfaproject.lib import ip_addresses
from risk.history.in_memory_counts import Around, Memory
from risk.login import agents, chains, network
from risk.login.agents import Agent
from risk.login.attempt import Attempt
from risk.login.history import History

UNKNOWN_PLACES = {"", "-", "ZZ", "XX", "UNKNOWN", "??", "NONE"}


@lru_cache(maxsize=20_000)
def read_agent(user_agent: str) -> Agent:
    """A log of half a year has more user agents than a site sees in an hour."""
    return agents.read(user_agent)


@lru_cache(maxsize=50_000)
def read_address(given: str) -> tuple[str, str, str]:
    """The canonical address, its source and its subnet; empty where the address
    says nothing about anybody."""
    try:
        found = ip_address(given.strip())
    except ValueError:
        return "", "", ""
    ip = str(getattr(found, "ipv4_mapped", None) or found)
    return (
        (ip, network.source(ip), network.subnet(ip)) if ip_addresses.is_public(ip) else ("", "", "")
    )


@lru_cache(maxsize=50_000)
def address_chain(ip: str, country: str, provider: int) -> chains.Chain:
    return chains.address(ip or None, country, provider)


@lru_cache(maxsize=20_000)
def agent_chain(user_agent: str) -> chains.Chain:
    return chains.agent(read_agent(user_agent))


@dataclass(slots=True)
class Kept:
    """What a browser was when an account last signed in with it."""

    accounts: set[str] = field(default_factory=set)
    spoken: str = ""


@dataclass(slots=True)
class Replay:
    """A site in memory. Attempts are mappings with ts, user_id, ip, country,
    asn, ua, device_cookie."""

    memory: Memory = field(default_factory=Memory)
    browsers: dict[str, Kept] = field(default_factory=dict)

    def seen(self, told: Mapping[str, Any]) -> tuple[Attempt, History]:
        """An attempt as models see it, with the history before it."""
        attempt = self._attempt(told)
        return attempt, self.memory.history(attempt.chains, self._around(told), float(told["ts"]))

    def learn(self, told: Mapping[str, Any], outcome: str) -> None:
        """How an attempt ended: "ok", "bad_password" or "challenge_failed"."""
        at, around = float(told["ts"]), self._around(told)
        if outcome == "ok":
            self.memory.learn(around.account, self._attempt(told).chains, at)
            for cookie in filter(None, (told.get("device_cookie"), told.get("device_cookie_set"))):
                self._keep(str(cookie), around.account, read_agent(_text(told, "ua")))
        elif outcome == "challenge_failed":
            self.memory.blame(around.account, self._attempt(told).chains, at)
        self.memory.note(around, at, failed=outcome != "ok")

    def _keep(self, cookie: str, account: str, agent: Agent) -> None:
        kept = self.browsers.setdefault(cookie, Kept())
        kept.accounts.add(account)
        kept.spoken = agent.spoken

    def _attempt(self, told: Mapping[str, Any]) -> Attempt:
        account, cookie = _text(told, "user_id"), _text(told, "device_cookie")
        agent, kept = read_agent(_text(told, "ua")), self.browsers.get(cookie)
        knows = kept is not None and account in kept.accounts
        follows = agent.follows(kept.spoken) if kept and knows else ""
        at = datetime.fromtimestamp(float(told["ts"]), UTC)
        ip = read_address(_text(told, "ip"))[0]
        return Attempt(
            at=at,
            cookie="absent" if not cookie else "known" if kept else "invalid",
            knows=knows,
            of_others=kept is not None and not knows,
            changed=follows == "changed",
            placed=bool(ip),
            agent=agent,
            chains=(
                chains.cookie(knows),
                address_chain(ip, _country(told), _provider(told)),
                agent_chain(_text(told, "ua")),
                chains.hours(at),
            ),
            outdated=follows == "outdated",
            country=_country(told) if ip else "",
        )

    def _around(self, told: Mapping[str, Any]) -> Around:
        _, source, subnet = read_address(_text(told, "ip"))
        return Around(_text(told, "user_id"), source, subnet, _text(told, "ua"))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value)


def _country(told: Mapping[str, Any]) -> str:
    country = _text(told, "country").strip().upper()
    return "" if country in UNKNOWN_PLACES else country


def _provider(told: Mapping[str, Any]) -> int:
    digits = _text(told, "asn").upper().removeprefix("AS")
    return int(digits) if digits.isdigit() else 0

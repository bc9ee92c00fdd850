"""PURE: a login as models see it: families, chains and flags, never a raw address, user agent or
person's name.
"""

from dataclasses import dataclass
from datetime import datetime

from risk.login import chains
from risk.login.agents import Agent
from risk.login.chains import Chain
from risk.login.context import BrowserState, LoginContext

LISTS = ("tor", "vpn", "hosting")
"""What an imported list may say of a network, what hides people best first."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`knows`: the browser knows this account. `of_others`: it knows other accounts only.
    `changed`: it says that it is another browser than before, `outdated`: that it is an older
    version. `placed`: the address says something about where somebody is.

    `country` is an ISO code, `provider` the name of the network's owner, "" unknown; `listed` the
    kinds of imported lists that name the address: "hosting", "vpn", "tor".
    """

    at: datetime
    cookie: BrowserState
    knows: bool
    of_others: bool
    changed: bool
    placed: bool
    agent: Agent
    chains: tuple[Chain, ...]
    outdated: bool = False
    country: str = ""
    provider: str = ""
    listed: frozenset[str] = frozenset()


def attempt_of(context: LoginContext, agent: Agent, *, user_id: int, placed: bool) -> Attempt:
    """The attempt of one account; `placed` is False for loopback, private and shared addresses."""
    browser, place = context.browser, context.place
    knows = browser.knows(user_id)
    follows = agent.follows(browser.agent) if knows else ""
    return Attempt(
        at=context.at,
        cookie=browser.state,
        knows=knows,
        of_others=browser.is_good and not knows and bool(browser.users),
        changed=follows == "changed",
        placed=placed,
        agent=agent,
        chains=(
            chains.cookie(knows),
            chains.address(context.ip if placed else None, place.country, place.asn),
            chains.agent(agent),
            chains.hours(context.at),
        ),
        outdated=follows == "outdated",
        country=place.country,
        provider=place.as_name,
        listed=frozenset(kind for kind in LISTS if getattr(place, kind)),
    )

"""A login in people's words."""

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from risk.geo import countries
from risk.login import agents
from risk.login.context import LoginContext, LoginWords

LONGEST_PROVIDER = 48
"""Some write half of their statutes into their name. With the longest name of a country it stays
below the 100 that rows keep of a place."""


def label(browser: str, system: str) -> str:
    """ "Firefox on Linux", in the reader's language; both names may be ""."""
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if system:
        return _("A browser on %(system)s") % {"system": system}
    return browser or _("Unknown browser")


def versioned(browser: str, version: str) -> str:
    """ "Firefox 145": the main version only, which is what people may compare."""
    return f"{browser} {version.partition('.')[0]}".strip()


def country(code: str) -> str:
    """ "Germany", in the reader's language; "" for a code that no country has."""
    return countries.name(code, get_language() or countries.USUAL)


def place(code: str, provider: str) -> str:
    """ "Germany, Deutsche Telekom AG", in the reader's language; what is not
    known is left out. Never a code."""
    named = (
        provider
        if len(provider) <= LONGEST_PROVIDER
        else provider[: LONGEST_PROVIDER - 1].rstrip(" ,.-") + "…"
    )
    return ", ".join(part for part in (country(code), named) if part)


def describe(context: LoginContext, language: str = "") -> LoginWords:
    """What prompts, mails and pages tell of a login, in `language`, else in the
    one that is active."""
    with override(language or get_language()):
        return _describe(context)


def _describe(context: LoginContext) -> LoginWords:
    agent = agents.read(context.user_agent)
    return LoginWords(
        browser=versioned(agent.browser_name, agent.version),
        os=agent.system_name,
        label=label(agent.browser_name, agent.system_name),
        place=place(context.place.country, context.place.as_name),
        ip=context.ip or "",
    )

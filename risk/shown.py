"""A login in people's words."""

from django.utils.translation import gettext as _

from risk import agents
from risk.context import LoginContext, Shown


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


def describe(context: LoginContext) -> Shown:
    """What prompts, mails and pages tell of a login. Places stay empty while there are no data to know them by."""
    agent = agents.read(context.user_agent)
    return Shown(
        browser=versioned(agent.browser_name, agent.version),
        os=agent.system_name,
        label=label(agent.browser_name, agent.system_name),
        place="",
        ip=context.ip or "",
    )

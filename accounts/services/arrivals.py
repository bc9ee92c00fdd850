"""What an arrival tells risk, and what it is called afterwards."""

from accounts.context import Arrival
from accounts.services import mails
from risk import services as risk
from risk.services import LoginContext, Recognition


def login_context(arrival: Arrival, recognition: Recognition) -> LoginContext:
    """What risk may know of an arrival."""
    return risk.arrived(
        arrival.ip,
        arrival.user_agent,
        recognition,
        at=arrival.at,
        request_id=arrival.request_id,
        door=arrival.door,
    )


def recognise(arrival: Arrival) -> Recognition:
    """The browser's cookie, and a mail to each person whose cookie turns out to be a stolen one."""
    recognition = risk.recognise(arrival.browser_cookie)
    if recognition.state == "stolen":
        mails.browser_copied(recognition.users, arrival)
    return recognition


def token_name(context: LoginContext) -> str | None:
    """What a program's token is listed as: what the program said it is. None
    for a browser, which gets a session."""
    return (context.user_agent or "?") if context.door == "api" else None

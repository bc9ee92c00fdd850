"""What tests of the admin's pages share."""

from datetime import datetime
from typing import Any

from mfaproject.lib import clock
from risk.models import LoginLog
from risk.services import assess, record_login
from risk.tests.helpers import CHROME, HOME, login

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


class Session(dict[str, Any]):
    """As much of a session as the pages ask for."""

    is_strong, public_id, browser, proof = True, "p", "", "strong"

    @property
    def proven_at(self) -> datetime:
        return clock.now()


def assessed(user: Any, ip: str = HOME, user_agent: str = CHROME) -> int:
    context = login(ip, user_agent)
    assessment = assess(user_id=user.pk, is_staff=False, has_strong=True, context=context)
    return record_login(
        context=context, outcome="pending", assessment=assessment, user_id=user.pk, typed_name=""
    )


def from_germany(user: Any, **more: Any) -> int:
    facts = {
        "country": "DE",
        "asn": 24940,
        "as_name": "Hetzner Online GmbH",
        "network_kinds": "hosting vpn",
    } | more
    log_id = assessed(user, "5.9.1.2")
    LoginLog.objects.filter(pk=log_id).update(**facts)
    return log_id


def row(log_id: int) -> LoginLog:
    return LoginLog.objects.get(pk=log_id)

"""What tests of the pages of policies share."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Permission

from mfaproject.lib.testing import person
from risk.models import RiskPolicy

NASTY = "<script>alert(1)</script>"
LIST, ADD = "/admin/risk/riskpolicy/", "/admin/risk/riskpolicy/add/"
Visit = Callable[..., Any]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def url_of(row: RiskPolicy, what: str = "change") -> str:
    return f"{LIST}{row.pk}/{what}/"


def clerk(*permissions: str) -> Any:
    user = person("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user

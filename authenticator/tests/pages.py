"""Requests that carry the facts of a session. Sessions themselves belong to accounts."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from authenticator.tests.helpers import SESSION
from mfaproject.lib import clock as time

ADD = "/security/authenticators/add/"


@dataclass
class Facts:
    """A session of accounts, as far as these pages look at it."""

    user: Any
    proof: str = "strong"
    needs_strong: bool = False
    is_confined: bool = False
    browser: str = "k" * 22
    public_id: str = SESSION
    proven_at: datetime | None = None

    def __post_init__(self) -> None:
        self.user_id, self.epoch = self.user.pk, self.user.auth_epoch
        self.proven_at = self.proven_at or time.now()


def request(session: Facts, method: str = "get", **data: str) -> HttpRequest:
    made: HttpRequest = getattr(RequestFactory(), method)(ADD, data)
    made.session = session  # type: ignore[assignment]
    made.user = session.user
    made._messages = CookieStorage(made)  # type: ignore[attr-defined]
    return made


def page(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def said(made: HttpRequest) -> list[str]:
    return [str(message) for message in get_messages(made)]


def link_on(text: str) -> str:
    found = re.search(r'<a[^>]*data-pair-link[^>]*href="([^"]+)"', text)
    assert found is not None
    return found[1]


def first_submit(text: str) -> str:
    main = text[text.index("<main") :]
    found = re.search(r'<button type="submit"[^>]*>', main)
    assert found is not None
    return found[0]

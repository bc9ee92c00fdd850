"""The authenticator on a host of its own: everything works, and no cookie ever goes there or comes
from there.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Request, Response, expect

from e2e.pages import ADD, Phone, heading
from e2e.people import People
from e2e.server import Nod


@pytest.fixture
def people(two_origins: Nod, new_browser: Callable[..., BrowserContext]) -> People:
    return People(two_origins, new_browser)


class Cookies:
    """Every cookie that a browser sends to one origin or is given by it."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        context.on(
            "request",
            lambda request: (
                self.requests.append(request) if request.url.startswith(origin) else None
            ),
        )
        context.on(
            "response",
            lambda response: (
                self.responses.append(response) if response.url.startswith(origin) else None
            ),
        )

    def found(self) -> list[str]:
        sent = [request.url for request in self.requests if "cookie" in request.all_headers()]
        given = [
            response.url for response in self.responses if "set-cookie" in response.all_headers()
        ]
        return sent + given


def test_pairing_and_approving_work_across_the_two(people: People) -> None:
    alice, laptop = people.newcomer()
    link = laptop.pairing_link()
    assert link.startswith(people.nod.authenticator_origin + "/")
    phone = people.phone()
    cookies = Cookies(phone.context, people.nod.authenticator_origin)
    people.pair(laptop, phone)
    third = people.laptop()
    third.sign_in(alice)
    phone.is_asked()
    expect(phone.page.locator("main")).to_contain_text(
        f"You should be at {people.nod.origin.removeprefix('http://')}"
    )
    phone.approve(third.number())
    third.is_in()
    assert cookies.requests
    assert cookies.responses
    assert cookies.found() == []
    assert phone.context.cookies() == []


def test_a_signed_in_browser_that_is_its_own_authenticator_keeps_its_cookies_to_itself(
    people: People,
) -> None:
    _, laptop = people.newcomer()
    cookies = Cookies(laptop.context, people.nod.authenticator_origin)
    laptop.open(ADD)
    laptop.page.locator(f"form[action='{ADD}'] button").click()
    here = Phone(people.nod, laptop.context)
    here.arrive(laptop.pairing_link())
    here.agree()
    laptop.say_yes()
    here.is_ready()
    assert len(laptop.context.cookies(people.nod.origin)) > 1
    assert laptop.context.cookies(people.nod.authenticator_origin) == []
    assert cookies.requests
    assert cookies.found() == []


def test_the_authenticator_s_address_on_the_login_origin_leads_over_and_keeps_the_token(
    people: People,
) -> None:
    _, laptop = people.newcomer()
    token = laptop.pairing_link().partition("#")[2]
    phone = people.phone()
    phone.page.goto(f"{people.nod.origin}/authenticator/pair/#{token}")
    expect(phone.page.locator("button[data-pair]")).to_be_visible()
    assert phone.page.url == f"{people.nod.authenticator_origin}/authenticator/pair/"
    phone.page.goto(f"{people.nod.origin}/authenticator/")
    expect(heading(phone.page, "No account yet")).to_be_visible()
    assert phone.page.url == f"{people.nod.authenticator_origin}/authenticator/"


def test_the_authenticator_s_host_serves_nothing_else(people: People) -> None:
    page = people.laptop().page
    for path in ("/", "/login/", "/signup/", "/security/", "/admin/", "/outbox/"):
        answer = page.goto(people.nod.authenticator_origin + path)
        assert answer is not None
        assert answer.status == 404
        assert "set-cookie" not in answer.all_headers()

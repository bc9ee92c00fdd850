"""The authenticator as an installed app: installable, woken by pushes, there without connection,
and kind where it cannot work.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e import axe
from e2e.kept import Kept
from e2e.opened import Open, fresh
from e2e.pwa.pushing import NO_PATIENCE, Push, shown, worker_of
from e2e.server import Nod
from e2e.waiting import in_page

CHALLENGE = "jcRllffcANcwRjsQnByjyA"
ACTIVE = in_page("async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
INSTALLED = """{
  const really = matchMedia;
  window.matchMedia = (query) => query === "(display-mode: standalone)" ? { matches: true } :
    really(query);
}"""
CLICK = """async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""
CLEAR = "async () => (await registration.getNotifications()).forEach((one) => one.close())"


@pytest.fixture
def context(nod: Nod, new_browser: Callable[..., BrowserContext]) -> BrowserContext:
    context = new_browser()
    context.grant_permissions(["notifications"], origin=nod.authenticator_origin)
    return context


@pytest.fixture
def home(nod: Nod, context: BrowserContext) -> Page:
    """The authenticator's page in a browser that nothing is paired with, its worker running."""
    return visited(nod, context)


def visited(nod: Nod, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{nod.authenticator_origin}/authenticator/")
    expect(page.get_by_role("heading", name="No account yet")).to_be_visible()
    assert page.evaluate(ACTIVE)
    return page


@pytest.fixture(scope="session")
def kept(nod: Nod, whole_chromium: Browser) -> Iterator[Kept]:
    context = fresh(whole_chromium)
    context.grant_permissions(["notifications"], origin=nod.authenticator_origin)
    browser = Kept(nod.authenticator_origin, visited(nod, context))
    browser.keep("visited")
    yield browser
    context.close()


@pytest.fixture
def notified(kept: Kept, opened: Open) -> Page:
    """As `home`, in a browser that shows notifications: one for several tests."""
    opened.lend(kept.context)
    page = kept.open("visited")
    expect(page.get_by_role("heading", name="No account yet")).to_be_visible()
    return page


# Installing


def test_it_can_be_installed(nod: Nod, new_profile: Callable[..., BrowserContext]) -> None:
    page = new_profile().pages[0]
    page.goto(f"{nod.authenticator_origin}/authenticator/")
    assert page.evaluate(ACTIVE)
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert session.send("Page.getAppId")["appId"] == f"{nod.authenticator_origin}/authenticator/"


def test_its_worker_speaks_for_the_authenticator_only(nod: Nod, home: Page) -> None:
    assert (
        home.evaluate("navigator.serviceWorker.ready.then((worker) => worker.scope)")
        == f"{nod.authenticator_origin}/authenticator/"
    )
    home.goto(f"{nod.origin}/login/")
    assert home.evaluate("navigator.serviceWorker.controller") is None


def test_no_cookie_is_left_behind(home: Page) -> None:
    assert home.context.cookies() == []


# Pushes


PUSHED = {
    json.dumps({"v": 1, "id": CHALLENGE}): f"nod-{CHALLENGE}",
    "": "nod-",
    "no json": "nod-",
    json.dumps({"v": 1, "id": 7, "url": "https://evil.example", "title": "482"}): "nod-",
    "null": "nod-",
}


def test_every_push_shows_the_same_words(nod: Nod, notified: Page) -> None:
    push = Push(notified, nod.authenticator_origin)
    for data, tag in PUSHED.items():
        push.deliver(data)
        assert shown(notified) == [
            {
                "title": "Are you signing in?",
                "body": "Open nod to see where, and to answer.",
                "tag": tag,
            }
        ], data
        worker_of(notified).evaluate(CLEAR)
        shown(notified, 0)


def test_two_pushes_for_one_request_are_one_notification(nod: Nod, notified: Page) -> None:
    push = Push(notified, nod.authenticator_origin)
    push.deliver(
        *(
            json.dumps({"v": 1, "id": challenge})
            for challenge in (CHALLENGE, CHALLENGE, CHALLENGE[::-1])
        )
    )
    shown(notified, 2)


def test_a_push_wakes_a_stopped_worker_and_no_page_is_needed(nod: Nod, notified: Page) -> None:
    push = Push(notified, nod.authenticator_origin)
    push.stop_worker()
    notified.goto("about:blank")
    push.deliver(json.dumps({"v": 1, "id": CHALLENGE}))
    notified.goto(f"{nod.authenticator_origin}/authenticator/")
    shown(notified)


def test_a_push_makes_the_open_page_ask_at_once(nod: Nod, notified: Page) -> None:
    notified.evaluate(
        "navigator.serviceWorker.addEventListener('message', (event) => { window.heard ="
        " event.data; })"
    )
    Push(notified, nod.authenticator_origin).deliver(json.dumps({"v": 1, "id": CHALLENGE}))
    notified.evaluate(in_page("() => window.heard"))
    assert notified.evaluate("window.heard") == {"type": "inbox"}


def test_the_words_wait_in_the_page_s_language(nod: Nod, notified: Page) -> None:
    notified.goto(f"{nod.authenticator_origin}/authenticator/?lang=fr")
    expect(notified.locator("html")).to_have_attribute("lang", "fr")
    expect(notified.locator("h1")).to_be_visible()
    title = notified.evaluate(
        "document.getElementById('words').content"
        ".querySelector('[data-word=push-title]').textContent"
    )
    Push(notified, nod.authenticator_origin).deliver("")
    assert shown(notified)[0]["title"] == title


def test_a_press_on_the_notification_opens_the_authenticator_and_nothing_else(
    nod: Nod, notified: Page
) -> None:
    Push(notified, nod.authenticator_origin).deliver(
        json.dumps({"v": 1, "id": CHALLENGE, "url": "https://evil.example/"})
    )
    shown(notified)
    notified.evaluate(
        "navigator.serviceWorker.addEventListener('message', () => { window.asked = (window.asked"
        " ?? 0) + 1; })"
    )
    # Chromium lets no script open a window without a real press, so what is seen here is that the
    # open page is found and told.
    worker_of(notified).evaluate(f"({CLICK})()")
    notified.evaluate(in_page("() => window.asked === 1"))
    shown(notified, 0)
    assert [page.url for page in notified.context.pages] == [
        f"{nod.authenticator_origin}/authenticator/"
    ]


def test_permission_is_not_asked_for_until_a_button_is_pressed(
    nod: Nod, new_browser: Callable[..., BrowserContext]
) -> None:
    page = new_browser().new_page()
    page.add_init_script(
        "Notification.requestPermission = async () => { window.wasAsked = true; return 'denied'; }"
    )
    page.goto(f"{nod.authenticator_origin}/authenticator/")
    expect(page.get_by_role("heading", name="No account yet")).to_be_visible()
    assert page.evaluate("window.wasAsked") is None


# Without connection


def test_it_opens_without_connection(home: Page) -> None:
    home.context.set_offline(True)
    home.reload()
    expect(home.get_by_role("heading", name="No account yet")).to_be_visible()


def test_on_a_line_that_hardly_moves_the_kept_page_comes(home: Page) -> None:
    worker_of(home).evaluate(NO_PATIENCE)
    home.context.route("**/authenticator/**", lambda _route: None)
    home.reload()
    expect(home.get_by_role("heading", name="No account yet")).to_be_visible()


def test_a_page_that_is_not_kept_says_that_there_is_no_connection(nod: Nod, home: Page) -> None:
    home.context.set_offline(True)
    home.goto(f"{nod.authenticator_origin}/authenticator/elsewhere/")
    expect(home.get_by_role("heading", name="No connection")).to_be_visible()
    assert axe.findings(home) == []
    home.context.set_offline(False)
    home.get_by_role("link", name="Try again").click()
    expect(home.get_by_role("heading", name="No account yet")).to_be_visible()


def test_a_pairing_link_opened_without_connection_can_be_tried_again(nod: Nod, home: Page) -> None:
    home.context.set_offline(True)
    home.goto(f"{nod.authenticator_origin}/authenticator/pair/#{'A' * 43}")
    expect(home.get_by_role("heading", name="No connection")).to_be_visible()
    home.context.set_offline(False)
    home.get_by_role("button", name="Try again").click()
    expect(home.get_by_role("heading", name="This link no longer works")).to_be_visible()


def test_an_installed_app_takes_a_pasted_link(nod: Nod, home: Page) -> None:
    assert not home.locator("[name=link]").is_visible()
    home.add_init_script(INSTALLED)
    home.reload()
    home.locator("[name=link]").fill(f" {nod.authenticator_origin}/authenticator/pair/#{'A' * 43} ")
    home.get_by_role("button", name="Go on").click()
    expect(home.get_by_role("heading", name="This link no longer works")).to_be_visible()
    assert home.url == f"{nod.authenticator_origin}/authenticator/pair/"


def test_an_update_drops_its_own_old_caches_and_no_others(home: Page) -> None:
    home.evaluate("Promise.all([caches.open('nod-auth-old'), caches.open('somebody-else')])")
    current = home.evaluate("caches.keys()")
    home.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.unregister())")
    home.reload()
    assert home.evaluate(ACTIVE)
    home.evaluate(in_page("async () => !(await caches.has('nod-auth-old'))"))
    assert sorted(home.evaluate("caches.keys()")) == sorted(set(current) - {"nod-auth-old"})


# Where it cannot work


@pytest.mark.parametrize("path", ["", "pair/"])
@pytest.mark.parametrize(
    ("fault", "title"),
    [
        (
            "Object.defineProperty(window, 'isSecureContext', { value: false })",
            "This address is not safe enough",
        ),
        (
            (
                "IDBFactory.prototype.open = () => { throw new DOMException('blocked',"
                " 'SecurityError'); }"
            ),
            "Nothing can be kept here",
        ),
    ],
)
def test_it_says_why_it_cannot_work(
    nod: Nod, new_browser: Callable[..., BrowserContext], path: str, fault: str, title: str
) -> None:
    page = new_browser().new_page()
    page.add_init_script(fault)
    page.goto(f"{nod.authenticator_origin}/authenticator/{path}")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert axe.findings(page) == []


def test_at_another_address_it_names_the_right_one(
    nod: Nod, new_browser: Callable[..., BrowserContext]
) -> None:
    page = new_browser().new_page()
    page.goto(f"{nod.authenticator_origin.replace('localhost', '127.0.0.1')}/authenticator/")
    expect(page.get_by_role("heading", name="This is another address")).to_be_visible()
    page.get_by_role("link", name="Go there").click()
    expect(page.get_by_role("heading", name="No account yet")).to_be_visible()
    assert page.url == f"{nod.authenticator_origin}/authenticator/"


@pytest.mark.parametrize("path", ["", "pair/"])
def test_without_javascript_it_says_so(
    nod: Nod, new_browser: Callable[..., BrowserContext], path: str
) -> None:
    page = new_browser(java_script_enabled=False).new_page()
    page.goto(f"{nod.authenticator_origin}/authenticator/{path}")
    expect(page.get_by_role("heading", name="The authenticator needs JavaScript")).to_be_visible()


def test_a_browser_without_workers_still_works(
    nod: Nod, new_browser: Callable[..., BrowserContext]
) -> None:
    page = new_browser().new_page()
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto(f"{nod.authenticator_origin}/authenticator/")
    expect(page.get_by_role("heading", name="No account yet")).to_be_visible()


# On a host of its own


def test_on_its_own_host_it_is_all_that_is_served(
    two_origins: Nod, new_browser: Callable[..., BrowserContext]
) -> None:
    page = new_browser().new_page()
    page.goto(f"{two_origins.origin}/authenticator/pair/#{'A' * 43}")
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    assert page.url == f"{two_origins.authenticator_origin}/authenticator/pair/"
    assert page.evaluate(ACTIVE)
    answer = page.goto(f"{two_origins.authenticator_origin}/login/")
    assert answer is not None
    assert answer.status == 404
    assert page.context.cookies() == []

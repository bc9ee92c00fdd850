"""A server with Firebase: the page registers through Google's SDK, which a script of ours stands in
for here.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page, expect

from e2e.opened import fresh
from e2e.pwa.conftest import Lent, turn_on
from e2e.pwa.pushing import PUSH_SERVICE
from e2e.pwa.scripted import Scripted
from e2e.server import Nod, copy_of
from e2e.waiting import until

pytestmark = [pytest.mark.whole_browser, pytest.mark.xdist_group("the server with Firebase")]

KEY = "B" + "A" * 86
CONFIG = {"apiKey": "a", "projectId": "nod-test", "messagingSenderId": "1", "appId": "1:1:web:1"}
# As the SDK does: a subscription with Firebase's key, a token for it, and an error where there is
# none to have.
SDK = """
  export const initializeApp = (config) => config;
  export const getMessaging = (config) => ({ project: config.projectId });
  export const getToken = async ({ project }, { vapidKey, serviceWorkerRegistration }) => {
    if (localStorage.broken) throw new Error("messaging/token-subscribe-failed");
    await serviceWorkerRegistration.pushManager.subscribe({ userVisibleOnly: true,
      applicationServerKey: vapidKey });
    return `${project}:${localStorage.token ?? 1}`;
  };
  export const deleteToken = async () => { localStorage.deleted = true; };
"""


def service_account() -> dict[str, str]:
    key = (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
    )
    return {
        "type": "service_account",
        "project_id": "nod-test",
        "client_email": "nod@nod-test.example",
        "private_key": key,
        "token_uri": "http://127.0.0.1:9/token",
    }


@pytest.fixture(scope="module")
def nod(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nod]:
    variables = {"FCM_WEB_CONFIG_FILE": CONFIG, "FCM_SERVICE_ACCOUNT_FILE": service_account()}
    folder = copy_of(prepared, tmp_path_factory.mktemp("nod"))
    for name, facts in variables.items():
        (folder / name).write_text(json.dumps(facts))
    server = Nod(
        folder, FCM_VAPID_KEY=KEY, **{name: str(folder / name) for name in variables}
    ).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(nod: Nod, whole_chromium: Browser) -> Iterator[Lent]:
    """As that of the other files, for this server."""
    context = fresh(whole_chromium)
    context.grant_permissions(["notifications"], origin=nod.authenticator_origin)
    context.add_init_script(PUSH_SERVICE)
    context.route(
        "**/vendor/firebase.js",
        lambda route: route.fulfill(content_type="text/javascript", body=SDK),
    )
    yield Lent(Scripted(nod.authenticator_origin), context)
    context.close()


def address(server: Scripted) -> dict[str, str]:
    fields: dict[str, str] = json.loads(server.devices[0].subscription or "{}")
    return fields


def wait_for(page: Page, server: Scripted, name: str, wanted: str | None) -> None:
    until(page, lambda: address(server).get(name) == wanted, lambda: address(server))


def test_a_token_is_registered_kept_fresh_and_given_back(server: Scripted, off: Page) -> None:
    page = turn_on(off)
    assert address(server) == {"kind": "fcm-token", "value": "nod-test:1"}
    page.evaluate("localStorage.token = 2")
    page.reload()
    wait_for(page, server, "value", "nod-test:2")
    page.evaluate("localStorage.broken = true")
    page.reload()
    expect(page.get_by_text("Waiting for the first push")).to_be_visible()
    assert address(server)["value"] == "nod-test:2"
    page.get_by_role("link", name="Check notifications").click()
    expect(page.get_by_text("Pushes come by Firebase Cloud Messaging")).to_be_visible()
    page.get_by_role("button", name="Turn off notifications").click()
    expect(page.get_by_role("heading", name="Notifications are off")).to_be_visible()
    assert page.evaluate("localStorage.deleted") == "true"
    wait_for(page, server, "kind", None)


def test_where_firebase_does_not_work_web_push_does(server: Scripted, off: Page) -> None:
    page = off
    page.evaluate("localStorage.broken = true")
    turn_on(page)
    assert address(server)["kind"] == "webpush"
    page.evaluate("localStorage.broken = ''")
    before = server.devices[0].subscription
    page.goto("about:blank")
    server.calls.clear()
    page.goto(f"{server.origin}/authenticator/")
    # asked for once the address was seen to
    until(page, lambda: "health" in server.calls, lambda: server.calls)
    assert server.devices[0].subscription == before, (
        "each further try would cost the address that works; one a day is enough"
    )


def test_without_the_bundle_web_push_serves(server: Scripted, off: Page) -> None:
    page = off.context.new_page()
    page.route("**/vendor/firebase.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server.origin}/authenticator/")
    turn_on(page)
    assert address(server)["kind"] == "webpush"

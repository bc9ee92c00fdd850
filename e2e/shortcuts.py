"""What the pages of a sign-up and a pairing send, sent without painting them: the way to a scene
whose own subject comes later.

The requests are the browser's own, with its cookies and its address, and the server cannot tell.
"""

import html
import re

from playwright.sync_api import APIResponse, BrowserContext

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_LINK = re.compile(r"<a [^>]*data-pair-link[^>]*>")
_WORDS = re.compile(r"data-pair-words>([^<]+)<")


def send(context: BrowserContext, url: str, typed: dict[str, str]) -> None:
    """Fills in the first form of a page and sends it to that page."""
    page = read(context, url).partition("<main")[2].partition("</form>")[0]
    answer = context.request.post(url, form={**dict(_HIDDEN.findall(page)), **typed})
    assert answer.ok, _told(answer)


def post(context: BrowserContext, url: str, body: bytes) -> None:
    """A call with JSON."""
    answer = context.request.post(url, data=body, headers={"Content-Type": "application/json"})
    assert answer.ok, _told(answer)


def read(context: BrowserContext, url: str) -> str:
    answer = context.request.get(url)
    assert answer.ok, _told(answer)
    return answer.text()


def pairing_link(context: BrowserContext, url: str) -> str:
    """The link for the phone, from the page that adds an authenticator."""
    found = _LINK.search(read(context, url))
    assert found, f"no pairing link at {url}"
    return html.unescape(found.group().partition('href="')[2].partition('"')[0])


def pairing_words(context: BrowserContext, url: str) -> str:
    """The two words beside "is this yours?"."""
    found = _WORDS.search(read(context, url))
    assert found, f"nothing is asked at {url}"
    return found.group(1)


def _told(answer: APIResponse) -> str:
    return f"{answer.status} at {answer.url}:\n{answer.text()}"

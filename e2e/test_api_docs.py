"""The page that shows the API: it runs under the site's own policy, takes nothing from elsewhere, and tries a call."""

from playwright.sync_api import expect

from e2e.people import People


def test_it_lists_the_calls_and_tries_one_with_nothing_from_elsewhere(people: People) -> None:
    laptop = people.laptop()
    page = laptop.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    laptop.open("/v1/docs/")
    origin = page.url.removesuffix("/v1/docs/")
    call = page.locator("#operations-Account-me")
    expect(call).to_be_visible()
    call.get_by_role("button").first.click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table .response .response-col_status").first).to_contain_text("401")
    assert {url for url in asked if not url.startswith((origin, "data:"))} == set()

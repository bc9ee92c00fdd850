"""What a person does and sees on the phone."""

from playwright.sync_api import Locator, Page, expect


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", name=text, exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page) -> None:
    """Asks the inbox now; without it each test would wait two seconds for the next round."""
    page.evaluate("dispatchEvent(new Event('online'))")


def asked(page: Page) -> None:
    look(page)
    expect(heading(page, "Are you signing in?")).to_be_visible()


def approve(page: Page, number: str = "482") -> None:
    asked(page)
    page.fill("[name=number]", number)
    press(page, "Approve")

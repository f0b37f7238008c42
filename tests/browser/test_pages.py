"""Every page, light and dark, wide and narrow: no axe fault, no policy violation, nothing wider than the screen."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import accessibility_faults, log_in
from tests.browser.test_first_list import MESSY, import_file

pytestmark = pytest.mark.browser

MARKETER, _, MANAGER, ADMIN = (email for email, _ in LOGINS)
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, in both themes and both widths."""
    found = []
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            found += [f"{page.url} {theme} {size['width']}: {fault}" for fault in accessibility_faults(page)]
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                found.append(f"{page.url} {theme} {size['width']}: {overflow} px too wide")
    page.set_viewport_size(WIDE)
    return found


@pytest.mark.parametrize("path", ["/auth/login/", "/auth/login/code/", "/auth/password/reset/", "/lists/nothing/"])
def test_pages_before_signing_in(page: Page, path: str) -> None:
    page.goto(path)

    assert faults(page) == []


@pytest.mark.parametrize(
    "path", ["/lists/", "/lists/?search=zzz", "/lists/?status=BIN", "/lists/new/", "/imports/", "/accounts/preferences/",
             "/accounts/members/", "/accounts/audit/", "/accounts/settings/", "/auth/2fa/", "/lists/999999/",
             "/accounts/sessions/"]
)  # fmt: skip
def test_pages_of_a_marketer(page: Page, path: str) -> None:
    log_in(page, MARKETER)
    page.goto(path)

    assert faults(page) == []


def test_pages_of_an_import_and_its_list(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(MESSY)
    log_in(page, MARKETER)

    import_file(page, "Pages", file)
    expect(page.get_by_role("button", name="Importer 3 contacts")).to_be_visible()
    found = faults(page)
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    found += faults(page)
    page.get_by_role("link", name="Ouvrir la liste").click()
    found += faults(page)

    assert found == []


def test_pages_of_an_account_manager(page: Page) -> None:
    log_in(page, MANAGER)
    page.goto("/accounts/customers/")

    assert faults(page) == []


def test_pages_of_a_platform_admin_obey_the_policy(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/platform/")
    page.locator("input[name=login]").fill(ADMIN)
    page.locator("input[name=password]").fill("demo-sms-2026")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/platform/") and "?" not in url)
    found = []

    for path in (
        "/platform/",
        "/platform/accounts/account/",
        "/platform/accounts/account/1/change/",
        "/platform/accounts/user/",
    ):
        response = page.goto(path)
        found.append((path, response.status if response else None, page.evaluate("window.policyViolations")))

    assert [(status, violations) for _, status, violations in found] == [(200, [])] * 4

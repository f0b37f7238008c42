"""An account manager's first sign-in in a real browser: a second step, recovery codes, then the platform and their sessions."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from tests.accounts.test_second_step import code_of
from tests.browser.conftest import WATCH_POLICY
from tests.browser.test_pages import faults
from tests.embedded.running import Run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANAGER = LOGINS[2][0]


@pytest.fixture
def strict_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A platform that asks the demo's people for a second step too."""
    monkeypatch.setenv("MFA_REQUIRED_FOR", "managers")
    run = Run("--port", "0", "--data", str(tmp_path))
    yield run.address
    run.end(signal.SIGINT)


@pytest.fixture
def page(chrome: Browser, strict_site: str) -> Iterator[Page]:
    context = chrome.new_context(base_url=strict_site, locale="fr-FR", viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_a_manager_sets_a_second_step_up_and_signs_out_everywhere(page: Page) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(MANAGER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Une étape de plus pour vous connecter")).to_be_visible()
    found = faults(page)

    page.get_by_role("link", name="Application de mon téléphone").click()
    secret = page.locator("#authenticator_secret")
    expect(secret).to_be_visible()
    found += faults(page)
    page.locator("input[name=code]").fill(code_of(secret.input_value()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Codes de récupération")).to_be_visible()
    found += faults(page)
    page.get_by_role("link", name="Je les ai gardés : continuer").click()
    page.wait_for_url(re.compile("/lists/$"))

    page.goto("/accounts/sessions/")
    expect(page.get_by_text("Seconde étape configurée")).to_be_visible()
    found += faults(page)
    page.get_by_role("button", name="Se déconnecter de partout").click()
    page.locator("#confirm").get_by_role("button", name="Se déconnecter de partout").click()
    expect(page.get_by_text("Vous êtes déconnecté de partout.")).to_be_visible()

    assert (found, page.evaluate("window.policyViolations")) == ([], [])

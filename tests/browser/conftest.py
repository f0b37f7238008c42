"""A real browser against the platform as `./run` serves it: web, worker, beat, PostgreSQL and Redis of its own."""

import re
import signal
from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from tests.embedded.running import Run

# Runs before any script of a page, and is no part of it, so the page's own policy does not stop it.
WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running platform with the demo accounts; Ctrl-C must end it cleanly."""
    run = Run("--port", "0", "--data", str(tmp_path_factory.mktemp("platform")))
    assert run.address, f"./run did not start:\n{run.printed}"
    yield run.address
    assert run.end(signal.SIGINT) == (0, "Stopped.")


@pytest.fixture
def context(chrome: Browser, site: str) -> Iterator[BrowserContext]:
    context = chrome.new_context(
        base_url=site, locale="fr-FR", viewport={"width": 1280, "height": 900}, accept_downloads=True
    )
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script of ours raised an error or broke the policy."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    assert page.evaluate("window.policyViolations") == []


def log_in(page: Page, email: str = LOGINS[0][0]) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(lists|directory/contacts)/$"))


def accessibility_faults(page: Page) -> list[str]:
    """Return axe's violations as "rule: where" lines, for WCAG 2.2 A and AA and best practices."""
    found = Axe().run(page)["violations"]
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
        for fault in found
        for node in fault["nodes"]
    ]

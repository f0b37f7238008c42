"""A real browser against the platform as `./run` serves it: web, worker, beat, PostgreSQL and Redis of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from tools import browser as chromium

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Runs before any script of a page, and is no part of it, so the page's own policy does not stop it.
WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running platform with the demo accounts; Ctrl-C must end it cleanly."""
    data = tmp_path_factory.mktemp("platform")
    # Not the test session's servers: ./run starts its own, as on a fresh machine.
    environment = {name: value for name, value in os.environ.items() if name not in {"DATA_DIR", "DATABASE_URL", "REDIS_URL"}}
    command = [sys.executable, "-m", "smsplatform.embedded.run", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("Ctrl-C"):
            break
    address = re.search(r"http://[\d.:]+/", printed)
    assert address, f"./run did not start:\n{printed}"
    yield address.group().rstrip("/")
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=START_SECONDS)
    assert (process.returncode, rest.strip()) == (0, "Stopped.")


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium.find(), args=CHROMIUM_FLAGS)


@pytest.fixture
def context(chrome: Browser, site: str) -> Iterator[BrowserContext]:
    context = chrome.new_context(base_url=site, locale="fr-FR", viewport={"width": 1280, "height": 900}, accept_downloads=True)
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
    page.wait_for_url("**/lists/")


def accessibility_faults(page: Page) -> list[str]:
    """Return axe's violations as "rule: where" lines, for WCAG 2.2 A and AA and best practices."""
    found = Axe().run(page)["violations"]
    return [f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}" for fault in found for node in fault["nodes"]]

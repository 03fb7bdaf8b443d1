"""The page in Chromium: a browser, a served page, a visitor, and what every visitor does."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kb.knobs import BY_NAME

DERIVATION = "#kb-chat .thought-group > [role=button]"
WORKING = "#kb-chat .kb-working"
PATIENCE = 60_000  # milliseconds


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, for every test that drives the page."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if path is None:
        missing = "no Chromium on this machine: the page was not driven (apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    sync_api = pytest.importorskip("playwright.sync_api")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=quiet)
        yield running
        running.close()


@contextmanager
def served(page: Any) -> Iterator[str]:
    from chat.page.app import launch

    try:
        yield launch(page, port=0)
    finally:
        page.close(verbose=False)


@contextmanager
def visit(browser: Any, address: str, locale: str = "en", query: str = "", **how: Any) -> Iterator[Any]:
    """A visitor with an own browser profile; leaves with an error if the page had one or asked anybody but its server."""
    context = browser.new_context(locale=locale, **how)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    foreign: list[str] = []
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: None if own(request.url, address) else foreign.append(request.url))
    page.goto(f"{address}?{query}" if query else address)
    page.wait_for_selector("#kb-ask textarea")
    try:
        yield page
    finally:
        context.close()
    assert not errors
    assert not foreign, f"the page asked others: {foreign}"


def new_conversation(page: Any) -> None:
    page.click("#kb-new")
    page.wait_for_selector("#kb-example_1")


def facts(page: Any, said: bool = True) -> dict[str, tuple[Any, ...]]:
    """The facts that the panel shows as said, or as assumed, by their knobs."""
    kind = ".kb-said" if said else ".kb-fact:not(.kb-said)"
    texts = page.evaluate(
        f"Object.fromEntries([...document.querySelectorAll('#kb-panel {kind} [data-now]')].map(c => [c.name, c.dataset.now]))"
    )
    return {name: tuple(BY_NAME[name].parse(one) for one in text.split(" | ")) for name, text in texts.items() if text}


def figure(page: Any) -> str:
    """What a card needs, as the picture of the newest answer says it: `47.4`."""
    # the panel may be drawn before the conversation
    page.wait_for_function(
        "document.querySelectorAll('#kb-chat .kb-foot').length === document.querySelectorAll('#kb-chat .user-row').length"
    )
    sums = page.locator("#kb-chat .kb-picture").last.locator(".kb-sum").all_inner_texts()
    shown = [str(one).split()[0] for one in sums]
    cases = any(len(values) > 1 for values in {**facts(page, said=False), **facts(page)}.values())
    # the first of several cases is the usual one; of several cards of one case the fullest decides
    return shown[0] if cases else max(shown, key=lambda one: float(one.replace(",", "")))


def set_fact(page: Any, name: str, text: str) -> None:
    """Sets a control of the panel and waits for the answer."""
    control = page.locator(f"#kb-f-{name}")
    if not control.is_visible():
        page.click("[data-toggle=open]" if not page.locator("#kb-facts-body").is_visible() else "[data-toggle=more]")
    if control.evaluate("c => c.tagName") == "SELECT":
        control.select_option(text)
    else:
        control.fill(text)
        control.press("Enter")
    page.wait_for_selector(f"#kb-f-{name}[data-now='{text}']")
    page.wait_for_selector("#kb-ask .submit-button")


def own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


def ask(page: Any, question: str, pause: int = 300) -> None:
    """Types a question, sends it with Enter and waits until the answer is whole."""
    turns = page.locator("#kb-chat .user-row").count()
    page.wait_for_selector("#kb-ask .submit-button")
    page.fill("#kb-ask textarea", question)
    page.press("#kb-ask textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('#kb-chat .user-row').length > {turns}")
    page.wait_for_selector("#kb-ask .submit-button")
    page.wait_for_timeout(pause)


def overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))

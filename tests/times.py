"""How long answers take: `python -m tests.times [--page]`, in process and in the page, the median over many questions.

The aim is a first token under 100 ms and a whole answer under 300 ms for one user on the embedded model. It is printed, not
asserted: on a machine that other work shares, a clock tells of the other work.
"""

import argparse
import statistics
import time
from typing import Any

from chat.events import Conversation, Prose

QUESTIONS = (
    "Can I QLoRA a 70B model on 2×A100?", "两张A100能用QLoRA微调70B模型吗？", "How much memory for a 7B in fp16?",
    "Llama-3.1-8B on a 24 GB card: largest context?", "全参微调 13B 需要几张 A100 80G？", "what fits on a 4090?",
    "What does LLaMA-Factory's table say for 70B QLoRA?", "DeepSeek-R1 671B 满血版需要多少显存", "KV 缓存每个 token 占多少显存？",
    "Why do I get OOM when fine-tuning Qwen2.5-7B with LoRA on a 4090?", "Which GPUs can run Mixtral-8x7B in 4 bit?",
    "How long to train 7B on 1T tokens with 64 A100?", "24G 显存能用 LoRA 微调 13B 吗？", "difference between ZeRO-2 and ZeRO-3",
)  # fmt: skip
# in the page: from the key to the first words of the answer's prose, and to the last change, after which all is still for
# a while; looked at once a frame, and by text alone: to ask for what is laid out would make the browser lay it out
_WATCH = """() => {
    const length = (what) => [...document.querySelectorAll(what)].reduce((sum, one) => sum + one.textContent.length, 0);
    const prose = () => length('#kb-chat .bot-row .md');
    const all = () => length('#kb-chat .bot-row');
    window.kbTimes = {};
    addEventListener('keydown', () => {
        const begun = performance.now();
        let [words, whole] = [prose(), all()];
        const look = () => {
            const now = performance.now() - begun;
            if (prose() !== words) kbTimes.first = kbTimes.first || now;
            if (all() !== whole) [whole, kbTimes.last] = [all(), now];
            if (kbTimes.first && now > kbTimes.last + 1000) kbTimes.whole = kbTimes.last;
            else requestAnimationFrame(look);
        };
        look();
    }, {capture: true, once: true});
}"""


def in_process(assistant: Any, rounds: int) -> dict[str, list[float]]:
    """Milliseconds to the first token and to the whole answer, of every question."""
    found: dict[str, list[float]] = {"first": [], "whole": []}
    for place, question in enumerate(QUESTIONS * rounds):
        asked = question + " " * (place // len(QUESTIONS))  # no text that was read before
        begun, first = time.perf_counter(), None
        for event in assistant.stream(asked, Conversation()):
            if first is None and isinstance(event, Prose):
                first = time.perf_counter() - begun
        found["first"].append(1000 * (first or 0.0))
        found["whole"].append(1000 * (time.perf_counter() - begun))
    return found


def in_page(browser: Any, address: str, rounds: int) -> dict[str, dict[str, list[float]]]:
    """The same as a visitor sees them: pixels in Chromium, through the page's server; a new page's first question apart."""
    from tests.browsing import visit

    found: dict[str, dict[str, list[float]]] = {where: {"first": [], "whole": []} for where in ("first asked", "then")}
    for place in range(rounds):
        turned = [*QUESTIONS[place % len(QUESTIONS) :], *QUESTIONS[: place % len(QUESTIONS)]]
        with visit(browser, address) as page:
            for asked, question in enumerate(turned):
                page.wait_for_selector("#kb-ask .submit-button")
                page.wait_for_timeout(500)
                page.fill("#kb-ask textarea", question)
                page.evaluate(_WATCH)
                page.press("#kb-ask textarea", "Enter")
                page.wait_for_function("window.kbTimes.whole > 0")
                times = page.evaluate("window.kbTimes")
                for name, taken in found["then" if asked else "first asked"].items():
                    taken.append(times[name])
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="in the page as well, in Chromium")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    from chat.agent import Assistant
    from chat.page.app import build, warm

    begun = time.perf_counter()
    assistant = Assistant()
    warm(assistant)
    print(f"ready after {time.perf_counter() - begun:.1f} s")
    tables = {"in process": in_process(assistant, asked.rounds)}
    if asked.page:
        from tests.browsing import chromium, served

        with chromium() as browser, served(build(assistant)) as address:
            tables |= {f"page, {where}": found for where, found in in_page(browser, address, asked.rounds).items()}
    for where, found in tables.items():
        for name, taken in found.items():
            ranked = sorted(taken)
            print(
                f"{where:17} {name:6} least {ranked[0]:4.0f}  median {statistics.median(taken):4.0f}  "
                f"P90 {ranked[int(0.9 * len(ranked))]:4.0f} ms"
            )


if __name__ == "__main__":
    main()

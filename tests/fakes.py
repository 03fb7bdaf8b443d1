"""Stand-ins for tests: an assistant that speaks from a script, with an answer of the contract's full shape."""

from collections.abc import Iterator
from typing import Any

from chat.events import Answer, Conversation, Event, Finished, Notice, Prose, ToolDone, ToolStarted

DERIVATION = "\n".join(
    [
        r"$$\begin{aligned} M_{\mathrm{w}} &= \theta \beta \\ &= 6.898 \times 10^{10} \cdot 0.5417\,\mathrm{B} \\ &= 34.8\,\mathrm{GiB} \end{aligned}$$",
        r"$$\begin{aligned} M &= M_{\mathrm{w}} + M_{\mathrm{adapter}} + M_{\mathrm{act}} \\ &= 34.8\,\mathrm{GiB} + 2.3\,\mathrm{GiB} + 6.3\,\mathrm{GiB} \\ &= 43.4\,\mathrm{GiB} \end{aligned}$$",
    ]
)


def terms(**gib: float) -> list[dict[str, Any]]:
    return [{"name": name, "gib": value} for name, value in gib.items()]


def case(
    facts: dict[str, Any], verdict: str, capacity: float, parts: list[dict[str, Any]], default: bool = False
) -> dict[str, Any]:
    best = sum(part["gib"] for part in parts)
    return {
        "facts": facts,
        "verdict": verdict,
        "memory": {"scope": "per_gpu", "low_gib": best * 0.93, "best_gib": best, "high_gib": best * 1.12, "meter": "device"},
        "total_gib": best * 2,
        "capacity_gib": capacity,
        "terms": parts,
        "default": default,
    }  # fmt: skip


_COPY = terms(weights=34.8, adapter=0.62, gradients=0.39, optimizer=1.24, activations=5.2, logits=1.1, runtime=0.8)
_SHARDED = terms(weights=17.4, adapter=0.31, gradients=0.2, optimizer=0.62, activations=5.2, logits=1.1, buffers=1.1,
                 runtime=0.8)  # fmt: skip
CASES = [
    case({"gpu": "A100-SXM4-80GB", "zero_stage": 0}, "yes", 79.25, _COPY, default=True),
    case({"gpu": "A100-SXM4-80GB", "zero_stage": 3}, "yes", 79.25, _SHARDED),
    case({"gpu": "A100-SXM4-40GB", "zero_stage": 0}, "no", 39.39, _COPY),
    case({"gpu": "A100-SXM4-40GB", "zero_stage": 3}, "yes", 39.39, _SHARDED),
]
RESULT: dict[str, Any] = {
    "verdict": "conditional",
    "memory": CASES[0]["memory"],
    "total_gib": CASES[0]["total_gib"],
    "capacity_gib": 79.25,
    "terms": _COPY,
    "facts": {
        "model": {"value": "Llama-2-70B", "origin": "assumed"},
        "method": {"value": "qlora", "origin": "asked"},
        "n_gpus": {"value": 2, "origin": "asked"},
        "seq_len": {"value": 2048, "origin": "assumed"},
    },
    "solved": None,
    "needs": [],
    "cases": CASES,
    "tables": [{"table": "finetune", "says_gb": 48, "method": "QLoRA", "bits": 4}],
    "measurements": [],
    "sources": [
        {"title": "QLoRA: Efficient Finetuning of Quantized LLMs, §3", "url": "https://arxiv.org/abs/2305.14314"},
        {"title": "Not a link", "url": "javascript:alert(1)"},
    ],
    "warnings": [],
    "derivation_latex": DERIVATION,
}
_PROSE = {
    "en": (
        "**On 80 GB cards yes, with room. On 40 GB cards only if the weights are sharded over both.** ",
        "Two cards do not add up by themselves: with DDP each holds a whole copy of the 4-bit weights.\n\n",
        "| per card | a copy per card | sharded |\n|---|---|---|\n| weights | 34.8 GiB | 17.4 GiB |\n",
        "| activations | 5.2 GiB | 5.2 GiB |\n\n",
        "Assumed: Llama-2-70B's shapes, batch 1, 2048 tokens.",
    ),
    "zh": (
        "**80 GB 卡可以，且有余量；40 GB 卡只有把权重切分到两张卡上才行。** ",
        "两张卡的显存不会自动相加：DDP 下每张卡都保存一整份 4 位权重。\n\n",
        "| 每张卡 | 每卡一份 | 切分 |\n|---|---|---|\n| 权重 | 34.8 GiB | 17.4 GiB |\n",
        "| 激活 | 5.2 GiB | 5.2 GiB |\n\n",
        "假设：Llama-2-70B 的结构，批大小 1，2048 个 token。",
    ),
}


class FakeAssistant:
    """Answers every question the same way, in the question's language; `fail` raises in the middle of the answer."""

    at_once = True

    def __init__(self, llm: str | None = None, fail: bool = False) -> None:
        self.llm = llm
        self.fail = fail

    def stream(
        self,
        question: str,
        conversation: Conversation,
        language: str | None = None,
        facts: dict[str, tuple[Any, ...]] | None = None,
    ) -> Iterator[Event]:
        zh = language == "zh" or (language is None and any("一" <= letter <= "鿿" for letter in question))
        language = "zh" if zh else "en"
        if not question.strip():
            yield from self._end(
                question, language, ("请输入一个问题。" if zh else "Ask a question.",), {}, conversation
            )
            return
        args = {"params": "70B", "method": "qlora", "gpu": "A100", "n_gpus": 2}
        yield ToolStarted("1", "estimate_memory", args)
        yield ToolDone("1", "estimate_memory", "44.2 GiB per card", RESULT, 0.031)
        if self.fail:
            raise RuntimeError("scripted failure")
        yield Notice("回答由内置模型给出" if zh else "answered by the embedded model")
        calls = ({"name": "estimate_memory", "args": args},)
        yield from self._end(question, language, _PROSE[language], RESULT, conversation, calls)

    def _end(
        self, question: str, language: str, prose: tuple[str, ...], result: dict[str, Any], conversation: Conversation,
        calls: tuple[dict[str, Any], ...] = (),
    ) -> Iterator[Event]:  # fmt: skip
        for piece in prose:
            yield Prose(piece)
        answer = Answer(question, language, "".join(prose), result, calls)
        conversation.turns.append(answer)
        yield Finished(answer)

"""How well questions are read and answered: facts and intent against what a reader wrote down, answers against bands.

    python -m tests.score_questions FILE.jsonl [--half even|odd] [--answers]

A line of the file is an object with `id`, `text`, `intent`, `slots` (the facts that the asker gives) and `reference`
(a verdict, and a wide band in GB with what it is a figure of). The half is that of the last hex digit of sha256(id).
Every slot that was not read, and every fact that was read and not listed, has a line; so has every answer outside its
band, with the figures that it gives.
"""

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.grammar import read
from chat.reading import Reading
from formulas.errors import BadInput
from kb.database import rows
from kb.names import names
from tests.phrasing import same_model

Slots = dict[str, list[Any]]
_TRAIN = {"finetune", "pretrain", "train"}
_SAME = {"ctx": "seq", "concurrency": "batch", "max_completion": "output_len"}


@dataclass
class Score:
    """Counts by slot, and the misses in words."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    unstated: Counter[str] = field(default_factory=Counter)
    intents: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def f1(self, stated_only: bool = False) -> float:
        """Of all slots, or of those that the text states."""
        right = sum(self.right.values())
        missed = sum(self.missed.values()) - (sum(self.unstated.values()) if stated_only else 0)
        return 2 * right / max(1, 2 * right + missed + sum(self.invented.values()))


def questions(path: Path, half: str | None = None) -> Iterator[dict[str, Any]]:
    """The questions of a file, or of one half of it; a line of the other half is not looked at beyond its id."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            asked = json.loads(line)
            even = int(hashlib.sha256(asked["id"].encode()).hexdigest()[-1], 16) % 2 == 0
            if half is None or even == (half == "even"):
                yield asked


def score(asked: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> Score:
    """Facts and intents of all questions."""
    total = Score()
    for one in asked:
        reading = read(one["text"])
        total.intents.append((one["intent"], reading.intent))
        if reading.intent != one["intent"]:
            total.lines.append(f"{one['id']} intent: {one['intent']} wanted, {', '.join(reading.intents)} read")
        _compare(total, one["id"], one["text"], wanted(one["slots"]), given(reading))
    return total


def wanted(slots: dict[str, Any]) -> Slots:
    """The slots of a question, several spellings of one thing brought to one."""
    found: Slots = {}
    for name, value in slots.items():
        values = value if isinstance(value, list) else [value]
        name = _SAME.get(name, name)
        if name == "task":
            if values[0] in ("units",):
                continue
            if values[0] not in _TRAIN | {"inference"}:
                found["algo"] = values
            values = ["inference" if values[0] == "inference" else "train"]
        elif name == "method":
            if "gguf" in values or (values == ["full"] and slots.get("task") in ("train", "pretrain")):
                continue  # a format is a slot of its own; without an adapter, training is of everything
            values = [str(one).removesuffix("_pure_bf16") for one in values]
        elif name == "zero":
            # a stage, "3-offload", or FSDP in words: full sharding is stage 3
            stage = re.match(r"\d", str(values[0]))
            values = [int(stage[0]) if stage else 3]
            if "offload" in str(slots[name]).lower():
                found["offload"] = [True]
        elif name == "quant":
            name, values = "bits", [_quant_bits(str(one)) for one in values]
        elif name == "flash_attn":
            name, values = "attention", ["flash"]
        elif name in ("model", "params_b") and re.fullmatch(r"[\d.]+B", str(slots.get("model", ""))):
            name = "params_b"
            values = [float(str(one).rstrip("B")) for one in values]
        elif name == "gpu" and re.fullmatch(r"\d+GB", str(values[0])):
            continue  # the memory, once more
        found[name] = values
    return found


def given(reading: Reading) -> Slots:
    """What was read, in the words of the slots."""
    facts, extras = reading.facts, reading.extras
    found: Slots = {}
    for name, slot in (
        ("task", "task"), ("model", "model"), ("method", "method"), ("gpu", "gpu"), ("n_gpus", "gpu_count"),
        ("seq_len", "seq"), ("batch_size", "batch"), ("output_len", "output_len"), ("zero_stage", "zero"),
        ("engine", "engine"), ("lora_rank", "lora_rank"), ("tp", "tp"), ("attention", "attention"), ("algo", "algo"),
        ("gpu_memory_gb", "mem_gb"), ("host_memory_gb", "cpu_ram_gb"),
    ):  # fmt: skip
        if facts.get(name):
            found[slot] = list(facts[name])
    if found.get("method") == ["inference"]:
        del found["method"]
    if facts.get("offload") and facts["offload"] != ("none",):
        found["offload"] = [True]
    if facts.get("params"):
        found["params_b"] = [value / 1e9 for value in facts["params"]]
    elif facts.get("model"):
        found["params_b"] = [_billions(str(name)) for name in facts["model"]]
    if facts.get("bits") or facts.get("weight_format"):
        found["bits"] = [*facts.get("bits", ()), *(_format_bits(str(one)) for one in facts.get("weight_format", ()))]
    for name in ("num_generations", "max_prompt"):
        if name in extras:
            found[name] = list(extras[name])
    if "tools" in extras:
        found["engine"] = [*found.get("engine", []), *extras["tools"]]
    if "active_params" in extras:
        found["active_b"] = [extras["active_params"][0] / 1e9]
    _follow_from_names(reading, found)
    return found


def _follow_from_names(reading: Reading, found: Slots) -> None:
    """What a name says beside itself, and the task where no word is of training; a name that the tables lack was read all the same, and is said to be unknown."""
    found.setdefault("task", ["inference"])
    memories = {
        row["gb"]
        for gpu in reading.facts.get("gpu", ())
        for card in _cards(str(gpu))
        for row in rows("SELECT memory_marketed_gb AS gb FROM gpus WHERE name = ?", [card])
    }
    if len(memories) == 1:
        found.setdefault("mem_gb", list(memories))
    for name in reading.facts.get("model", ()):
        sizes = rows("SELECT active_params, total_params FROM models WHERE name = ?", [str(name)])[0]
        if (sizes["active_params"] or 0) < (sizes["total_params"] or 0):
            found.setdefault("active_b", [(sizes["active_params"] or 0) / 1e9])
    unknown = [*reading.unknown_models, *(said for said in reading.suggestions if "model" not in found)]
    if unknown:
        found["model"] = list(dict.fromkeys([*found.get("model", []), *unknown]))


def _compare(total: Score, known: str, text: str, want: Slots, got: Slots) -> None:
    for name, values in want.items():
        if name in got and _agree(name, values, got[name]):
            total.right[name] += 1
            continue
        total.missed[name] += 1
        said = "" if any(_stated(name, value, text) for value in values) else " (the text does not state it)"
        total.unstated[name] += bool(said)
        total.lines.append(f"{known} {name}: {values} wanted, {got.get(name, 'nothing')} read{said}")
    for name, values in got.items():
        if name not in want and name not in ("params_b", "active_b", "mem_gb", "task"):
            total.invented[name] += 1
            total.lines.append(f"{known} {name}: {values} read, not listed")


def _agree(name: str, want: list[Any], got: list[Any]) -> bool:
    return all(any(_same(name, one, other) for other in got) for one in want) and (
        name in ("engine", "bits") or len(got) <= len(want)
    )


def _same(name: str, want: Any, got: Any) -> bool:
    if name == "model":
        return same_model(str(got), str(want)) or _plain(want) in _plain(got) or _plain(got) in _plain(want)
    if name == "gpu":
        return bool(_cards(str(want)) & _cards(str(got)))
    if name in ("params_b", "active_b"):
        return max(want, got) <= 1.1 * min(want, got)
    if name == "seq":
        return max(want, got) <= 1.03 * min(want, got)  # 120K is 120,000 and 122,880
    if isinstance(want, str):
        return _plain(want) in _plain(got) or _plain(got) in _plain(want) or {want, got} == {"ollama", "llama.cpp"}
    if not isinstance(want, (int, float, str)):
        return False  # what a reader left open, or wrote as an object
    return float(want) == float(got)


def _plain(text: Any) -> str:
    return re.sub(r"[^a-z0-9]|instruct|chat|hf|base", "", str(text).rsplit("/", 1)[-1].lower())


def _cards(text: str) -> set[str]:
    try:
        return set(names().find_gpus(text))
    except BadInput:
        return {text}


def _billions(model: str) -> float:
    row = rows("SELECT coalesce(unique_params, total_params) AS size FROM models WHERE name = ?", [model])[0]
    return float(row["size"] or 0) / 1e9


def _format_bits(weight_format: str) -> int:
    return (
        round(float(re.search(r"\d+", weight_format.replace("-g128", ""))[0]))
        if re.search(r"\d", weight_format)
        else 16
    )  # type: ignore[index]


def _quant_bits(quant: str) -> int:
    return int(re.search(r"\d+", quant)[0])  # type: ignore[index]


_WORDS = {
    "lora": r"lora", "qlora": r"qlora|q-lora", "full": r"full|全参|全量|全部参数", "freeze": "freeze|冻结", "galore": "galore",
    "flash": r"flash|fa2", "train": r"train|tun|训|微调|adam|zero|lora|梯度", "inference": r"infer|推理|部署|run|serv|vllm|跑|load",
}  # fmt: skip


def _stated(name: str, value: Any, text: str) -> bool:
    """Whether the text has a trace of this value: its digits, its word, its family."""
    lower = text.lower()
    if name in ("bits",) and re.search(rf"(?<!\d){value}[ -]?bit|int{value}|fp{value}|q{value}_|bf{value}", lower):
        return True
    if name == "offload":
        return "offload" in lower or "卸载" in lower
    if name in ("bits", "active_b"):
        return False
    if isinstance(value, str):
        word = _WORDS.get(value, re.escape(re.split(r"[-\s_]", value.lower())[0]))
        return re.search(word, lower) is not None
    if not isinstance(value, (int, float)):
        return False
    forms = {f"{value:g}", f"{value / 1024:g}k", f"{value / 1000:g}k"}
    return any(re.search(rf"(?<![\d.]){re.escape(form)}(?![\d.]*\d)", lower) for form in forms)


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────


_BYTES = {
    "byte": 1, "bytes": 1, "字节": 1, "B": 1, "KB": 10**3, "kB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "G": 10**9,
    "GB": 10**9, "GiB": 2**30, "TB": 10**12, "TiB": 2**40,
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s?(?:[–-]\s?\d[\d.,]*\s?)?({'|'.join(sorted(_BYTES, key=len, reverse=True))})(?![A-Za-z])"
)


def units(basis: str) -> tuple[int, ...]:
    """The bytes of one unit of a reference: the one that its basis names, else GB as well as GiB."""
    if "bytes" in basis:
        return (1,)
    if "per_token" in basis:
        return (2**10, 10**3)
    named = re.search(r"GiB|GB", basis)
    return (_BYTES[named[0]],) if named else (10**9, 2**30)


def figures(result: dict[str, Any], basis: str) -> dict[str, float]:
    """The figures of an answer that have the scope of the reference, in bytes."""
    cases = [result, *result.get("cases", [])]
    found: dict[str, float] = {}
    whole = re.search(r"total|fp16|bf16|lora16|qlora_7b|^qlora$|gb_weights|4bit_weights|_kv", basis.lower())
    for place, case in enumerate(cases):
        memory = case.get("memory")
        if memory and ("per_" in basis or not whole or (case.get("facts", {}).get("n_gpus") in (None, 1))):
            found[f"case {place} per card"] = memory["best_gib"] * 2**30
        if whole and case.get("total_gib"):
            found[f"case {place} over all cards"] = case["total_gib"] * 2**30
        terms = {one["name"]: one["gib"] * 2**30 for one in case.get("terms", [])}
        found |= {f"case {place} {name}": value for name, value in terms.items()}
        if whole and terms:
            found[f"case {place} states"] = sum(terms.get(name, 0) for name in ("weights", "gradients", "optimizer"))
    for one in result.get("tables", []):
        if isinstance(one.get("says_gb"), (int, float)):
            found[f"table {one['table']}"] = one["says_gb"] * 10**9
    for one in result.get("answers", []):
        if isinstance(one.get("value"), (int, float)) and one["unit"] in _BYTES:
            found[f"{one['quantity']} ({one['unit']})"] = one["value"] * _BYTES[one["unit"]]
    return found


def _said(text: str, basis: str) -> Iterator[float]:
    """The figures of a text, in bytes; those of a bare unit ("16x", "12θ") where the reference is bytes per parameter."""
    for number, spelled in _AMOUNT.findall(text):
        yield float(number.replace(",", "")) * _BYTES[spelled]
    if basis == "table":
        yield from (float(cell) * 10**9 for cell in re.findall(r"\|\s*(\d+(?:\.\d+)?)\s*(?=\|)", text))
    if "bytes" in basis:
        yield from (float(number) for number in re.findall(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(?:θ|x\b)", text))


def _verdicts(answer: dict[str, Any]) -> set[str | None]:
    """What an answer says: its verdict, and where it says that it depends, or names no card, that of each reading."""
    cases = answer.get("cases", [])
    several = {"conditional"} if len(cases) > 1 and answer.get("verdict") is None and cases[0].get("memory") else set()
    each = {case.get("verdict") for case in cases} if answer.get("verdict") == "conditional" else set()
    return {answer.get("verdict"), *several, *each}


def disagreement(one: dict[str, Any], answer: dict[str, Any], text: str) -> str | None:
    """A line that says where an answer and its reference part; None where they agree."""
    reference = one.get("reference") or {}
    verdict, band = reference.get("verdict"), reference.get("gb")
    lines = []
    if verdict not in (None, "n/a") and verdict not in _verdicts(answer):
        lines.append(f"verdict {answer.get('verdict')}, reference {verdict}")
    if band:
        low, high = band
        basis = reference.get("basis") or ""
        found = figures(answer, basis)
        amounts = [*found.values(), *_said(text, basis)]
        if not any(low <= amount / unit <= high for amount in amounts for unit in units(basis)):
            near = ", ".join(f"{name} {value / units(basis)[0]:.1f}" for name, value in list(found.items())[:6])
            lines.append(f"{low}–{high} ({basis}) is not among: {near or 'no figure'}")
    return f"{one['id']}: {'; '.join(lines)}" if lines else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=("even", "odd"))
    parser.add_argument("--answers", action="store_true", help="answer them, too, and compare with `reference`")
    options = parser.parse_args()
    asked = list(questions(options.file, options.half))
    total = score(asked)
    print(*total.lines, sep="\n")
    for name in sorted({*total.right, *total.missed, *total.invented}):
        right, missed, invented = total.right[name], total.missed[name], total.invented[name]
        print(
            f"{name:16} precision {right / max(1, right + invented):.2f}  recall {right / max(1, right + missed):.2f}"
            f"  F1 {2 * right / max(1, 2 * right + missed + invented):.2f}  ({right} right, {missed} missed, {invented} more)"
        )
    first = sum(want == got for want, got in total.intents)
    print(f"slots: F1 {total.f1():.3f}, of what the texts state {total.f1(stated_only=True):.3f}")
    print(f"intent: {first} of {len(total.intents)}")
    if options.answers:
        from chat.agent import Assistant

        assistant = Assistant()
        apart = []
        compared = [one for one in asked if (one.get("reference") or {}).get("gb") or _has_verdict(one)]
        for one in compared:
            answer = assistant.ask(one["text"])
            if line := disagreement(one, answer.json(), answer.text):
                apart.append(line)
        print(*apart, f"answers: {len(compared) - len(apart)} of {len(compared)} agree", sep="\n")


def _has_verdict(one: dict[str, Any]) -> bool:
    return (one.get("reference") or {}).get("verdict") not in (None, "n/a")


if __name__ == "__main__":
    main()

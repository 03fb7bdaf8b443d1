"""Lines on cards and their links: which is faster, what a peak rate means, what PCIe and NVLink do to a split model."""

from chat.pace.words import Line, amount, gigabytes, line
from chat.phrases import value
from chat.works import PCIE
from formulas.speed import reduced_bytes
from formulas.vocabulary import n_layers
from kb.cards import cards_meant
from kb.kernels import lacks_fp8
from kb.names import Row, gpu_row
from kb.rates import Decoding, slot_rate
from kb.rates import value as worked

# whose matrix units multiply 8-bit floats, where they have them, at twice the rate of 16 bits
_TWICE = ("NVIDIA", "AMD")

# ── cards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _row(card: str) -> Row:
    return gpu_row(cards_meant(card)[0].name)


def compared(named: list[str], training: bool) -> list[Line]:
    """Cards by what decides: bandwidth for generating, arithmetic for training and prompts; empty for fewer than two."""
    rows = list({row["name"]: row for row in map(_row, named)}.values())
    if len(rows) < 2 or not all(row["bandwidth_gb_s"] for row in rows):
        return []
    by = "fp16_bf16_dense_tflops" if training else "bandwidth_gb_s"
    if not all(row[by] for row in rows):
        return []
    fast, slow = max(rows, key=lambda row: row[by]), min(rows, key=lambda row: row[by])
    ratio = float(fast[by]) / float(slow[by])
    names = {row["name"]: value("gpu", row["name"], "en") for row in rows}
    told = "; ".join(f"{names[row['name']]} {row['bandwidth_gb_s']:,.0f} GB/s{_computes(row)}" for row in rows)
    what = (
        ("training and reading prompts", "训练和预填充")
        if training
        else ("generating, one sequence at a time", "单条序列生成")
    )
    unit = ("arithmetic (16-bit, dense)", "16 位稠密算力") if training else ("memory bandwidth", "显存带宽")
    found = [
        line(f"**{names[fast['name']]} is about {ratio:.2g} times as fast as {names[slow['name']]} for {what[0]}**, which {unit[0]} decides.",
             f"**{what[1]}时 {names[fast['name']]} 约为 {names[slow['name']]} 的 {ratio:.2g} 倍**,由{unit[1]}决定。"),
        line(f"{told}.", f"{told}。"),
    ]  # fmt: skip
    other = "bandwidth_gb_s" if training else "fp16_bf16_dense_tflops"
    if all(row[other] for row in rows):
        best, least = max(rows, key=lambda row: row[other]), min(rows, key=lambda row: row[other])
        for_en, for_zh = (
            ("generating", "生成") if training else ("prompts, large batches and training", "预填充、大批量和训练")
        )
        again = float(best[other]) / float(least[other])
        found.append(
            line(f"For {for_en} they are alike.", f"{for_zh}则不相上下。")
            if again < _ALIKE
            else line(
                f"For {for_en} it is {names[best['name']]}, {again:.2g} times.",
                f"{for_zh}则是 {names[best['name']]} 更快,{again:.2g} 倍。",
            )
        )
    return found


_ALIKE = 1.03  # times as fast, below which neither is called the faster


def _computes(row: Row) -> str:
    """The arithmetic of a card, where the table has it."""
    peak = row["fp16_bf16_dense_tflops"]
    return f", {peak:g} TFLOP/s" if peak else ""


# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def pcie_rate(told: dict[str, float], row: Row | None) -> tuple[float, str]:
    """Bytes a second of the slot in each direction, and how it is called: as told, else the card's own."""
    return slot_rate(row or {}, told.get("pcie"), told.get("lanes"))


def link_lines(one: Decoding, told: dict[str, float]) -> list[Line]:
    """What tensor parallelism sends for a token and for a prompt, over PCIe and over NVLink."""
    card = one.there.cards[0].place.card
    ways = int(one.there.situation.knob("n_gpus") or 1)
    if card is None or "hidden_size" not in one.facts:
        return []
    row, ways = gpu_row(card.name), max(2, ways)
    rate, slot = pcie_rate(told, row)
    layers = float(one.facts[n_layers.name].value)
    width = float(one.facts["hidden_size"].value)
    each = worked(reduced_bytes, n_layers=layers, hidden_size=width, batch_size=1, seq_len=1, tp=ways)
    length = int(one.facts["seq_len"].value)
    prompt = each * length / rate
    step = one.card_seconds / max(1, len(one.there.cards))
    nvlink = float(row["nvlink_or_fabric_gb_s"] or 0) / 2 if row else 0
    over = f"; over NVLink ({nvlink:g} GB/s each way) {amount(each * length / nvlink / 1e9, 2)} s" if nvlink else ""
    over_zh = f";经 NVLink(单向 {nvlink:g} GB/s){amount(each * length / nvlink / 1e9, 2)} 秒" if nvlink else ""
    return [
        line(f"**For one sequence {slot} hardly matters; for long prompts and large batches in tensor parallel it does.** NVLink adds no memory, and a split by layers (llama.cpp, pipeline) hardly uses the link.",
             f"**单条序列生成时 {slot} 几乎没有影响;张量并行跑长提示或大批量时有影响。** NVLink 不增加显存;按层切分(llama.cpp、流水线)几乎不用链路。"),
        line(f"Tensor parallel over {ways} cards sends {amount(each / 1e6, 2)} MB for a token ({layers:g} layers × 2 sums), {amount(each / rate * 1e3, 2)} ms at {rate / 1e9:.3g} GB/s beside {amount(step * 1e3, 2)} ms of reading; the latency of {2 * layers:g} exchanges comes on top.",
             f"{ways} 卡张量并行每个 token 发送 {amount(each / 1e6, 2)} MB({layers:g} 层 × 2 次求和),{rate / 1e9:.3g} GB/s 下 {amount(each / rate * 1e3, 2)} 毫秒,而读取权重要 {amount(step * 1e3, 2)} 毫秒;另有 {2 * layers:g} 次交换的延迟。", PCIE),
        line(f"A prompt of {length:,} tokens sends {gigabytes(each * length)}: {amount(prompt, 2)} s over {slot}{over}.",
             f"{length:,} token 的提示要发送 {gigabytes(each * length)}:{slot} 需 {amount(prompt, 2)} 秒{over_zh}。", PCIE),
    ]  # fmt: skip


# ── rates of a card ────────────────────────────────────────────────────────────────────────────────────────────────


def eight_bit_peak(card: str) -> float | None:
    """Dense FLOP/s in FP8: the table's, else twice the 16-bit rate where the generation has such units; None without them."""
    row = _row(card)
    half, eight = row["fp16_bf16_dense_tflops"], row["fp8_dense_tflops"]
    if not eight and (not half or lacks_fp8(cards_meant(card)[0]) or row["vendor"] not in _TWICE):
        return None
    return float(eight or 2 * half) * 1e12


def peaks(card: str, kind: str) -> list[Line]:
    """A card's peak rates: dense against sparse, 8 against 16 bits."""
    row, lacks = _row(card), lacks_fp8(cards_meant(card)[0])
    name, half, eight = value("gpu", row["name"], "en"), row["fp16_bf16_dense_tflops"], row["fp8_dense_tflops"]
    if not half and not (kind == "fp8" and lacks and not eight):
        return []
    eights = f", {eight:,g} in FP8" if eight else ""
    eights_zh = f",FP8 {eight:,g}" if eight else ""
    if kind == "sparse":
        return [
            line(f"**The dense figure: {name} does {half:,g} TFLOP/s in 16 bit{eights}.** About twice that for the same format, {2 * float(half):,g}, is with 2:4 sparsity, which ordinary training and inference do not use.",
                 f"**看稠密值:{name} 16 位 {half:,g} TFLOP/s{eights_zh}。** 同一格式约两倍于此的数字({2 * float(half):,g})是 2:4 稀疏算力,普通训练和推理用不到。"),
            line("Reckon hours and utilisation with the dense figure: with the sparse one the same run seems to reach half.",
                 "计算时间和利用率要用稠密值:用稀疏值会把利用率算低一半。"),
        ]  # fmt: skip
    if not eight and not lacks and row["vendor"] in _TWICE:
        return [
            line(f"**Up to about 2 times, by the design of {row['architecture']}: {name} has FP8 units at twice its 16-bit rate of {half:,g} TFLOP/s** (the table has no figure of its own for it). Generating one sequence is also up to twice as fast, because a token reads half the bytes.",
                 f"**按 {row['architecture']} 架构最多约 2 倍:{name} 有 FP8 单元,速率是 16 位 {half:,g} TFLOP/s 的两倍**(表中没有它的单独数值)。单条序列生成也最多快一倍,因为读取的字节减半。"),
            _only_products(),
        ]  # fmt: skip
    if not eight and not lacks:
        return [line(f"**No FP8 rate of {name} is known here, only that of 16 bit: {half:,g} TFLOP/s.** FP8 weights halve the bytes that a token reads in any case, so generating one sequence can be up to twice as fast.",
                     f"**这里没有 {name} 的 FP8 速率,只有 16 位的:{half:,g} TFLOP/s。** FP8 权重总能让每个 token 读取的字节减半,因此单条序列生成最多快一倍。")]  # fmt: skip
    if not eight:
        at, at_zh = (f" at {half:,g} TFLOP/s", f"({half:,g} TFLOP/s)") if half else ("", "")
        return [line(f"**{name} has no FP8 units**: FP8 weights are computed in 16 bit{at}. They still halve the bytes that a token reads, so generating can be up to twice as fast; prompts and training are not.",
                     f"**{name} 没有 FP8 单元**:FP8 权重仍按 16 位计算{at_zh}。每个 token 读取的字节减半,因此生成最多快一倍;预填充和训练不会变快。")]  # fmt: skip
    return [
        line(f"**Up to {float(eight) / float(half):.2g} times: {name} does {eight:,g} TFLOP/s in FP8 against {half:,g} in 16 bit (dense).** Generating one sequence is also up to twice as fast, because a token reads half the bytes.",
             f"**最多 {float(eight) / float(half):.2g} 倍:{name} 的 FP8 为 {eight:,g} TFLOP/s,16 位为 {half:,g}(稠密)。** 单条序列生成也最多快一倍,因为读取的字节减半。"),
        _only_products(),
    ]  # fmt: skip


def _only_products() -> Line:
    return line(
        "In training only the matrix products run in FP8; attention, norms, the optimizer and communication do not, so less than that is seen.",
        "训练中只有矩阵乘用 FP8,注意力、归一化、优化器和通信不变,因此实际提升更小。",
    )

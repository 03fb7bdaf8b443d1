"""The asker's account of a need, part by part: `weights 14, gradients 14, Adam 28, in all 66 GB`.

Each part is some bytes for each parameter, and so is one of a few things; together the parts are a way of training.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from chat.figures.formats.weights_claimed import left_for_cache
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.sums.beyond_accounts import beyond_the_account
from chat.figures.sums.other_totals import other_total
from chat.phrases import value
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.facts import bits_of

_LABELS = (
    ("total", r"\b(?:in total|total|altogether|in all|sum)\b|一共|总共|合计|总计|加起来"),
    ("master", r"\b(?:fp32 |float32 )?master(?: weights?| cop(?:y|ies)| params?)?\b|\bfp32 (?:copy|weights?|params?)\b|主(?:权重|参数)|fp32(?:的)?(?:权重|参数)?副本"),
    ("gradients", r"\bgrad(?:ient)?s?\b|梯度"),
    ("optimizer", r"\badamw?\b(?:'s)?(?: (?:states?|moments?))?|\boptimi[sz]er(?: states?)?\b|\b(?:adam )?moments?\b|\bm ?(?:and|\+|,|/) ?v\b|优化器(?:状态|参数)?|(?:一阶|二阶)?动量"),
    ("kv_cache", r"(?<!non )(?<!non-)\bkv(?:[ -]?cache)?\b|kv缓存"),
    ("activations", r"\bactivations?\b|\bacts?\b|激活值?"),
    ("overhead", r"\b(?:cuda )?(?:(?<!\dk )context|overhead|runtime)\b|开销|上下文开销"),
    ("weights", r"\b(?:(?:model |bf16 |fp16 )?weights?|model|param(?:eter)?s?)\b|(?:模型)?(?:权重|参数)|模型"),
)  # fmt: skip
_AMOUNT = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)(?![a-z0-9])"
_BARE = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)(?![\d.a-z%]|\s?(?:b|bits?|bytes?|k|m|x|gpus?|cards?|tokens?|ways?|ranks?|层|张|卡|位|字节|倍|路|times|\*))"
_WORKED_OUT = (
    r"(?P<before>(?:[^\n;.?!=\d]|\d{1,3} ?(?:ways?|gpus?|cards?|ranks?)|for \d+b){0,32})\d+(?:\.\d+)?\s?(?:b|bytes?|字节)?(?:\s?[x*/÷]\s?\d+(?:\.\d+)?\s?b?)+\s?=\s?"
    + _AMOUNT
)
# the weights by the size alone: "8B bf16 = 16 GB"
_OF_A_SIZE = (
    r"(?<!for )(?<!of )(?<![\d.])\d+(?:\.\d+)?b(?: (?:model|params?))?(?:,? ?(?:in |at )?(?:bf16|fp16|16[- ]?bit|half|fp32))?\s?(?:=|is|are|:|是)\s?~?\s?"
    + _AMOUNT
)
# what may stand between a label and its amount: the type, the size that it is of, the bytes of one parameter
_BESIDE_AN_AMOUNT = (
    r"\b(?:fp|bf|float)\d+\b|\b(?:for|of) (?:an? )?\d+(?:\.\d+)?b\b"
    r"|(?<![\d.])\d+(?:\.\d+)?\s?(?:bytes?\b|字节)(?:\s?(?:per|/|each|a|for each)\s?(?:param\w*)?)?|每(?:个)?参数"
)
_REACH = 14  # characters between a label and its amount
_LEAST = 2  # parts that make an account

# what so many bytes for each parameter are, of a part; the first is the usual one
EACH: dict[str, tuple[tuple[float, Words], ...]] = {
    "weights": (
        (2, Words("16-bit weights", "16 位权重")), (4, Words("fp32 weights", "fp32 权重")),
        (1, Words("8-bit weights", "8 位权重")), (0.5, Words("4-bit weights, without scales and the 16-bit embedding", "4 位权重,未计量化常数和 16 位 embedding")),
    ),
    "gradients": ((2, Words("16-bit gradients", "16 位梯度")), (4, Words("fp32 gradients", "fp32 梯度"))),
    "master": ((4, Words("an fp32 copy of the weights", "fp32 主权重")),),
    "optimizer": (
        (12, Words("an fp32 copy of the weights and two fp32 moments", "fp32 主权重加两个 fp32 动量")),
        (8, Words("two fp32 moments", "两个 fp32 动量")), (4, Words("two 16-bit moments", "两个 16 位动量")),
        (2, Words("two 8-bit moments", "两个 8 位动量")),
    ),
}  # fmt: skip
_NAMES = {
    "weights": Words("weights", "权重"), "gradients": Words("gradients", "梯度"), "optimizer": Words("optimizer", "优化器"),
    "master": Words("fp32 copy", "fp32 主权重"), "activations": Words("activations", "激活"),
    "kv_cache": Words("KV cache", "KV 缓存"), "overhead": Words("overhead", "开销"), "total": Words("in all", "合计"),
}  # fmt: skip
_OFF = 0.06


@dataclass(frozen=True)
class Part:
    """A part of the account, and its bytes for each parameter: 0 where it is none of the usual."""

    term: str
    size: float
    each: float
    says: Words


# "140 GB + 20% overhead = 168 GB": what is added is a share, and what stands behind it the sum
_BY_SHARE = r"\+?\s?\d{1,3}\s?%\s?(?:of\s|的)?\s?(?:overhead|extra|more|margin|headroom|余量|开销|冗余|额外)[^.;?\d]{0,8}=\s?~?\d+(?:\.\d+)?\s?gi?b?"


def parts_in(text: str, equations: Sequence[tuple[str, str]] = ()) -> list[str]:
    """The parts of an account in a text, as `gradients 14` [GB]; empty where there are too few to be one.

    equations   the sides of what was worked out in it: `7B × 4 bytes = 28 GB` is of the weights where nothing else is
    """
    plain = compiled(_BY_SHARE).sub(" ", normalise(text).text)
    labels = _labels(plain)
    if of_sum := _of_a_sum(plain, equations):
        return of_sum
    if not labels:
        return []
    # people write amounts before their names, or after: as they do at the first
    first = min(labels)
    before = _amount_before(plain, first) is not None
    bare = compiled(_AMOUNT).search(plain) is not None
    found: dict[str, tuple[int, str]] = {}
    for start, (term, end) in sorted(labels.items()):
        amount: tuple[int, str] | None = _amount_before(plain, start) if before else _amount_after(plain, end, bare)
        if amount and term not in found and amount[0] not in {place for place, _ in found.values()}:
            found[term] = amount
    if len(set(found) - {"total"}) and "weights" not in found and {"gradients", "optimizer"} & set(found):
        named = compiled(_OF_A_SIZE).search(plain)
        counted = next((number for left, number in equations if _of_weights(left)), named and named["n"])
        found |= {"weights": (-1, counted)} if counted else {}
    if "total" not in found and (summed := _after_the_sum(plain, found)):
        found["total"] = summed
    if len(set(found) - {"total"}) < _LEAST or _of_a_parameter(plain, found):
        return []
    return [f"{term} {number}" for term, (_, number) in sorted(found.items(), key=lambda one: one[1][0])]


def _of_a_parameter(text: str, found: dict[str, tuple[int, str]]) -> bool:
    """`weights 2 + grads 2 + adam 8 = 12 bytes`: are the parts those of each parameter, and no gigabytes?"""
    whole = sum(float(number) for term, (_, number) in found.items() if term != "total")
    return compiled(rf"(?<![\d.]){whole:g}\s?(?:bytes?\b|b\s?/\s?param|b per param|字节)").search(text) is not None


# a sum whose terms have no names, of a training
_TERMS = (
    r"\s*\d+(?:\.\d+)?\s?(?:gb?|b)?\s?(?:[x*]\s?\d+\s?)?(?:\+\s*\d+(?:\.\d+)?\s?(?:gb?|b)?\s?(?:[x*]\s?\d+\s?)?){2,5}"
)
_OF_TRAINING = r"adam|optimi[sz]er|\bgrad|\btrain|fine[ -]?tun|\bft\b|训练|微调|全参|全量|优化器"
_MOST_TERMS = 5


def _of_a_sum(text: str, equations: Sequence[tuple[str, str]]) -> list[str]:
    """`7B*2 + 7B*2 + 7B*8 = 84GB`: weights, gradients and what the optimizer keeps, in the order that all write them."""
    for left, total in equations:
        if not compiled(_TERMS).fullmatch(left.lower()) or not compiled(_OF_TRAINING).search(text):
            continue
        terms = [prod(float(one) for one in compiled(r"\d+(?:\.\d+)?").findall(term)) for term in left.split("+")]
        weights, gradients, *kept = terms
        if len(terms) > _MOST_TERMS or max(terms) > 6 * min(terms):
            continue
        copied = len(kept) > 2 or (len(kept) == 2 and kept[1] == 2 * kept[0])
        master, moments = (kept[0], sum(kept[1:])) if copied else (0.0, sum(kept))
        parts = {
            "weights": weights,
            "gradients": gradients,
            "master": master,
            "optimizer": moments,
            "total": float(total),
        }
        return [f"{name} {size:g}" for name, size in parts.items() if size]
    return []


def _labels(text: str) -> dict[int, tuple[str, int]]:
    """The names of parts in a text by their place; of overlapping ones the first in the table."""
    found: dict[int, tuple[str, int]] = {}
    taken = bytearray(len(text))
    for term, pattern in _LABELS:
        for label in compiled(pattern).finditer(text):
            start, end = label.span()
            if end > start and not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found[start] = (term, end)
    return found


def _of_weights(left: str) -> bool:
    """`7B*4 bytes`: a number of parameters times the bytes of one."""
    return (
        compiled(r"^\s*\d+(?:\.\d+)?\s?b?\s?[x*]\s?[124](?:\.0)?\s?(?:bytes?|字节|b)?\s*$").match(left.lower())
        is not None
    )


def _after_the_sum(text: str, found: dict[str, tuple[int, str]]) -> tuple[int, str] | None:
    """The amount that the parts come to: after an equals sign behind the last of them."""
    last = max((place for place, _ in found.values()), default=len(text))
    sums = compiled(r"(?:=+>?|≈|[-–]+>|→|等于)\s?~?\s?" + _AMOUNT).search(text, last)
    return (sums.start("n"), sums["n"]) if sums else None


def _amount_after(text: str, place: int, bare: bool) -> tuple[int, str] | None:
    """The amount right after a label: before another clause, another label and another amount."""
    summed = compiled(_WORKED_OUT).match(text, place)  # `Adam: 12 B x 70 = 840 GB`
    if summed and not _labelled(summed["before"]):
        return summed.start("n"), summed["n"]
    for pattern in (_AMOUNT, *((_BARE,) if bare else ())):
        found = compiled(pattern).search(text, place, place + 2 * _REACH)
        between = compiled(_BESIDE_AN_AMOUNT).sub("", text[place : found.start()]) if found else ""
        named = pattern == _BARE and compiled(r"\b(?:for|of)\b").search(between)  # `KV cache for Llama 3`
        apart = compiled(r"[,;.?!+]|\d").search(between) or _labelled(between) or named
        if found and len(between) <= _REACH and not apart:
            return found.start(), found["n"]
    return None


def _amount_before(text: str, place: int) -> tuple[int, str] | None:
    """`14 GB of weights`, `28GB for gradients`, `14G 权重`."""
    before = compiled(_AMOUNT + r"\s?(?:(?:of|for|in|是|为|的)\s?)?(?:the )?$").search(text[:place], max(0, place - 24))
    return (before.start(), before["n"]) if before else None


def _labelled(text: str) -> bool:
    return any(compiled(pattern).search(text) for _, pattern in _LABELS)


def account(figures: Figures) -> Words:
    """The verdict on the account, then each part; Missing where none of its parts is of the parameters."""
    told = [str(one).split(" ") for one in figures.told.get("parts", ())]
    params = figures.need("params_said")
    parts = [_part(figures, term, float(number), params) for term, number in told]
    if not any(part.each or part.term in EACH for part in parts):
        raise Missing("account")
    verdict = _verdict(figures, parts, params)
    lines = [Words(f"- {part.says.en}", f"- {part.says.zh}") for part in parts if part.term != "total"] + _summed(parts)
    beyond = beyond_the_account(
        figures, {part.term: part.each for part in parts}, lambda: _here(figures, "activations")
    )
    other = other_total(figures, params, [part.size / GB for part in parts])
    verdict = Words(verdict.en + other.en + beyond.en, verdict.zh + other.zh + beyond.zh)
    return Words(
        "\n".join([f"**{verdict.en}**", "", *(line.en for line in lines)]),
        "\n".join([f"**{verdict.zh}**", "", *(line.zh for line in lines)]),
    )


def _part(figures: Figures, term: str, number: float, params: float) -> Part:
    name, shown = _NAMES[term], f"{number:g} GB"
    for ways in dict.fromkeys((figures.n, 1) if _of_a_card(figures, params) else (1, figures.n)):
        for each, what in EACH.get(term, ()):
            size = each * params / ways
            if not _near(number, size):
                continue
            share = f" ÷ {ways}" if ways > 1 else ""
            return Part(term, number * GB, each, Words(
                f"{name.en} {shown}: right for {what.en}, {size_words(params)} × {each:g} B{share} = {both_words(size)}",
                f"{name.zh} {shown}:按{what.zh}是对的,{size_words(params)} × {each:g} 字节{share} = {both_words(size)}",
            ))  # fmt: skip
    if term == "weights" and (as_stored := _as_stored(figures, number, params)):
        return as_stored
    if term in EACH:
        usual = EACH[term][0]
        return Part(term, number * GB, 0.0, Words(
            f"{name.en} {shown}: not right; {usual[1].en} are {size_words(params)} × {usual[0]:g} B = {both_words(usual[0] * params)}",
            f"{name.zh} {shown}:不对;{usual[1].zh}是 {size_words(params)} × {usual[0]:g} 字节 = {both_words(usual[0] * params)}",
        ))  # fmt: skip
    here = _here(figures, term)
    return Part(term, number * GB, 0.0, Words(f"{name.en} {shown}: {here.en}", f"{name.zh} {shown}:{here.zh}"))


def _of_a_card(figures: Figures, params: float) -> bool:
    """Are the parts likelier a card's share? Of what ZeRO divides they are, unless stage 3 would divide weights that are told whole."""
    stage = int(figures.knob("zero_stage") or 0)
    told = [str(one).split(" ") for one in figures.told.get("parts", ())]
    whole = EACH["weights"][0][0] * params
    return stage > 0 and not (
        stage > 2 and any(term == "weights" and _near(float(number), whole) for term, number in told)
    )


def _near(number: float, size: float) -> bool:
    """Is a figure in GB, or in GiB, so many bytes?"""
    return min(abs(number * GB / size - 1), abs(number * GIB / size - 1)) <= _OFF


def _as_stored(figures: Figures, number: float, params: float) -> Part | None:
    """Weights that are neither 16 nor 32 bit, where the figure is of the format at hand."""
    size = figures.base.part("weights")
    if not size or not _near(number, size):
        return None
    name, shown = _NAMES["weights"], f"{number:g} GB"
    return Part("weights", number * GB, size / params, Words(
        f"{name.en} {shown}: right as they are stored here, {both_words(size)}",
        f"{name.zh} {shown}:按这里的格式是对的,{both_words(size)}",
    ))  # fmt: skip


def _here(figures: Figures, term: str) -> Words:
    """What a part that the parameters do not decide takes in the case at hand."""
    serves = figures.knob("task") != "train"
    where = Words(
        f"at batch {figures['batch']} and {figures['seq']} tokens",
        f"批大小 {figures['batch']}、{figures['seq']} token 时",
    )
    if term == "kv_cache" and serves:
        kept = both_words(figures.need("kv_all"))
        return Words(
            f"{kept} {where.en}, {figures['kv_mean']} per token", f"{where.zh}是 {kept},每 token {figures['kv_mean']}"
        )
    if term == "activations" and not serves:
        on, off = figures["kept_on"], figures["kept_off"]
        return Words(
            f"{where.en} {on} with logits and gradient checkpointing, {off} without checkpointing",
            f"{where.zh}连同 logits,开重计算是 {on},不开是 {off}",
        )
    if term == "overhead":
        runtime = gib_words(figures.base.terms["runtime"])
        return Words(f"the driver's context alone is about {runtime}", f"仅驱动上下文约 {runtime}")
    return Words("depends on batch, length and settings", "取决于批大小、长度和设置")


def _summed(parts: Sequence[Part]) -> list[Words]:
    """Whether the parts add up to the total that was stated."""
    total = next((part for part in parts if part.term == "total"), None)
    if total is None:
        return []
    summed = sum(part.size for part in parts if part.term != "total")
    shown = " + ".join(f"{part.size / GB:g}" for part in parts if part.term != "total")
    right = abs(summed / total.size - 1) < 0.02
    return [Words(
        f"- the sum: {shown} = {summed / GB:g} GB" + (", as you say" if right else f", not {total.size / GB:g} GB"),
        f"- 加法:{shown} = {summed / GB:g} GB" + (",没有算错" if right else f",不是 {total.size / GB:g} GB"),
    )]  # fmt: skip


def _verdict(figures: Figures, parts: Sequence[Part], params: float) -> Words:
    """What way of training the parts are together, and what they leave out."""
    each = {part.term: part.each for part in parts}
    wrong = [part for part in parts if part.term in EACH and not part.each]
    states, states8 = both_words(TRAINED * params), both_words(8 * params)
    if wrong:
        names = Words(", ".join(_NAMES[one.term].en for one in wrong), "、".join(_NAMES[one.term].zh for one in wrong))
        return Words(f"Partly right: {names.en} not, the rest holds." if len(wrong) < len(each) else "Not right.",
                     f"部分正确:{names.zh}不对,其余成立。" if len(wrong) < len(each) else "不对。")  # fmt: skip
    cache = next((part for part in parts if part.term == "kv_cache"), None)
    if cache is not None and figures.knob("task") != "train":
        return _in_other_bits(figures, parts) or _of_a_pool(figures, cache)
    if not {"weights", "gradients"} <= set(each):
        return Words("Right, part by part.", "逐项都对。")
    kept = sum(each.get(term, 0.0) for term in EACH)
    if "optimizer" not in each:
        return Words(f"Not complete: the optimizer is left out. With Adam in mixed precision it is 16 B per parameter, {states}.",
                     f"不完整:漏了优化器。混合精度 Adam 每参数共 16 字节,{states}。")  # fmt: skip
    if kept in (16, 18, 20):
        return Words(f"Right: {kept:g} B per parameter, {both_words(kept * params)} of weights, gradients and Adam's states; activations and the runtime come on top.",
                     f"对:每参数 {kept:g} 字节,权重、梯度与 Adam 状态共 {both_words(kept * params)};激活与运行时另算。")  # fmt: skip
    if kept == 8 and each.get("optimizer") == 4:
        return Words(f"Right for pure bf16, 8 B per parameter ({states8}): weights, gradients and both moments in 16 bit. What others quote is mixed precision, with an fp32 copy of the weights and fp32 moments: 16 B, {states}; activations are in neither.",
                     f"按纯 bf16 是对的,每参数 8 字节({states8}):权重、梯度和两个动量都是 16 位。别人说的是混合精度,另有 fp32 主权重,动量也是 fp32:16 字节,{states};两者都不含激活。")  # fmt: skip
    if kept == 12:
        return Words(f"One part is missing: the fp32 copy of the weights, 4 B per parameter, {both_words(4 * params)}. With it mixed precision takes 16 B, {states}; without it (12 B, {both_words(12 * params)}) the weights themselves are updated in 16 bit.",
                     f"少了一项:fp32 主权重,每参数 4 字节,{both_words(4 * params)}。加上它,混合精度是 16 字节,{states};不加(12 字节,{both_words(12 * params)})就是直接更新 16 位权重。")  # fmt: skip
    return Words(f"Each part holds; together {kept:g} B per parameter, {both_words(kept * params)}. Mixed precision with Adam takes 16 B, {states}; pure bf16 8 B, {states8}.",
                 f"逐项成立;合计每参数 {kept:g} 字节,{both_words(kept * params)}。混合精度 Adam 是 16 字节,{states};纯 bf16 是 8 字节,{states8}。")  # fmt: skip


def _in_other_bits(figures: Figures, parts: Sequence[Part]) -> Words | None:
    """Of weights that are told in one format and weigh what another takes: that they are not of the format."""
    told = next((part for part in parts if part.term == "weights" and part.each), None)
    stored, here = figures.given.get("weight_format"), figures.base.part("weights")
    if told is None or stored is None or not here or _near(told.size / GB, here):
        return None
    names = [value("weight_format", stored, language) for language in ("en", "zh")]
    number, bits = f"{told.size / GB:g} GB", float(bits_of(stored) or 0)
    if bits - 1 < 8 * told.each <= bits and told.size < here:  # every parameter at the bits of the name
        left = left_for_cache(figures)
        return Words(
            f"Not enough for the weights: {number} leaves out scales and what stays in 16 bit, as {names[0]} they are {both_words(here)}.{left.en}",
            f"权重算少了:{number} 没算量化尺度和保持 16 位的部分,按 {names[1]} 是 {both_words(here)}。{left.zh}",
        )
    wide, wide_zh = (", or it was loaded in more bits", ",或加载成了更高位数") if told.size > here else ("", "")
    return Words(
        f"The weights are not {names[0]}: {number} is {told.each:g} B a parameter, and as {names[0]} they would be {both_words(here)}. Another checkpoint runs{wide}: look at the path and at --quantization.",
        f"权重不是 {names[1]}:{number} 相当于每参数 {told.each:g} 字节,按 {names[1]} 应是 {both_words(here)}。实际跑的是别的模型文件{wide_zh}:检查路径和 --quantization。",
    )


def _of_a_pool(figures: Figures, cache: Part) -> Words:
    """Beside weights that are right: whether the cache is that of the case, or what a server has left for it and why."""
    found = {one["quantity"]: one for one in figures.base.answers_json() if one.get("scope") == "pool"}
    tokens, length = int(cache.size / figures.need("kv_mean")), int(figures.need("seq"))
    shown, holds = gib_words(cache.size), f"{tokens:,}"
    whole = figures.need("kv_all")
    alike = min(abs(cache.size / whole - 1), abs(cache.size / GB * GIB / whole - 1)) < _OFF  # GB is often said of GiB
    if alike or "kv_pool" not in found:
        return (
            Words("Right, part by part.", "逐项都对。") if alike
            else Words(f"The weights are right; the cache is another: {shown} hold {holds} tokens.", f"权重是对的;缓存不是这个数:{shown} 相当于 {holds} 个 token。")
        )  # fmt: skip
    pool = float(found["kv_pool"]["value"]) * GIB
    taken, weights = gib_words(float(found["pool"]["value"]) * GIB), gib_words(figures.base.terms["weights"])
    less = Words(
        f": {gib_words(pool - cache.size)} more are taken by something else (another process on the card, CUDA graphs, a smaller share, a longer step that is measured)",
        f":少掉的 {gib_words(pool - cache.size)} 被别的占了(卡上其他进程、CUDA graph、份额设小了、启动时测量的一步更长)",
    ) if pool > 1.1 * cache.size else SILENT  # fmt: skip
    enough, failed = tokens >= length, bool({"oom_diagnosis", "after_start", "does_not_start"} & figures.about)
    ends = ": if it does not start, the cache is not why" if failed else ""
    ends_zh = ":起不来另有原因" if failed else ""
    return Words(
        f"The weights are right, and the cache is what a server has left: {taken} of the card less {weights} of weights and the run that measures are {gib_words(pool)} by the formulas{less.en}. {shown} hold {holds} tokens at {figures['kv_mean']} each, {'so one sequence of' if enough else 'less than one sequence of'} {length:,} {f'fits{ends}' if enough else 'takes, so it does not start'}.",
        f"权重是对的,KV 缓存是服务剩下来的:可用 {taken} 减去权重 {weights} 和测量运行,按公式应剩 {gib_words(pool)}{less.zh}。{shown} 按每 token {figures['kv_mean']} 能放 {holds} 个 token,{f'一条 {length:,} token 的序列放得下{ends_zh}' if enough else f'不够一条 {length:,} token 的序列,所以起不来'}。",
    )

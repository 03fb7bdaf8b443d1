"""Why a server's cache has room for so many tokens as its log says: the sum that gives them, of one card and not of all."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.amount_words import kib
from chat.figures.cache.cache_versions import version_that_caches_less
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.failures.cause_figures import logged_pool
from chat.figures.named import GIB, KIB, Figures, Missing, gib_words, how_far, pool_tokens
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.kernels import lacks_fp8_cache
from kb.lengths import reach
from kb.outcome import Outcome
from kb.pools import MOST_SHARE, pool_figures, share_by_default, share_of, tokens_held
from kb.recipe import format_for

FEW = 4  # the usual bits of quantised weights
_FEW_OF_ALL = 0.5  # of the tokens that a model declares: so few of them in the pool are worth a word
# of the tokens by the formulas: a start that finds so much less or more has nothing else on the card, or is as counted
_NEAR, _AS_COUNTED = 0.15, 0.03


def pool_at(figures: Figures) -> dict[str, float]:
    """The figures of the pool on the fullest card, by name; Missing where nothing is served from one."""
    base = figures.base
    found = pool_figures(base.situation.facts | base.fullest.place.facts)
    if not found or base.capacity is None:
        raise Missing("pool")
    return {one["quantity"]: float(one["value"]) for one in found}


def _of_a_token(each: float) -> str:
    """KiB of a token in three digits: those of a pool are a mean over its pages."""
    return f"{each:.3g} KiB" if each < KIB else f"{each / KIB:.3g} MiB"


def pool_sum(figures: Figures) -> Words:
    """The card's share, less its weights and the run that measures, by what a token takes there."""
    base, pool = figures.base, pool_at(figures)
    left, tokens = pool["kv_pool"], int(pool["kv_tokens"])
    if tokens <= 0:
        raise Missing("tokens")
    weights = base.terms.get("weights", 0.0) / GIB
    run, each = pool["pool"] - weights - left, left * GIB / tokens / KIB
    share = figures.base.situation.facts.get("memory_utilisation")
    card = base.fullest.place.card
    if card is not None and (of_free := _of_what_is_free(figures, float(card.capacity), weights, left)) is not None:
        there, there_zh = (" of each card", "每张卡 ") if figures.n > 1 else ("", "")
        on, on_zh = (" on a card", "(每张卡)") if figures.n > 1 else ("", "")
        return Words(
            f"{of_free.en}{there}; ÷ {_of_a_token(each)} a token{on} = about {tokens:,} tokens",
            f"{there_zh}{of_free.zh},按每 token {_of_a_token(each)}{on_zh} 约为 {tokens:,} 个 token",
        )
    whole = gib_words(pool["pool"] * GIB)
    if share is not None and card is not None:
        whole = f"{gib_words(card.capacity)} × {float(share.value):g} = {whole}"
    said = Words(
        f"{whole}{' of each card' if figures.n > 1 else ''}, less {gib_words(weights * GIB)} of weights and {gib_words(run * GIB)} for the profile run and the runtime, leave {gib_words(left * GIB)}; ÷ {_of_a_token(each)} a token{' on a card' if figures.n > 1 else ''} = about {tokens:,} tokens",
        f"{'每张卡 ' if figures.n > 1 else ''}{whole},减去权重 {gib_words(weights * GIB)}、测量运行与运行时 {gib_words(run * GIB)},剩 {gib_words(left * GIB)},按每 token {_of_a_token(each)}{'(每张卡)' if figures.n > 1 else ''} 约为 {tokens:,} 个 token",
    )
    return said


def _of_what_is_free(figures: Figures, capacity: float, weights: float, left: float) -> Words | None:
    """The cache by a share of what is free before the weights come, or of what they leave; None where it is one of the card."""
    facts = figures.base.situation.facts
    rule, free = facts.get("pool_rule"), (capacity - figures.base.terms.get("runtime", 0.0)) / GIB
    if rule is None or rule.value == "share-of-card" or free <= weights:
        return None
    before, loaded, rest = gib_words(free * GIB), gib_words(weights * GIB), gib_words(left * GIB)
    if rule.value == "share-of-rest":
        share = left / (free - weights)
        return Words(
            f"({before} that are free − {loaded} of weights) × {share:.2g} leave {rest} for the cache",
            f"(空闲 {before} − 权重 {loaded})× {share:.2g},缓存得 {rest}",
        )
    share = (left + weights) / free
    return Words(
        f"{before} that are free × {share:.2g} = {gib_words(share * free * GIB)} for weights and cache (the rest is kept back for activations and CUDA graphs), less {loaded} of weights, leave {rest}",
        f"加载前空闲 {before} × {share:.2g} = {gib_words(share * free * GIB)} 归权重和缓存(其余留给激活和 CUDA graph),减去权重 {loaded},剩 {rest}",
    )


def _pool_if_asked(figures: Figures) -> Words:
    """How the tokens of a pool come about, where that is asked beside what goes in; silent otherwise."""
    if not {"explain_derive", "why_more", "what_is_it"} & set(figures.about):
        return SILENT
    try:
        told = pool_sum(figures)
    except Missing:
        return SILENT
    return Words(
        f" How the tokens come about, by the formulas: {told.en}; ÷ the maximum length that is the printed concurrency.",
        f"这些 token 的由来(按公式):{told.zh};再除以最大长度就是打印的并发数。",
    )


def _copied(figures: Figures) -> Words:
    """That every card keeps the whole of a cache that tensor parallel does not divide."""
    ways = int(figures.knob("tp") or 1)
    if ways < 2 or "kv_lora_rank" not in figures.base.situation.facts:
        return SILENT
    return Words(
        f" Each of {ways} cards keeps the whole of this cache (MLA has one vector for all heads, which tensor parallel does not divide), so the room of one card counts, not the sum: data-parallel attention (vLLM --data-parallel-size with expert parallel, SGLang --enable-dp-attention) divides it.",
        f"{ways} 张卡各存一份完整的缓存(MLA 所有头共用一个向量,张量并行切不开),所以按一张卡的剩余算,不能把各卡加起来;数据并行注意力(vLLM --data-parallel-size 加专家并行、SGLang --enable-dp-attention)才会分开存。",
    )


_PRINTED = 0.005  # of the bytes that a server prints beside the tokens


def _kept_whole(figures: Figures) -> Words:
    """Of a cache that every rank keeps whole: the tokens of the log as memory of one card, and what dividing requests would give."""
    ways, shown = int(figures.knob("tp") or 1), logged_pool(figures)
    if ways < 2 or "kv_lora_rank" not in figures.base.situation.facts:
        raise Missing("latent")
    token = sum(kind.layers * kind.token for kind in kinds(served(figures)))
    held, each, log, all_ = gib_words(shown * token), kib(token), f"{shown:,.0f}", f"{ways * shown / 1e6:.3g}M"
    left = [one for one in figures.logged_all("left_gb") if how_far(one, shown * token) <= _NEAR]
    as_left = Words(f", the {left[0]:g} GB that are left there", f",正是剩下的 {left[0]:g} GB") if left else SILENT
    more = SILENT if left else _sum_of_one_card(figures)
    printed = {float(one) for one in (*figures.told.get("claims_gb", ()), *figures.told.get("observed_gb", ()))}
    right = not left and any(how_far(one, shown * token) <= _PRINTED for one in printed)
    so, so_zh = (
        ("The log is right and no room is lost", "日志没错,也并没有少") if right else ("No room is lost", "并没有少")
    )
    return Words(
        f"**{so}: tensor parallel does not divide this cache (MLA: one compressed vector for all heads), so each of {ways} cards keeps the same {log} tokens, × {each} = {held} on each{as_left.en}. The room of one card counts, not {ways} times that.** Data-parallel attention (SGLang --enable-dp-attention, vLLM --data-parallel-size with expert parallel) gives every card requests of its own: up to {ways} × {log} = {all_} tokens over all cards, less a copy of the attention weights on each. An 8-bit cache (--kv-cache-dtype fp8) makes either about twice as many.{more.en}",
        f"**{so_zh}:张量并行切不开这种缓存(MLA 所有头共用一个压缩向量),{ways} 张卡各存同样的 {log} 个 token(× {each} = 每张卡 {held}{as_left.zh})。所以只按一张卡的剩余算,不能乘 {ways}。** 数据并行注意力(SGLang --enable-dp-attention,vLLM 的 --data-parallel-size 加专家并行)让每张卡只放自己的请求:全部卡合计最多 {ways} × {log} = {all_} 个 token,代价是每张卡多放一份注意力权重。8 位缓存(--kv-cache-dtype fp8)约再翻一倍。{more.zh}",
    )


def _sum_of_one_card(figures: Figures) -> Words:
    """The pool of one card by the formulas beside the log, where the asker has not told what is left there."""
    try:
        sum_, log, rest = pool_sum(figures), _against_the_log(figures), _not_the_rest(figures)
    except Missing:
        return SILENT
    return Words(f" By the formulas: {sum_.en}; {log.en}.{rest.en}", f"按公式:{sum_.zh};{log.zh}。{rest.zh}")


def _against_the_log(figures: Figures) -> Words:
    """Whether the log agrees, and what takes the difference."""
    shown, counted = logged_pool(figures), pool_at(figures)["kv_tokens"]
    log = f"{shown:,.0f}"
    off = abs(shown / counted - 1)
    if off <= _AS_COUNTED:
        return Words(f"your log says {log}, as counted", f"日志是 {log},与此相符")
    if off <= _NEAR:
        return Words(f"your log says {log}, near to that", f"日志是 {log},与此接近")
    if shown < counted and share_of(figures.given.get("engine")).rule != "share-of-card":
        return Words(
            f"your log says {log}: other programs had a part of the card before this start, or the share is smaller",
            f"日志是 {log}:启动前别的程序已占用一部分显存,或份额设得更小",
        )
    if shown < counted:
        return Words(
            f"your log says {log}: what this start found taken beyond that are other programs, CUDA graphs, a longer profile run (--max-num-batched-tokens, --max-num-seqs) or buffers of communication, or a smaller share",
            f"日志是 {log}:差额是这次启动时另被占用的,如别的程序、CUDA graph、更大的测量运行(--max-num-batched-tokens、--max-num-seqs)、通信缓冲,或份额设得更小",
        )
    return Words(
        f"your log says {log}, more than that: a larger share, a cache in fewer bits or a smaller profile run",
        f"日志是 {log},比这更多:份额更大、缓存位数更低,或测量运行更小",
    )


def _eaten(figures: Figures) -> Words:
    """What takes the most of a share that leaves room for less than one sequence of the model's length; silent where it is no such."""
    pool = pool_at(figures)
    weights = figures.base.terms.get("weights", 0.0) / GIB
    if (
        not {"why_more", "parts"} & set(figures.about)
        or pool["kv_tokens"] > max(figures.base.declared, reach(figures.knob("model")))
        or 2 * weights < pool["pool"]
    ):
        return SILENT
    return Words(
        f"The weights take most of it, {weights / pool['pool']:.0%} of what the server may have: ".replace("%", " %"),
        f"主要被权重占了,占服务可用显存的 {weights / pool['pool']:.0%}:".replace("%", " %"),
    )


def _room_made(figures: Figures) -> Words:
    """What makes room in such a pool: fewer bits of weights and cache, more cards, or a version that caches less."""
    if not _eaten(figures).en:
        return SILENT
    ways, held, cards = [], pool_tokens(figures.base), 2 * figures.n
    narrow = format_for("inference", FEW, str(figures.knob("engine") or ""))
    for en, zh, changed in (
        ("a cache in fp8", "fp8 缓存", {"kv_format": "fp8"}),
        ("4-bit weights", "4 位权重", {"weight_format": narrow, "bits": None}),
        (f"{cards} such cards", f"{cards} 张同样的卡", {"n_gpus": cards, "tp": None}),
    ):
        with suppress(BadInput):
            tokens = pool_tokens(figures.at(**changed))
            if tokens > held:  # what is in few bits already makes no room
                ways.append((en, zh, tokens))
    if not ways:
        return SILENT
    later = version_that_caches_less(figures)
    return Words(
        f" What makes room: {', '.join(f'{en} ({tokens:,} tokens)' for en, _, tokens in ways)}.{later.en}",
        f"腾出位置的办法:{'、'.join(f'{zh}({tokens:,} 个 token)' for _, zh, tokens in ways)}。{later.zh}",
    )


def _not_the_rest(figures: Figures) -> Words:
    """That what all cards have less the weights is no pool, where somebody subtracts."""
    rest = figures.base.fullest.place.card
    if rest is None:
        return SILENT
    free = rest.marketed_gb * figures.n - figures.amount("w_all") / 1e9
    told = [float(one) for one in figures.told.get("claims_gb", ())]
    claim = next((one for one in told if free > 0 and abs(one / free - 1) <= _NEAR), None)
    if claim is None:
        return SILENT
    return Words(
        f" All the memory less the weights, {claim:g} GB, is no pool: the server takes its share only, and on every card the profile run, graphs and the runtime come off as well.",
        f"总显存减权重的 {claim:g} GB 不是缓存池:服务只用自己的份额,每张卡还要扣掉测量运行、CUDA graph 和运行时。",
    )


def highest_share(figures: Figures) -> Words:
    """What the highest share of the card would leave beside the weights, against the run that measures."""
    base, card = figures.base, figures.base.fullest.place.card
    if card is None:
        raise Missing("card")
    terms = base.terms
    left = MOST_SHARE * card.capacity - terms["weights"]
    run = terms.get("activations", 0.0) + terms.get("runtime", 0.0) + terms.get("workspace", 0.0)
    if left <= 0:
        return Words(
            f" Nor does a higher share: {MOST_SHARE:g} of the card, {gib_words(MOST_SHARE * card.capacity)}, is less than the weights too.",
            f"调高份额也不行:即使设 {MOST_SHARE:g} 也只有 {gib_words(MOST_SHARE * card.capacity)},仍小于权重。",
        )
    if left <= run:
        return Words(
            f" Nor does a higher share: {MOST_SHARE:g} of the card leaves {gib_words(left)} beside the weights, and the profile run and the runtime alone take {gib_words(run)}.",
            f"调高份额也不行:即使 {MOST_SHARE:g},权重之外也只剩 {gib_words(left)},而测量运行和运行时就要 {gib_words(run)}。",
        )
    return Words(
        f" A share of {MOST_SHARE:g} would leave {gib_words(left - run)} for the cache, where nothing else is on the card.",
        f"份额调到 {MOST_SHARE:g} 也只给缓存留 {gib_words(left - run)},且卡上不能有别的程序。",
    )


def _left_for_tower(figures: Figures) -> Words:
    """What the card leaves beside the need, and what a server's share of it does where no server is named."""
    base, card = figures.base, figures.base.fullest.place.card
    if base.capacity is None or card is None:
        raise Missing("card")
    said = Words(
        f"{gib_words(base.capacity - base.best)} of {gib_words(base.capacity)} are left for it",
        f"{gib_words(base.capacity)} 里给它留下的是 {gib_words(base.capacity - base.best)}",
    )
    usual = share_by_default("vllm")
    if base.capacity < card.capacity or usual is None:
        return said
    left = usual * card.capacity - base.best
    if left <= 0:
        return Words(f"{said.en}, and nothing of the {usual:g} that vLLM takes by default", f"{said.zh};vLLM 默认的份额 {usual:g} 之内已没有余量")  # fmt: skip
    return Words(
        f"{said.en}, {gib_words(left)} of the {usual:g} that vLLM takes by default",
        f"{said.zh};vLLM 默认只用 {usual:g},其中留下 {gib_words(left)}",
    )


def _tokens_in_fewer_bits(figures: Figures) -> Words:
    """Tokens that the cache has room for with weights in 4 bits."""
    narrow = format_for("inference", FEW, str(figures.knob("engine") or ""))
    base = figures.at(weight_format=narrow, bits=None)
    found = {one["quantity"]: one["whole"] for one in pool_figures(base.situation.facts | base.fullest.place.facts)}
    if not found.get("kv_tokens"):
        return SILENT
    return Words(
        f" With 4-bit weights the cache has room for about {found['kv_tokens']:,} tokens.",
        f"换成 4 位权重后,缓存约可放 {found['kv_tokens']:,} 个 token。",
    )


def _cache_in_eight(figures: Figures) -> Words:
    """Tokens that an 8-bit cache would hold; silent where its format is told, and of cards without kernels for it."""
    if "kv_format" in figures.given or lacks_fp8_cache(figures.base.case.card, figures.knob("engine")):
        return SILENT
    tokens = pool_tokens(figures.at(kv_format="fp8"))
    return Words(
        f"an 8-bit cache (--kv-cache-dtype fp8) holds about {tokens:,} tokens; ",
        f"8 位缓存(--kv-cache-dtype fp8)约可放 {tokens:,} 个 token;",
    )


def _room_in_four_bits(figures: Figures) -> Words:
    """Where the pool holds fewer tokens than the model declares: what to set the length to, and what weights in 4 bits leave."""
    narrow = format_for("inference", FEW, str(figures.knob("engine") or ""))
    held, more = (tokens_of(one) for one in (figures.base, figures.at(weight_format=narrow, bits=None)))
    if not held or held >= _FEW_OF_ALL * int(figures.row().get("max_position_embeddings") or 0):
        return SILENT
    return Words(
        f" The cache holds about {held:,} tokens here, so that is the most for --max-model-len, and half of it where two requests are to run at once; in 4 bits (AWQ, GPTQ) the weights are {figures['w4']}, and it holds {more:,}.",
        f"这里缓存约放得下 {held:,} 个 token,--max-model-len 最多设这么多,想同时跑两条就减半;换成 4 位(AWQ、GPTQ)权重是 {figures['w4']},缓存约 {more:,} 个 token。",
    )


def _or_in_four_bits(figures: Figures) -> Words:
    """Of formats set side by side whose widest does not fit: what the weights take in 4 bits, which was not asked about."""
    formats = figures.log.get("format", ())
    if len(formats) < _PAIR or figures.base.verdict != "no" or any("4" in one for one in formats):
        return SILENT
    return Words(f" In 4 bits (AWQ, GPTQ) they are {figures['w4']}.", f"4 位(AWQ、GPTQ)则是 {figures['w4']}。")


_PAIR = 2


def _half_instead(figures: Figures) -> Words:
    """What a card holds in fp16, and the tokens that its cache then has room for; what else there is where these are few."""
    half = figures.at(weight_format="fp16", bits=None, kv_format=None)
    held, room = tokens_of(half), half.capacity
    if not room:
        return SILENT
    each = " per card" if figures.n > 1 else ""
    told = Words(
        f"In fp16 it takes {gib_words(half.best)}{each} of {gib_words(room)}",
        f"fp16 时{'每张卡' if each else ''}要 {gib_words(half.best)},可用 {gib_words(room)}",
    )
    if held:
        told = Words(
            f"{told.en}, with room for {held:,} tokens in the cache.", f"{told.zh},缓存可放 {held:,} 个 token。"
        )
    else:
        told = Words(f"{told.en}.", f"{told.zh}。")
    if held and half.verdict == "yes":
        return told
    few = figures.at(
        weight_format=format_for("inference", FEW, str(figures.knob("engine") or "")), bits=None, kv_format=None
    )
    return Words(
        f"{told.en} Where that is too tight: a shorter --max-model-len, one more card (--tensor-parallel-size), or 4-bit weights (GPTQ), {gib_words(few.best)}{each}.",
        f"{told.zh}太紧就缩短 --max-model-len、再加一张卡(--tensor-parallel-size),或用 4 位权重(GPTQ),共 {gib_words(few.best)}。",
    )


def _fp8_between(figures: Figures) -> Words:
    """What a card holds with weights in FP8, and the most that one sequence may have then."""
    there = figures.at(weight_format="fp8", bits=None)
    several = figures.n > 1
    return Words(
        f"{gib_words(there.best)}{' per card' if several else ''}",
        f"{'每张卡 ' if several else ''}{gib_words(there.best)}",
    )


def tokens_of(where: Outcome) -> int:
    return tokens_held(where.situation.facts | where.fullest.place.facts)


POOL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "pool_explained": pool_sum, "pool_if_asked": _pool_if_asked, "pool_copied": _copied, "pool_kept_whole": _kept_whole, "against_the_log": _against_the_log, "not_the_rest": _not_the_rest, "pool_eaten": _eaten, "room_made": _room_made, "highest_share": highest_share, "tokens_in_fewer_bits": _tokens_in_fewer_bits, "cache_in_eight": _cache_in_eight, "room_in_four_bits": _room_in_four_bits, "or_in_four_bits": _or_in_four_bits, "fp8_between": _fp8_between, "half_instead": _half_instead, "left_for_tower": _left_for_tower,
}  # fmt: skip

"""Figures for a run that is reported to have failed: what a program takes by itself, and what one change would save.

Beside them the fields of a remark that are words: names, never numbers of ours.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from chat.figures.failures.cause_figures import whole_card
from chat.figures.named import GB, GIB, Figures, Missing, both_words, default_of, gib_words, missing, pool_of
from chat.figures.sums.quoted import claim_words
from chat.figures.worked import MADE as WORKED
from chat.phrases import value
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cards import shares_memory
from kb.database import rows
from kb.knobs import amount
from kb.names import model_row
from kb.programs import PROGRAMS, written
from kb.recipe import ADAPTERS, assumed, representatives
from kb.worked import AFTERWARDS

_COUNT, _PER_TOKEN = (WORKED[name][1] for name in ("tokens", "kv_token"))


def usual_context() -> int:
    """A length that people set instead of a model's whole one."""
    return int(assumed("seq_len", "long context"))


# positions from which on a model declares a long context
_LONG = 32_768


@cache
def _longest_of_size(params: float) -> str | None:
    """Of the models of about this size that declare the long context that most of them do, one that people run, else the first
    that keeps as much of a token as most; all heads and tokens are kept."""
    like = (
        "FROM models WHERE unique_params BETWEEN ? AND ? AND n_experts IS NULL AND sliding_window IS NULL "
        "AND attention_pattern IS NULL AND layer_pattern IS NULL AND kv_lora_rank IS NULL AND n_kv_heads IS NOT NULL "
        "AND max_position_embeddings >= ?"
    )
    kept = "n_layers * n_kv_heads * head_dim"
    found = rows(
        f"SELECT name {like} AND max_position_embeddings = (SELECT mode(max_position_embeddings) {like}) "
        f"ORDER BY name IN (SELECT model FROM usual_models) DESC, {kept} = (SELECT mode({kept}) {like}) DESC, "
        "hf_created_date NULLS LAST, name LIMIT 1",
        [0.97 * params, 1.03 * params, _LONG] * 3,
    )
    return str(found[0]["name"]) if found else None


def _long_model(figures: Figures) -> str:
    """The model that was named; of a size alone, one of that size that declares a long context."""
    if "model" in figures.given:
        return str(figures.given["model"])
    if "params" not in figures.given:
        raise Missing("model")
    return _longest_of_size(figures.need("params_said")) or str(figures.knob("model"))


def _whole(figures: Figures, **how: Any) -> dict[str, Any]:
    """The case with that model, at its whole length."""
    name = _long_model(figures)
    most = model_row(name).get("max_position_embeddings")
    if not most:
        raise Missing("max_position_embeddings")
    return {"params": None, "model": name, "seq_len": int(most), **how}


def _length(figures: Figures) -> float:
    return float(_whole(figures)["seq_len"])


def _cache(figures: Figures, **how: Any) -> float:
    """Keys and values over all cards."""
    changed = {
        "n_gpus": None,
        "tp": None,
        "pp": None,
        "layer_split": None,
        "gpu": None,
        "gpu_memory_gb": None,
        "batch_size": None,
    }
    return float(figures.at(**{**_whole(figures), **changed, **how}).terms["kv_cache"])


def _weights(figures: Figures) -> float:
    """The weights of all cards."""
    return figures.base.part_of_all("weights")


def _share(figures: Figures) -> float:
    """What the server takes of a card at its start: the named one by its own rule, another as vLLM does."""
    taken = pool_of(figures.base)
    if "pool" in taken:
        return float(taken["pool"]) * GIB
    return default_of("vLLM", "gpu_memory_utilization", "first engine") * whole_card(figures)


def _stays_after_update(figures: Figures) -> float:
    """What training keeps of a card between updates, sharded: weights, a reference's among them, states and the runtime."""
    terms = figures.at(zero_stage=3).terms
    return sum(float(terms.get(term, 0)) for term in ("weights", "optimizer", "runtime"))


def _all_room(figures: Figures) -> float:
    """The memory of all cards, which need not be alike; of one that the system shares, what a program is let have."""
    cards = [(one.place.card, one.capacity, one.place.count) for one in figures.base.cards]
    rooms = [(held if shares_memory(card) and held else card.capacity) * count for card, held, count in cards if card]
    return float(sum(rooms)) or missing("card")


def _graph(figures: Figures) -> float:
    """llama.cpp's scores of one step without flash attention: heads × tokens of a step × tokens of the cache, fp32."""
    step = default_of("llama.cpp", "n_ubatch", "inference")
    return figures.fact("n_heads") * step * float(figures.knob("seq_len")) * 4


def _with_graphs(figures: Figures) -> float:
    """The whole need over all cards, with a graph of scores on every card."""
    return figures.base.total + figures.n * _graph(figures)


def _batch_by_default(figures: Figures) -> float:
    return default_of("transformers", "per_device_train_batch_size", "train")


def _default_batch(figures: Figures) -> int:
    """What a trainer of transformers takes where nobody says; Missing for other programs."""
    told = written(figures.given.get("engine"))
    if told and told not in ("transformers", "trl", "llama-factory"):
        raise Missing("default batch")
    return int(_batch_by_default(figures))


def _by_default(figures: Figures) -> Figures:
    """The case with the trainer's own batch."""
    return Figures({**figures.given, "batch_size": _default_batch(figures)}, figures.told)


def _batch_less(figures: Figures) -> int:
    batch = int(figures.knob("batch_size") or 1)
    return batch // 2 if batch > 1 else int(missing("smaller batch"))


def _largest(figures: Figures, **how: Any) -> float:
    return float(figures.at(**how).largest("seq_len") or missing("length"))


def _engine_name(figures: Figures) -> Words:
    told = figures.given.get("engine")
    called = next((str(one) for one in figures.told.get("tools", ()) if str(one) in PROGRAMS), str(told))
    if called in PROGRAMS:
        return Words(PROGRAMS[called].name, PROGRAMS[called].name + " ")
    if called == "vllm":
        return Words("vLLM", "vLLM ")
    return Words("An engine such as vLLM, SGLang, LMDeploy or TGI", "vLLM、SGLang、LMDeploy、TGI 这类引擎")


def _real_sizes(figures: Figures) -> Words:
    """What the sizes that were named are really, where that is not what they say."""
    said = [str(one) for one in figures.told.get("sizes", ())] or [size_words(figures.need("params_said"))]
    counts = [float(model_row(model)["unique_params"]) for _, model in representatives()]
    real = [min(counts, key=lambda count: abs(count - amount(size, "params"))) for size in said]
    pairs = [(size, size_words(count)) for size, count in zip(said, real, strict=True) if size != size_words(count)]
    if not pairs:
        return SILENT
    english = ", ".join(f"{size} is really {count}" for size, count in pairs)
    return Words(
        f" A size is a name: {english}.",
        f"型号里的数只是名字:{'、'.join(f'{size} 实为 {count}' for size, count in pairs)}。",
    )


_FLAT: tuple[tuple[float, bool, Words], ...] = (
    (4, False, Words("an fp32 copy of all parameters, {} × 4 B", "全部参数的一份 fp32 副本,{} × 4 字节")),
    (4, True, Words("an fp32 copy of this card's share of the parameters, {} × 4 B ÷ {}", "本卡那一份参数的 fp32 副本,{} × 4 字节 ÷ {}")),
    (2, False, Words("all parameters, or all gradients, in 16 bit, {} × 2 B", "全部参数(或全部梯度)的 16 位副本,{} × 2 字节")),
    (2, True, Words("this card's share of the 16-bit gradients or parameters, {} × 2 B ÷ {}", "本卡那一份 16 位梯度或参数,{} × 2 字节 ÷ {}")),
)  # fmt: skip
_TRIED_OFF = 0.02


def _tried(figures: Figures) -> tuple[float, Words, Words]:
    """The tensor of parameters that an allocation which failed is, what it is, and what mends it."""
    tried = float(figures.told["tried_gib"]) * GIB
    whole = Words(
        "Whoever makes it has not divided it: DeepSpeed's master copy where ZeRO is off or its stage too low, or weights loaded in fp32. Check that 16 bit is on (bf16: true, torch_dtype) and how many ranks ZeRO sees; shard (ZeRO-3/FSDP), offload the optimizer, load in 16 bit, or train adapters.",
        "说明它没有被切分:ZeRO 未生效或阶段太低时 DeepSpeed 的 fp32 主权重,或按 fp32 加载的权重。检查 16 位是否真的开着(bf16: true、torch_dtype)、ZeRO 看到几个进程;再切分(ZeRO-3/FSDP)、offload 优化器、按 16 位加载,或改训适配器。",
    )  # fmt: skip
    part = Words(
        "It is made as the optimizer is set up or first steps: offload the optimizer, take more cards, 8-bit states, or adapters.",
        "它在建立优化器或第一步更新时分配:可 offload 优化器、增加卡数、用 8 位优化器,或改训适配器。",
    )  # fmt: skip
    if "model" not in figures.given and 0.93 < tried / (4 * figures.need("params_said")) < 1.12:
        # of a size alone it is not known how many parameters there are: the message tells
        words, count = _FLAT[0][2], size_words(tried / 4)
        return tried, Words(words.en.format(count), words.zh.format(count)), whole
    for each, shared, words in _FLAT:
        size = each * figures.params / (figures.n if shared else 1)
        if (shared and figures.n < 2) or abs(tried / size - 1) > _TRIED_OFF:
            continue
        shown = (figures["params"], figures["cards"])
        return size, Words(words.en.format(*shown), words.zh.format(*shown)), part if shared else whole
    raise Missing("tensor")


def _long_name(figures: Figures) -> Words:
    name = _long_model(figures).rsplit("/", 1)[-1]
    return Words(name, name)


def _table_rules(figures: Figures) -> Words:
    """The rules of the table's column for any size, worked out for the size that was said."""
    billions = figures.need("params_said") / 1e9
    found = rows(
        "SELECT DISTINCT rule, bits, method = 'Full' AS whole FROM finetune_revisions WHERE rule IS NOT NULL "
        "AND revision = (SELECT max(revision) FROM finetune_revisions) ORDER BY bits DESC, whole DESC"
    )
    names = {
        (True, 32): Words("full in mixed precision", "全量混合精度"), (True, 16): Words("full in pure bf16", "全量纯 bf16"),
        (False, 16): Words("LoRA and its kin", "LoRA 等"),
    }  # fmt: skip
    en, zh = [], []
    for row in found:
        times, _, over = str(row["rule"]).partition("/")
        size = billions * float(times.rstrip("x") or 1) / float(over or 1)
        name = names.get(
            (bool(row["whole"]), int(row["bits"])), Words(f"QLoRA in {row['bits']} bit", f"{row['bits']} 位 QLoRA")
        )
        en.append(f"{name.en} {row['rule']} = {size:g} GB")
        zh.append(f"{name.zh} {row['rule']} = {size:g} GB")
    return Words("; ".join(en), "、".join(zh))


_OFF_CARD: dict[str, Any] = {"zero_stage": 3, "offload": "params"}

DIAGNOSED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    # what serves takes by itself
    "taken": (_share, gib_words),
    "whole_length": (_length, _COUNT),
    "kv_whole": (_cache, gib_words),
    "kv_whole_token": (lambda f: _cache(f) / _length(f), _PER_TOKEN),
    "kv_whole_q4": (lambda f: _cache(f, kv_format="q4_0"), gib_words),
    "whole_sum_q4": (lambda f: _weights(f) + _cache(f, kv_format="q4_0"), gib_words),
    "kv_whole_q8": (lambda f: _cache(f, kv_format="fp8"), gib_words),
    "whole_sum_q8": (lambda f: _weights(f) + _cache(f, kv_format="fp8"), gib_words),
    "usual_context": (lambda f: min(_length(f), usual_context()), _COUNT),
    "kv_usual": (lambda f: _cache(f, seq_len=usual_context()), gib_words),
    "whole_sum": (lambda f: _weights(f) + _cache(f), gib_words),
    "usual_sum": (lambda f: _weights(f) + _cache(f, seq_len=usual_context()), gib_words),
    "weights_sum": (_weights, gib_words),
    "graph": (_graph, gib_words),
    "ubatch": (lambda f: default_of("llama.cpp", "n_ubatch", "inference"), _COUNT),
    "with_graphs": (_with_graphs, gib_words),
    "without_graphs": (lambda f: _with_graphs(f) - f.n * _graph(f), gib_words),
    "all_room": (_all_room, gib_words),
    "kv_q8_all": (lambda f: f.at(kv_format="q8_0").part_of_all("kv"), gib_words),
    # what a training keeps beside its states
    "grads16": (lambda f: 2 * f.need("params_said"), both_words),
    "grads32": (lambda f: 4 * f.need("params_said"), both_words),
    "grads_share": (lambda f: 2 * f.need("params_said") / f.n, gib_words),
    "bucket": (lambda f: 2 * default_of("DeepSpeed", "reduce_bucket_size", "train"), both_words),
    "with_grads32": (lambda f: f.base.best + 4 * f.need("params_said") * (1 - 1 / f.n), gib_words),
    "with_grads16": (lambda f: f.base.best + 2 * f.need("params_said"), gib_words),
    # states leave a fifth of a card to activations, buffers and the runtime
    "state_nodes": (lambda f: float(-(-f.need("states") // (0.8 * whole_card(f) * f.n))), _COUNT),
    "w16_said": (lambda f: 2 * f.need("params_said"), both_words),
    "kept_here": (
        lambda f: f.base.held("activations", "logits") or missing("activations"),
        gib_words,
    ),
    "runtime": (lambda f: f.base.terms["runtime"], gib_words),
    "eval_logits": (
        lambda f: f.need("eval_batch") * float(f.knob("seq_len")) * f.fact("vocab_size") * 4,
        both_words,
    ),
    "log_prob_rows": (
        lambda f: f.logged_all("log_prob_batch")[0] if f.logged_all("log_prob_batch") else missing("rows"),
        _COUNT,
    ),
    "log_prob_logits": (lambda f: f.need("log_prob_rows") * f.need("log_prob_one"), gib_words),
    "log_prob_one": (lambda f: float(f.knob("seq_len")) * f.fact("vocab_size") * 2, gib_words),
    "stays_after_update": (_stays_after_update, gib_words),
    "card_whole": (whole_card, gib_words),
    "with_the_engine": (lambda f: f.need("stays_after_update") + f.need("rollout_takes"), gib_words),
    "bits_stored": (lambda f: 8 * f.need("w_nf4_stored") / f.params, lambda bits: f"{bits:.2f}"),
    "default_batch": (_batch_by_default, _COUNT),
    "default_tokens": (lambda f: _by_default(f).tokens, _COUNT),
    "default_logits": (lambda f: _by_default(f).tokens * f.fact("vocab_size") * 4, both_words),
    "default_logits_peak": (lambda f: _by_default(f).need("logits_peak"), gib_words),
    "peak_default": (lambda f: _by_default(f).base.best, gib_words),
    "batch_less": (lambda f: float(_batch_less(f)), _COUNT),
    "peak_less": (lambda f: f.at(batch_size=_batch_less(f)).best, gib_words),
    "seq_less": (lambda f: float(int(f.knob("seq_len")) // 2), _COUNT),
    "peak_shorter": (lambda f: f.at(seq_len=int(f.knob("seq_len")) // 2).best, gib_words),
    "peak_unchecked": (lambda f: f.at(gradient_checkpointing="off").best, gib_words),
    "tried_parameters": (lambda f: _tried(f)[0], both_words),
    "short": (
        lambda f: float(f.told["short_gb"]) * GB,
        lambda size: f"{size / 1e6:g} MB" if size < GB else claim_words(size),
    ),
    "longest_full": (lambda f: _largest(f, loss="full-logits"), _COUNT),
    "longest_fused": (lambda f: _largest(f, loss="fused"), _COUNT),
    "peak_logits": (lambda f: f.at(loss="full-logits").best, gib_words),
    "peak_off_card": (lambda f: f.at(**_OFF_CARD).best, gib_words),
    "peak_half": (lambda f: f.at(zero_stage=2, offload="optimizer").best, gib_words),
    "observed": (lambda f: float(f.told["observed_gb"][0]) * GB, claim_words),
}


def _then_fused(figures: Figures) -> Words:
    """What a fused loss leaves of the peak, where that is at a moment with logits."""
    then, now = figures.need("peak_fused"), figures.base.best
    if then > 0.99 * now:
        if figures.base.terms.get(
            "logits"
        ):  # little beside the states of a whole copy, and yet no card's share shrinks it
            less = gib_words(now - then)
            return Words(f"each card then takes {less} less", f"之后每张卡少 {less}")
        if figures.base.phase not in AFTERWARDS:
            return Words(
                "here the peak is in the backward pass, where the layers' gradients stand and no logits, so that alone lowers nothing",
                "但这里的峰值在反向传播途中,各层梯度已在、logits 已释放,单靠它降不下来",
            )
        return Words(
            "here the peak is at the optimizer's step, when they are freed, so that alone lowers nothing",
            "但这里的峰值在优化器更新时,logits 已释放,单靠它降不下来",
        )
    each = Words(" per card", "每卡") if figures.n > 1 else SILENT
    method, of, of_zh = figures.knob("method"), "", ""
    if method in ADAPTERS:  # of several ways the figure is of this one
        of, of_zh = f" with {value('method', method, 'en')}", f"({value('method', method, 'zh')})"
    return Words(
        f"then the whole takes {figures['peak_fused']}{each.en}{of}",
        f"之后{each.zh}共需 {figures['peak_fused']}{of_zh}",
    )


DIAGNOSED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "method": lambda f: Words(*(value("method", f.knob("method"), language) for language in ("en", "zh"))),
    "engine_name": _engine_name,
    "long_model": _long_name,
    "real_sizes": _real_sizes,
    "table_rules": _table_rules,
    "tried_what": lambda f: _tried(f)[1],
    "tried_mends": lambda f: _tried(f)[2],
    "then_fused": _then_fused,
}
DIAGNOSED_TERMS = {
    **dict.fromkeys(("kv_whole", "kv_whole_token", "kv_whole_q4", "kv_whole_q8", "kv_usual", "kv_q8_all"), "kv_cache"),
    "w16_said": "weights",
}

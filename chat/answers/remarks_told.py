"""Which remarks an answer tells, in which order, and what they make unnecessary to say again."""

import re
from typing import Any

from chat.answers.arithmetic_words import of_a_cache
from chat.answers.background import asks_of_a_token
from chat.answers.case_tables import cases_of
from chat.plans.understood import understood
from chat.reads.cards.card_units import free_of_line
from chat.reads.reading import Reading
from chat.remarks.concepts import CONCEPT_KEYS
from chat.remarks.far_more import FAR_MORE_KEYS
from chat.remarks.reproduced import REPRODUCED_KEYS
from chat.remarks.said import SAID_KEYS
from chat.remarks.scale import SCALE_KEYS
from chat.remarks.sums import SUM_KEYS
from chat.remarks.supposed import SUPPOSED_KEYS
from chat.remarks.ways import WAY_KEYS

Spoken = tuple[str, dict[str, Any] | None, str, bool]
Told = list[tuple[str, str]]
# remarks that tell the amounts of a question in other units, or what its words of counting mean
_IN_OTHER_UNITS = frozenset({
    "claims-of-one-need", "counting-words", "bits-and-bytes", "k-of-tokens", "k-of-cached-tokens", "ram-in-two-units", "jump-explained", "rest-of-the-need", "beyond-weights", "printed-adapters",
})  # fmt: skip
# what only the document states: other answers have no figures for it
_OF_THE_DOCUMENT = frozenset({"llama_training_time", "karpathy", "temporary_buffers", "training_drivers"})
# the verdict on a machine whose GPU has a share of the one memory
ON_UNIFIED = frozenset({"unified-between", "unified-tight"})
# remarks that are the verdict on what was stated
VERDICTS = frozenset({
    "where-it-goes", "states-of-adapters-are-few", "claim-and-seen", "bits-not-halved", "card-parts-in-rl", "adapters-and-full", "experts-on-ranks", "cache-is-the-most", "beyond-weights", "rest-of-the-need", "estimator-counts", "figure-identified", "weights-as-stored", "own-line", "own-line-at", "own-point", "own-point-of-model", "logged-pool-in-bytes", "claim-as-share-of-states", "printed-adapters", "cache-beside-experts", "cache-by-active", "cache-with-its-layer", "fused-step-saves", "offload-moves-few-states", "paging-saves-no-byte", "eight-bit-states-save", "not-quantised", "weights-do-not-fit",
    "reference-not-always", "account", "cache-part", "kv-of-several", "kv-claims", "kv-claim", "claim-as-adam", "claim-without-optimizer", "row-of-the-table", "rule-and-cell", "vocabulary-extended", "states-by-stage", "rank-has-effect", "stages-claimed", "stages-seen", "claim-total", "claims-of-one-need", "name-is-no-product", "eighteen-of-the-table",
    "heads-do-not-divide", "one-more-card", "pool-by-cards", "pool-by-cache", "pool-by-weights", "one-or-several-servers", "flash-when-served", "no-kernels", "by-size-alone", "replicas-or-ranks", "split-all-the-same", "whole-embeddings-add", "card-to-take", "layout-to-serve", "table-and-measurement", "bytes-each", "width-refused", "like-a-size", "one-point-two", "counted-otherwise", "scores-formula", "activations-of-zero", "frozen-layers-keep", "reference-is-the-base", "pictures-counted", "pictures-raise", "pictures-in-training", "more-than-its-text", "halved-by-cards", "tower-frozen", "tower-saves-little", "share-is-no-need", "allocated-at-load",
    "moments-come-late", "jump-explained", "on-disk-alone", "sharding-at-work", "offload-at-work", "rollout-share", "shares-beside", "share-for-each", "draft-costs", "eagle-head", "prefix-kept-once", "weights-claimed", "width-claimed",
    "claims-of-different-needs", "range-of-16-bit", "claim-is-no-format-of-this", "claim-of-copies", "active-is-no-size", "active-does-not-fit", "as-in-the-paper",
    "logged-pool", "logged-pool-holds-all", "logged-pool-holds-some", "logged-pool-explained", "logged-pool-derived", "pool-of-the-free", "quantising", "seen-in-fp32", "slots-share-context", "cache-above-weights", "cache-below-weights", "served-adapters", "adapters-do-not-fit", "cache-over-cards", "latent-cache-over-cards", "layers-take-turns", "unified-has-no-split",
}) | CONCEPT_KEYS | SUM_KEYS | WAY_KEYS | ON_UNIFIED | SCALE_KEYS | SAID_KEYS | SUPPOSED_KEYS | REPRODUCED_KEYS | FAR_MORE_KEYS  # fmt: skip
# remarks that give each figure that was asked for, and so come before what explains them
_IN_FIGURES = frozenset({"adam-in-figures"})
# that a server takes its share of a card whatever runs on it
OF_A_SHARE = frozenset({"share-is-no-need", "share-of-the-engine", "takes-its-share"})
# of the remarks those that add to a comparison; what set-ups differ by it tells itself
_BESIDE_A_COMPARISON = frozenset({
    *SCALE_KEYS, *OF_A_SHARE, *FAR_MORE_KEYS, "more-than-its-text", "halved-by-cards", "states-on-every-copy", "board-shares-memory", "critic-dropped", "rollouts-beside-pairs", "preference-roles", "pairs-are-two", "reference-is-a-copy", "also-more-nodes", "also-no-nvlink", "also-frozen-on-each", "also-full-is-out", "has-fp8", "fp8-between", "no-bf16-served", "file-between", "active-is-no-size",
    "heads-do-not-divide", "stages-compute-the-same", "stages-of-fsdp", "zero2-keeps-frozen-weights", "zero-on-one-card", "all-experts", "file-or-checkpoint", "experts-on-the-host", "active-alone", "distilled", "no-fp8", "half-rate", "also-weights-as-estimated",
    "no-fp8-native", "unified-trained", "adapters-are-no-reference", "reference-is-the-base", "no-reference", "unequal-cards", "unified", "ppo-on-one-base", "ppo-roles", "rl-roles", "rl-roles-alone", "rollout-engine", "rejected",
    "replicas-or-ranks", "pool-by-cards", "pool-by-cache", "pool-by-weights", "card-to-take", "layout-to-serve", "mla-on-every-rank", "kv-in-one-line", "kv-of-several", "rank-has-effect", "adam-in-figures", "stages-claimed", "stages-seen", "ranges-of-methods", "frozen-layers-keep", "same-memory", "sharding-not-felt", "stages", "plain-run-beside", "loss-of-one-program", "loss-not-fused", "fsdp-and-zero", "adapters-take-more", "adapters-and-full", "where-activations-decide", "eight-bits-between", "tower-frozen", "qlora-by-program", "moments-or-masters", "layers-take-turns", "cells-compared", "also-no-bf16", "bf16-refused-in-training", "no-bf16", "no-bf16-full", "dora-is-heavier", "checkpointing-effect", "reward-model-trains", "lever-effect", "eight-bit-states-save", "states-of-adapters-are-few", "pure-bf16-in-figures", "freeze-beside-adapters", "paging-saves-no-byte", "galore-layer-by-layer",
})  # fmt: skip


# what optimizers beside each other keep is told with the comparison
_OF_OPTIMIZERS = frozenset({"adam-in-figures", "moments-or-masters", "eight-bit-states-save"})


def opening(remarks: Told) -> tuple[str, Told]:
    """The remark that opens the answer, a verdict if there is one, and the rest."""
    ranked = [VERDICTS, _IN_FIGURES, {remarks[0][0]}]
    first = next(one for those in ranked for one in remarks if one[0] in those)
    return first[1], [one for one in remarks if one is not first]


# characters of a sentence that is too long to stand in bold
_LONG = 260
# where a sentence ends, and no number or abbreviation goes on
_SENTENCE = re.compile(r"[。!?！？]|[.!?](?=\s+[A-Z])")


def first_in_bold(remark: str) -> str:
    """A remark that opens an answer, its first sentence in bold like any opening."""
    if "**" in remark or "\n" in remark.partition(". ")[0]:
        return remark
    found = _SENTENCE.search(remark)
    end = found.end() if found else len(remark)
    return remark if end > _LONG else f"**{remark[:end]}**{remark[end:]}"


def told_by_remarks(name: str, result: dict[str, Any], keys: set[str], reading: Reading) -> bool:
    """Whether a remark says the same with more of its reasons."""
    if name == "derive_quantity":
        told = {one.get("quantity") for one in result.get("answers") or []}
        return bool(
            keys
            & {
                "account",
                "bytes-each",
                "bytes-quoted",
                "who-counts-what",
                "sum-in-letters",
                "scores-formula",
                "adam-in-figures",
                *CONCEPT_KEYS,
            }
        ) or (
            keys
            & {
                "logged-pool-explained",
                "logged-pool-derived",
                "pool-of-the-free",
                "logged-pool-kept-whole",
                "concurrency-is-no-limit",
                "pool-line-meant",
                "narrow-cache-not-seen",
                "kv-in-one-line",
                "risen-in-use",
                "fixed-state",
                "kv-of-several",
                "cache-by-active",
                "cache-part",
                "cache-beside-experts",
                "cache-with-its-layer",
            }
            != set()
            and told == {"kv_cache"}
        )
    if name == "check_arithmetic":
        if of_a_cache(result):
            return bool({"account", "chain-of-sums"} & keys) or ("factor-of-cache" in keys and not result.get("wrong"))
        if keys & SAID_KEYS:
            return True
        held = bool(result.get("holds")) and bool(
            keys
            & {
                "account",
                "four-copies",
                "kv-claim",
                "name-is-no-product",
                "claim-of-copies",
                "one-point-two",
                "counted-otherwise",
                "claims-of-one-need",
                "weights-as-stored",
                "claims-of-different-needs",
                "claim-as-states",
                "logged-pool-explained",
                "also-weights-as-estimated",
                "beyond-weights",
                "sharding-at-work",
                "stage-sum-slip",
                "nodes-proposed",
                "lent-by-windows",
            }
        )
        return held or bool(keys & {"account", "kv-claims", "chain-of-sums"})
    if name == "compare":  # the caches of a token are what is asked, and no whole needs
        return "kv-of-several" in keys and asks_of_a_token(reading)
    if name == "recommend":
        return "states-by-stage" in keys
    if name == "convert":
        return bool(keys & _IN_OTHER_UNITS) and not result.get("cards") and not free_of_line(reading.text)
    if name == "check_document":  # asked of the thing, and not of what the document says of it
        return bool(keys) and "about_document" not in reading.cues and not set(reading.topics) & _OF_THE_DOCUMENT
    return False


def listed(remarks: list[str]) -> str:
    """The remarks as a list; a formula stands by itself before it."""
    apart = [remark for remark in remarks if remark.startswith("**")]
    items = "\n".join(f"- {remark}" for remark in remarks if remark not in apart)
    return "\n\n".join([*apart, *([items] if items else [])])


def told_with_prices(results: list[Spoken], reading: Reading) -> set[str]:
    """The remarks that a tool tells with its figures: what would make a single case fit, with the price; a card's units; what
    optimizers keep, unless bytes that somebody states of it are to be judged."""
    of_cards = (
        {"units"} if any(name == "convert" and found and found.get("cards") for name, found, _, _ in results) else set()
    )
    single = [found for name, found, _, failed in results if name == "estimate_memory" and found and not failed]
    ways = any(one.get("changes") and all(case["verdict"] == "no" for case in cases_of(one) or [one]) for one in single)
    ways = ways or any(len(cases_of(one)) < 2 and one.get("changes") for one in single)
    beside = [found for name, found, _, failed in results if name == "compare" and found and not failed]
    own = any(all(side.get("own_states") for side in one["setups"]) for one in beside)
    own = own and "log_each_from" not in reading.extras
    return of_cards | ({"ways-to-fit"} if ways else set()) | (_OF_OPTIMIZERS if own else set())


def chosen(result: dict[str, Any], reading: Reading, said: set[str], beside: bool = False) -> Told:
    if beside:
        result = {"remarks": [one for one in result["remarks"] if one["key"] in _BESIDE_A_COMPARISON]}
    several = any(isinstance(understood(reading).get(name), list) for name in ("model", "params"))
    most = 7 if several else 5
    language = "zh" if reading.language == "zh" else "en"
    told = [remark for remark in result["remarks"] if remark["key"] not in said]
    return [(remark["key"], remark[language]) for remark in told[:most]]

"""The yes or no before what a thing is, where that is asked: whether it takes more memory, or less."""

from collections.abc import Collection

from formulas.quantity import Words

_YES, _NO = Words("Yes. ", "会。"), Words("No. ", "不会。")
_LESS_EACH = Words("Yes, on each card. ", "能,每张卡都少。")
_NONE_EACH = Words("No, on each card it is less. ", "不会,每张卡反而更少。")
_SAVES, _SAVES_NOT = Words("Yes. ", "能。"), Words("No. ", "不能。")
_OF_CACHE = Words("Yes, in the cache. ", "能,省的是缓存。")
_HARDLY = Words("Hardly. ", "基本不变。")
# by remark: asked whether it takes more, and whether it takes less
_ANSWERS: dict[str, dict[str, Words]] = {
    "meaning-of-parallel": {
        "asks_more": _NONE_EACH, "asks_less": _LESS_EACH,
        "asks_double": Words("Two cards hold a model nearly twice as large (less their buffers); what a model needs does not double. ", "两张卡能放的模型接近翻倍(扣除缓冲),模型本身要的显存并不翻倍。"),
    },
    "meaning-of-tensor-split": {"asks_more": Words("A little in all, less on each card. ", "合计略多,每张卡更少。"), "asks_less": _LESS_EACH},
    "meaning-of-setting": {"asks_more": _NO, "asks_less": _SAVES},
    "meaning-of-quantisation": {"asks_more": _NO, "asks_less": Words("Yes, in the weights. ", "能,省的是权重。")},
    "meaning-of-zero": {"asks_more": _NONE_EACH, "asks_less": Words("Yes, on each of several cards. ", "能,多卡时每张卡都少。")},
    "meaning-of-sequence-parallel": {"asks_more": _NONE_EACH, "asks_less": _LESS_EACH},
    "meaning-of-expert-parallel": {"asks_more": _NONE_EACH, "asks_less": _LESS_EACH},
    "meaning-of-paged": {"asks_more": _NO, "asks_less": Words("Yes, what would be set aside and not used. ", "能,省下预留而用不到的部分。")},
    "meaning-of-beams": {"asks_more": _YES, "asks_less": _SAVES_NOT},
    "meaning-of-prefix": {"asks_more": _NO, "asks_less": Words("Where prompts begin alike, yes. ", "提示开头相同时能省。")},
    "meaning-of-drafts": {"asks_more": Words("Yes, a little. ", "会,略多。"), "asks_less": _SAVES_NOT},
    "meaning-of-batching": {"asks_more": _NO, "asks_less": _SAVES_NOT},
    "meaning-of-mixed-precision": {"asks_more": _NO, "asks_less": Words("Of the states nothing, of the activations about half. ", "状态不省,激活约省一半。")},
    "meaning-of-compile": {"asks_more": _HARDLY, "asks_less": _HARDLY},
    "meaning-of-ema": {"asks_more": Words("Yes, by one copy of the weights. ", "会,多一份权重。"), "asks_less": _SAVES_NOT},
    "meaning-of-workers": {"asks_more": Words("Not on the card. ", "显存不会。"), "asks_less": Words("Not on the card. ", "显存不会。")},
    "meaning-of-thinking": {"asks_more": Words("Yes, by the tokens that it thinks. ", "会,多的是思考的 token。"), "asks_less": _SAVES_NOT},
    "meaning-of-chunked-prefill": {"asks_more": _NO, "asks_less": _SAVES},
    "meaning-of-window": {"asks_more": _NO, "asks_less": _OF_CACHE},
    "meaning-of-grouped-heads": {"asks_more": _NO, "asks_less": _OF_CACHE},
    "meaning-of-latent-cache": {"asks_more": _NO, "asks_less": _OF_CACHE},
    "meaning-of-ddp": {"asks_less": _SAVES_NOT},
    "meaning-of-cuda-context": {"asks_more": _YES},
    "meaning-of-dropout": {"asks_more": Words("A little, where a model trains with it. ", "用到它的模型会略多。")},
    "meaning-of-gradients": {"asks_same": Words("In 16 bit yes, in fp32 twice as much as 16-bit weights, and of what trains alone. ", "16 位时一样,fp32 时是 16 位权重的两倍,而且只算训练的参数。")},
    "micro-batch-decides": {"asks_less": Words("By itself no. ", "单靠它不能。")},
}  # fmt: skip

# how a remark begins that says it itself
_SAID = ("Yes", "No", "Hardly", "Right", "True", "False")


def with_answer(key: str, about: Collection[str], en: str, zh: str) -> tuple[str, str]:
    """The remark with the yes or no before it, inside its bold beginning; as it is where none is asked, or two are."""
    answers = _ANSWERS.get(key, {})
    asked = [one for one in ("asks_double", "asks_more", "asks_less", "asks_same") if one in about]
    answered = not en.startswith("**") or en[2:].startswith(_SAID) or "supposed_not" in about
    if len(asked) != 1 or asked[0] not in answers or answered:
        return en, zh
    answer = answers[asked[0]]
    return f"**{answer.en}{en[2:]}", f"**{answer.zh}{zh[2:]}"

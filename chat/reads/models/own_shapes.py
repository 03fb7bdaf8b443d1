"""A model that is told by its shapes: `24 layers, hidden 2048, vocab 50k, 16 heads`, or by those
of its cache alone, also beside its rough size, and a vocabulary that was extended."""

import json
from typing import Any

from chat.reads.cues import CUES
from chat.reads.scan import Scan
from kb.names import model_rows
from kb.recipe import representatives

_IS = r"\s?(?:size |dim(?:ension)? )?(?:of |is |= ?|: ?|为|是)?"
# names before their numbers: "layers 80 kv heads 8 head dim 128"
_NOT_OF_A_NAME = r"(?<!\d)(?<!layers )(?<!layer )(?<!layers=)(?<!层数)"
_SHAPES = {
    "num_hidden_layers": rf"(?P<a>\d{{1,3}})\s?(?:-?(?:hidden |transformer |decoder )?layers?\b|层)|\b(?:n_|num_)?layers?{_IS}(?P<b>\d{{1,3}})(?!\d)",
    "hidden_size": rf"(?:\bhidden(?:[ _](?:size|dim\w*))?|\bd_?model|\bembedding dim\w*|隐藏层?(?:维度|大小)?|隐层维度?){_IS}(?P<a>\d{{3,5}})(?!\d)|(?P<b>\d{{3,5}})\s?(?:-?dim(?:ensional)? )?hidden\b",
    "num_key_value_heads": rf"{_NOT_OF_A_NAME}(?P<a>\d{{1,3}})\s?(?:个)?\s?(?:kv|key[ _-]value)[ _-]?(?:heads?\b|头)|\b(?:n_|num_)?(?:kv|key[ _-]value)[ _-]?(?:heads?|头数?){_IS}(?P<b>\d{{1,3}})(?!\d)",
    "head_dim": rf"(?:\bhead[ _-]?(?:dim\w*|size)|(?:每个?)?头的?维度?){_IS}(?P<a>\d{{2,3}})(?!\d)|\b(?:heads? of (?:size |dim(?:ension)? )?|head_dim )(?P<b>\d{{2,3}})(?!\d)",
    "num_attention_heads": rf"{_NOT_OF_A_NAME}(?<!heads )(?<!heads=)(?<!头数)(?P<a>\d{{1,3}})\s?(?:个)?(?:(?:attention |query )?heads?\b(?! ?(?:dim|size))|(?:注意力)?头)|(?<!kv )\b(?:n_|num_)?heads?{_IS}(?P<b>\d{{1,3}})(?!\d)",
    "vocab_size": rf"(?:\bvocab(?:ulary)?(?:[ _]size)?|词表(?:大小)?){_IS}(?P<a>\d+(?:\.\d+)?)\s?(?P<k>k|万)?(?![\da-z])|(?P<b>\d+(?:\.\d+)?)\s?(?P<l>k|万)\s?(?:vocab|词表)",
    "num_local_experts": rf"(?<![\d.])(?P<a>\d{{1,3}})\s?(?:个)?(?:routed )?(?:experts?\b(?! (?:per|a|each) tok)|专家)|\b(?:n_|num_)?(?:local_|routed_)?experts{_IS}(?P<b>\d{{1,3}})(?!\d)",
    "num_experts_per_tok": rf"(?<![\d.])(?P<a>\d{{1,2}})\s?(?:of them |个)?(?:are |experts? )?(?:active|activated|experts? (?:per|a|each) token|激活)|(?:\btop[- _]?k?{_IS}|激活|每个?\s?token\s?(?:用|走|激活|选)?)\s?(?P<b>\d{{1,2}})(?![\d.]|\s?b)",
    "intermediate_size": rf"(?:\bffn|\bmlp|\bintermediate|前馈)(?:[ _](?:size|dim\w*))?(?:[^,;.?\d]{{0,12}}(?:中间|维)[层维度大小]{{0,2}})?{_IS}(?P<a>\d{{3,6}})(?!\d)",
}  # fmt: skip
Told = tuple[int, tuple[int, int]]
_THOUSAND = {"k": 1000, "万": 10_000, "千": 1000}
# as textbooks call them, with the number behind the sign; read where layers and width are both told so
_LETTERS = {
    "num_hidden_layers": r"l|n_?l",
    "hidden_size": r"h|d|d_?m",
    "num_attention_heads": r"a|n_?h",
    "vocab_size": r"v",
    "intermediate_size": r"f|d_?ff?|h_?ff?|ffn",
}
# as the formula for a layer's activations calls them, which is of layers and of no whole model
_SYMBOLS = {"hidden_size": "h", "num_attention_heads": "a", "num_hidden_layers": "l"}
SYMBOL = "symbol_"
# of it, wherever it is asked about: "where does the 34 come from?"
_COEFFICIENT = r"(?<![\d.])34(?![\d.]|\s?[bkg])|(?<![\d.])5(?=\s?\*?\s?a(?:\s?[*·]?\s?b)?\s?[*·]?\s?s)(?:\s?\*?\s?[abs]+(?:\^|\*\*)2)?|(?<=\bthe )5(?= (?:in|of|come|from|term)\b)"
_FORMULA = next(pattern for cue, pattern in CUES if cue == "score_formula")
# what a model cannot be without; the rest is as models of these shapes have it
_LEAST = frozenset({"num_hidden_layers", "hidden_size"})
# what a cache alone follows from
_OF_A_CACHE = frozenset({"num_hidden_layers", "num_key_value_heads", "head_dim"})
CACHE_ALONE = "cache_shapes"
PASTED = "log_pasted"  # the shapes come from a file
_CACHE = r"\bkv(?![a-z])|\bcache\b|缓存"
# what takes the rest of the model as well
_WHOLE_MODEL = (
    r"\bfits?\b|\benough\b|\bweights?\b|\btrain\w*|\btun(?:e|ing)\b|\bin total\b|够|放得?下|装得?下|权重|训练|微调|总共"
)
_USUAL_HEAD, _USUAL_VOCABULARY, _MULTIPLE = 128, 32_000, 256
_USUAL_EXPERTS = 2  # of a token
# a block as GPT's has an MLP of two matrices, 4 times as wide as the model, and one matrix for embedding and head
_GPT = r"(?<![a-z\d-])gpt(?:-?[23])?(?:[ -](?:style|like|type|model|架构)|架构|式)?(?![a-z\d-])"
_WIDER, _GPT_VOCABULARY = 4, 50_257
_NOT_OF_GPT = frozenset({"num_key_value_heads", "head_dim", "num_local_experts"})
_NEAR_SIZE = 0.2  # a size is told in round figures
_NUMBER = r"(?P<n>\d+(?:[.,]\d+)?)\s?(?P<k>k|万|千)?"
_WORDS = r"vocab\w*|tokeni[sz]er|embeddings?"
_ADDED = (
    rf"\b(?:add(?:ed|ing)?|extend(?:ed|ing)?|expand(?:ed|ing)?|enlarg\w+|grew|grow\w*)\b(?=[^.?!]{{0,80}}\b(?:{_WORDS}))[^.?!\d]{{0,40}}{_NUMBER}\s?(?:(?:new|extra|more|additional|chinese|special|domain)\s)*(?:tokens?|words?|entries)\b",
    rf"\b(?:{_WORDS})\b[^.?!]{{0,40}}\b(?:extend|expand|enlarg|increas|grow|gr[eo]w)\w*\s(?:by|with)\s{_NUMBER}\s?(?:(?:new|extra|more)\s)*(?:tokens?|words?|entries)?(?![\da-z])",
    rf"\b(?:{_WORDS})\b[^.?!\d]{{0,30}}\b(?:by|with)\s{_NUMBER}\s?(?:(?:new|extra|more)\s)*(?:tokens?|words?|entries)?(?![\da-z])",
    rf"(?:扩充|扩展|扩大|增加|新增|添加|加)了?\s?{_NUMBER}\s?(?:个|条)?[^,.?!\d]{{0,8}}(?:token|词|字)(?=(?:[^.?!]|(?<=\d)\.(?=\d)){{0,30}}(?:词表|tokenizer|embedding))",
    rf"(?:扩充|扩展|扩大|增加|新增|添加|加)了?\s?{_NUMBER}\s?(?:个|条)?(?:新)?词表",
    rf"词表[^.?!\d]{{0,12}}(?:加|新增|多)了?\s?{_NUMBER}\s?(?:个|条)?(?:新)?\s?(?:token|词|字)",
    rf"词表[^,.?!\d]{{0,6}}(?:扩充|扩展|扩大|增加|新增|加|多)了?\s?{_NUMBER}\s?(?:个|条)?",
)


def read_own_shapes(scan: Scan) -> None:
    """The shapes as a configuration, and tokens that were added to a vocabulary, which are none of a sequence."""
    for pattern in _ADDED:
        for found in scan.find(pattern):
            if scan.free(*found.span("n")) and "added_vocabulary" not in scan.extras:
                count = float(found["n"].replace(",", "")) * _THOUSAND.get(found["k"] or "", 1)
                scan.add("added_vocabulary", round(count), *found.span(), extra=True)
    told = _told(scan)
    if any(scan.find(_FORMULA)):
        for found in scan.find(_COEFFICIENT):
            scan.take(*found.span())
        for name, symbol in _SYMBOLS.items():
            if name in told and not set(told) >= _LEAST:
                scan.add(f"{SYMBOL}{symbol}", told[name][0], *told[name][1], extra=True)
    else:
        told |= _by_letters(scan, told)
    cache = set(told) >= _OF_A_CACHE and any(scan.find(_CACHE)) and not any(scan.find(_WHOLE_MODEL))
    if not (set(told) >= _LEAST or cache) or len(told) < 3:
        if "vocab_size" in told:
            scan.take(*told["vocab_size"][1])  # "the 256k vocab" is no length
        return
    shapes = {name: number for name, (number, _) in told.items()}
    if "hidden_size" not in shapes:  # no cache depends on it
        heads = shapes.setdefault("num_attention_heads", shapes["num_key_value_heads"])
        shapes["hidden_size"] = heads * shapes["head_dim"]
        scan.note(CACHE_ALONE, True)
    spans = [span for _, span in told.values()]
    as_gpt = any(scan.find(_GPT)) and not _NOT_OF_GPT & set(shapes)
    if scan.add("config", json.dumps(completed(shapes, as_gpt)), min(spans)[0], max(spans)[1], take=False):
        for span in spans:
            scan.take(*span)


def _told(scan: Scan) -> dict[str, Told]:
    """The shapes by their names, each with its number and its place."""
    told: dict[str, Told] = {}
    for name, pattern in _SHAPES.items():
        for found in scan.find(pattern):
            group = "a" if found["a"] else "b"
            if name in told or not scan.free(*found.span(group)) or _taken(told, found.span(group)):
                continue
            scale = next((_THOUSAND[found[one]] for one in "kl" if one in found.re.groupindex and found[one]), 1)
            told[name] = (round(float(found[group]) * scale), found.span())
    return told


def _by_letters(scan: Scan, told: dict[str, Told]) -> dict[str, Told]:
    """Those that letters stand for: `L=40, h=5120, V=32000`."""
    found: dict[str, Told] = {}
    for name, letters in _LETTERS.items():
        for one in scan.find(rf"(?<![a-z0-9_])(?:{letters})\s?=\s?(?P<n>\d+(?:\.\d+)?)\s?(?P<k>k|万)?(?![\d.a-z])"):
            if name not in found and scan.free(*one.span("n")) and not _taken(told, one.span("n")):
                found[name] = (round(float(one["n"]) * _THOUSAND.get(one["k"] or "", 1)), one.span())
    return found if set(found) >= _LEAST else {}


def _taken(told: dict[str, Told], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for _, (start, end) in told.values())


def completed(shapes: dict[str, Any], as_gpt: bool = False) -> dict[str, Any]:
    """A block as Llama's, of these shapes: a gated MLP of 8/3 of the hidden size, heads of 128; with experts as Mixtral's;
    of what is called a GPT as GPT-2's."""
    hidden = shapes["hidden_size"]
    heads = shapes.get("num_attention_heads", max(1, hidden // _USUAL_HEAD))
    if as_gpt:
        return {
            "model_type": "gpt2", "num_attention_heads": heads, "vocab_size": _GPT_VOCABULARY,
            "intermediate_size": _WIDER * hidden, **shapes,
        }  # fmt: skip
    wide = -(-8 * hidden // 3 // _MULTIPLE) * _MULTIPLE
    usual = {
        "model_type": "llama", "num_attention_heads": heads, "num_key_value_heads": heads,
        "vocab_size": _USUAL_VOCABULARY, "intermediate_size": wide, "tie_word_embeddings": False,
    }  # fmt: skip
    if "num_local_experts" in shapes:
        usual |= {"model_type": "mixtral", "num_experts_per_tok": min(_USUAL_EXPERTS, shapes["num_local_experts"])}
    else:
        shapes.pop("num_experts_per_tok", None)
    return {**usual, **shapes}


def of_named_model(scan: Scan) -> None:
    """Of a model that is named its own shapes count; beside a size those that make about so many parameters do."""
    if "model" not in scan.facts and _of_the_size(scan):
        scan.facts.pop("params", None)
        scan.spans.pop("params", None)
    elif {"model", "params"} & set(scan.facts):
        scan.facts.pop("config", None)
        scan.spans.pop("config", None)
        scan.extras.pop(CACHE_ALONE, None)


def _of_the_size(scan: Scan) -> bool:
    """Do shapes in the asker's own words make the one size that is told, other than the model's that stands for it?"""
    sizes, configs = scan.facts.get("params", ()), scan.facts.get("config", ())
    if len(sizes) != 1 or len(configs) != 1 or CACHE_ALONE in scan.extras or PASTED in scan.extras:
        return False
    size, config = float(sizes[0]), json.loads(str(configs[0]))
    if "num_local_experts" in config or abs(_parameters(config) - size) > _NEAR_SIZE * size:
        return False
    usual = min(representatives(), key=lambda one: abs(one[0] - size))[1]
    row = model_rows()[usual]
    groups = config.get("num_key_value_heads")
    same = (config["num_hidden_layers"], config["hidden_size"]) == (row["n_layers"], row["hidden_size"])
    return not same or groups not in (None, config["num_attention_heads"], row["n_kv_heads"])


def _parameters(config: dict[str, Any]) -> float:
    """How many parameters such a block makes, norms and biases left out."""
    hidden, layers, heads = (config[name] for name in ("hidden_size", "num_hidden_layers", "num_attention_heads"))
    dim = config.get("head_dim") or hidden / heads
    groups, gpt = config.get("num_key_value_heads", heads), config["model_type"] == "gpt2"
    block = 2 * hidden * dim * (heads + groups) + (2 if gpt else 3) * hidden * config["intermediate_size"]
    return float(layers * block + (1 if gpt else 2) * config["vocab_size"] * hidden)


def trained_whole(scan: Scan) -> None:
    """New rows of a vocabulary learn beside adapters only where embedding and head are trained whole."""
    adapters = set(scan.facts.get("method", ())) and set(scan.facts["method"]) <= {"lora", "qlora", "dora"}
    if "added_vocabulary" in scan.extras and adapters and "modules_to_save" not in scan.facts:
        scan.facts["modules_to_save"] = ["embed_tokens,lm_head"]

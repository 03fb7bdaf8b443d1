"""How people write the shapes of a model in a formula: `2 * n_layers * n_heads * head_dim * 2`, `2×层数×头数×hidden`."""

from collections.abc import Mapping

from chat.reads.lexicon import compiled

# the first that matches a whole name is meant
_NAMES = {
    "kv_heads": r"(?:n_|num_)?(?:kv|key_value)[_ ]?heads?|n_?kv|h_?kv|kv\s?头数?",
    "head_dim": r"(?:attention_)?head[_ ]?(?:dim\w*|size|width)|d_?head|d_h|d_k|每?个?头的?维度?|头维度?",
    "heads": r"(?:n_|num_)?(?:attention_|attn_|query[_ ]|q_)?heads?|n_h|(?:注意力|查询)?头数?",
    "layers": r"(?:n_|num_)?(?:hidden_)?layers?|n_?l|l|层数?",
    "hidden": r"hidden(?:[_ ]?(?:size|dim\w*|states?))?|d_?model|embed\w*[_ ]?(?:dim|size)|h|隐藏层?(?:维度|大小|尺寸)?|隐层维度",
    "seq_len": r"(?:n_|num_)?(?:seq(?:uence)?(?:[_ ]?len(?:gth)?)?|tokens?|ctx|context(?:[_ ]?len(?:gth)?)?)|s|t|(?:序列|上下文)?长度|token\s?数",
    "batch_size": r"batch(?:[_ ]?size)?|bs|b|批大小|批次",
    "bits": r"(?:n_|num_)?bits?|位数",
    "bytes": r"(?:n_|num_)?bytes?(?:_per_\w+)?|dtype(?:_?(?:size|bytes))?|sizeof\(\w+\)|precision|字节数?",
}
_ANY = "|".join(_NAMES.values())
_NUMBER = r"\d+(?:\.\d+)?\s?(?:bytes?|字节|bits?|k)?"
_FACTOR = rf"(?:{_NUMBER}|{_ANY})(?![a-z_])"
# at least three factors; which of them are names is seen afterwards
PRODUCT_OF_NAMES = rf"(?<![a-z0-9_.])(?P<left>{_FACTOR}(?:\s?[*x/]\s?{_FACTOR}){{2,9}})"
# what no formula of a cache is without one of
_SHAPES = frozenset({"kv_heads", "head_dim", "heads", "layers", "hidden"})
_LEAST = 2


def role_of(written: str) -> str:
    """Which shape a name stands for; empty for a number, or a name of none."""
    return next((role for role, names in _NAMES.items() if compiled(rf"(?:{names})").fullmatch(written)), "")


def of_shapes(written: str) -> bool:
    """Does a product name the shapes of a model?"""
    found = [role_of(one.strip()) for one in compiled(r"[*/]|x(?![a-z])|(?<![a-z])x").split(written)]
    return len(_SHAPES & set(found)) >= _LEAST


def times_kv_heads(text: str, facts: Mapping[str, object]) -> bool:
    """Are KV heads multiplied, of no card in particular?"""
    number = compiled(r"\d\s?(?:个)?\s?kv[ _-]?(?:heads?\b|头)")
    return number.search(text) is not None and not {"gpu", "gpu_memory_gb"} & set(facts)

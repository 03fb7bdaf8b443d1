"""Where a model's parameters are: the matrices of its layers, kind by kind, embedding and head, and the little beside them."""

import re
from typing import Any

from formulas.notation import size_words

_KIND = re.compile(r"n_layers_of(?:\[(\w+)\])?$")


def params_told(steps: list[dict[str, Any]], zh: bool) -> str:
    """The sum behind a count of parameters, from the steps of its derivation; nothing where it was not derived."""
    found = {step["quantity"]: step["value"] for step in steps if step.get("value") is not None}
    if not {"linear_params", "embedding_params", "vocab_size", "hidden_size"} <= set(found):
        return ""
    kinds = [kind for kind in (_KIND.match(name) for name in found) if kind]
    layers = (" + ", " + ")[zh].join(_layers(found, kind[1] or "", zh) for kind in kinds)
    whole, outer = size_words(found["linear_params"]), size_words(found["embedding_params"])
    table = f"{found['vocab_size']:,.0f} × {found['hidden_size']:,.0f}"
    tied = "embedding_that_is_the_head" in {step.get("formula") for step in steps}
    extra = size_words(found["extra_params"]) if found.get("extra_params") else ""
    mixed = any(name.startswith("expert_matrices") for name in found)
    if zh:
        shared = "输出头共用同一个矩阵" if tied else "词嵌入、输出头各一个"
        alone = ";专家只是 MLP,注意力和词嵌入共用一份" if mixed else ""
        beside = f";语言模型之外(如视觉塔){extra}" if extra else ""
        return f"各层的矩阵 {whole}:{layers};词嵌入与输出头 {outer}({table},{shared}){beside}{alone};其余是归一化、偏置和路由,很少。"
    shared = "one matrix for both" if tied else "one each"
    alone = "; an expert is an MLP alone, attention and embedding are there once" if mixed else ""
    beside = f"; outside of the language model (a vision tower, say) {extra}" if extra else ""
    return f"The layers' matrices {whole}: {layers}; embedding and head {outer} ({table}, {shared}){beside}{alone}; the rest are norms, biases and routers, next to nothing."


def _layers(found: dict[str, Any], kind: str, zh: bool) -> str:
    """Layers of one kind × what attention (or a state-space mixer) and the MLP have in each."""
    at = f"[{kind}]" if kind else ""
    mixer, mlp = found.get(f"mixer_matrices{at}"), found.get(f"mlp_matrices{at}")
    experts = f"expert_matrices{at}" in found
    names = (("attention", "MLP", "experts"), ("注意力", "MLP", "专家"))[zh]
    mixes = ("mixer", "混合层")[zh] if "ssm_inner_size" in found else names[0]
    told = [f"{mixes} {size_words(mixer)}"] if mixer else []
    told += [f"{names[2 if experts else 1]} {size_words(mlp)}"] if mlp else []
    count = f"{found[f'n_layers_of{at}']:,.0f}"
    return f"{count} {'层' if zh else 'layers'} × ({' + '.join(told)})"

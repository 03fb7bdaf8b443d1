"""Quantities of models that were asked for by name, in a sentence for each model; of adapters how they add up."""

from collections import defaultdict
from typing import Any

from chat.answers.params_told import params_told
from chat.phrases import in_words
from chat.reads.quantities import ADAPTERS, ASKED
from chat.reads.reading import Reading
from chat.reads.training.trainable import TRAINED

_SAID: dict[str, tuple[str, str]] = {
    "n_layers": ("{} layers", "{} 层"),
    "n_heads": ("{} query heads", "{} 个查询头"),
    "n_kv_heads": ("{} key-value heads", "{} 个 KV 头"),
    "head_dim": ("head size {} (head_dim)", "头维度 {}(head_dim)"),
    "hidden_size": ("hidden size {}", "隐藏维度 {}"),
    "intermediate_size": ("MLP width {} (intermediate_size)", "MLP 宽度 {}(intermediate_size)"),
    "vocab_size": ("vocabulary {}", "词表 {}"),
    "n_experts": ("{} routed experts in an MoE layer", "每个 MoE 层 {} 个路由专家"),
    "experts_per_token": ("{} of them for each token", "每个 token 激活 {} 个"),
    "embedding_params": ("{} parameters in embedding and head", "词嵌入与输出头 {} 个参数"),
    "n_params": ("{} parameters", "{} 个参数"),
}
_LACKING = {
    "n_experts": ("no experts (dense)", "没有专家(稠密模型)"),
    "experts_per_token": ("", ""),
    "n_heads": ("no attention heads", "没有注意力头"),
    "n_kv_heads": ("no key-value heads", "没有 KV 头"),
    "head_dim": ("no head size", "没有头维度"),
    "intermediate_size": ("no MLP of its own", "没有单独的 MLP"),
}
_WIDTHS = ("mixer_adapter_width", "mlp_adapter_width")
# what a trainer prints may leave out a bias or a norm
_SAME = 0.005


def of_number(result: dict[str, Any]) -> bool:
    """Is it a derivation of a count or a width, and not of memory or time?"""
    return bool(result["derivation"]["target"] in (*_SAID, ADAPTERS))


def asked_later(reading: Reading) -> bool:
    """Does another question stand before the one for a quantity?"""
    places = reading.spans.get(ASKED, ())
    return bool(places) and any(mark in reading.text[: places[0][0]] for mark in "?\uff1f")


def quantities_told(results: list[dict[str, Any]], reading: Reading, explained: bool) -> list[str]:
    """A sentence for each model with all that was asked of it, then how the parameters of adapters add up; `explained`:
    what one adapter has is told elsewhere."""
    zh = reading.language == "zh"
    by_model: dict[str, list[str]] = defaultdict(list)
    summed: dict[str, str] = defaultdict(str)
    told: list[str] = []
    for result in results:
        name, model = result["derivation"]["target"], _model(result, reading.language)
        if name == ADAPTERS and result["answers"]:
            again = any(one.startswith(f"**{model}") for one in told)
            if again:  # another rank of the same
                told[-1] += _of_another_rank(result, zh)
            else:
                told.append(_adapters(result, model, reading, explained))
        elif name in _SAID:
            shown = [one["shown"] for one in result["answers"]]
            said = _SAID[name][zh].format(shown[0]) if shown else _LACKING.get(name, (f"no {name}", f"没有 {name}"))[zh]
            by_model[model] += [said] if said else []
            summed[model] = params_told(result["derivation"]["steps"], zh) if name == "n_params" else summed[model]
    colon, comma = (":", ",") if zh else (": ", ", ")
    apart, ends = ("", "。") if zh else (" ", ".")
    return [
        *(
            f"**{model}{colon}{comma.join(said)}{ends}**{apart}{summed[model]}".rstrip()
            for model, said in by_model.items()
        ),
        *told,
    ]


def _model(result: dict[str, Any], language: str) -> str:
    """Its name; one whose shapes are told has none."""
    told = result.get("model")
    return in_words("model", told["value"], language) if told else ("该模型" if language == "zh" else "This model")


def _summed(result: dict[str, Any]) -> str:
    """Layers × rank × widths, where all layers are alike."""
    shown, facts = result["answers"][0]["shown"], result["facts"]
    steps = {step["quantity"]: step for step in result["derivation"]["steps"]}
    widths = [f"{steps[name]['value']:,}" for name in _WIDTHS if steps.get(name, {}).get("value")]
    if "layers_of_a_uniform_model" not in {step.get("formula") for step in steps.values()} or not widths:
        return ""
    added = f"({' + '.join(widths)})" if len(widths) > 1 else widths[0]
    summed = f"{facts['n_layers']['shown']} × {facts['lora_rank']['shown']} × {added}"
    of_experts = steps.get("expert_adapter_params", {}).get("value", 0)
    if of_experts:
        summed += f" + {of_experts:,}"
    copied = steps.get("copied_matrices", {}).get("value", 0)
    if copied:  # embedding and head that train whole beside them
        summed += f" + {copied} × {steps['vocab_size']['value']:,} × {steps['hidden_size']['value']:,}"
    return f"{summed} = {shown}"


def _copied(result: dict[str, Any]) -> bool:
    steps = result["derivation"]["steps"]
    return any(step["quantity"] == "copied_matrices" and step["value"] for step in steps)


def _experts_too(result: dict[str, Any]) -> tuple[str, str]:
    """What is added for the experts of a mixture, as it is counted."""
    steps = {step["quantity"]: step["value"] for step in result["derivation"]["steps"]}
    if not steps.get("expert_adapter_params"):
        return "", ""
    held = steps.get("experts_held")
    if not isinstance(held, int):
        return ", and those of experts and routers", ",再加专家与路由器的"
    return (
        f", and those of {held} experts and the router of each layer (experts in one tensor, gate and up at twice the rank; as linears of their own they have fewer)",
        f",再加每层 {held} 个专家和路由器的(专家存成一个张量、gate 与 up 秩加倍;若是独立线性层则更少)",
    )


def _of_another_rank(result: dict[str, Any], zh: bool) -> str:
    rank, count = result["facts"]["lora_rank"]["shown"], _summed(result) or result["answers"][0]["shown"]
    return f"秩 {rank}:{count}。" if zh else f" Rank {rank}: {count}."


def _adapters(result: dict[str, Any], model: str, reading: Reading, explained: bool) -> str:
    """The count, what one matrix adds to it, and the sum where all layers are alike."""
    zh = reading.language == "zh"
    shown, rank = result["answers"][0]["shown"], result["facts"]["lora_rank"]["shown"]
    product = _summed(result)
    if zh:
        whole = "和整个训练的 embedding、输出头(词表 × 隐藏维度)" if _copied(result) else ""
        told = [f"**{model}:秩 {rank} 的适配器{whole}共训练 {shown} 个参数。**"]
        told += [] if explained else ["每个被适配的矩阵(d 个输入、k 个输出)为 r ×(d + k)。"]
        told += (
            [f"每层各矩阵的 d + k 之和(注意力、MLP 中被适配的)乘层数和秩{_experts_too(result)[1]}:{product}。"]
            if product
            else []
        )
    else:
        whole = " and the embedding and head trained whole (vocabulary × hidden size)" if _copied(result) else ""
        told = [f"**{model}: adapters of rank {rank}{whole} train {shown} parameters.**"]
        told += [] if explained else ["A matrix of d inputs and k outputs has r × (d + k)."]
        told += (
            [
                f"Layers × rank × the sum of d + k over the adapted matrices of attention and MLP{_experts_too(result)[0]}: {product}."
            ]
            if product
            else []
        )
    printed = reading.extras.get(TRAINED, ())
    if printed:
        told.append(_held_against(list(map(float, printed)), float(result["answers"][0]["value"]), zh))
    return ("" if zh else " ").join(told)


def _held_against(printed: list[float], counted: float, zh: bool) -> str:
    if any(abs(one / counted - 1) <= _SAME for one in printed):
        return "与打印的数字一致。" if zh else "That is the count that was printed."
    return (
        "打印的数与此不同:秩或适配的模块(target_modules)不一样。"
        if zh
        else "The count that was printed is another: rank or target modules differ from these."
    )

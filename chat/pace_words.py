"""How long, how fast and for how much, in words: what `kb.pace` says of a run."""

from typing import Any

from chat.case_tables import decoding
from chat.phrases import in_words
from chat.plan import assumed_tokens, train_tokens
from chat.reading import Reading
from chat.understood import has_subject


def run_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """Days, GPU-hours and, at a price, the cost of a training."""
    zh = reading.language == "zh"
    n = in_words("n_gpus", result["n_gpus"], reading.language)
    share = f"{result['utilisation']}"
    price, cost = result.get("price_per_hour"), result.get("cost")
    if zh:
        assumed_share = "(假设)" if result["assumed_utilisation"] else ""
        return [(f"**约 {result['days_zh']},即 {result['gpu_hours']} GPU 小时。** 6 × {result['params'].split()[0]} 参数 × {result['tokens'].split()[0]} token,"
                f"{n} {result['card']},每张 16 位峰值 {result['tflops']} TFLOP/s,利用率 {share}{assumed_share}。"
                + (f"**每张卡每小时 {price:g},共约 {cost:,.0f}。**" if cost else ""))], []  # fmt: skip
    assumed_share = " (assumed)" if result["assumed_utilisation"] else ""
    return [(f"**About {result['days']}, or {result['gpu_hours']} GPU-hours.** 6 × {result['params']} × {result['tokens']} "
            f"over {n} of {result['card']} at {result['tflops']} TFLOP/s in 16 bit, {share} of it reached{assumed_share}."
            + (f" **At the price of {price:g} that costs about {cost:,.0f}.**" if cost else ""))], []  # fmt: skip


def tokens_taken(reading: Reading) -> str:
    """That the tokens were not said, where those of a compute-optimal training are taken."""
    if train_tokens(reading) is not None or assumed_tokens(reading) is None:
        return ""
    if reading.language == "zh":
        return "没有说训练多少 token,这里取这个规模的计算最优值(Chinchilla);给出总数就按它计算。"
    return "No number of tokens was said: the compute-optimal one for this size is taken (Chinchilla); say yours for its hours."


def run_wanted(reading: Reading) -> str:
    """What the hours and the cost of a training follow from, as far as it was not said."""
    told, zh = {**reading.facts, **reading.extras}, reading.language == "zh"
    wanted = {
        ("the model", "模型"): has_subject(reading),
        ("the tokens trained on, or samples and their length", "训练的 token 总数(或样本数和长度)"): train_tokens(reading) is not None,
        ("the card", "显卡"): "gpu" in told,
        ("what a card costs for an hour", "每张卡每小时的价格"): "cost" not in reading.cues or "price_per_hour" in told,
    }  # fmt: skip
    missing = [words[zh] for words, known in wanted.items() if not known]
    if not missing or told.get("task") == ("inference",):
        return ""
    if zh:
        return "要算训练时间" + ("和费用" if "cost" in reading.cues else "") + ",还需要:" + "、".join(missing) + "。"
    return (
        f"For the hours{' and the cost' if 'cost' in reading.cues else ''} of the training say: {'; '.join(missing)}."
    )


def rate_words(result: dict[str, Any], reading: Reading) -> list[str]:
    """Asked how fast it generates, the rate; or what keeps it from being worked out."""
    if "decoding_rate" not in reading.intents:
        return []
    zh = reading.language == "zh"
    if said := decoding(result, reading.language):
        return said
    if not {"gpu", "gpu_memory_gb"} & set(reading.facts):
        return [
            "速度取决于显卡的带宽:是哪张卡?"
            if zh
            else "How fast it generates follows from the card's bandwidth: which card is it?"
        ]
    return [
        "没有算速度:只有整个模型都在已知带宽的卡上推理时才有上限。" if zh
        else "No rate is given: it is bounded only where the whole model is served by cards whose bandwidth is known."
    ]  # fmt: skip

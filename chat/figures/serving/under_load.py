"""A server that runs out of memory under load, of no model: its cache is set aside and cannot; what stands beside the pool does."""

from collections.abc import Callable

from chat.figures.named import Figures
from chat.figures.serving.engine_words import bounds_of_step
from chat.figures.serving.share_named import named_engine
from formulas.quantity import SILENT, Words


def _under_load(figures: Figures) -> Words:
    """What it is that runs out, and whether more cards help, where they are thought of as the cure."""
    name = named_engine(figures) or "the server"
    bounds = bounds_of_step(figures.given.get("engine"))
    step = Words(f" ({', '.join(bounds)})", f"({'、'.join(bounds)})") if bounds else SILENT
    cure = "cards_as_cure" in figures.about
    first = Words(
        "Hardly, against an out of memory, for the KV cache is not what runs out"
        if cure
        else "It is hardly the KV cache",
        "对 OOM 本身帮助不大,爆的不是 KV 缓存" if cure else "多半不是 KV 缓存",
    )
    return Words(
        f"**{first.en}: {name} sets its pool aside at the start, and what finds no room in it waits or is set back and computed again. Under load what stands beside the pool grows{', and every card has that of its own' if cure else ''}**: the tensors of a step over many tokens, logits and sampling of many sequences (with logprobs in several copies), images, other programs on the card. "
        f"In this order: a smaller share of the card for the pool, so that room is left beside it; fewer tokens a step and fewer sequences at once{step.en}; nothing else on the card. "
        "Where requests wait instead, the pool is too small: an 8-bit cache or weights of fewer bits make it larger, and then cards help: tensor parallel divides the weights, and what they leave on each card is cache, so two cards as a rule hold more than twice the tokens; replicas bring a pool, and a whole copy of the weights, each.",
        f"**{first.zh}:{name if name != 'the server' else '服务'} 启动时就把缓存池留好,放不下的请求排队,或被退回重算。并发高时变大的是池子之外的部分{',而且每张卡各有一份' if cure else ''}**:一步里很多 token 的中间张量、很多序列的 logits 与采样(开 logprobs 还会多几份)、图片,以及卡上别的程序。"
        f"依次试:把缓存池占的比例调小一点,给池外留余量;减少每步的 token 数和同时的序列数{step.zh};卡上不要有别的程序。"
        "如果只是排队、变慢,那是池太小:8 位缓存、降低权重位数可以扩大它,这时加卡才有用:张量并行分摊权重,省下的都给缓存,两张卡能放的 token 一般不止两倍;多副本则每份各有一个池和一份完整权重。",
    )


UNDER_LOAD: dict[str, Callable[[Figures], Words]] = {"under_load": _under_load}

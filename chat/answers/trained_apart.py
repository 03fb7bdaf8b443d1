"""What sets trainings apart that are compared: bytes of each parameter, what the base keeps, what trains, how cards share it."""

from chat.answers.case_tables import Result
from chat.answers.contrasted import several_cards
from chat.answers.setup_words import join, named
from chat.answers.verdict_words import gap
from chat.phrases import VERDICTS, gib, in_words, pick, verdict
from kb.interval import FITS
from kb.recipe import ADAPTERS


def states_words(result: Result, names: list[str], language: str) -> str:
    """What of a parameter is kept, where something trains and the set-ups differ in it."""
    told = [
        (name, one["states"], gib(one["states_gib"]))
        for name, one in zip(names, result["setups"], strict=True)
        if one["states"]
    ]
    if not told or len({one["states"] for one in result["setups"]}) == 1:
        return ""
    zh = language == "zh"
    said = join([f"{name} {each} = {amount}" for name, each, amount in told], language, ";" if zh else "; ")
    each = ("每张卡" if zh else " on each card") if several_cards(result) else ""
    if zh:
        return f"{each}权重 + 梯度 + 优化器,按参数计:{said.replace('B/param', 'B/参数')}。"
    return f"Weights + gradients + optimizer{each}, by parameter: {said}."


def own_states_words(result: Result, names: list[str], language: str, alone: bool = False, times: bool = False) -> str:
    """Of optimizers beside each other what each keeps of a parameter, the same masters in all; and what some usually run
    without. `alone`: the states are what is asked, and stand first; `times`: so is how many times the weights they are."""
    setups = result["setups"]
    own = [one.get("own_states") for one in setups]
    if not all(own) or not all(one["states"] for one in setups):
        return ""
    zh = language == "zh"
    masters = {one["masters"] for one in own}
    copied = next((one for one in masters if one != "0"), "")
    told = []
    for name, one, mine in zip(names, setups, own, strict=True):
        parts, whole = one["states"].removesuffix(" B/param").split(" = ")
        summed = " + ".join(
            [*parts.split(" + ")[:2], *([mine["masters"]] if mine["masters"] != "0" else []), mine["each"]]
        )
        told.append(f"{name} {summed} = {whole}")
    sums, kept = (
        join(each, language, ";" if zh else "; ")
        for each in (told, [f"{name} {one[language]}" for name, one in zip(names, own, strict=True)])
    )
    if times:
        many = [f"{one['of_weights']} {'倍' if zh else 'times'}" for one in own]
        of_model = join(many, language)
        kept += (
            f"(依次是 16 位模型大小的 {of_model})" if zh else f" (in turn {of_model} the size of the model in 16 bit)"
        )
    if alone and zh:
        copy = f";混合精度的 fp32 主权重每参数另有 {copied} 字节" if copied else ""
        return f"**优化器自身的状态:{kept}{copy}。**连同权重和梯度,每参数字节:{sums}。{_without_copy(result, names, language)}"
    if alone:
        copy = f"; an fp32 master copy, {copied} B a parameter, comes beside them in mixed precision" if copied else ""
        return f"**The optimizer's own states: {kept}{copy}.** Bytes of a parameter, with weights and gradients: {sums}.{_without_copy(result, names, language)}"
    if zh:
        copy = " + fp32 主权重" if copied else ""
        differs = "不同的只是最后一项" if len(masters) == 1 else "不同的是主权重和最后一项,后者"
        return f"**每参数字节(权重 + 梯度{copy} + 优化器自身的状态):{sums}。**{differs}:{kept};其余和激活都不变。{_without_copy(result, names, language)}"
    copy = " + fp32 master copy" if copied else ""
    copy = copy if len(masters) == 1 else f"{copy} where there is one"
    differs = "Only the last differs" if len(masters) == 1 else "What differs is that copy and the last"
    return f"**Bytes of a parameter, weights + gradients{copy} + the optimizer's own states: {sums}.** {differs}: {kept}; the rest and the activations stay.{_without_copy(result, names, language)}"


def _without_copy(result: Result, names: list[str], language: str) -> str:
    """Those that usually update the 16-bit weights themselves, which is a matter of precision and told apart."""
    told = [(name, one) for name, one in zip(names, result.get("by_themselves") or [], strict=False) if one]
    if not told:
        return ""
    zh, alike = (
        language == "zh",
        len({one["masters"] for one in (each["own_states"] for each in result["setups"]) if one}) == 1,
    )
    who = join([name for name, _ in told], language, "" if zh else " and ")
    fits = [verdict(one, language) if one["verdict"] else "" for _, one in told]
    amounts = join([gib(one["gib"]) + (f"({words})" if zh and words else f" ({words})" if words else "")
                    for (_, one), words in zip(told, fits, strict=True)], language)  # fmt: skip
    if zh:
        counted = "这里统一按保留主权重计算" if alike else "没说精度的这里按保留主权重计算"
        return f"{counted};{who} 通常不留主权重、直接更新 bf16 参数,那时共 {amounts},代价是过小的更新会被舍入掉。"
    run = (
        "is usually run without that copy and updates"
        if len(told) == 1
        else "are usually run without that copy and update"
    )
    counted = "All are counted alike here," if alike else "Those of which no precision is told are counted here"
    return f" {counted} with an fp32 master copy; {who} {run} the bf16 parameters themselves: {amounts} in all, and small updates are rounded away."


# activations and logits are about the same where the most is no larger than so many times the least
_ALIKE = 1.35


def kept_words(result: Result, names: list[str], language: str) -> str:
    """Of methods beside each other what each keeps of the model, as products, and what none of them makes smaller."""
    if "method" not in result["differing"] or not all(one["kept"] for one in result["setups"]):
        return ""
    zh = language == "zh"
    told = [f"- {name}{':' if zh else ': '}{one['kept'][language]}" for name, one in zip(names, result["setups"], strict=True)]  # fmt: skip
    amounts = [one["kept"]["computed_on_gib"] for one in result["setups"]]
    head = "权重、梯度、优化器状态:" if zh else "Weights, gradients and optimizer states:"
    low, high = gib(min(amounts)), gib(max(amounts))
    between = low if low == high else f"{low.removesuffix(' GiB')}–{high}"
    between += _of_logits(result, min(amounts), zh)
    alike = ""
    if min(amounts) and max(amounts) <= _ALIKE * min(amounts):
        alike = (
            f"激活和 logits 各法差不多({between}),换方法省不了:靠梯度检查点、融合损失、缩短长度。"
            if zh
            else f"Activations and logits are about the same in all ({between}), and no change of method saves them: checkpointing, a fused loss and shorter sequences do."
        )
    without = _without_copy(result, names, language).strip()
    return "\n\n".join(part for part in ("\n".join([head + "\n", *told]), without, alike) if part)


def _of_logits(result: Result, kept_gib: float, zh: bool) -> str:
    """The product for the logits, where they are more than half of what is computed on: the vocabulary decides."""
    terms = (term for one in result["setups"] for term in one["terms"] if term["name"] == "logits")
    most = max(terms, key=lambda term: float(term["gib"]), default=None)
    if most is None or most["gib"] <= kept_gib / 2 or not most.get("says"):
        return ""
    return f",其中 logits {most['zh']}" if zh else f", of which logits {most['says']}"


def base_stays(result: Result, language: str) -> str:
    """That only adapters grow with their rank."""
    ranks = {str(one["facts"].get("lora_rank")) for one in result["setups"]}
    weights = {
        gib(each)
        for one in result["setups"]
        for term in one["terms"]
        if term["name"] == "weights"
        for each in [term["gib"]]
    }
    if len(ranks) < 2 or len(weights) != 1:  # offloaded weights are on no card
        return ""
    base, near = weights.pop(), _near_full(result, language)
    by, less = (_by_rank(result, language), _less_of_rank(result, language)) if rank_alone(result) else ("", "")
    if language == "zh":
        return f"**随秩成倍增长的只有适配器(连同梯度和优化器状态){by};冻结的基座({base})、激活和 logits 基本不变。{near}**{less}"
    return f"**Only the adapters, with their gradients and optimizer states, grow with the rank{by}; the frozen base ({base}), activations and logits stay about the same.{near}**{less}"


def rank_alone(result: Result) -> bool:
    """Do the set-ups differ in nothing but their rank, and is what they keep of it told with it?"""
    each = {one["trains"]["bytes_each"] if one["trains"] else "" for one in result["setups"]}
    return result["differing"] == ["lora_rank"] and len(each) == 1 and "" not in each and not _hosted(result)


def _hosted(result: Result) -> bool:
    """Are gradients and states of all of them in host memory?"""
    shared = (result["facts"].get("offload") or {}).get("value")
    return all(one["facts"].get("offload", shared) in _HOSTED for one in result["setups"])


def _by_rank(result: Result, language: str) -> str:
    """How many parameters a rank of one has, what is kept of them at each rank."""
    setups = sorted(result["setups"], key=lambda one: int(one["facts"]["lora_rank"]))
    told = [one["trains"] for one in setups]
    ranks = [str(one["facts"]["lora_rank"]) for one in setups]
    each, one_rank = told[0]["bytes_each"], told[0]["per_rank"]
    if language == "zh":
        sums = "、".join(
            f"秩 {rank} 时 {one['params']} × {each} = {gib(one['gib'])}" for rank, one in zip(ranks, told, strict=True)
        )
        return f",与秩成正比:{one_rank} × 秩个参数,{sums}"
    sums = ", ".join(
        f"{one['params']} × {each} = {gib(one['gib'])} at {rank}" for rank, one in zip(ranks, told, strict=True)
    )
    return f", in proportion: {one_rank} parameters × rank, {sums}"


# of the smallest need: from here on what is kept of the adapters is worth making less
_WORTH = 0.1
_LESS = (
    "a lower rank, fewer target modules (such as q_proj and v_proj alone)",
    "降低秩、少挂几类模块(如只挂 q_proj 和 v_proj)",
)
# what takes less where a setting is this one
_LESS_THAN = {
    "optimizer": ("adamw", ("an 8-bit optimizer", "8 位优化器")),
    "adapter_dtype": ("fp32", ("adapters in 16 bit", "16 位的适配器")),
}


def _less_of_rank(result: Result, language: str) -> str:
    """What makes less of a high rank, where it is much; of what is set so already nothing."""
    kept = [one["trains"]["gib"] for one in result["setups"]]
    if max(kept) < _WORTH * min(one["memory"]["best_gib"] for one in result["setups"]):
        return ""
    knob = {name: one["value"] for name, one in result["facts"].items()}
    ways = [_LESS, *(way for name, (value, way) in _LESS_THAN.items() if knob.get(name) == value)]
    told = join([pick(way, language) for way in ways], language)
    return f"要省这部分:{told}。" if language == "zh" else f" What takes less of it: {told}."


# offload of what keeps gradients and states off the card
_HOSTED = ("optimizer", "params")
# of the need of full fine-tuning: what is below it stays far from it
_FAR = 0.8


def _near_full(result: Result, language: str) -> str:
    """Beside full fine-tuning, whether adapters of the highest rank come near it."""
    of_rank = [
        (int(one["facts"]["lora_rank"]), one["memory"]["best_gib"])
        for one in result["setups"]
        if one["facts"].get("lora_rank") and one["facts"].get("method") in ADAPTERS
    ]
    full = [one["memory"]["best_gib"] for one in result["setups"] if one["facts"].get("method") == "full"]
    if len(full) != 1 or not of_rank:
        return ""
    rank, need = max(of_rank)
    far = need < _FAR * full[0]
    if language == "zh":
        head = "远不到全量微调的量级" if far else "已接近全量微调"
        return f"{head}:秩 {rank} 时 {gib(need)},全量微调 {gib(full[0])}。"
    head = "That is far from full fine-tuning" if far else "That comes near full fine-tuning"
    return f" {head}: {gib(need)} at rank {rank}, {gib(full[0])} in full."


def trained_words(result: Result, names: list[str], language: str) -> str:
    """How many parameters of adapters train, where their rank or what they are laid on sets the set-ups apart."""
    told = [one["trains"] for one in result["setups"]]
    if not {"lora_rank", "lora_targets"} & set(result["differing"]) or not all(told):
        return ""
    zh, each = language == "zh", {one["bytes_each"] for one in told}
    said = join([f"{name}: {one['params']}" for name, one in zip(names, told, strict=True)], language)
    kept = join([gib(one["gib"]) for one in told], language)
    bytes_each = f" {each.pop()}" if len(each) == 1 else ""
    hosted = _hosted(result)
    if zh:
        each_zh = f"每个{bytes_each}," if bytes_each else ""
        held = "卡上只留权重(梯度和优化器状态在内存)" if hosted else "连同梯度和优化器状态"
        return f"训练的参数\uff1a{said};{held}{each_zh}共 {kept}。"
    of_each = f", at{bytes_each} each" if bytes_each else ""
    held = "their weights alone stay on the card" if hosted else "with their gradients and the optimizer's states"
    return f"Parameters that train: {said}; {held}{of_each}: {kept}."


def divided_words(result: Result, names: list[str], language: str) -> str:
    """That cards do not add up by themselves, where what stands here is divided over them and nobody said so."""
    zh, n = language == "zh", int(result["facts"].get("n_gpus", {}).get("value") or 1)
    told = [(named({**one, "layout": {}}, result, language), one["copy"]) for one in result["setups"] if one["copy"]]
    if not told or n < 2:
        return ""
    every = len(told) == len(names)
    each = join(
        [f"{name} {gib(copy['gib'])}" + (f"({verdict(copy, language)})" if zh else f" ({verdict(copy, language)})")
         for name, copy in told], language, "、" if zh else ", ",
    )  # fmt: skip
    alone = _alone(result, names, language)
    if zh:
        return f"**{n} 张卡的显存不会自动相加:**{'这里' if every else join([name for name, _ in told], language) + ' '}按切分(ZeRO-3/FSDP)计算;用 DDP 或 ZeRO-2 时每张卡都放完整的一份权重,DDP 每卡要 {each}。{alone}"
    return f"**{n} cards do not add up by themselves:** {'the figures are' if every else join([name for name, _ in told], language) + (' is' if len(told) == 1 else ' are')} sharded (ZeRO-3/FSDP); with DDP or ZeRO-2 each card holds all the weights: with DDP {each}.{alone}"


def _alone(result: Result, names: list[str], language: str) -> str:
    """Of what fits as a whole copy on each card: that one card alone is enough."""
    whole = [
        name
        for name, one in zip(names, result["setups"], strict=True)
        if one["verdict"] == "yes" and not one["copy"] and one["layout"].get("zero_stage") == 0
    ]
    if not whole:
        return ""
    said = join(whole, language)
    return f"{said}{gap(said)}单张卡也够。" if language == "zh" else f" For {said} one card alone is enough."


def one_card_words(result: Result, name: str, language: str) -> str:
    """Whether a single card takes what is recommended, and what the others are for then."""
    one = result.get("one_card")
    taken = result["setups"][result["recommended"]]["facts"]
    method = taken.get("method") or result["facts"].get("method", {}).get("value")
    # a stage of another of them leaves open how this one is laid out
    if not one or not one["capacity_gib"] or method not in ADAPTERS or "zero_stage" in taken:
        return ""
    zh, need, room = language == "zh", gib(one["gib"]), gib(one["capacity_gib"])
    n, whether = one["n_gpus"], pick(VERDICTS[one["leaning"] or one["verdict"]], language)
    longest = in_words("seq_len", one["longest"], language) if one["longest"] and one["verdict"] != "no" else ""
    if (fused := one.get("fused")) and (fused["leaning"] or fused["verdict"]) in FITS:
        held, copies = pick(VERDICTS[fused["leaning"] or fused["verdict"]], language), fused["copies"]
        parallel = copies["leaning"] in FITS
        if zh:
            others = (
                "其余的卡做数据并行(DDP)"
                if parallel
                else f"{n} 张做数据并行(DDP)则每张 {gib(copies['gib'])},放不下,要切分(FSDP)"
            )
            return (
                f"**单卡:{name} 用融合损失要 {gib(fused['gib'])},卡上 {room}\uff1a{held}**(普通损失 {need});{others}。"
            )
        others = f"{'the other is' if n == 2 else 'the others are'} for data parallelism (DDP)"
        if not parallel:
            others = f"with data parallelism (DDP) over {n} it is {gib(copies['gib'])} each, too much, so there the base is sharded (FSDP)"
        return f"**On one card {name} with a fused loss takes {gib(fused['gib'])} of {room}: {held}** ({need} with all logits); {others}."
    if zh:
        until = f",按区间中值最长约 {longest}" if longest else ""
        then = (
            "其余的卡做数据并行(DDP)"
            if one["verdict"] == "yes"
            else f"要把基座切分到 {n} 张(FSDP),每张 {gib(one['sharded_gib'])}"
        )
        return f"**单卡:{name} 需要 {need},卡上 {room}\uff1a{whether}{until}**;{then}。"
    until = f", up to about {longest} by the middle of the estimate" if longest else ""
    then = (
        f"{'the other is' if n == 2 else 'the others are'} for data parallelism (DDP)" if one["verdict"] == "yes"
        else f"else the base is sharded over {'both' if n == 2 else f'all {n}'} (FSDP), {gib(one['sharded_gib'])} each"
    )  # fmt: skip
    return f"**On one card {name} takes {need} of {room}: {whether}{until}**; {then}."

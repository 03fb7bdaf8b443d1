"""Words of a checkpoint that several processes read: how one alone does, what of it comes onto each card, what stays in RAM."""

from collections.abc import Callable

from chat.figures.failures.cause_words import cheapest
from chat.figures.failures.event_words import program_of
from chat.figures.host.offload_words import host_sum
from chat.figures.named import Figures, both_words, gib_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED


def _read_once(figures: Figures) -> Words:
    """How a checkpoint is read by one process only: by the switches of the program that is named, else by any."""
    if program_of(figures) == "fsdp":
        whole = both_words(2 * figures.params)
        return Words(
            f"Set fsdp_cpu_ram_efficient_loading: true with fsdp_sync_module_states: true, and rank 0 alone reads the {whole}: the others make empty tensors (meta) and are sent their parts; the script must load by from_pretrained after the process group is there",
            f"设 fsdp_cpu_ram_efficient_loading: true 并同时设 fsdp_sync_module_states: true,就只有 rank 0 读入 {whole},其他进程先建空张量(meta),再由它广播各自的部分;脚本要在进程组建好之后再 from_pretrained",
        )
    return Words(
        "Let one process read it or each only its part (device_map or tensor parallel in a single process; ZeRO-3's zero.Init, which acts only if DeepSpeed's config, TrainingArguments, is made before from_pretrained; FSDP's cpu_ram_efficient_loading)",
        "让单个进程加载,或每个进程只读自己的部分(单进程 device_map 或张量并行;ZeRO-3 的 zero.Init,要先建好 DeepSpeed 配置即 TrainingArguments 再 from_pretrained 才生效;FSDP 的 cpu_ram_efficient_loading)",
    )


def _quantised_as_read(figures: Figures) -> Words:
    """What stays in RAM of a base that is quantised while it is read; silent of others. The run is that of the authors' README."""
    if figures.knob("method") != "qlora" or program_of(figures) != "fsdp":
        return SILENT
    kept, ram = figures["w_nf4"], figures.amount("ram")
    short = Words(f", more than the {figures['ram']} there are", f",超过现有的 {figures['ram']}") if 0 < ram < figures.need("w_nf4") else SILENT  # fmt: skip
    return Words(
        f" A loader that quantises a few layers at a time as it reads keeps only the 4-bit base there, {kept}{short.en}: the authors of FSDP with QLoRA name roughly 55 GB of RAM for Llama-2-70B on two 24 GB cards, CPU offload included.",
        f"边读边逐层量化的加载方式只在内存里留下 4 位基座 {kept}{short.zh}:FSDP + QLoRA 的作者给出的是两张 24 GB 卡训 Llama-2-70B 约需 55 GB 内存,含 CPU offload。",
    )


def _against_told(figures: Figures) -> Words:
    """The machine's memory beside what is read into it, where it is told."""
    ram = figures.given.get("host_memory_gb")
    return Words(f" into {ram:g} GB", f"(内存 {ram:g} GB)") if ram else SILENT


def _in_fp32(figures: Figures) -> Words:
    """What the copies come to in fp32, where that is what the machine's memory does not hold."""
    ram, load = figures.amount("ram"), 2 * figures.params * figures.n
    if not load <= ram < 2 * load:
        return Words("twice that in fp32", "fp32 再翻倍")
    whole = both_words(2 * load)
    return Words(
        f"and in fp32, as transformers before 5 load without a dtype, {whole}: more than there is",
        f"fp32(transformers 5 之前不写 dtype 就是它)则是 {whole},超过现有内存",
    )


def _states_of_all(figures: Figures) -> Words:
    """That the states of full fine-tuning do not go on the cards once it has loaded, and whether LoRA does; silent where they do."""
    each, room = TRAINED * figures.params / figures.n, figures.base.capacity
    if figures.knob("task") != "train" or figures.knob("method") != "full" or figures.knob("optimizer") != "adamw":
        return SILENT
    if figures.pure or figures.knob("offload") not in (None, "none") or not room or each <= room:
        return SILENT
    there = figures.at(method="lora")
    fits, fits_zh = (
        ("goes on them", "放得下") if there.leaning in ("yes", "likely") else ("does not either", "也放不下")
    )
    return Words(
        f"; then full fine-tuning's states, {size_words(figures.params)} × {TRAINED} B ÷ {figures.n} = {both_words(each)}, are more than the {gib_words(room)} of a card, while LoRA {fits}, {gib_words(there.best)}",
        f";但之后全量微调的状态 {size_words(figures.params)} × {TRAINED} 字节 ÷ {figures.n} = 每卡 {both_words(each)},超过卡上的 {gib_words(room)},LoRA {fits_zh}(每卡 {gib_words(there.best)})",
    )


def _then_offloaded(figures: Figures) -> Words:
    """What lies in the machine's memory once all is read and the run offloads, against what there is, and what the cards take."""
    ram, wanted = figures.amount("ram"), figures.amount("host_takes")
    short, cards = SILENT, figures["peak"]
    if ram:
        short = (
            Words(f", more than there is: about {figures['host_roomy']} with the system and pinned buffers", f",超过现有的内存:连同系统和锁页缓冲约要 {figures['host_roomy']}")
            if wanted > ram
            else Words(", which goes in", ",放得下")
        )  # fmt: skip
    sum_ = host_sum(figures)
    return Words(
        f" What follows: {sum_.en}{short.en}; each card then takes {cards}.",
        f"之后:{sum_.zh}{short.zh};每张卡再占 {cards}。",
    )


def _of_the_shard(figures: Figures) -> Words:
    """What of the weights would come onto each card of those that divide the model, and of a quantised base whether a step fits then; silent of others."""
    if figures.knob("zero_stage") != 3 or figures.n < 2:
        return SILENT
    if figures.knob("method") != "qlora":
        if figures.knob("offload") not in (None, "none"):
            return _then_offloaded(figures)
        part, states = both_words(2 * figures.params / figures.n), _states_of_all(figures)
        return Words(
            f" The cards are still empty: divided over {figures.n} they will hold {part} of 16-bit weights each{states.en}.",
            f"显卡此时还是空的:切到 {figures.n} 张卡,每张只放 16 位权重的 {part}{states.zh}。",
        )
    part, step, room, short = figures["w_here"], figures["peak"], figures.base.capacity, SILENT
    if room and figures.base.best > room:
        ways = cheapest(figures)
        short = Words(
            f" of {gib_words(room)}, so it further wants {ways.en}", f"(卡上 {gib_words(room)}),还需:{ways.zh}"
        )
    return Words(
        f" The cards are still empty: divided over {figures.n} they will hold {part} of 4-bit weights each, and a step takes {step}{short.en}.",
        f"显卡此时还是空的:切到 {figures.n} 张卡,每张只放 4 位权重的 {part};一步每卡 {step}{short.zh}。",
    )


READ_WORDS: dict[str, Callable[[Figures], Words]] = {
    "read_once": _read_once,
    "of_the_shard": _of_the_shard,
    "read_in_fp32": _in_fp32,
    "against_told": _against_told,
    "quantised_as_read": _quantised_as_read,
}

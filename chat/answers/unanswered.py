"""What is said where no tool is needed: a greeting, what is out of scope, a name that is not known, a model to be named."""

import re

from chat.answers.on_pace import pace_of_any, pace_wanted
from chat.answers.unread import not_understood
from chat.answers.wording import finished
from chat.phrases import value
from chat.plans.allotted import beside_others, size_not_sold
from chat.plans.machines import USUAL_OF_DEVICES, of_any_machine, wants_cards
from chat.plans.understood import has_subject, understood
from chat.reads.cards.budgets import budget
from chat.reads.cards.devices import DEVICE_NAMED
from chat.reads.cards.free_memory import CARD_FREE, CARD_TAKEN, ONE_CARD
from chat.reads.cards.slices import SLICES
from chat.reads.lexicon import compiled
from chat.reads.models.name_unread import name_unread
from chat.reads.reading import Reading
from kb.names import names
from kb.pools import share_by_default, share_of
from kb.programs import serves

_HELP = (
    (
        "Ask how much GPU memory a language model needs, whether it fits on your cards, and why: name a model or a size, "
        "what you do with it (inference, LoRA, QLoRA, full fine-tuning), and your cards. For example: can I QLoRA a 70B "
        "model on 2×A100? What context fits for Llama-3.1-8B on a 24 GB card? Why 16 bytes per parameter?"
    ),
    (
        "可以问:某个大模型需要多少显存、您的显卡放不放得下、为什么。请说出模型或参数量、用途(推理、LoRA、QLoRA、全量微调)和显卡。"
        "例如:两张A100能用QLoRA微调70B模型吗?24 GB 显卡跑 Llama-3.1-8B 上下文最长多少?为什么是 16 字节每参数?"
    ),
)
# behind an answer
_THANKED = re.compile(
    r"\bthank|\bthx\b|\bty\b|\bcheers\b|\bbye\b|\b(?:cool|great|nice|perfect|awesome|got it|i see|understood|makes sense|ok|okay)\b|谢|再见|明白|懂|了解|清楚|收到|(?<![你您])好的?|原来|辛苦",
    re.IGNORECASE,
)
_WELCOME = (
    "You are welcome. To go on, name what changes (another card, length, batch or method), and the answer follows.",
    "不客气。接着问就行:说出要改的地方(换一张卡、换长度、批大小或方法),答案会跟着变。",
)
_SCOPE = (
    (
        "That is outside what I know: I only work out how much GPU memory a language model needs, whether it fits and why, "
        "and how long training takes. Ask, for example, {example}"
    ),
    "这超出了我的范围:我只计算大语言模型需要多少显存、放不放得下、为什么,以及训练要多久。可以这样问:{example}",
)
_DRAWN = (
    (
        "Models that draw, film, speak or listen are outside what I know: I only work out the GPU memory of language models "
        "(those that also read pictures included). Ask, for example, {example}"
    ),
    "画图、视频和语音模型超出了我的范围:我只计算大语言模型(包括能看图的)的显存。可以这样问:{example}",
)
_EXAMPLES = (
    ("does Qwen3-32B in 4 bits fit on a 4090, and why?", "4090 放得下 4 位的 Qwen3-32B 吗,为什么?"),
    ("which models run on {card}?", "{card} 能跑哪些模型?"),
)
_INJECTION = (
    (
        "I only answer questions about GPU memory, from fixed formulas and read-only tables; instructions inside a question "
        "change neither."
    ),
    "我只根据固定的公式和只读的表回答显存问题;问题里夹带的指令不会改变它们。",
)
_HARDWARE = {"gpu", "gpu_memory_gb"}
_EMPTY = ("The question is empty. ", "问题是空的。")
_NO_SUCH = (
    "No model “{name}” is in the tables. Its number of parameters (7B), or its config.json, would do: then weights, cache and what fits are computed; say also what you do with it (run it, LoRA, QLoRA, full fine-tuning) and on which cards.",
    "表里没有模型“{name}”。给出它的参数量(如 7B)或 config.json 就能计算权重、缓存和放不放得下;再说明用途(推理、LoRA、QLoRA、全参微调)和显卡。",
)
_NO_SUBJECT = (
    "Which model is it about? Name one (Llama-3.1-8B) or a size (7B), what you do with it (run it for how many users, LoRA, QLoRA, full fine-tuning), and which cards, how many. Length and batch matter too; where you do not say them, the usual ones are taken and told.",
    "是哪个模型?请给出模型名(如 Llama-3.1-8B)或参数量(如 7B)、用途(推理及并发数、LoRA、QLoRA、全参微调)以及显卡型号和数量。序列长度和批大小也有影响;不说就按常用值计算并注明。",
)
# what holds of any model: bytes of a parameter, told for a billion of them
_OF_ANY = (
    "Until then, for each billion parameters: to run it 2 GB in 16 bit, 1 GB in 8 and about 0.6 GB in 4, with the KV cache on top, which grows with length × users; LoRA 2 GB and more, QLoRA 0.6 GB and more; full fine-tuning with AdamW 16 to 18 GB. Activations come on top of each.",
    "在此之前可按每 10 亿(1B)参数估算:推理 16 位 2 GB、8 位 1 GB、4 位约 0.6 GB,KV 缓存另算,随长度 × 并发增长;LoRA 2 GB 起,QLoRA 0.6 GB 起;AdamW 全参微调 16 到 18 GB。激活都另算。",
)

# asked what a machine runs of which nothing is told
_ANY_MACHINE = (
    "That depends on its graphics memory and its RAM: which card is it (or how many GB of VRAM: Task Manager > Performance > GPU, or `nvidia-smi`), and how much RAM? With llama.cpp's files (Ollama, LM Studio) and 4,096 tokens, a card of each usual size holds:",
    "取决于显存和内存:显卡是什么型号,或显存多少 GB(任务管理器 > 性能 > GPU 里看,也可用 nvidia-smi)?内存多少?按 GGUF 文件(Ollama、LM Studio 一类)、4,096 token,常见显存能放下:",
)

# asked whether so many cards are enough, of no model: what decides it, before what is missing
_OF_COUNTS = (
    "That depends on the model and the method: cards add up only where the model is divided over them (FSDP or ZeRO-3 in training, tensor parallel when serving); plain data parallel (DDP) keeps a whole copy on every card, so more of them train faster and hold no more.",
    "取决于模型和方法:只有把模型切分到各卡上(训练用 FSDP 或 ZeRO-3,推理用张量并行),显存才能合起来用;普通数据并行(DDP)每张卡都放一份完整的模型,卡多只是更快,放不下的还是放不下。",
)


_ENCODER = (
    (
        "Encoders and embedding models are outside the tables, which hold generating language models. Their weights take "
        "parameters × bytes; give the number of parameters for that."
    ),
    "向量(embedding)和编码器模型不在表内,表里只有生成式语言模型。其权重 = 参数量 × 每参数字节数;给出参数量即可计算。",
)


def without_tools(reading: Reading) -> str:
    """What is said when no tool is called: help, a limit, a name that is not known, or the one thing that is missing."""
    return finished(_without_tools(reading), reading)


def _without_tools(reading: Reading) -> str:
    zh = reading.language == "zh"
    place = 1 if zh else 0
    if not reading.text.strip():
        return _EMPTY[place] + _HELP[place]
    family_alone = reading.lowered.strip(" ?？!！.。~") in reading.suggestions
    if reading.intents == ("out_of_scope",) and not (reading.unknown_models or reading.unknown_gpus or family_alone):
        return _outside(reading, place)
    if reading.unknown_models or reading.unknown_gpus or (reading.suggestions and not has_subject(reading)):
        return "\n\n".join(part for part in (unknown(reading), not_understood(reading, every=True)) if part)
    said = {"greeting": _HELP, "help": _HELP, "injection": _INJECTION}.get(reading.intent)
    if said is not None:
        return (_WELCOME if reading.intent == "greeting" and _THANKED.search(reading.lowered) else said)[place]
    if "cost" in reading.cues and (wanted := pace_wanted(reading, set())):  # what a price takes is no model alone
        return "\n\n".join(part for part in (wanted, not_understood(reading, every=True)) if part)
    if timed := pace_of_any(reading):
        return "\n\n".join(part for part in (timed, not_understood(reading, every=True)) if part)
    missing = _ENCODER if "encoder" in reading.cues else _NO_SUBJECT
    counts = bool(reading.facts.get("n_gpus")) and missing is _NO_SUBJECT
    name = name_unread(reading) if missing is _NO_SUBJECT else None
    if name:
        return "\n\n".join((_NO_SUCH[place].format(name=name), _OF_ANY[place]))
    lead = _OF_COUNTS[place] if counts else ""
    rules = _OF_ANY[place] if missing is _NO_SUBJECT else ""
    return "\n\n".join(part for part in (lead, missing[place], rules, not_understood(reading, every=True)) if part)


def scope(language: str) -> str:
    """What is worked out here, beside an answer to something else."""
    return (
        "我只计算大语言模型的显存:需要多少、放不放得下、为什么,以及训练要多久。"
        if language == "zh"
        else "What I work out is GPU memory: how much a language model needs, whether it fits and why, and how long training takes."
    )


def _outside(reading: Reading, place: int) -> str:
    """That a question is about something else, and one that can be asked here: of the card that was named, if one was."""
    cards = reading.facts.get("gpu", ())
    example = _EXAMPLES[bool(cards)][place].format(card=cards[0] if cards else "")
    return (_DRAWN if "draws" in reading.cues else _SCOPE)[place].format(example=example)


def of_cards(reading: Reading) -> list[str]:
    """What is said before an answer is computed: a card that nobody knows, and an amount of memory that is called bandwidth."""
    zh = reading.language == "zh"
    named = "small_device" in reading.cues or reading.unknown_gpus or budget(reading.text)
    told = [_ANY_MACHINE[zh]] if of_any_machine(reading) and not named else []
    told += [] if _asks_which_card(reading) else _of_a_budget(reading)
    memory = reading.fact("gpu_memory_gb")
    for name in (typed_name(one, reading.text) for one in reading.unknown_gpus):
        if memory:
            size = value("gpu_memory_gb", memory, reading.language)
            taken = f"下面只按您说的 {size} 显存计算" if zh else f"what follows goes by the {size} that you give it"
        elif {"gpu"} & set(reading.facts):
            taken = "下面只按其余的卡计算" if zh else "what follows is for the others"
        else:
            taken = (
                "说出它的显存就能判断放不放得下"
                if zh
                else "say how much memory it has, and the answer says whether it fits"
            )
        close = (", ", "、")[zh].join(reading.suggestions.get(name.lower(), ()))
        near = "" if not close else f"(相近的有:{close})" if zh else f" (near: {close})"
        told.append(
            f"表里没有“{name}”这款显卡{near}:{taken}。" if zh else f"No card “{name}” is in the tables{near}: {taken}."
        )
    told += _of_device(reading) + _of_no_such_size(reading) + _beside_others(reading)
    if "called_bandwidth" in reading.extras:
        size = value("gpu_memory_gb", reading.extras["called_bandwidth"][0], reading.language)
        told.append(
            f"带宽以 GB/s 计,决定生成的快慢,不决定放不放得下;放不放得下看显存容量,请说卡有多少显存。若 {size} 指的是显存,则:" if zh
            else f"Bandwidth is given in GB/s and sets how fast tokens come, not what fits: say how much memory the card has. If {size} is its memory, then:"
        )  # fmt: skip
    elif "bandwidth" in reading.cues and not _HARDWARE & set(reading.facts) and has_subject(reading):
        told.append(
            "带宽决定生成的快慢,不决定放不放得下:请说卡有多少显存。所需显存如下。" if zh
            else "Bandwidth sets how fast tokens come, not what fits: say how much memory the card has. What is needed:"
        )  # fmt: skip
    return told


# a part of a card is what is told
_SLICED = r"(?<![a-z])v?mig(?![a-z])|vgpu|\bslices?\b|\b(?:gpu|card) partition|\bpartitions? of (?:an?|the|one)\b|切片|切分?出|(?:卡|[a-z]\d+|\d\s?gb?)\s?被?切(?!分)|虚拟(?:化|gpu|显卡|出)"


def _of_no_such_size(reading: Reading) -> list[str]:
    """That a card is not sold with the memory that it is said to have, and by what the answer goes."""
    found = size_not_sold(reading)
    if found and SLICES in reading.extras:
        return [
            f"每个 MIG 切片按一张 {found[1]:g} GB 的独立显卡计算(nvidia-smi 显示的比名字略少):切片之间互不相通(没有 NVLink 和点对点访问),模型不能跨切片做张量并行或切分,各自要放一份权重。"
            if reading.language == "zh"
            else f"Each MIG slice counts as a card of its own with {found[1]:g} GB (nvidia-smi shows a little less than the name says): slices do not reach each other (no NVLink, no peer access), so no model is divided over them by tensor parallel or sharding, and each holds the weights once more."
        ]
    if found is None or compiled(_SLICED).search(reading.lowered):
        return []
    zh = reading.language == "zh"
    name, size, sold = found
    less = size < sold[-1]
    if zh:
        part = (
            "更小的可能是 MIG 或 vGPU 切出的一份,或是别的卡;下面按每张只有这么多计算"
            if less
            else "下面按表里的容量计算"
        )
        return [f"表里没有 {size:g} GB 的 {name},请核对:{part}。"]
    part = (
        "it may be a slice of one (MIG, vGPU) or another card; what follows counts so much of each"
        if less
        else "what follows is for the sizes that are"
    )
    return [f"No {name} of {size:g} GB is in the tables, please check: {part}."]


def _of_a_budget(reading: Reading) -> list[str]:
    """That what a sum buys is not known, and what it is to be held against; of cards that are named no offer is sought."""
    money = budget(reading.text) if not {"gpu", "gpu_memory_gb"} & set(reading.facts) else ""
    if not money:
        return []
    if reading.language == "zh":
        what = "下面是要多大显存、几张卡" if has_subject(reading) else "按 GGUF 文件、4,096 token,常见显存能放下"
        return [
            f"“{money}”能买到什么这里不知道(没有价格数据,各家不同,也常变):{what},拿它去比报价{'即可' if has_subject(reading) else ''}:"
        ]
    what = (
        "what it takes is how much memory, and on how many cards; compare offers of these"
        if has_subject(reading)
        else "compare offers by their memory, of which each usual size holds, with llama.cpp's files and 4,096 tokens"
    )
    return [f"What “{money}” buys is not known here (the tables have no prices, which differ and change): {what}:"]


_WHICH_CARD = r"\b(?:which|what)\b[^.?;]{0,24}\b(?:cards?|gpus?|hardware)\b|(?:什么|哪[张款块个种]?|啥)(?:样的?)?(?:显?卡|gpu)|买(?:什么|哪|啥)"


def _asks_which_card(reading: Reading) -> bool:
    return wants_cards(reading) and compiled(_WHICH_CARD).search(reading.lowered) is not None


def behind_the_cards(reading: Reading) -> list[str]:
    """The same behind the cards that do, where it is asked which to buy."""
    money = budget(reading.text) if _asks_which_card(reading) else ""
    if not money:
        return []
    return [
        f"“{money}”能买到其中哪张这里不知道(没有价格数据,各家不同,也常变):拿显存去比报价即可。" if reading.language == "zh"
        else f"Which of these “{money}” buys is not known here (the tables have no prices, which differ and change): compare offers by their memory."
    ]  # fmt: skip


def _of_device(reading: Reading) -> list[str]:
    """That a phone, a handheld or a board by its name stands in no table, and what is gone by."""
    found = compiled(DEVICE_NAMED).search(reading.text.lower()) if "small_device" in reading.cues else None
    if found is None or "gpu" in reading.facts:
        return []
    name, zh = reading.text[slice(*found.span())].strip(), reading.language == "zh"
    memory = reading.fact("host_memory_gb") or reading.fact("gpu_memory_gb")
    if memory and has_subject(reading):
        return []  # it is said behind the verdict
    if memory:
        return [
            f"表里没有“{name}”:按您说的 {float(memory):g} GB 内存计算,系统和图形也共用这块内存。" if zh
            else f"No “{name}” is in the tables: what follows goes by the {float(memory):g} GB of memory that you give it, which its system and graphics share."
        ]  # fmt: skip
    example, example_zh = (
        (f" Of one with {USUAL_OF_DEVICES} GB:", f"以 {USUAL_OF_DEVICES} GB 的为例:")
        if of_any_machine(reading)
        else ("", "")
    )
    return [
        f"表里没有“{name}”:决定放不放得下的是它的内存(系统和图形共用),说出多少 GB 就能判断。{example_zh}" if zh
        else f"No “{name}” is in the tables: its memory decides, which system and graphics share; say how many GB it has, and the answer says whether it fits.{example}"
    ]  # fmt: skip


# what a card has to give, of which nobody holds anything
_USABLE = r"\busable\b|实际可用"


def _beside_others(reading: Reading) -> list[str]:
    """That others hold a part of the card, and what of it is counted: for a server, by the share that it may be set to."""
    facts = understood(reading) if {CARD_FREE, CARD_TAKEN} & set(reading.extras) else {}
    share, zh = facts.get("gpu_memory_utilization"), reading.language == "zh"
    if share is not None and "gpu_memory_utilization" not in reading.facts:
        knob = share_of(str(facts["engine"])).setting
        one = ONE_CARD in reading.extras
        part, same = ("其中一张卡", "每张卡的份额相同,") if one else ("卡", "")
        where, alike = ("one of the cards", " and the same on each") if one else ("the card", "")
        return [
            f"{part}上有一部分被别的程序占着:{same}份额按整张卡算,所以 {knob} 最多设 {share:g};默认值会要更多,启动就报错。" if zh
            else f"Others hold a part of {where}: the share is of the whole card{alike}, so {knob} {share:g} is the most to set; the default asks for more, and the start fails."
        ]  # fmt: skip
    counted = " limited to " in str(facts.get("gpu")) or facts.get("gpu_memory_gb", 0) not in (
        0,
        *reading.facts.get("gpu_memory_gb", ()),
    )
    if not counted and share is None and serves(facts.get("engine")) and beside_others(reading, facts):
        usual = share_by_default(str(facts["engine"]))
        return [
            f"卡上有一部分被别的程序占着:服务默认的份额({usual:g})放得进空着的部分,不必调低。" if zh
            else f"Others hold a part of the card: the share that a server takes by default ({usual:g}) still fits into what is free."
        ] if usual else []  # fmt: skip
    if not counted or compiled(_USABLE).search(reading.lowered):
        return []
    if " + " in str(facts.get("gpu")):
        return [
            "其中一张卡有一部分被别的程序占着:那张只按空着的部分计算。" if zh
            else "Others hold a part of one of the cards: of that one only what is free is counted."
        ]  # fmt: skip
    return [
        "卡上有一部分被别的程序占着:只按空着的部分计算。" if zh
        else "Others hold a part of the card: only what is free of it is counted."
    ]  # fmt: skip


def typed_name(name: str, text: str) -> str:
    """A name as it was typed, so that it may be quoted."""
    found = re.search(re.escape(name), text, re.IGNORECASE)
    return found[0] if found else name


_OPEN = (
    "Sizes that go around are rumours; of any size the weights take billions of parameters × bits ÷ 8 in GB (each 100B: 200 GB in 16 bit, 50 GB in 4), and the KV cache and overhead come on top. Name an open model or a size instead, and it is computed: for example gpt-oss-120b, Llama-3.3-70B or DeepSeek-R1.",
    "流传的参数量都是传闻;对任意大小,权重 = 参数量(十亿)× 位数 ÷ 8(GB;每 100B 16 位 200 GB、4 位 50 GB),KV 缓存和开销另算。换一个开放权重的模型或给出参数量就可以计算,例如 gpt-oss-120b、Llama-3.3-70B、DeepSeek-R1。",
)


def _closed(names: list[str], zh: bool) -> str:
    """That of these neither weights nor size are published, and what follows from it."""
    names = [f"“{name}”" for name in names]  # a version is no figure
    if zh:
        return f"**{'、'.join(names)}没有公开权重,也没有公布参数量:不能在自己的卡上运行或微调,显存也无从计算,只能通过厂商的服务使用。**"
    several = len(names) > 1
    return (
        f"**{' and '.join(names)}: neither weights nor size {'of these ' if several else ''}are published, so {'they' if several else 'it'} "
        f"cannot be run or tuned on cards of your own, and no memory can be computed; only the maker's service runs {'them' if several else 'it'}.**"
    )


_LIKE = 0.1  # of a size that is told


def _of_its_size(reading: Reading, near: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are near, where a size is told those of about that size: others are no slip of that name."""
    size = reading.fact("params")
    if not size or not has_subject(reading):
        return near
    sizes = {name: names().by_spelling[name.lower()].params for name in near if name.lower() in names().by_spelling}
    return tuple(name for name in near if abs(float(sizes.get(name) or 0) / float(size) - 1) <= _LIKE)


def unknown(reading: Reading, whole: bool = True, cards: bool = True) -> str:
    """The names that are not in the tables, with those near them; without `cards` where those were told before."""
    zh = reading.language == "zh"
    separator, lines = "、" if zh else ", ", []
    undecided = (
        [] if has_subject(reading) else [name for name in reading.suggestions if name not in reading.unknown_gpus]
    )
    closed = [one for one in reading.unknown_models if one in reading.extras.get("closed_model", ())]
    if closed:
        lines.append(_closed([typed_name(name, reading.text) for name in closed], zh))
        if whole and not {"gpu", "gpu_memory_gb"} & set(reading.facts):
            lines.append(_OPEN[zh])
    rest = [one for one in reading.unknown_models if one not in closed]
    for name in dict.fromkeys((*rest, *undecided, *(reading.unknown_gpus if cards else ()))):
        kind = ("模型" if zh else "model") if name not in reading.unknown_gpus else ("显卡" if zh else "card")
        close = _of_its_size(reading, reading.suggestions.get(name, ()))
        if name in undecided and name not in reading.unknown_models:
            line = (
                f"“{name}”可能是好几个{kind}:" if zh else f"“{name}” could be several {kind}s; say which: "
            ) + separator.join(close)
        else:
            said = typed_name(name, reading.text)
            line = f"表里没有{kind}“{said}”" if zh else f"No {kind} “{said}” is in the tables"
            if name in reading.extras.get("shapeless", ()):
                line = (
                    f"表里有“{said}”的大小,但没有它的结构"
                    if zh
                    else f"Of “{said}” the tables have the size, not the shape"
                )
            line += ((";相近的有:" if zh else "; near: ") + separator.join(close)) if close else ""
        lines.append(line + ("。" if zh else "."))
    tail = (
        ("给出参数量或 config.json 也可以估算。" if zh else "A number of parameters or a config.json would do as well.")
        if rest and whole
        else ""
    )
    return ("" if zh else " ").join([*lines, tail]).strip()

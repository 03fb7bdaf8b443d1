"""What stands side by side is decided in the first sentence: whether the one that is asked about is enough, or helps."""

import pytest

from chat.agent import Assistant
from chat.plans.choices import Asked, asked_about, asked_instead
from chat.reads.grammar import read
from tests.talking import answer_to


def first(question: str) -> str:
    told = Assistant().ask(question)
    assert not told.notices
    return told.text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("A colleague says ZeRO-2 is enough for full fine-tuning of a 7B on 4x A100 40GB. Is that true, or do I need ZeRO-3?",
         ("No: ZeRO-2 is not enough", "43.7 GiB per card against 40.0 GiB", "sharded (ZeRO-3/FSDP) most likely fits")),
        ("13b全参 8张A100 40G，每张卡zero1、zero2、zero3各占多少？群里说zero2就够用了", ("不够：ZeRO-2 每张卡要 54.4 GiB", "多半放得下")),
        ("Can I stay with ZeRO-2 or do I need ZeRO-3 for full SFT of Qwen2.5-14B on 8 H100?", ("Yes: ZeRO-2 is enough",)),
        ("全参微调7B,8张A100 80G,用zero2够吗?还是要zero3", ("够：ZeRO-2 每张卡要 29.3 GiB",)),
        ("Is a 4090 enough for LoRA on Qwen2.5-14B or do I need an A6000?",
         ("No: RTX 4090 is not enough: 33.8 GiB against 24.0 GiB; with QLoRA, 4-bit (15.6 GiB) it fits", "RTX A6000 fits")),
        ("My friend claims a single 3090 is plenty for QLoRA of 32B, do I really need an A6000?", ("RTX 3090 is at the edge", "RTX A6000 fits")),
        ("微调14B的lora,3090够吗,还是得上A100 80G", ("不够：RTX 3090 要 33.8 GiB", "A100 80 GB 放得下")),
        ("72B用awq,两张4090够不够,还是要四张", ("多半够：2 张卡每张卡要 21.5 GiB，可用 22.1 GiB",)),
        ("8张L40S全参微调32B,zero3够吗还是要offload?", ("不够：切分（ZeRO-3/FSDP）每张卡要 74.7 GiB", "offload 放得下（12.5 GiB）")),
        ("4x 3090, full SFT of a 3B: do I need CPU offload with ZeRO-3?", ("No: sharded (ZeRO-3/FSDP) most likely is enough: 21.0 GiB",)),
        ("Do I need to go to 2x A6000 or does one do for serving Qwen2.5-32B int8?", ("No: one card is enough, 34.1 GiB of 48.0 GiB",)),
        ("8*V100 32G全参微调qwen2.5-7b，该上zero几？要不要offload", ("够：切分（ZeRO-3/FSDP）每张卡要 25.8 GiB，可用 32.0 GiB",)),
        ("llama3.1-70b推理,一张A100 80G够不够还是要两张?", ("用 8 位（70.2 GiB）、4 位（39.6 GiB）就够，16 位（134.0 GiB）不够",)),
        ("Is 4 x A100 80GB enough to fully fine-tune Qwen2.5-7B, or do I need 8?", ("Yes: 4 cards are enough",)),
        ("my team lead insists 4x L40S is sufficient for full SFT of a 14B, is he right or should we rent 8x H100?",
         ("No: 4 × L40S (sharded (ZeRO-3/FSDP)) are not enough: 68.2 GiB per card against 45.0 GiB", "8 × H100 (ZeRO-2) fits")),
        ("想微调7B,显卡3060 12G,是不是只能qlora?", ("对：LoRA 要 15.1 GiB，可用 12.0 GiB，放不下",)),
        ("Is QLoRA my only option for an 8B on a 24GB 3090?", ("No: LoRA takes 19.9 GiB of 24.0 GiB and fits",)),
        ("Do I have to use QLoRA for Gemma-2-9B on a 24GB card?", ("No: LoRA with a fused loss (26.5 GiB without) takes 20.0 GiB of 24.0 GiB",)),
        ("24G 显卡微调 gemma-2-9b 只能 qlora 吗", ("不是：LoRA 用融合损失（不用则 26.5 GiB）要 20.0 GiB",)),
        ("LoRA of Mistral-7B on one 3090, do I need to use gradient checkpointing?",
         ("Yes: checkpointing off is not enough", "GiB against 24.0 GiB; checkpointing on fits")),
        ("LoRA of a 7B on an A100 80GB, do I need gradient checkpointing?", ("No: checkpointing off is enough",)),
        ("要不要开梯度检查点? 7B LoRA 3090", ("需要：重计算关要 27.8 GiB", "重计算开放得下")),
        ("Is 24GB enough for full fine-tuning of a 1.5B, or must I use LoRA?", ("No: full fine-tuning most likely is not enough: 24.8 GiB", "LoRA fits (7.76 GiB)")),
        ("Is 24GB enough for LoRA of Qwen3-8B at 4096 tokens, or must I use QLoRA?", ("LoRA is at the edge", "QLoRA fits (15.6 GiB)")),
        ("RTX 3060 12GB for a hobby fine-tune. Is 7B realistic or should I stick to 3B, and with which method?",
         ("7B fits with QLoRA (6.19 GiB), not with full fine-tuning (102.0 GiB) or LoRA (15.1 GiB)", "3B with LoRA most likely fits")),
        ("笔记本4060 8G，想微调个模型玩玩，7b能行吗还是只能玩1.5b 3b，用什么方法", ("7B 用 QLoRA（6.19 GiB）可以", "LoRA（15.1 GiB）不行")),
        ("16G的4080推理能跑14B吗还是只能跑7B?", ("14B 用 4 位（11.1 GiB）可以", "16 位（29.3 GiB）、8 位（17.0 GiB）不行")),
    ],
)  # fmt: skip
def test_what_is_said_or_asked_to_be_enough_is_decided_first(question: str, says: tuple[str, ...]) -> None:
    said = first(question)
    for one in says:
        assert one in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-2-13B full sft, 8x A100 40G. zero2 dies when the optimizer initialises. Will zero3 be any different?",
         "Yes: sharded (ZeRO-3/FSDP) takes 34.9 GiB per card of 40.0 GiB and most likely fits; ZeRO-2 takes 54.4 GiB and does not fit"),
        ("Qwen2.5-7B全参4张A6000 48G,zero2第一步就爆,换成zero3有用吗", "有用：切分（ZeRO-3/FSDP）每张卡要 40.3 GiB"),
        ("QLoRA of a 70B died on 2x A6000 with DDP. Does FSDP help?", "Yes: sharded (ZeRO-3/FSDP) takes"),
        ("Full FT of a 7B: AdamW dies on an A100 80GB at the first step. Would paged 8-bit AdamW save me, or must I shard?",
         "Yes: paged 8-bit AdamW takes 64.5 GiB of 80.0 GiB"),
        ("fp16 LoRA of a 13B ran out of memory on my 24GB card, would QLoRA be any better?", "Yes: 4-bit QLoRA takes 9.86 GiB"),
    ],
)  # fmt: skip
def test_whether_another_helps_after_a_failure_is_decided_first(question: str, says: str) -> None:
    assert says in first(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("I need to use QLoRA on Llama-3-8B with a 4090. How much VRAM will it take?", "fits** — about 10.3 GiB"),
        ("How much VRAM do I need if I must use QLoRA on Llama-3-8B?", "10.3 GiB"),
        ("Will a 14B fit a 12GB card if I can only do QLoRA?", "**No. 14B, QLoRA, 4-bit, a 12 GB card: does not fit"),
        ("我只能用 QLoRA，8B 模型在 24G 上最大 batch 多少？", "QLoRA · 4 位 · 24 GB 显卡：放得下"),
        ("公司要求必须用 LoRA，Qwen2.5-14B 在 A100 80G 上能开多长？", "稳妥的上限是 16,801 token"),
    ],
)
def test_a_method_that_is_told_to_be_the_only_one_is_not_asked_about(question: str, says: str) -> None:
    assert says in first(question)


def test_two_that_are_named_alike_or_not_at_all_are_not_decided_between() -> None:
    sizes = {one: [("zero_stage", one)] for one in (2, 3)}
    assert asked_about(read("is zero2 or zero3 enough for 7B full on 4 A100 40GB?"), sizes) is None
    assert asked_about(read("zero2 and zero3 of a 7B on 4 A100 40GB: memory per card?"), sizes) is None
    assert asked_about(read("7B 全参 zero2 不够,zero3 呢? 4张A100"), sizes) == Asked(2, "enough", denied=True)
    cards = {one: [("gpu", one)] for one in ("RTX 4090", "RTX 3090")}
    assert asked_about(read("Should I get a 4090 or a used 3090 for LoRA on Llama-3.1-8B?"), cards) is None
    assert asked_about(read("Do I need a 4090 or is a 3090 enough for LoRA on Llama-3.1-8B?"), cards) == Asked(
        "RTX 3090", "enough"
    )
    caches = {one: [("kv_format", one)] for one in ("bf16", "fp8")}
    for text in (
        "Do I need an fp8 KV cache for Llama-3.1-8B fp16 at 64k on a 3090?",
        "Qwen2.5-7B fp16 32k 24G,需要 fp8 KV 缓存吗",
    ):
        assert asked_about(read(text), caches) == Asked("bf16", "enough", needed=True)
    assert asked_instead(read("zero2 and zero3 both OOM with 7B on 4 A100"), sizes) is None
    methods = {one: [("method", one)] for one in ("lora", "qlora")}
    assert asked_about(read("is qlora enough to train a 7B on 8GB, or can I do lora?"), methods) == Asked(
        "qlora", "enough"
    )


def test_a_lever_that_is_asked_about_beside_another_method_is_not_decided_by_the_method() -> None:
    asked = "LoRA of Qwen2.5-7B OOMs at 8k context on a 4090. Would Liger fix it or do I need QLoRA?"
    methods = {one: [("method", one)] for one in ("lora", "qlora")}
    assert asked_instead(read(asked), methods) is None


def test_what_really_is_needed_corrects_nothing() -> None:
    assert read("a 3090 is plenty, do I really need an A6000 for a 32B?").facts["gpu"] == ("RTX 3090", "RTX A6000")
    assert read("7B on 4 A100 80GB, sorry, I really have 2 cards").facts["n_gpus"] == (2,)


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        ("2x RTX A6000 48GB, want to tune Llama-3.1-70B. lora / qlora / fsdp / zero3... which combo actually fits?",
         "Take 4-bit QLoRA: the only one that fits, 33.3 GiB per card of 48.0 GiB", "By what they divide"),
        ("ZeRO-3 offload vs QLoRA for tuning a 13B on a single 3090, which makes sense?", "Take QLoRA (4-bit): of those that fit it costs least", "FSDP, 4.14"),
        ("13B单张3090,用qlora还是zero3 offload全参?", "选 4 位 QLoRA：放得下的里面它的代价最小，9.86 GiB/24.0 GiB", "4.14"),
        ("请问单张A100 40G微调Llama-3-8B用什么方法比较好?", "选 LoRA：19.9 GiB，可用 40.0 GiB，放得下", "怎样"),
        ("4090 or A6000, which should I get to QLoRA a 70B?", "Take RTX A6000 (41.0 GiB of 48.0 GiB): the only one that holds it", "fits on"),
        ("A100 40G还是80G好?LoRA微调Qwen2.5-32B", "选 A100 80 GB（68.4 GiB / 80.0 GiB）：只有它放得下", "都放"),
        ("Qwen2.5-32B on one RTX 4090: AWQ 4-bit or GPTQ 8-bit?", "Take AWQ 4-bit: the only one that fits, 20.2 GiB of 24.0 GiB", "less (42 %)"),
        ("一张L40S 48G跑Qwen2.5-32B,用fp8还是awq?", "选 FP8：放得下的里面它的代价最小，34.1 GiB/45.0 GiB", "少 14.0 GiB"),
        ("compare 8k and 32k context for Mistral-Nemo 12B fp8 on a 24GB 4090, which fits?",
         "Each of them fits; 8,192 tokens takes least, 15.2 GiB of 22.1 GiB (32,768 tokens 19.0 GiB)", "52,976"),
        ("8192和32768上下文,Mistral-Nemo 12B fp8 在4090上哪个放得下?", "都放得下", "选"),
        ("两张4090训练qwen2.5-14b,lora还是qlora,用ddp还是zero3?", "选 QLoRA、每卡一份完整副本：每张卡 18.3 GiB，可用 24.0 GiB，放得下", "其余放不下"),
    ],
)  # fmt: skip
def test_asked_which_the_pick_opens_with_what_it_takes_of_what_there_is(question: str, says: str, unsaid: str) -> None:
    said = first(question)
    assert says in said
    assert unsaid not in said


def test_what_nobody_asked_for_is_no_row() -> None:
    told = answer_to("QLoRA of Mistral-Large-2407 on one A100 80GB, does it fit?")
    assert "48 cards" not in told
    assert "full fine-tuning" not in told
    told = answer_to("a full fine-tune of Llama-3.1-8B on one RTX 3060 12GB, possible?")
    assert "such cards, sharded" not in told


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("gemma-2-9b LoRA OOMs on my A100 40GB, mistral-7b runs. Can 2B parameters make that much difference?", 2),
        ("gemma2-9b lora在A100 40G上OOM，llama2-7b只要三十多G，就差2B参数至于吗？", 2),
        ("gemma2-9b和llama2-7b哪个好微调，还有2B的呢？", 3),
    ],
)  # fmt: skip
def test_by_how_much_models_differ_is_no_model(question: str, models: int) -> None:
    reading = read(question)
    assert len(reading.facts["model"]) + len(reading.facts.get("params", ())) == models


@pytest.mark.parametrize(
    "question", ["Want to rent the fewest possible A100 80G for a QLoRA of a 123B", "想租尽量少的A100 80G来QLoRA 123B,要多少显存"]
)  # fmt: skip
def test_the_fewest_cards_are_a_count(question: str) -> None:
    assert read(question).asks[:1] == ("n_gpus",)


def test_of_cards_side_by_side_one_that_hardly_computes_in_16_bits_is_told() -> None:
    told = Assistant().ask("Is a P40 better than a 3060 12GB for QLoRA of an 8B?")
    assert not told.notices
    assert "The arithmetic of Tesla P40 is the limit sooner than its memory" in told.text
    assert "arithmetic of" not in answer_to("Is a 4060 Ti 16GB better than a 3060 12GB for QLoRA of an 8B?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "FP8 on a 5090 dies while loading Qwen3-32B. AWQ then? 16k context",
            "at 16,384 tokens and fits; FP8 cannot even be loaded: its weights alone take 32.0 GiB",
        ),
        ("bf16 14B OOM on 24GB, would int8 help?", "bf16 cannot even be loaded"),
        ("Qwen3-14B 的 FP8 在 4060 Ti 16G 上加载就爆,换 AWQ 行吗?8k", "（其中权重 15.2 GiB），放不下"),
    ],
)
def test_the_format_that_failed_is_diagnosed_and_the_other_judged_at_once(question: str, said: str) -> None:
    first, _, rest = answer_to(question).partition("\n\n")
    assert said in first
    assert "weights alone are too much" not in rest  # once is enough


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-32B Q5_K_M at 32k in llama.cpp: do I need 2x4090 or will 1 do with q8 kv?", ("**No: 1 card is not enough: ", "a q8_0 cache", "2 cards hold it with")),
        ("Llama-3.3-70B Q4_K_M, 16k context: are 3 3090s needed or can 2 do it with a q8_0 cache?", ("**Yes: 2 cards are enough: ",)),
        ("Qwen3-14B bf16, 16k: is one 4090 with fp8 kv enough or do I need 2?", ("**No: 1 card is not enough: ", "an fp8 cache")),
        ("Will a single 3090 do for Gemma-3-27B Q4_K_M at 32k with q8 KV, or do I need two?", ("**Yes. ", "fits")),
        ("Qwen3-32B Q5_K_M 32k，需要两张4090吗，还是一张加q8缓存就行", ("**需要：一张不够",)),
        ("Qwen3-32B AWQ 32k，一张4090用fp8缓存够吗，还是得两张", ("**不够：1 张卡要", "2 张卡用")),
    ],
)  # fmt: skip
def test_so_many_cards_or_fewer_with_a_smaller_cache_is_decided_first(question: str, says: tuple[str, ...]) -> None:
    opening = first(question)
    assert all(one in opening for one in says), opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many bits should I use for a 70B on 2x 48GB cards?", "**Take 8-bit: 34.1 GiB per card of 48.0 GiB, fits; 16-bit takes 66.0 GiB and does not fit.**"),
        ("Qwen2.5-14B 要用几 bit 才能塞进 4060 Ti 16G?", "**选 4 位：11.1 GiB，可用 16.0 GiB，放得下；8 位要 17.0 GiB，放不下。**"),
        ("多少位量化合适?34B,一张 4090", "**选 4 位：20.0 GiB"),
    ],
)  # fmt: skip
def test_asked_how_many_bits_those_that_fit_and_keep_most_are_taken(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does bf16 LoRA of a 32B fit on 2x A100 80GB or do we have to go to 4 bit?", "**Yes: LoRA is enough"),
        ("32B 的 bf16 LoRA,两张 A100 80G 够吗,还是只能 4bit?", "**够：LoRA"),
        ("14B 用 lora 行不行,还是得用 4bit,一张 4090", "**不够：LoRA 要 33.8 GiB，可用 24.0 GiB；4 位 QLoRA 放得下"),
        ("LoRA in 4 bit on a 32B, one 4090?", "**32B, QLoRA, 4-bit"),
    ],
)
def test_four_bits_as_the_other_way_leave_lora_what_it_is(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("One A100 80GB, Qwen3-32B, seq 4096: LoRA in bf16, 8-bit or QLoRA?",
         ("**Take QLoRA (4-bit): of those that are sure to fit it takes least, at like cost in speed and quality as QLoRA (8-bit)", "LoRA most likely fits, too, and costs less")),
        ("Qwen3-32B,一张A100 80G,长度4096,用bf16的LoRA、8bit还是QLoRA,选哪个", ("**选 QLoRA（4 位）：稳妥放得下的里面它占得最少", "LoRA 多半也放得下，代价更小")),
    ],
)  # fmt: skip
def test_at_like_cost_the_least_is_taken_and_what_costs_less_may_fit(question: str, says: tuple[str, ...]) -> None:
    for one in says:
        assert one in answer_to(question).split("\n\n")[0]


def test_full_tuning_beyond_the_card_is_said_to_be_out_beside_adapters() -> None:
    assert "524 GB (488.2 GiB) of weights, gradients and Adam's states alone, against 80.0 GiB" in answer_to(
        "One A100 80GB, Qwen3-32B, seq 4096: LoRA in bf16, 8-bit or QLoRA?"
    )
    assert "out of the question" not in answer_to("Qwen2.5-1.5B on one A100 80GB: LoRA or QLoRA, which one should I use?")  # fmt: skip


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Can 2x 3090 do LoRA on a 20B or only QLoRA?", "**No: LoRA (sharded (ZeRO-3/FSDP)) most likely is not enough: 28.5 GiB per card against 24.0 GiB; 4-bit QLoRA"),
        ("Is full fine-tuning of an 8B possible on 4x A100 80GB, or just LoRA?", "**Yes: full fine-tuning (ZeRO-2) is enough"),
        ("Can I use bf16 for Qwen2.5-14B on a 4090 or only int4?", "**No: bf16 is not enough: 29.3 GiB against 24.0 GiB; INT4 fits"),
        ("两张3090能lora微调internlm2-20b吗,还是只能qlora", "**多半不够：LoRA"),
        ("FSDP or just DDP for a 7B LoRA on 2x3090?", "**Yes: a copy per card is enough"),
    ],
)  # fmt: skip
def test_of_two_or_only_the_lesser_the_fuller_one_is_asked_about(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_of_a_copy_on_each_card_that_fits_one_card_alone_is_enough() -> None:
    assert "For 4-bit QLoRA (a copy per card) one card alone is enough." in answer_to("Can 2x 3090 do LoRA on a 20B or only QLoRA?")  # fmt: skip
    assert "4 位 QLoRA（每卡一份完整副本）单张卡也够。" in answer_to("两张3090能lora微调internlm2-20b吗,还是只能qlora")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LLaMA-Factory table says 30B LoRA 64GB. Per GPU or in total? I have 2x A100 40GB", ("**Neither per card nor a sum: a cell is one whole copy.**", "(4-bit) 24 GB", "64 GB, 32 GB a card")),
        ("LLaMA-Factory's table has 48 GB for 70B QLoRA 4-bit: each card or altogether, are 2x 3090 enough?", ("**Neither per card nor a sum", "48 GB, 24 GB a card")),
        ("LLaMA-Factory表里70B QLoRA 4bit写48G,是每张卡还是总共?我有2张4090", ("**既不是每卡的份额,也不是各卡之和", "48 GB,每卡 24 GB")),
        ("llama-factory那张显存表里30B的QLoRA 8bit、4bit、2bit各多少,48G单卡选哪个", ("30B QLoRA(8 位)40 GB、30B QLoRA(4 位)24 GB", "8 位(40/48 GB)余量小;选 4 位", "2 位 质量损失大")),
        ("LLaMA-Factory's table: 13B QLoRA 8-bit, 4-bit and 2-bit, which do I take on a 24 GB card?", ("13B QLoRA (8-bit) 20 GB", "8-bit (20/24 GB) leaves little; take 4-bit")),
    ],
)  # fmt: skip
def test_of_which_cards_a_cell_is_and_which_bits_to_take_is_in_the_opening(
    question: str, said: tuple[str, ...]
) -> None:
    opening = answer_to(question).split("\n\n")[0]
    for wide, narrow in (("\uff0c", ","), ("\uff1b", ";"), ("\uff08", "("), ("\uff09", ")"), ("\uff1a", ":")):
        opening = opening.replace(wide, narrow)
    assert [one for one in said if one not in opening] == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("30B QLoRA 8bit 4bit 2bit哪个好,48G卡", "**选 4 位"),
        ("QLoRA 8-bit or 4-bit for a 13B on 24GB?", "**Take 4-bit, 9.86 GiB of 24.0 GiB"),
    ],
)
def test_four_bits_of_a_base_are_taken_where_all_fit(question: str, said: str) -> None:
    assert answer_to(question).startswith(said)


def test_a_cell_with_one_card_or_none_is_told_as_before() -> None:
    told = answer_to("What does LLaMA-Factory's table say for 30B LoRA? I have 2x A100 40GB, how much per GPU?")
    assert "Neither per card nor a sum" not in told


def test_a_figure_of_which_it_is_asked_what_it_is_of_is_no_card() -> None:
    for question in ("LLaMA-Factory table: 13B LoRA 32GB per GPU or total?", "表里13B LoRA 32GB每张卡还是总共"):
        assert "gpu_memory_gb" not in read(question).facts
    assert read("13B LoRA 32GB per GPU, fits?").facts["gpu_memory_gb"] == (32,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("48G的魔改4090单卡能全参微调Qwen3-4B吗，还是只能lora", "优化器放在内存（12.4 GiB）就够；LoRA 放得下"),
        ("Can I full fine-tune Qwen3-4B on one 48GB card, or only LoRA?", "with optimizer in host memory (12.4 GiB) it fits; LoRA fits"),
    ],
)  # fmt: skip
def test_a_method_that_does_not_fit_as_it_is_has_its_way_in_the_opening(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # (2 + 14 ÷ 2) and 16 ÷ 2 bytes of 4.02B
        ("Full fine-tune Qwen3-4B on 2x 3090 + 128GB RAM: is ZeRO-2 with optimizer offload enough or do I need ZeRO-3?", ("Yes: ZeRO-2 is enough", "Without offload weights, gradients and optimizer states take: ZeRO-2 33.7 GiB a card", "30.0 GiB a card", "neither fits")),
        ("2张3090，128G内存，全参微调Qwen3-4B，zero2加优化器offload够吗，还是要zero3加优化器offload？", ("不 offload 时权重、梯度和优化器状态每卡", "33.7 GiB", "都放不下")),
        ("Full SFT of Qwen2.5-7B on 8x H100 80GB with optimizer offload: can I stay with ZeRO-2 or do I need ZeRO-3?", ("Yes: ZeRO-2 is enough", "each fits")),
    ],
)  # fmt: skip
def test_of_stages_with_offload_it_is_told_what_they_take_without(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n")[0]
    assert all(one in first for one in says), first


def test_of_stages_without_offload_nothing_is_moved() -> None:
    question = "Full SFT of Qwen2.5-7B on 4x A100 40GB: can I stay with ZeRO-2 or do I need ZeRO-3?"
    assert "Without offload" not in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("4x L4 24GB, want to fine-tune Gemma-2-27B. Full, LoRA or QLoRA?", "LoRA goes in only with sequences of up to about 689 tokens."),
        ("4张L4 24G微调Gemma-2-27B，全参、LoRA还是QLoRA？", "LoRA 只有样本不超过约 689 token 才放得下。"),
        # what is dearer in memory but fits, and what no length makes fit
        ("Fine-tune Qwen2.5-7B on one RTX 3090: LoRA or QLoRA?", ""),
        ("LoRA or QLoRA for Qwen2.5-14B on a 4090?", ""),
        ("单卡A100 80G微调Qwen2.5-32B，LoRA还是QLoRA", ""),
    ],
)  # fmt: skip
def test_what_costs_less_and_goes_in_with_shorter_samples_is_told_so(question: str, says: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert first.startswith(("**Take", "**选")), first
    assert says in first, first
    if not says:
        assert "goes in only with sequences" not in first
        assert "才放得下" not in first

"""The ways in which a training fits: what was ruled out is none, what costs least comes first, what does not help is said."""

import re

import pytest

from chat.reads.cues import read_cues
from chat.reads.normal import normalise
from kb.comparison import compare
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "ruled_out"),
    [
        ("boss insists on full fine-tuning, not LoRA", True), ("it has to be *full* fine-tuning", True),
        ("I don't want to use LoRA", True), ("I don't want to use QLoRA", False), ("LoRA is not an option for us", True), ("strictly full SFT please", True),
        ("必须全参微调", True), ("不要LoRA,全量训", True), ("不想用 LoRA", True), ("不想用 QLoRA", False),
        ("LoRA or full fine-tuning?", False), ("why does LoRA need so much", False), ("LoRA不是很省吗", False),
        ("是不是LoRA更好", False), ("LoRA, not full fine-tuning", False), ("全参肯定没戏,lora行吗", False),
    ],
)  # fmt: skip
def test_adapters_are_ruled_out_in_many_words(text: str, ruled_out: bool) -> None:
    assert ("no_adapters" in read_cues(normalise(text).text)) == ruled_out


@pytest.mark.parametrize(
    ("question", "left"),
    [
        (
            "Full fine-tuning Llama-3.2-3B on a 24 GB card, does it fit? We can't use QLoRA.",
            "- LoRA",
        ),
        ("Qwen2.5-3B 全参微调 24G 能放下吗？不想用 QLoRA", "- LoRA"),
    ],
)
def test_of_adapters_without_quantised_bases_the_others_stay(question: str, left: str) -> None:
    said = answer_to(question)
    assert left in said
    assert "- QLoRA" not in said


@pytest.mark.parametrize(
    ("question", "first", "then"),
    [
        ("Boss insists on full fine-tuning, not LoRA: Llama-3.2-3B, one A100 40GB, AdamW OOMs. What gets the memory back?", "optimizer in host memory", "8-bit AdamW"),
        ("老板要求必须全参,不要LoRA,Qwen2.5-3B,一张A100 40G,AdamW爆显存,怎么改", "优化器放在内存", "8 位 AdamW"),
    ],
)  # fmt: skip
def test_full_training_stays_full_and_eight_bit_states_are_named(question: str, first: str, then: str) -> None:
    said = answer_to(question)
    lead = said.partition("\n")[0]
    assert -1 < lead.index(first) < lead.index(then)
    assert "LoRA" not in said.replace("not LoRA", "").replace("不要LoRA", "")


def test_a_notebook_has_little_memory_of_its_own() -> None:
    said = answer_to("Full fine-tuning Qwen2.5-1.5B with AdamW on a Colab T4, does it fit?")
    ways = said.partition("What would make it fit")[2]
    assert "**It fits with 8-bit AdamW" in said
    assert "- 8-bit AdamW without" not in ways.partition(")\n")[0]  # told beside the verdict, it is not told again
    assert 0 < ways.index("- optimizer in host memory") < ways.index("- LoRA")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What batch size should I set for full fine-tuning Qwen2.5-1.5B with AdamW on a T4? Even batch 1 runs out of memory", "a smaller batch or length, checkpointing, FlashAttention or a fused loss lowers those alone"),
        ("开了flash attention和梯度检查点,单卡3090能全参训13B,靠谱吗", "减小批大小或长度、重计算"),
    ],
)  # fmt: skip
def test_where_the_states_are_too_much_nothing_that_lowers_activations_helps(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("A friend says with gradient checkpointing a single 4090 can full fine-tune a 7B. Is that true?", "**No. 7B"),
        ("Someone claims a 3090 is enough to QLoRA a 13B. True?", "**Yes. 13B"),
        ("有人说单卡4090开重计算就能全参微调7B,靠谱吗", "**不行。7B"),
        ("听说3090够QLoRA微调13B,是真的吗", "**可以。13B"),
    ],
)  # fmt: skip
def test_a_claim_that_a_card_can_do_it_is_answered_by_the_verdict(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["LoRA of internlm2-chat-7b on 4 V100 16G, deepspeed zero2, length 512: OOM right after loading. why?", "4卡V100 16G,LoRA微调internlm2-chat-7b,zero2 长度512,刚load完就OOM,LoRA不是很省吗"],
)  # fmt: skip
def test_a_base_that_fills_the_card_as_it_loads_is_not_at_the_edge(question: str) -> None:
    said = answer_to(question)
    assert said.startswith(("**The base alone is too much", "**仅基座就超过一张卡"))
    assert "or in fp32" not in said
    assert "或用 fp32" not in said


@pytest.mark.parametrize(
    ("question", "says", "lacks"),
    [
        # 70.6B × 2 B = 141 GB; 30B is the largest usual size that 4-bit QLoRA has room for on 24 GB
        ("Two 4090s, torchrun QLoRA of Llama-3.1-70B dies as it loads. What other way is there?", ("LoRA in 16 bit, whose base alone is 141 GB", "with room to spare, longer samples too, is a 30B"), ()),
        ("单卡3090 qlora 70B 加载时就爆显存，怎么办", ("16 位 LoRA 仅基座就要 138 GB", "还能加长样本的是 30B"), ()),
        # in 4 bits it goes, which is said, and no smaller model
        ("LoRA of Qwen2.5-14B in bf16, out of memory as it loads on a 24GB 4090", ("QLoRA",), ("LoRA in 16 bit, whose", "longer samples too")),
    ],
)  # fmt: skip
def test_a_base_too_large_in_four_bits_is_too_large_in_more(
    question: str, says: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    said = answer_to(question)
    assert all(one in said for one in says), said[:1500]
    assert not any(one in said for one in lacks)


@pytest.mark.parametrize(
    ("question", "says", "lacks"),
    [
        # 30.5B × 16 B ÷ 8 = 56.9 GiB of 80
        ("Full fine-tuning of Qwen3-30B-A3B with ZeRO-3 on 8x A100 80GB runs out of memory, only 3B are active. Why?", ("take 56.9 GiB of each card's 80.0 GiB before any sample", "the optimizer in host memory (17.0 GiB, with 398.1 GiB of host memory); 16 cards (40.2 GiB); LoRA"), ()),
        ("8卡A100 80G zero3 全参 Qwen3-30B-A3B 还是爆显存，为什么，不考虑lora", ("不算样本就占每卡 56.9 GiB", "优化器 offload 到内存（17.0 GiB", "16 张卡（40.2 GiB"), ("在冻结的基座上",)),
        # states that are little of a card are not what is to be lowered
        ("LoRA DPO with TRL of Qwen2.5-1.5B on an A100 40GB runs out of memory. why?", ("no batch is told",), ("before any sample",)),
    ],
)  # fmt: skip
def test_states_that_fill_most_of_a_card_are_told_beside_a_batch(
    question: str, says: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    said = answer_to(question)
    assert all(one in said for one in says), said[:1500]
    assert not any(one in said for one in lacks)


def test_of_layouts_alone_the_nearest_is_made_to_fit() -> None:
    found = compare(
        [{"zero_stage": stage} for stage in (1, 2, 3)], model="Llama-3.1-8B", method="full", gpu="RTX 4090", n_gpus=8
    ).json()
    mended = found["mended"][0]
    assert mended["setup"] == 2
    assert "host memory" in mended["changes"][0]["says"]


@pytest.mark.parametrize(
    ("question", "likely", "sure"),
    [
        ("Can 4x A100 40GB do full fine-tuning of Llama-3.1-70B with ZeRO-3?", "48 such cards, sharded, most likely do", "64 for sure"),
        ("单机8卡910B 64G,Qwen2.5-72B全参,zero3能跑起来吗", "32 张同样的卡，切分，多半放得下", "稳妥的是 48 张"),
        ("4060ti 16G想全参微调qwen2.5-1.5b", "4 张同样的卡，切分，多半放得下", "稳妥的是 8 张"),
    ],
)  # fmt: skip
def test_cards_that_most_likely_do_are_told_before_those_that_are_sure_to(
    question: str, likely: str, sure: str
) -> None:
    said = answer_to(question)
    assert -1 < said.index(likely) < said.index(sure)


@pytest.mark.parametrize(
    ("question", "lengths"),
    [
        ("Yi-34B QLoRA on a 4090, cutoff_len 4096, bs=1. Is 24GB just not enough?", ("- at most 721 tokens for sure, 2,454 by the middle", "a fused loss and at most 966 tokens")),
        ("llama-factory表里30B QLoRA 4bit写的24GB,那一张4090正好能训qwen2.5-32b?", ("**只有融合损失（不存完整 logits）才行", "- 最多 405 个 token（稳妥）", "融合损失，最多 949 个 token")),
    ],
)  # fmt: skip
def test_what_fits_on_the_card_at_hand_is_told_with_and_without_a_fused_loss(question: str, lengths: tuple[str, ...]) -> None:  # fmt: skip
    said = answer_to(question)
    assert all(length in said for length in lengths)


@pytest.mark.parametrize("question", ["Pretraining a 1.8B model from scratch on 8x A800, enough memory?", "想从头预训练一个1.8B的模型,8张A800显存够吗", "full fine-tune Qwen2.5-1.5B on an A100 80GB, does it fit?"])  # fmt: skip
def test_adapters_are_no_other_way_of_a_training_that_fits_or_starts_from_nothing(question: str) -> None:
    assert "LoRA" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "trained"),
    [
        ("LoRA for Mistral-7B, peft prints trainable 0.29%, 80 MB on disk. Why does training take 19 GB?", "21M × 16 B = 0.31 GiB"),
        ("Qwen2.5-7B lora 可训练参数只有20M,占0.26%,为什么还要20G显存", "20M × 16 字节 = 0.30 GiB"),
        ("trainable params: 83,886,080 || all params: 7,325,618,176 || trainable%: 1.1451, llama-2-7b lora, why 17GB", "83.9M × 16 B = 1.25 GiB"),
        ("why does LoRA on Llama-2-7b take 17GB?", "40M × 16 B = 0.60 GiB"),
    ],
)  # fmt: skip
def test_what_adapters_save_is_told_with_the_count_of_those_that_train(question: str, trained: str) -> None:
    said = answer_to(question)
    assert trained in said
    assert "14 of full training's 16 B" in said or "16 字节里的 14 字节" in said


@pytest.mark.parametrize(
    ("question", "stages"),
    [
        ("Pretraining a 1.3B from scratch on 4x RTX 3090 with plain DDP, seq 1024. Does it fit?", ("divided over the 4 cards (ZeRO-2): 11.4 GiB", "shard over the 4 cards (ZeRO-3/FSDP): 10.7 GiB")),
        ("用两张A100 40G DDP全参微调Qwen2.5-3B可以吗", ("切分到 2 张卡（ZeRO-2）才行：每卡 34.5 GiB", "切分到 2 张卡（ZeRO-3/FSDP）：每卡 33.1 GiB")),
    ],
)  # fmt: skip
def test_of_a_whole_copy_every_stage_that_holds_it_is_a_way(question: str, stages: tuple[str, ...]) -> None:
    lead = answer_to(question).partition("\n\n")[0]
    assert all(one in lead for one in stages), lead


@pytest.mark.parametrize(
    ("question", "sharded"),
    [
        ("8*3090全参Yi-6B,deepspeed zero2,bs1 长度512,forward backward都过了,第一次optimizer.step的时候OOM", "切分到 8 张卡（ZeRO-3/FSDP）"),
        ("Yi-6B full fine-tuning, 8x 3090, ZeRO-2, bs 1, 512 tokens: forward and backward pass, OOM at the first optimizer.step", "shard over the 8 cards (ZeRO-3/FSDP)"),
    ],
)  # fmt: skip
def test_the_stage_that_divides_the_weights_too_is_among_the_ways_on_the_same_cards(
    question: str, sharded: str
) -> None:
    lead, _, rest = answer_to(question).partition("\n\n")
    assert sharded in lead
    assert f"- {sharded}" not in rest  # told with the cause, it is not told again


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2x RTX A6000 48GB, Qwen2.5-32B at 8k tokens: LoRA with FSDP or QLoRA, which one?", ("each card, like a single one, holds all 19.2 GB", "QLoRA takes 43.4 GiB per card of 48.0 GiB (most likely fits)")),
        ("双卡3090微调Qwen3-32B,长度1k,lora和qlora选哪个", ("单卡:4 位 QLoRA 需要".replace(":", "："), "（FSDP）")),
        ("Qwen3-32B bf16 in vLLM on 2x A100 80GB, 20 users with 8k each, ok?", ("One card alone is not enough",)),
        ("两张4090跑Qwen3-14B AWQ,够不够", ("一张也放得下",)),
        ("Mistral-Nemo 12B on a 4070 12GB with 16k context: Q8_0, Q6_K or Q4_K_M?", ("make Q6_K fit", "cache in 8 bits (q8_0)")),
        ("Phi-4 14B LoRA (not qlora) on an RTX 5090 at 4096 tokens, enough?", ("You ruled it out, but QLoRA, 4-bit", "a fused loss and")),
    ],
)  # fmt: skip
def test_the_smaller_machine_and_the_nearest_way_out_are_judged(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer


@pytest.mark.parametrize(
    "question", ["LoRA or QLoRA for Qwen2.5-7B on one 4090?", "Qwen3-8B bf16 on one 4090, does it fit?"]
)
def test_one_card_is_not_told_of_one_card(question: str) -> None:
    assert "n one card" not in answer_to(question).lower()
    assert "One card alone" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What batch size should I try for LoRA on Qwen2.5-14B, cutoff 2048, A100 80G? bs=16 OOMs", ("**Try batch 8 on the device", "with a fused loss (Liger) batch 16 fits")),
        ("qlora llama-3.1-8b on a 3090, seq 4096, batch 8 runs out of memory. what batch size works?", ("**Try batch 1", "with a fused loss (Liger) batch")),
        ("LoRA微调Qwen2.5-7B,4090,长度2048,batch开8就爆,到底该开多大", ("稳妥放得下的最大值", "改用融合损失（Liger）可到批大小")),
    ],
)  # fmt: skip
def test_the_batch_to_try_is_told_first(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n")[0]
    assert all(one in first for one in said), first


def test_a_batch_that_nobody_asks_for_is_not_told_first() -> None:
    assert "Try batch" not in answer_to("LoRA on Qwen2.5-14B, cutoff 2048, batch 16, A100 80G: OOM, why?")


@pytest.mark.parametrize(
    "question",
    [
        "gpt-oss-120b with 131k context on 2x3090 or on an RTX PRO 6000 Blackwell 96GB?",
        "gpt-oss-120b 在双 3090 的机器上能跑吗",
    ],
)
def test_experts_of_as_few_layers_as_do_are_counted_over_all_cards(question: str) -> None:
    """Two cards hold the experts of twice as many layers as one, shared out alike: some 13 to 20 of 36 go to host memory."""
    answer = answer_to(question)
    found = re.search(r"--n-cpu-moe (\d+)\W*--tensor-split (\d+),(\d+)", answer)
    assert found, answer
    moved, first, last = map(int, found.groups())
    assert moved <= 20
    assert first + last == 37


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("QLoRA of Llama-3.1-70B on one A100 80GB: 8-bit or 2-bit?", r"\*\*The usual choice is 4 bits: 4\d\.\d GiB, fits, up to about [\d,]+ tokens\*\*; fewer bits lose"),
        ("llamafactory显存表里34B的qlora 8bit和2bit是多少？Yi-34B，4张4090跑8bit行吗", r"\*\*常用的是 4 位，切分（FSDP）：每张卡 1\d\.\d GiB，放得下"),
        ("Qwen2.5-32B: Q8_0 or Q2_K on a 24GB 4090?", r"^\*\*The usual choice is 4 bits \(Q4_K_M\): 20\.\d GiB, fits"),
        ("单卡4090，qlora微调Qwen2.5-32B，8bit和2bit哪个能放下", r"^\*\*常用的是 4 位，融合损失：2\d\.\d GiB，多半放得下"),
    ],
)  # fmt: skip
def test_where_the_formats_that_were_named_leave_out_the_usual_one_it_is_told(question: str, said: str) -> None:
    assert re.search(said, answer_to(question)), answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2.5-14B: Q8_0 or Q2_K on a 24GB 4090?", "**Take Q8_0: of those that fit"),
        ("QLoRA of Qwen2.5-14B on a 4090: 8-bit or 4-bit?", "**By memory alone take 4-bit"),
        ("Llama-3.3-70B in Q2_K on a 24GB card?", "a 24 GB card: does not fit**"),  # one format
    ],
)
def test_the_usual_format_is_not_told_where_more_bits_fit_or_it_was_named(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer
    assert "The usual choice is 4 bits" not in answer


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("2x A10 24G, fine-tune Qwen3-14B, samples up to 16k, no truncation. LoRA, QLoRA, ZeRO-3: what combination?",
         r"\*\*Take QLoRA with fused loss .*sequence parallel.*: 1\d\.\d GiB per card of 22\.5 GiB, fits\*\* \([^)]*traffic between the cards[^)]*\)\. As they are none fits: QLoRA 4\d\.\d GiB, LoRA"),
        ("两张A10 24G微调Qwen3-14B，样本最长16k不截断，lora、qlora、zero3怎么搭配", r"\*\*选 4 位 QLoRA，加融合损失.*序列并行.*：1\d\.\d GiB，可用 22\.5 GiB，放得下\*\*"),
        ("单卡3090微调Qwen3-14B，8k长度，LoRA、QLoRA怎么选", r"\*\*选 4 位 QLoRA，加融合损失（不存完整 logits）：17\.\d GiB，可用 24\.0 GiB"),
        ("two 16GB RTX 4070 Ti Super, Qwen3-14B at 3k tokens: LoRA, QLoRA or GaLore?", r"\*\*Take 4-bit QLoRA with fused loss .* on one of the cards alone: 13\.\d GiB of 16\.0 GiB, fits"),
    ],
)  # fmt: skip
def test_asked_how_to_combine_what_does_not_fit_the_set_up_that_does_comes_first(question: str, first: str) -> None:
    said = answer_to(question)
    assert re.match(first, said), said[:600]
    assert said.count("fused loss (no full logits) + each") < 2  # told once


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which quant of Llama-3.3-70B goes into 24GB?", "fits** Llama-3.3-70B-Instruct IQ2_XS"),
        ("Llama-3.3-70B Q2_K does not go into my 7900 XTX, is there a quant that does?", "wholly is** Llama-3.3-70B-Instruct IQ2_XS"),
        ("有没有能塞进24G的Llama-3.3-70B量化版本？Q2_K太大了", "量化是** Llama-3.3-70B-Instruct IQ2_XS"),
        ("Qwen2.5-32B用哪个量化能放进16G显存", "放得下** Qwen2.5-32B-Instruct IQ3_XXS"),
    ],
)  # fmt: skip
def test_which_file_fits_is_any_of_llama_cpps_own(question: str, said: str) -> None:
    first = answer_to(question).split("|")[0]
    assert said in first
    assert "Q2_K 3.5" in first  # what its quality is worth


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Llama-3.3-70B 2bit on one 24GB card, possible at all?", ("Q2_K does not fit (26.5 GiB", "IQ2_XS fits, but tightly (21.7 GiB", "IQ2_XXS fits (19.8 GiB")),
        ("Llama-3.3-70B 2bit能放进一张24G的卡吗", ("Q2_K 放不下", "IQ2_XS 放得下", "IQ2_XXS 放得下")),
        ("Can a 32GB 5090 hold Llama-3.1-70B in 3 bits?", ("Q3_K_M does not fit", "IQ3_XXS fits (27.5 GiB")),
    ],
)  # fmt: skip
def test_so_few_bits_are_any_of_the_files_that_have_them(question: str, kinds: tuple[str, ...]) -> None:
    first = answer_to(question).split("|")[0]
    assert all(one in first for one in kinds), first
    assert "Q2_K 3.5" in first


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Do I need 2 cards for Qwen3-14B at bf16 on L4s?", r"\*\*Yes: one card is not enough, 29\.6 GiB of 20\.7 GiB; 2 hold it, 15\.6 GiB each; in 8 bits one is enough \(1\d\.\d GiB\)\.\*\*"),
        ("Qwen3-14B用bf16，一定要两张L4吗？", r"\*\*需要：一张不够，.*2 张则每张 15\.\d GiB，放得下；8 位时一张就够"),
        ("Do I need 2 A100 80GB for Qwen2.5-32B in bf16?", r"\*\*No: one card is enough"),
    ],
)  # fmt: skip
def test_asked_whether_two_cards_are_needed_one_in_fewer_bits_is_told_too(question: str, first: str) -> None:
    assert re.match(first, answer_to(question)), answer_to(question)[:300]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("两张3090，想全参训Qwen2.5-3B，不想用lora，选什么方案？", "**切分（ZeRO-3/FSDP）：优化器放在内存就放得下**"),
        ("2x RTX 3090 and Llama-3.2-3B: full fine-tuning, no LoRA. Which setup should I pick?", "**Sharded (ZeRO-3/FSDP): it fits with optimizer in host memory**"),
        ("两张3090能全参训Qwen2.5-3B吗，不用lora", "**不行。"),
        ("Does full fine-tuning of Llama-3.2-3B fit on 2x RTX 3090?", "**No. "),
    ],
)  # fmt: skip
def test_asked_how_the_way_opens_and_asked_whether_the_verdict(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Full finetune of phi-4 in pure bf16 with 8-bit AdamW at 4096 tokens, will one H100 80GB hold it?", True),
        ("Qwen2.5-14B 纯bf16全参微调,8位AdamW,单卡A100 80G放得下吗", True),
        # beside fp32 masters, and over cards, no step is made of one gradient after the other
        ("Full finetune of phi-4 with AdamW at 4096 tokens, will one H100 80GB hold it?", False),
        ("Qwen2.5-32B 纯bf16全参微调,8位AdamW,2张A100 80G放得下吗", False),
    ],
)
def test_where_nothing_stands_beside_the_weights_gradients_may_be_used_one_by_one(question: str, told: bool) -> None:
    text = answer_to(question)
    assert bool(re.search(r"layer-wise update|逐层更新", text)) is told, text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Qwen3-1.7B full fine-tuning in bf16 mixed precision with AdamW on a 4060 Ti 16GB", "8-bit AdamW on pure bf16 (6 B per parameter)"),
        ("Qwen2.5-1.5B全参，混合精度AdamW，16G卡放得下吗", "纯 bf16 加 8 位 AdamW（每参数 6 字节）"),
    ],
)  # fmt: skip
def test_of_mixed_precision_pure_bf16_with_8_bit_states_is_a_way_too(question: str, told: str) -> None:
    assert told in answer_to(question)

"""What is told as a difference is the size of nothing: it is judged against the difference that is counted."""

import re

import pytest

from chat.agent import Assistant
from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to

_ZERO = "7B full fine-tuning on 8 GPUs: moving from ZeRO-2 to ZeRO-3"


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # 2 × 6.74e9 × 7/8 B = 11.0 GiB of weights are divided as well
        (f"{_ZERO} only saved 12 GB per card, I expected 8x. Is it not working?", "**Yes, that is normal: the 12 GB"),
        (f"{_ZERO} memory dropped by 12 GB per card, is this normal?", "**Yes, that is normal: the 12 GB"),
        ("8卡全参7B，zero2换成zero3每张卡只省了12G左右，是不是没生效", "**正常：您说的省了 12 GB"),
        ("13B 全参 8 卡 ZeRO-2 换 ZeRO-3 每卡少了 5G，正常吗", "**您说的省了 5 GB 与计算不符"),
    ],
)
def test_a_saving_is_judged_as_a_difference(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(opens), answer.text[:300]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Replaced adamw_torch by adamw_bnb_8bit in a full finetune of Qwen2.5-3B, memory dropped by about 18GB only. Expected 4x less overall. Would Adafactor be better?", "**The 18 GB that you saved is what theory says: 8-bit AdamW takes 17.2 GiB (18.4 GB) less than AdamW", ("optimizer states 34.5 GiB → 17.3 GiB", "stay as they are, so the whole is 36% less")),
        ("把全参微调qwen2.5-7b的adamw换成8bit的,显存只降了45G左右,不是说省一半吗?", "**您说的省了 45 GB 与理论相符", ("不变,所以整体少 37%",)),
        ("Paper: LoRA reduces trainable params 10,000x. With r=16 on q,v for Llama-2-7B peft prints 8.4M trainable, yet memory only went from ~110GB to ~16GB, not 10,000x. Explain?", "**From 110 GB to 16 GB is what theory says: LoRA takes", ("optimizer states 75.3 GiB → 0.06 GiB; the frozen weights 12.6 GiB", "QLoRA, in 4 bits", "8.39M × 16 B = 0.134 GB")),
        ("全参微调llama2-7b要110多G,换lora之后还要16G,可训练参数只有0.1%,显存怎么没降到0.1%?", "**您说的从 110 GB 降到 16 GB 与理论相符", ("冻结的权重 12.6 GiB",)),
        ("paged_adamw_8bit instead of adamw on 7B full ft only gives 30% less memory. expected 75%. why?", "**The 30% that you saved is what theory says", ("37% less",)),
        ("LoRA 换成 QLoRA 之后7B显存只省了9G,不是应该省75%吗", "**您说的省了 9 GB 与理论相符", ("权重 12.6 GiB → 3.60 GiB",)),
        ("With ZeRO-2 on 4 cards instead of ZeRO-1 my 7B full finetune dropped only 10 GB per GPU. isn't it supposed to be 4x?", "**The 10 GB that you saved is what theory says", ("gradients 12.6 GiB → 3.14 GiB",)),
    ],
)  # fmt: skip
def test_what_was_saved_is_told_by_the_terms_that_make_it_and_those_that_stay(
    question: str, opens: str, says: tuple[str, ...]
) -> None:
    answer = Assistant().ask(question)
    text = answer.text.replace("\uff0c", ",").replace("\uff1b", ";")
    assert text.startswith(opens), text[:300]
    assert all(one in text for one in says), text[:600]
    assert "keeps reserved" not in text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qlora和lora到底差在哪，我换qlora显存从20G降到10G但训练慢了三成", {"qlora": 10, "lora": 20}),
        ("7B LoRA takes 21 GB and QLoRA 12 GB on my 3090, why?", {"lora": 21, "qlora": 12}),
    ],
)
def test_figures_of_two_methods_stay_with_them(question: str, said: dict[str, float]) -> None:
    answer = Assistant().ask(question)
    assert {one["facts"]["method"]: one["stated_gb"] for one in answer.json()["setups"]} == said
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("QLoRA vs LoRA vs full for Gemma-2-9B: what is the difference?", ("9.24B × 16 B (2 + 2 + 12) = 148 GB", "9.24B × 2 B = 18.5 GB frozen + adapters 54M × 16 B = 0.864 GB", "about the same in all")),
        ("lora和全参到底差多少显存，Qwen3-8B，效果差别大吗", ("8.19B × 16 B（2 + 2 + 12）= 131 GB", "冻结的 8.19B × 2 B = 16.4 GB + 适配器 43.6M × 16 B = 0.698 GB", "激活和 logits 各法差不多")),
        ("GaLore or LoRA for Llama-3-8B, what differs?", ("8.03B × 4.67 B (2 + 2 + 0.67) = 37.5 GB",)),
    ],
)  # fmt: skip
def test_methods_beside_each_other_are_told_as_products_and_with_their_price_before_the_table(
    question: str, said: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    before, _, _ = answer.partition("\n| ")
    assert all(one in before for one in said), before
    assert "The price" in before or "代价" in before
    assert "In full training every parameter trains" not in answer


@pytest.mark.parametrize(
    "question",
    ["adamw vs adamw_8bit in memory for a 3B full FT", "LoRA vs full for a 13B on 8 A100 80GB, zero3: what differs?"],
)
def test_no_products_of_methods_where_optimizers_differ_or_cards_share(question: str) -> None:
    assert "frozen + adapters" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DPO full of Llama-3.1-8B on 4x A100 80GB zero3, why does it take more than SFT?", "DPO takes 11.6 GiB more on each card than SFT"),
        ("dpo比sft为什么显存大那么多，8B全参", "DPO 比 SFT 多 15.0 GiB（136.4 GiB 对 121.4 GiB）"),
    ],
)  # fmt: skip
def test_why_one_takes_more_is_told_as_more(question: str, said: str) -> None:
    assert said in answer_to(question)[:300]


@pytest.mark.parametrize("question", ["grpo LoRA 32B on 8x H800, rollout tp=4: how is the memory split?", "grpo训练32B用lora，8卡H800，rollout tp=4，显存怎么分"])  # fmt: skip
def test_an_engine_whose_ranks_are_told_stands_on_the_cards(question: str) -> None:
    assert "÷ TP 4 = 15.3 GiB" in answer_to(question)


def test_what_was_told_in_gib_is_told_back_in_gib() -> None:
    answer = Assistant().ask("24GB 4090: LoRA takes 21.3 GiB and QLoRA 12.1 GiB for Llama-3.1-8B, is that normal?")
    assert "from 21.3 GiB to 12.1 GiB" in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Moved from adamw_torch to adamw_bnb_8bit in LoRA on Mistral-7B, memory went 16.9 -> 16.7 GB. Is it even active?", "**Yes, that is normal: from 16.9 GB to 16.7 GB is what theory says"),
        ("QLoRA Qwen2.5-7B, adamw_torch swapped for paged_adamw_8bit: 11.2 GB → 11.0 GB, the ads say 75% less", "**From 11.2 GB to 11.0 GB is what theory says"),
        ("LoRA 微调 Qwen2.5-7B，optim 由 adamw_torch 换成 adamw_8bit，显存 19.6→19.4 GB，是没启用吗", "**正常：您说的从 19.6 GB 降到 19.4 GB 与理论相符"),
    ],
)  # fmt: skip
def test_an_arrow_between_two_amounts_is_a_change_and_the_share_that_is_promised_is_of_states(
    question: str, opens: str
) -> None:
    said = answer_to(question)
    assert said.replace(".0 GB", " GB").startswith(opens.replace(".0 GB", " GB")), said[:300]
    assert "three quarters" in said or "四分之三" in said


@pytest.mark.parametrize(
    "question",
    ["Upgrading my card 16 -> 24 GB, will LoRA with adamw_8bit on Llama-3-8B fit?", "从 16→24GB 的卡，LoRA 加 adamw_8bit 训练 Llama-3-8B 放得下吗"],
)  # fmt: skip
def test_cards_between_which_an_arrow_stands_are_no_saving(question: str) -> None:
    said = answer_to(question)
    assert "three quarters" not in said
    assert "四分之三" not in said


@pytest.mark.parametrize(
    ("question", "opens", "less"),
    [
        ("Llama-3.1-8B full fine-tune, mixed precision, switched to adamw_8bit: states went from 128 GB to 80 GB. Wasn't it 75%? Is that normal?", "**Yes, that is normal: from 128 GB to 80 GB", "all the states together are 37% less"),
        ("8-bit Adam is said to cut 75%, but my Mistral-7B full fine-tuning (amp) only dropped from 116 GB to 72 GB of states. Is this expected?", "**Yes, that is normal: from 116 GB to 72 GB", "6 B per parameter"),
        ("Qwen2.5-3B全参混合精度，换成8bit adam后状态只从49G降到31G左右，说好省75%呢，正常吗", "**正常：您说的从 49 GB 降到 31 GB", "这些状态合计少"),
    ],
)  # fmt: skip
def test_states_alone_may_be_what_fell_and_three_quarters_are_of_the_moments(
    question: str, opens: str, less: str
) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:300]
    first = said.split("\n\n")[0]
    assert less in first
    assert "two moments alone" in first or "只针对两个动量" in first


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("7B全参换8位优化器，显存从110G降到70G左右", None),
        ("7B lora显存从20G压到12G以内的办法，能压到12G以内吗", (12.0,)),
        ("Qwen2.5-7B全参，能不能从122G降到80G左右", (80.0,)),
    ],
)
def test_what_memory_fell_to_is_no_limit_unless_it_is_wished_for(
    question: str, target: tuple[float, ...] | None
) -> None:
    assert read(question).extras.get("log_target") == target


def test_the_share_that_is_promised_asks_what_is_saved() -> None:
    said = answer_to("9B全参 bf16混合精度，用adamw_8bit之后状态还有90G，不是说8位省75%吗？")
    assert said.startswith("**8 位状态省 54.0 GB"), said[:200]


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3-8B full fine-tuning with 8-bit Adam went from 128 GB only to 120 GB, is this normal?",
        "Llama-3-8B全参换8位Adam，显存只从128G降到120G，正常吗",
    ],
)
def test_one_amount_that_fell_to_another_is_not_the_same_in_another_unit(question: str) -> None:
    said = answer_to(question)
    assert "are the same bytes" not in said
    assert "同样多的字节" not in said
    assert "AdamW" in said.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 12 B → 6 B of 3.09e9 parameters; 8 B → 2 B of 3.21e9
        ("Full-parameter SFT of Qwen2.5-3B: from AdamW to 8-bit AdamW memory fell only from 56GB to 37GB, I expected a quarter", "**From 56 GB to 37 GB is what theory says"),
        ("Full Llama-3.2-3B in mixed precision, adamw_torch changed to adamw_bnb_8bit, 58 GB -> 39 GB, why not a quarter of it?", "8-bit AdamW takes 17.9 GiB (19.2 GB) of model states less than AdamW"),
        ("Llama-3.2-3B full finetune, memory 58 GB -> 39 GB after swapping adamw for adamw_8bit, why not a quarter?", "**From 58 GB to 39 GB is what theory says"),
        ("Llama-3.2-3B 全参混合精度训练，adamw 换成 adamw_8bit，显存 58G → 39G，不是该省四分之三吗", "17.9 GiB（19.2 GB）"),
    ],
)  # fmt: skip
def test_what_8_bit_states_saved_of_a_whole_training_is_told_first(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n")[0]


def test_the_name_of_one_side_within_the_others_is_no_mention_of_it() -> None:
    said = answer_to("Full SFT of Qwen2.5-3B, from AdamW to 8-bit AdamW it went from 56GB to 37GB, normal?")
    assert "37 GB for AdamW" not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 16, 10 and 6 B of 14.7e9, and of 7.62e9
        ("Full fine-tune of Phi-4 on one H200 141GB, no offload: does it fit with an 8-bit optimizer?", ("235 GB", "10 B with 8-bit states beside the fp32 master copy, 147 GB", "the card's 140.4 GiB hold the last two, not the first")),
        ("Qwen2.5-7B full fine-tuning on an A100 80GB with adamw_bnb_8bit, fits?", ("122 GB", "76.2 GB", "45.7 GB")),
        ("单张 A6000 全参微调 Qwen2.5-7B，用 8bit Adam，放得下吗", ("8 位状态加 fp32 主权重 10 字节，76.2 GB", "只放得下最后一种")),
    ],
)  # fmt: skip
def test_whether_8_bit_states_fit_is_told_with_and_without_masters(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in said:
        assert one in text, text


def test_a_run_in_16_bits_alone_is_not_advised_to_be_one() -> None:
    asked = "Full FT Qwen2.5-7B loaded in bf16, A100 80GB, AdamW to adamw_bnb_8bit only saved 4 GB, why?"
    text = answer_to(asked)
    assert "three quarters of the two moments" not in text
    assert "no fp32 master copy" not in text


@pytest.mark.parametrize("question", ["vram -24GB: Llama-3.1-8B bf16 fits?", "显存-24GB,Llama-3.1-8B bf16 能跑吗"])
def test_a_hyphen_before_an_amount_is_no_saving(question: str) -> None:
    assert read(question).facts["gpu_memory_gb"] == (24,)


@pytest.mark.parametrize(
    ("question", "few"),
    [
        ("8-bit Adam vs AdamW for LoRA and full fine-tuning of a 7B, how much does each save?", "With LoRA hardly any of it"),
        ("13B 用 paged_adamw_8bit，LoRA 和全参分别能省多少显存", "LoRA 几乎省不了"),
        ("8B full fine-tuning with 8-bit Adam: how much does it save?", ""),
    ],
)  # fmt: skip
def test_what_8_bits_save_of_adapters_stands_beside_full_training(question: str, few: str) -> None:
    said = answer_to(question)
    assert said.startswith(("**8-bit states save", "**8 位状态省") if few else "**8B, full fine-tuning"), said[:200]
    assert few in said.split("\n\n")[0]
    assert few or "LoRA hardly" not in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-14B的AWQ和GPTQ-Int4哪个省显存？vllm里两个都占21G多，不是4bit吗", "- 您说的 AWQ 4 位、GPTQ 4 位 21+ GB：是 24 GB 显卡的 0.9"),
        ("AWQ or GPTQ for Qwen2.5-14B, which takes less VRAM? In vLLM both take over 21 GB", "- Your 21+ GB for AWQ 4-bit and GPTQ 4-bit is 0.9 of a 24 GB card"),
        ("AWQ 11 GB vs GPTQ 12 GB of Qwen2.5-14B: which is smaller?", "- Your 12 GB for GPTQ 4-bit agrees"),
    ],
)  # fmt: skip
def test_of_two_that_need_the_same_nothing_is_saved_and_an_amount_of_both_is_of_both(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "what theory says" not in told.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("7B QLoRA都要18G，LoRA呢，哪个省？", ["18", None]),
        ("7B 的 LoRA 和 QLoRA 都占 18G，哪个省？", ["18", "18"]),
        ("LoRA or QLoRA of a 7B, which takes less VRAM? Here both take 18 GB", ["18", "18"]),
        ("QLoRA takes 11 GB and LoRA 18 GB of a 7B, both on an L40S: which is better?", ["11", "18"]),
    ],
)
def test_an_amount_is_of_both_only_behind_a_mention_of_both(question: str, stated: list[str | None]) -> None:
    setups = next(args for name, args in calls_of(read(question)) if name == "compare")["setups"]
    found = [re.search(r"stated_gb=(\d+)", one) for one in setups]
    told = [one[1] if one else None for one in found]
    assert told == stated


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Switched adamw_torch to adamw_8bit for full fine-tuning of an 8B and one A100 80GB still OOMs. How much does it save?", "**8B, full fine-tuning: 8-bit AdamW needs about 76.7 GiB, 44.6 GiB less"),
        ("Full fine-tuning 7B on one A100 80GB with adamw_8bit still OOM, how much does 8-bit Adam save over AdamW?", "**7B, full fine-tuning: 8-bit AdamW needs about 64.5 GiB, 37.5 GiB less"),
        ("8B 全参，一张 A100 80G，把 adamw 换成 8bit adam 还是 OOM，到底能省多少", "**8B · 全量微调：8 位 AdamW 需要约 76.7 GiB，比 AdamW（121.4 GiB）少 44.6 GiB"),
        ("8B full fine-tuning with AdamW OOMs on one A100 80GB. 8-bit Adam then?", "**It takes less, but it is borderline: 8-bit AdamW takes 76.7 GiB"),
    ],
)  # fmt: skip
def test_how_much_one_saves_over_the_other_is_no_proposal_in_its_place(question: str, opens: str) -> None:
    first = answer_to(question).partition("\n\n")[0]
    assert first.startswith(opens), first
    assert "no less than" not in first
    assert ("borderline" in first or "临界" in first) == ("76.7" in first), first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 12 × 19.86
        ("internlm2-20b全参，8卡A100 80G开zero3 offload，每卡只占十几G但特别慢，能关掉offload吗", "内存 238 GB（222.0 GiB），即每参数 12 字节"),
        ("Full fine-tuning internlm2-20b on 8x A100 80GB with ZeRO-3 offload is very slow, can I turn offload off?", "238 GB (222.0 GiB) of host memory (12 B of each parameter)"),
        ("就一张A100 40G，想全参训Qwen2.5-7B，galore、badam、lomo、8bit adam选哪个", "AdamW 自己用纯 bf16 是 8 字节，7.62B × 8 B = 60.9 GB"),
        ("baichuan-7b lora 2048长度，开了gradient_checkpointing显存几乎没变，是没生效吗", "256 token 时只省 1.60 GiB"),
        ("Llama-2-13B fp16 should be 26GB, torch.cuda.memory_allocated gives 24.2. So it fits my 24GB 3090 nearly?", "KV cache (800 KiB a token, 3.12 GiB at 4,096)"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_saving_is_told_in_figures(question: str, said: str) -> None:
    assert said in answer_to(question), answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "adapters"),
    [
        ("what is the minimum gpu requirement for 70b ppo when turning on all memory saving options?", "**With everything on, training all weights takes 5 cards of 80.0 GiB", "41.0 GiB on one card"),
        ("minimum GPUs for full fine-tuning of 70B with all memory savings enabled?", "**With everything on, training all weights takes 7.25 GiB on one card and 1,104 GB of host memory", "41.0 GiB"),
        ("What's the minimum hardware to train a 13B with every memory saving trick on?", "**With everything on, training all weights takes 3.77 GiB", "9.86 GiB"),
        ("70B PPO 把所有省显存的选项都打开，最少要什么卡", "**所有选项都打开：全参训练要5 张", "41.0 GiB"),
        ("全参微调70B，所有省显存手段都用上，最低要多少显存", "**所有选项都打开：全参训练要一张卡 7.25 GiB", "41.0 GiB"),
    ],
)  # fmt: skip
def test_all_savings_on_are_counted_with_offloading(question: str, opens: str, adapters: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.replace(" ", "").startswith(opens.replace(" ", "")), first
    assert adapters in first


@pytest.mark.parametrize(
    "question",
    [
        "what are all memory saving options for 70B PPO?",
        "does enabling all memory optimizations slow down training of Qwen2.5-7B?",
        "Qwen2.5-7B LoRA with all memory savings on, how much?",
        "run Llama-3-70B with all memory saving options on, how much VRAM",
        "70B PPO 有哪些省显存的选项",
    ],
)
def test_options_that_are_asked_for_are_not_turned_on(question: str) -> None:
    answer = answer_to(question)
    assert "With everything on" not in answer
    assert "所有选项都打开" not in answer

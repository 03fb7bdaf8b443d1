"""What is read as a comparison, and how it is answered, in both languages."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.answers.answering import answer
from chat.plans.plan import plan
from chat.plans.setups import sides
from chat.reads.grammar import read
from chat.tools import call
from kb.likely import Stated
from tests.talking import answer_to

ASKED: list[tuple[str, str, list[dict[str, Any]]]] = [
    (
        "torchtune full finetune of llama3 8B takes 24GB while the HF recipe needs 60+ - why?",
        "torchtune 全参微调 llama3 8B 只要 24G,HF 要 60 多 G,为什么差这么多?",
        [{"engine": "torchtune"}, {"engine": "transformers"}],
    ),
    ("LoRA vs full fine-tuning for 7B: how much less?", "7B 的 LoRA 和全参差多少显存?", [{"method": "lora"}, {"method": "full"}]),
    (
        "AWQ vs GPTQ vs Q4_K_M for Qwen2.5-14B, vram difference?", "Qwen2.5-14B 用 AWQ、GPTQ、Q4_K_M 显存有什么区别?",
        [{"weight_format": "awq-int4-g128"}, {"weight_format": "gptq-int4"}, {"weight_format": "gguf:Q4_K_M"}],
    ),
    ("DPO vs SFT for Llama-3-8B LoRA, extra vram?", "Llama-3-8B LoRA 的 DPO 比 SFT 多多少显存,区别在哪?", [{"algo": "dpo"}, {"algo": "sft"}]),
    ("TP=4 vs PP=4 for llama 70b, any difference in memory?", "70B 推理,张量并行和流水线并行,4 张卡,显存有区别吗?", [{"tp": 4}, {"pp": 4}]),
    (
        "2x3090 vs 1xA6000 for QLoRA of a 70B, any difference?", "70B QLoRA 微调,2张3090 和 1张A6000 有区别吗?",
        [{"n_gpus": 2, "gpu": "RTX 3090"}, {"n_gpus": 1, "gpu": "RTX A6000"}],
    ),
    (
        "8B in fp16 vs 14B in 4bit, which takes more memory?", "8B 用 fp16 和 14B 用 4bit 比,哪个显存多?",
        [{"params": 8e9, "weight_format": "fp16"}, {"params": 14e9, "bits": 4}],
    ),
    (
        "checkpointing on vs off for llama 2 7b lora, memory difference?", "llama 2 7b lora 开不开 checkpointing 差多少显存?",
        [{"gradient_checkpointing": "off"}, {"gradient_checkpointing": "on"}],
    ),
    (
        "full finetune 3B vs lora 14B: which needs more vram?", "全参微调 3B 和 lora 微调 14B 相比,哪个显存多?",
        [{"method": "full", "params": 3e9}, {"method": "lora", "params": 14e9}],
    ),
    (
        "ZeRO-2 offload vs ZeRO-3 for 7B full finetuning on 8 gpus, which is smaller?", "8 卡全参 7B,ZeRO-2 offload 和 ZeRO-3 的显存差别?",
        [{"zero_stage": 2, "offload": "optimizer"}, {"zero_stage": 3, "offload": "none"}],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("en", "zh", "each"), ASKED)
def test_the_sides_are_read_in_both_languages(en: str, zh: str, each: list[dict[str, Any]]) -> None:
    for text in (en, zh):
        found = sides(read(text))
        assert found is not None, text
        told = sorted(
            (sorted((name, one[name]) for name in one if name in each[0] or name in each[-1]) for one in found.each),
            key=str,
        )
        assert told == sorted((sorted(one.items()) for one in each), key=str), text


@pytest.mark.parametrize(
    "text",
    [
        "Can I QLoRA a 70B model on 2×A100?", "两张A100能用QLoRA微调70B模型吗?", "How much memory do 7B and 13B need in fp16?",
        "LoRA of Llama-3.1-8B on a 24 GB card, max length?", "what does LLaMA-Factory's table say for 7B LoRA and QLoRA?",
    ],
)  # fmt: skip
def test_what_compares_nothing_is_no_comparison(text: str) -> None:
    assert sides(read(text)) is None


def test_each_figure_is_of_the_side_before_it() -> None:
    found = sides(read("unsloth vs trl: same qlora llama3 8b. unsloth sits at 9GB, TRL at 17. where do 8 gigs go?"))
    assert found is not None
    assert [stated and stated.gb for stated in found.stated] == [9, 17]


def answered(text: str) -> str:
    reading = read(text)
    results = [(name, call(name, args)[1], "", False) for name, args in plan(reading)]
    return answer(reading, results)


@pytest.mark.parametrize(("en", "zh", "each"), ASKED)
def test_the_difference_stands_in_the_first_lines(en: str, zh: str, each: list[dict[str, Any]]) -> None:
    for text, words in (
        (en, ("less", "least", "difference", "same", "in all", " more than ")),
        (zh, ("少", "相差", "一样", "相同", "总量", "合计", "\uff1a多 ")),
    ):
        said = answered(text)
        opening = "\n".join(said.split("\n\n")[:2])
        assert any(word in opening for word in words), said
        assert sum(line.startswith("|---") for line in said.splitlines()) == 1  # one table: the set-ups side by side


@pytest.mark.parametrize(
    ("text", "each", "stated"),
    [
        (
            "LoRA vs QLoRA vs full with 8-bit Adam for Llama-3-8B, which uses least memory?",
            [{"method": "lora"}, {"method": "qlora"}, {"method": "full", "optimizer": "adamw-8bit"}],
            [None, None, None],
        ),
        (
            "Llama-3-8B 全参+8bit Adam 和 LoRA 哪个省显存",
            [{"method": "full", "optimizer": "adamw-8bit"}, {"method": "lora"}],
            [None, None],
        ),
        (
            "SFT、DPO、ORPO 显存差多少 Qwen2.5-7B LoRA",
            [{"algo": "sft"}, {"algo": "dpo"}, {"algo": "orpo"}],
            [None, None, None],
        ),
        (
            "why does my lora take 22GB with HF trainer but 15GB in llama-factory, mistral 7b?",
            [{"engine": "transformers"}, {"engine": "llama-factory"}],
            [Stated(22), Stated(15)],
        ),
        (
            "Qwen2.5-32B in FP8 or 72B in AWQ on 80GB, which is better?",
            [
                {"model": "Qwen/Qwen2.5-32B-Instruct", "weight_format": "fp8"},
                {"model": "Qwen/Qwen2.5-72B-Instruct", "weight_format": "awq-int4-g128"},
            ],
            [None, None],
        ),
    ],
)
def test_what_is_said_of_one_side_is_of_that_side(
    text: str, each: list[dict[str, Any]], stated: list[Stated | None]
) -> None:
    found = sides(read(text))
    assert found is not None
    assert list(found.each) == each
    assert list(found.stated) == stated


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning a 7B: what changes in memory between adamw, lion and adafactor?",
         ("Lion 2 + 2 + 4 + 4 = 12", "Adafactor 2 + 2 + 4 + 0 = 8", "is usually run without that copy")),
        ("全参微调8B,adamw、8bit adam、lion 显存各差多少?",
         ("8 位 AdamW 2 + 2 + 4 + 2.03 = 10", "Lion 8B × 4 B = 32 GB", "通常不留主权重")),
        ("Is the memory of a full finetune of Qwen2.5-3B cut in half by 8-bit Adam compared to AdamW?", ("No, not half.",)),
        ("全参微调8B,8位adam相比adamw能让显存减半吗?", ("不到一半。", "每参数 16 → 10 字节")),
    ],
)  # fmt: skip
def test_what_optimizers_differ_in_is_their_own_states(question: str, says: tuple[str, ...]) -> None:
    told = Assistant().ask(question)
    assert not told.notices
    for one in says:
        assert one in told.text


@pytest.mark.parametrize(
    "question", ["7B full with DPO, GRPO or PPO, which one should I use?", "7B 全参用 DPO、GRPO 还是 PPO,选哪个"]
)
def test_what_takes_more_is_no_way_out(question: str) -> None:
    said = answer_to(question)
    assert "else PPO" not in said
    assert "放不下再用 PPO" not in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Does training llama3-8b with LoRA in bf16 instead of fp16 save VRAM?", "needs no loss scaling"),
        ("qwen2.5-3b 全参微调用 fp16 和 bf16 显存有差别吗", "训练不需要 loss scaling"),
        ("why is ORPO cheaper than DPO in memory for an 8B full fine-tune?", "twice the tokens in activations and logits, as with DPO"),
        ("用 Lion 代替 AdamW 全参微调 3B,单张 48G 够吗", "够:Lion"),
        ("秩从 16 加到 128,llama3-8b 的 LoRA 显存会涨多少", "秩 128 需要约"),
    ],
)  # fmt: skip
def test_what_sets_them_apart_is_told_in_the_order_asked(question: str, says: str) -> None:
    text = answer_to(question).replace("\uff1a", ":").replace("\uff0c", ",")
    assert says in text.split("\n|")[0], text


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 872M × 16 B = 14.0 GB; without recomputation the layers below the last ones keep nothing
        ("Llama-3.1-8B: freeze tuning (last 4 layers) against LoRA, which is lighter on memory?", "**Llama-3.1-8B-Instruct: LoRA needs about 19.9 GiB",
         ("872M × 16 B = 14.0 GB", "1.58 GiB against 13.3 GiB without", "30.3 GiB against 33.5 GiB")),
        ("Qwen2.5-7B 冻结微调训最后2层，和 LoRA 比哪个显存少", "**Qwen2.5-7B-Instruct：", ("466M × 16 字节 = 7.46 GB", "0.90 GiB 对 12.8 GiB", "冻结微调反而更省")),
        ("Qwen2.5-7B: LoRA or freeze with 2 trainable layers, which is lighter?", "**Qwen2.5-7B-Instruct: LoRA needs about", ("466M × 16 B = 7.46 GB",)),
        # the comparison that is asked stands before the table's cells, of which the older one is told as such
        ("In LLaMA-Factory's table freeze and LoRA of a 7B are the same. Which of the two takes less with 2 trainable layers?", "**7B: LoRA needs about",
         ("counts what is alike in both, the weights in 16 bit", "20 GB (16 GB in its README since 2025-03-11)")),
    ],
)  # fmt: skip
def test_frozen_layers_and_adapters_each_save_something(question: str, opens: str, says: tuple[str, ...]) -> None:
    told = Assistant().ask(question)
    assert not told.notices
    assert told.text.startswith(opens), told.text[:400]
    assert all(one in told.text for one in says), told.text


@pytest.mark.parametrize(
    "question",
    [
        "QLoRA or freeze for Qwen3-8B, which takes less?",  # whose bases differ in bits, which decides
        "Freeze tuning of the last 2 layers of a 7B: how much memory?",
        "全参和 LoRA 哪个省，7B",
    ],
)
def test_frozen_layers_are_told_beside_adapters_alone(question: str) -> None:
    said = answer_to(question)
    assert "Two things pull apart" not in said
    assert "两者各省一头" not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("同样的7b模型 transformers占15g vllm占22g 为啥", "22 GB 不是 vLLM 的需求"),
        ("why does vllm use 22GB and transformers 15GB for the same 7B model", "22 GB is not what vLLM needs"),
    ],
)
def test_a_servers_pool_is_told_before_what_both_need(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer.split("\n\n")[0]
    assert "常见设置都得不到" not in answer
    assert "no usual change" not in answer


def test_figures_that_are_no_pool_open_with_what_both_need() -> None:
    answer = answer_to("同样的7b模型 transformers占16g llama.cpp占15g 为啥")
    assert "的需求:" not in answer.split("\n\n")[0].replace("\uff1a", ":")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("32b 和 72b int4 显存差多少 值得上72b吗", "32B 一张 24 GB 的卡就够,72B 要一张 48 GB 的卡"),
        ("14B 和 32B 的 q4 显存差多少,选哪个", "的卡就够"),
    ],
)
def test_of_two_sizes_the_cards_decide_what_is_worth_it(question: str, said: str) -> None:
    assert said in answer_to(question).replace("\uff0c", ",")


@pytest.mark.parametrize("question", ["7b和8b int4 显存差多少 选哪个", "awq 和 gptq 显存一样吗 选哪个"])
def test_of_near_sizes_no_card_is_set_against_another(question: str) -> None:
    assert "的卡就够" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("llama.cpp -ngl 40 vs 60 for a 70B Q4 on 24GB, what happens to VRAM?", "**70B: 40 layers on the card needs about 20.5 GiB"),
        ("llama.cpp 70B Q4 24G显卡 -ngl 40 和 60 显存差多少", "**70B：40 层放在卡上需要约 20.5 GiB"),
        ("vLLM --tensor-parallel-size 2 vs 4 for Llama-3.1-70B on A100 80GB: memory?", "**Llama-3.1-70B-Instruct: tensor parallel 4 needs about 34.7 GiB per card"),
    ],
)  # fmt: skip
def test_two_values_of_a_switch_are_two_sides(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Mistral-Nemo 12B: VRAM for full fine-tuning vs LoRA? Would a single H200 do?", "**Fits: LoRA (28.3 GiB); does not fit: full fine-tuning ("),
        ("Llama-3.1-8B LoRA vs full fine-tuning VRAM? Will one A6000 work?", "**Fits: LoRA ("),
        ("Qwen2.5-7B LoRA和全参显存差多少？单张L40S能训吗", "**放得下：LoRA（"),
        ("Qwen2.5-7B：全参 vs QLoRA 显存对比，一张4090成吗？", "**放得下：4 位 QLoRA（"),
        # what a part does is no question of a card
        ("Qwen2.5-7B LoRA vs full fine-tuning VRAM on an L40S: what does the optimizer do?", "**Qwen2.5-7B-Instruct: LoRA needs about "),
    ],
)  # fmt: skip
def test_whether_the_card_does_for_either_is_told_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:300]


def test_pure_bf16_is_told_beside_a_comparison_that_it_would_change() -> None:
    told = "In pure bf16 it is 8 B, weights 2 + gradients 2 + both moments 4: 12.2B × 8 B = 98.0 GB"
    assert told in answer_to("Mistral-Nemo 12B: VRAM for full fine-tuning with AdamW vs LoRA on one H200?")
    assert told not in answer_to("Mistral-Nemo 12B: VRAM for full fine-tuning with AdamW vs LoRA on one 4090?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Switched full finetuning of Llama-2-7B from AdamW to Lion expecting half the memory, got about 20% less. Why?", ("takes less than either", "8-bit AdamW", "LoRA 15.1 GiB", "ZeRO-3 or FSDP over 8 cards")),
        ("Llama-2-7B 全参从 AdamW 换成 Lion，以为能省一半，结果只少了 20%，为什么", ("比两者都省的办法", "8 位 AdamW", "LoRA 15.1 GiB", "8 张卡用 ZeRO-3/FSDP")),
        ("Full SFT of Qwen2-VL-2B takes 42GB, LoRA on the 7B only 24GB with the same images. How is the small one bigger?", ("takes less than full fine-tuning (Qwen2-VL-2B-Instruct)", "8-bit AdamW", "in bf16", "; LoRA 9.00 GiB")),
        ("为什么 Qwen2-VL-2B 全参要 42G，7B 的 LoRA 才 24G？", ("想再降", "8 位 AdamW", "；LoRA 9.00 GiB")),
        ("Why does full finetuning of Llama-3.1-8B on 4 A100 80GB take more than LoRA?", ("takes less than full fine-tuning", "shard over the 4 cards", "8-bit AdamW")),
    ],
)  # fmt: skip
def test_why_a_training_takes_so_much_ends_on_what_takes_less(question: str, says: tuple[str, ...]) -> None:
    told = next(part for part in answer_to(question).split("\n\n") if says[0] in part)
    assert all(one in told for one in says)


@pytest.mark.parametrize(
    "question",
    [
        "AdamW or Lion for full finetuning of Llama-2-7B: how much memory does each take?",
        "Why does an AWQ Qwen2.5-14B take more memory in vLLM than in llama.cpp?",
        "How can I fit a bigger model? LoRA or QLoRA of Llama-3.1-8B",
    ],
)
def test_no_way_to_less_where_no_reason_is_asked_for(question: str) -> None:
    assert "takes less than" not in answer_to(question)

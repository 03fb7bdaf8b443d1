"""Ways of several kinds in one row, of which one is to be chosen, are runs side by side; told of one run they are its settings."""

import pytest

from chat.plans.setups import sides
from chat.reads.grammar import read
from tests.talking import answer_to

_PURE = {"precision": "pure-bf16", "method": "full"}
_OFFLOADED = {"zero_stage": 3, "offload": "params", "method": "full"}


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("4x RTX 3090, full fine-tune an 8B: pure bf16, GaLore or ZeRO-3 offload, which one?", [_PURE, {"method": "galore"}, _OFFLOADED]),
        ("全参微调 13B，8张A6000，badam、pure_bf16、zero3 offload 哪个好", [{"method": "badam"}, _PURE, _OFFLOADED]),
        ("单卡4090 微调 8B，pure_bf16 和 galore 选哪个", [_PURE, {"method": "galore"}]),
        ("8B full finetune on 2x A100 40GB: should I use 8-bit Adam or ZeRO-3 with CPU offload?", [{"optimizer": "adamw-8bit", "method": "full"}, _OFFLOADED]),
        ("Pure bf16 + ZeRO-3 or GaLore for a 7B full finetune on 4x3090, which one?", [{**_PURE, "zero_stage": 3}, {"method": "galore"}]),
        ("A 7B on 2x A100 40GB: LoRA, GaLore or full with ZeRO-3 offload, which should I use?", [{"method": "lora"}, {"method": "galore"}, _OFFLOADED]),
        # offloading is a way of its own, and no question of whether to offload what stands before it
        ("8-bit Adam or CPU offload for full fine-tuning of a 7B on one A100 80GB?", [{"optimizer": "adamw-8bit", "method": "full"}, _OFFLOADED]),
        ("13B 全参 单卡 A100 80G，用 adafactor、pure_bf16 还是 offload 优化器？", [{"optimizer": "adafactor", "method": "full"}, _PURE, {"offload": "optimizer", "method": "full"}]),
        # all weights in mixed precision stand in the row themselves
        ("2x A100 80GB, a 14B model: full, pure bf16, GaLore or LoRA?", [{"method": "full"}, _PURE, {"method": "galore"}, {"method": "lora"}]),
        ("14B全参、纯bf16、GaLore还是LoRA？2张A100 80G", [{"method": "full"}, _PURE, {"method": "galore"}, {"method": "lora"}]),
        ("7B on one 80GB card: full fine-tuning, pure bf16 or LoRA, which?", [{"method": "full"}, _PURE, {"method": "lora"}]),
        ("7B full fine-tune in pure bf16 or LoRA on an A100 80GB, which?", [_PURE, {"method": "lora"}]),
        ("BAdam or LoRA or pure bf16 for 8B on a single 4090?", [{"method": "badam"}, {"method": "lora"}, _PURE]),
    ],
)  # fmt: skip
def test_each_of_the_row_is_a_run(question: str, each: list[dict[str, object]]) -> None:
    found = sides(read(question))
    assert found is not None
    assert list(found.each) == each


@pytest.mark.parametrize(
    "question",
    [
        "GaLore with pure bf16 for a 7B: which card do I need, 24GB or 48GB?",
        "用 galore 和 pure_bf16 训7B 选哪个卡",
        "pure_bf16 + zero3 全参 7B，4张3090够吗",
        "Full fine-tuning a 7B in pure bf16 with ZeRO-3 offload on 2x 4090, does it fit?",
        "两张4090训练qwen2.5-14b，lora还是qlora，用ddp还是zero3？",
        "全参 7B，8bit adam、zero3 offload 都开了，4张3090 要多少显存",
    ],
)
def test_settings_of_one_run_are_no_row(question: str) -> None:
    found = sides(read(question))
    assert found is None or not any(
        {"precision", "optimizer", "method"} & set(one) and "zero_stage" in one for one in found.each
    )


def test_the_row_is_answered_by_a_choice_and_the_plain_run_stands_beside_it() -> None:
    said = answer_to("全参8B，4张3090，pure_bf16、galore、zero3 offload 选哪个")
    assert said.startswith("**选 ")
    assert "每张卡权重 + 梯度 + 优化器" in said
    assert "作对照，普通混合精度 AdamW、不 offload：状态 8.03B × 16 字节" in said


def test_what_does_not_go_together_is_no_warning_of_a_choice() -> None:
    said = answer_to("13B 全参 8卡A100，8bit adam 还是 zero3 offload 好")
    assert "不能一起用" not in said


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("全参微调 7B，4卡 A100 80G，zero2 还是 zero3，offload 要开吗", True),
        ("全参 8B，8卡4090 zero3，offload 有必要吗", True),
        ("全参 8B，8卡4090 zero3，offload 要多少内存", False),
    ],
)
def test_whether_to_offload_is_asked_behind_it_too(question: str, asked: bool) -> None:
    found = sides(read(question))
    both = {"none", "params"} if asked else set()
    assert {one.get("offload") for one in found.each} == both if found else not asked


@pytest.mark.parametrize(
    "question",
    [
        "8 张 4090,Qwen2.5-14B:lora 用 ddp 还是 zero3?",
        "LoRA with DDP or ZeRO-3 for Qwen2.5-14B on 8x 4090, which one?",
        "LoRA of Qwen2.5-14B on 8x 4090: DDP or ZeRO-3?",
    ],
)
def test_layouts_behind_a_method_are_of_that_method(question: str) -> None:
    found = sides(read(question))
    assert found is not None
    assert [one.get("zero_stage") for one in found.each] == [0, 3]
    assert not any("full" in one.values() for one in found.each)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("I want full-parameter training of Llama-3.2-3B on a single 24GB card, not LoRA. GaLore, 8-bit Adam, BAdam, offload?", ("GaLore (16.0 GiB)", "BAdam (11.4 GiB)", "in host memory) (5.29 GiB)", "(8-bit AdamW) (20.0 GiB)")),
        ("单张24G想全参训Llama-3.2-3B，不用LoRA。GaLore、8位Adam、BAdam、offload？", ("GaLore（16.0 GiB）", "（参数和优化器放内存）（5.29 GiB）")),
        ("Full fine-tuning of Qwen2.5-3B on one 3090: which of GaLore, 8-bit Adam and CPU offload fits?", ("15.2 GiB", "(8-bit AdamW) 19.1 GiB", "in host memory) 5.59 GiB")),
    ],
)  # fmt: skip
def test_offload_in_a_row_is_a_way_of_its_own_and_each_is_counted_as_it_runs(
    question: str, said: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("qwen3-14b全参 4张A100 40G zero3，只开offload_optimizer够吗，还是param也要offload？", "**够：只 offload 优化器每卡 18.6 GiB，可用 40.0 GiB；参数不必 offload"),
        ("qwen2.5-32b全参 8张4090 zero3，优化器卸载之外参数也要卸载吗？", "**够：只 offload 优化器每卡 20.1 GiB"),
        ("Qwen3-14B full fine-tuning on 4x A100 40GB ZeRO-3: is offloading the optimizer enough, or do I need to offload params too?", "**Yes, the optimizer alone is enough: 18.6 GiB of 40.0 GiB per card."),
        ("Full SFT of Llama-3.1-70B on 4x A100 40GB ZeRO-3: offload the optimizer only, or must I offload the parameters as well?", "**No, move the parameters, too: with the optimizer alone 48.0 GiB of 40.0 GiB"),
    ],
)  # fmt: skip
def test_whether_the_parameters_are_to_be_moved_too_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO-3 with offload_optimizer and offload_param on 2x 4090, Qwen2.5-7B full, does it fit?",
        "Qwen2.5-7B full on 2x 4090 ZeRO-3 with optimizer offload, does it fit?",
        "全参 8B，8卡4090 zero3，优化器 offload 要多少内存",
    ],
)
def test_what_is_offloaded_is_no_question_of_the_parameters(question: str) -> None:
    found = sides(read(question))
    assert found is None or {one.get("offload") for one in found.each} != {"optimizer", "params"}


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B full fine-tune on 4x A100 40G: zero2, zero3, zero3 offload or rather LoRA?",
        "4张A100 40G全参微调Qwen2.5-7B,用zero2、zero3还是zero3 offload,还是干脆LoRA?",
    ],
)
def test_stages_before_adapters_are_of_all_weights_each_with_its_own_offload(question: str) -> None:
    found = sides(read(question))
    assert found is not None
    assert [(one["method"], one.get("zero_stage"), one.get("offload", "none")) for one in found.each] == [
        ("full", 2, "none"),
        ("full", 3, "none"),
        ("full", 3, "params"),
        ("lora", None, "none"),
    ]
    first = answer_to(question).split("\n\n")[0]
    assert "22.2 GiB" in first
    assert "40.3 GiB" in first


@pytest.mark.parametrize(
    "question",
    [
        "LoRA or QLoRA of Qwen2.5-14B on 8x 4090, with DDP or ZeRO-3?",
        "Qwen2.5-14B 8卡4090,LoRA还是QLoRA,用DDP还是ZeRO-3?",
    ],
)
def test_two_choices_are_no_row(question: str) -> None:
    found = sides(read(question))
    assert found is None or "full" not in {one.get("method") for one in found.each}


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("2x A100 80GB, domain adaptation of a 14B: pure bf16, GaLore or LoRA?", "for that take GaLore (ZeRO-2) 49.2 GiB (fits)"),
        ("2张A100 80G，14B做继续预训练：纯bf16、GaLore还是LoRA？", "要学进新领域就选 GaLore（ZeRO-2） 49.2 GiB（放得下）"),
        ("2x A100 80GB, chat tuning of a 14B: pure bf16, GaLore or LoRA?", ""),
    ],
)  # fmt: skip
def test_on_a_new_domain_what_trains_all_weights_stands_beside_adapters(question: str, says: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert says in first
    assert bool(says) == ("new domain" in first or "新领域" in first)

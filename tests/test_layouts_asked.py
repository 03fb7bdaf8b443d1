"""Layouts as people say them: ranks, stages, shares, and cards of one machine that differ; and what an answer then shows."""

import re
from typing import Any

import pytest

from chat.agent import Assistant
from chat.page.picture import breakdown_text, picture_html
from chat.plans.setups import sides
from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to

SAID: list[tuple[str, dict[str, Any]]] = [
    ("Llama-3-70B full fine-tuning, TP2 PP4, 8 H100s", {"tp": (2,), "pp": (4,), "n_gpus": (8,)}),
    ("70B 全参训练,流水线并行4,张量并行2,8张A100", {"tp": (2,), "pp": (4,), "n_gpus": (8,)}),
    ("full train 70B with tp=2 pp=4 dp=2", {"tp": (2,), "pp": (4,), "dp": (2,)}),
    ("4-way pipeline, full training of 70B", {"pp": (4,)}),
    ("4级流水线训练70B", {"pp": (4,)}),
    ("Mixtral-8x7B on vLLM, EP=8, 8 A100", {"ep": (8,), "n_gpus": (8,)}),
    ("专家并行8,Mixtral 8x7B 推理", {"ep": (8,)}),
    ("8B full training, context parallel 4, 32k tokens", {"cp": (4,), "seq_len": (32768,)}),
    ("8B 全参训练,序列并行4,32k 长度", {"cp": (4,), "seq_len": (32768,)}),
    ("Megatron sequence parallelism with tp 4, 8B full training", {"tp": (4,), "sequence_parallel": (True,)}),
    ("pp 4, 8 microbatches, 2 virtual stages, 70B full", {"pp": (4,), "n_microbatches": (8,), "virtual_stages": (2,)}),
    ("pp 8,16 个微批次,70B 训练", {"pp": (8,), "n_microbatches": (16,)}),
    ("GPipe with pp=4, 13B full", {"pp": (4,), "schedule": ("gpipe",)}),
    ("HSDP with shard size 8 on 16 A100, 13B full", {"shard_size": (8,), "zero_stage": (3,), "n_gpus": (16,)}),
    ("llama.cpp --tensor-split 3,1 on 2x 4090, 32B Q4_K_M", {"tensor_split": ("3,1",), "n_gpus": (2,)}),
    ("can I run a 70B at 4 bit on 4090+3090?", {"gpu": ("RTX 4090 + RTX 3090",), "n_gpus": (2,)}),
    ("I have a 4090 and a 3090, does a 70B Q4 fit?", {"gpu": ("RTX 4090 + RTX 3090",), "n_gpus": (2,)}),
    ("3090+4090 双卡跑70B int4", {"gpu": ("RTX 3090 + RTX 4090",), "n_gpus": (2,)}),
    ("3090和4090混插跑70B int4", {"gpu": ("RTX 3090 + RTX 4090",), "n_gpus": (2,)}),
    ("2x3090 + 1x4090, 70B q4", {"gpu": ("2 × RTX 3090 + RTX 4090",), "n_gpus": (3,)}),
    ("3060 12G + 4060Ti 16G run 32B Q4", {"gpu": ("RTX 3060 12 GB + RTX 4060 Ti 16 GB",), "n_gpus": (2,)}),
    ("24G+12G 两张卡能跑32B 4bit吗", {"gpu": ("24GB + 12GB",), "n_gpus": (2,)}),
    ("one 24GB and one 12GB card: can they hold a 32B at 4 bit?", {"gpu": ("24GB + 12GB",), "n_gpus": (2,)}),
    # alternatives stay alternatives
    ("4090 or 3090 for 13B LoRA?", {"gpu": ("RTX 4090", "RTX 3090")}),
    ("4090和3090跑13B LoRA分别要多少", {"gpu": ("RTX 4090", "RTX 3090")}),
    ("compare a 4090 and a 3090 for 13B", {"gpu": ("RTX 4090", "RTX 3090")}),
    ("14G + 2G = 16G, does my 24G card hold it?", {"gpu_memory_gb": (24,)}),
]


@pytest.mark.parametrize(("question", "facts"), SAID)
def test_a_layout_is_read(question: str, facts: dict[str, Any]) -> None:
    found = read(question)
    assert {name: found.facts.get(name) for name in facts} == facts
    if "sequence_parallel" not in facts:
        assert "sequence_parallel" not in found.facts
    understood(found)  # and what is taken for granted beside it admits several cards of one machine


def test_cards_of_one_machine_are_told_side_by_side() -> None:
    answer = Assistant().ask("can I run a 32B at 4 bit on a 24GB and a 12GB card together?")
    assert answer.result["verdict"] == "yes"
    assert "24 GB card 13.7 GiB of 24.0 GiB (44 layers), 12 GB card 7.67 GiB of 12.0 GiB (20 layers" in answer.text
    drawn = picture_html(answer.result, "en")
    assert drawn.count("<svg") == 2
    assert "card 1 of 2, 44 layers" in drawn
    assert len(breakdown_text(answer.result).splitlines()) == 2


def test_the_same_in_chinese() -> None:
    answer = Assistant().ask("24G+12G 两张卡能跑32B 4bit吗")
    assert "24 GB 显卡 13.7 GiB / 24.0 GiB（44 层）" in answer.text
    assert "第 1 张卡" in picture_html(answer.result, "zh")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does Qwen2.5-7B fit with vLLM tp=8 on 8 4090?", "divide over 1, 2 or 4 cards"),
        ("8张4090 vllm tp=8 跑 Qwen2.5-7B 行吗", "只能由 1、2、4 张卡均分"),
    ],
)
def test_heads_that_do_not_divide_are_told_first_and_the_cards_are_a_pipeline(question: str, said: str) -> None:
    text = answer_to(question)
    assert said in text.splitlines()[0], text[:300]
    assert "--pipeline-parallel-size 8" in text.splitlines()[0], text[:300]
    assert "--tensor-parallel-size 4" in text, text[:300]  # the other way, behind the sum
    assert "**Yes" not in text
    assert "可以。" not in text


@pytest.mark.parametrize(
    ("question", "ranks"),
    [
        ("I bought a third 4090 for Qwen3-32B bf16 and vLLM refuses tensor-parallel-size 3. not enough memory?", 3),
        ("六张4090，vllm tp=6 跑 Qwen2.5-72B-Instruct-GPTQ-Int4，启动报错，为什么", 6),
        ("can I use tensor parallel over 3 GPUs (3x 4070 Ti Super) for Llama-3.1-8B in vLLM?", 3),
        ("五张A4000张量并行部署Qwen2.5-14B可以吗", 5),
    ],
)
def test_ranks_that_do_not_divide_heads_are_the_cause_whatever_else_is_asked(question: str, ranks: int) -> None:
    first = answer_to(question).splitlines()[0]
    assert f"--pipeline-parallel-size {ranks}" in first, first
    assert "whatever the memory" in first or "与显存大小无关" in first


def test_ranks_that_divide_heads_are_no_obstacle() -> None:
    assert answer_to("4x 3090 tp=4 Qwen2.5-32B bf16 with vLLM, ok?").startswith("**Yes.")


def test_a_layout_that_cannot_be_is_refused_in_words() -> None:
    assert "tp 4 would do" in answer_to("full fine-tune Qwen2.5-7B with tp=8 on 8 4090")


def test_a_number_of_cards_is_told_with_what_each_of_them_holds() -> None:
    zh = answer_to("Llama3-70B 8K全参数微调至少需要多少张A100 80G?")
    en = answer_to("At least how many A100 80GB for full fine-tuning of Llama3-70B at 8K?")
    for text, logits, activations in [(zh, "logits 与损失", "激活"), (en, "logits and loss", "activations")]:
        line = next(one for one in text.split("\n") if one.startswith(("每张卡上", "On each card")))
        # a copy of 8,192 × 128,256 × 4 B, three at once; 80 layers of 8,192 × 8,192 × 2 B and the last norm's
        assert f"{logits} 11.7 GiB" in line
        assert f"{activations} 10.5 GiB" in line


def test_where_no_method_goes_on_a_card_the_size_that_it_trains_is_named() -> None:
    for question, told in [
        ("请问基于qwen-72b-chat怎样配置可以在一台4090(24G)机器上训练起来?", "30B 留有余量"),
        ("Can I fine-tune Llama-3-70B on a single RTX 3090?", "trains with room to spare is a 30B"),
    ]:
        assert told in answer_to(question)
    assert "room to spare is a" not in answer_to("Can I QLoRA a 13B on a 4090?")


@pytest.mark.parametrize(
    ("question", "cued"),
    [
        ("With tensor parallel 4, is the KV cache replicated on every GPU? Llama-3-8B", True),
        ("is the kv cache split across the two cards or copied? Qwen2.5-32B Q4 on 2x3090", True),
        ("does each card hold the full kv cache when a 70B is split over 2 gpus?", True),
        ("两张3090跑Qwen2.5-32B Q4,KV缓存会平分到两张卡吗?", True),
        ("tp8 的 KV cache 是每张卡都存一份吗,DeepSeek-V3", True),
        ("多卡推理时 KV cache 要不要在每张卡复制?", True),
        ("how much KV cache per GPU for Llama-3-8B at 32k on 2x24GB?", False),
        ("Llama-3-8B 32k 上下文在两张24G卡上 KV 缓存每张卡多大?", False),
    ],
)
def test_whether_a_cache_is_divided_over_cards_is_heard(question: str, cued: bool) -> None:
    assert ("cache_over_cards" in read(question).cues) is cued


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("is the KV cache copied to both cards? Qwen2.5-32B Q4 on 2x3090", "divided over the cards, not copied"),
        ("DeepSeek-V3 tp8 的 KV cache 是每张卡都存一份吗?", "张量并行时是的，每张卡都存完整的一份"),
    ],
)
def test_whether_a_cache_is_divided_over_cards_is_answered_first(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "LoRA on Qwen3-8B with 2x RTX 3090: device_map auto, DDP and ZeRO-3, what does each take per card?",
        "两张3090 LoRA微调Qwen3-8B，按层切分、数据并行和zero3每卡各占多少？",
    ],
)
def test_layers_split_over_the_cards_stand_beside_a_copy_and_never_divide_it(question: str) -> None:
    rows = [line for line in answer_to(question).splitlines() if line.startswith(("| weights", "| 权重"))]
    # 8.19B x 2 B on each card, or half of it: by ZeRO-3 and by layers alike
    assert len(rows) == 1
    assert sorted(re.findall(r"[\d.]+ GiB", rows[0])) == ["15.3 GiB", "7.63 GiB", "7.63 GiB"], rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_layers_split_it_is_told_that_the_cards_take_turns(language: str) -> None:
    asked = {
        "en": "2x RTX 3090, LoRA on Qwen3-8B: naive pipeline or DDP?",
        "zh": "两张3090 LoRA微调Qwen3-8B，device_map=auto和DDP选哪个？",
    }[language]
    text = answer_to(asked)
    assert {"en": "take turns", "zh": "轮流工作"}[language] in text


def test_layers_split_alone_are_one_case_and_a_map_to_one_card_is_none() -> None:
    split = Assistant().ask("LoRA fine-tuning Qwen2.5-14B with device_map=auto on 2x RTX 3090, how much per card?")
    assert split.result["facts"]["layer_split"]["value"]
    assert not split.result.get("cases")
    for alone in ("device_map={'':0}", 'device_map={"": local_rank}', "device_map='cuda:0'", "device_map=None"):
        whole = Assistant().ask(f"LoRA fine-tuning Qwen2.5-7B with {alone} on an RTX 3090, how much?")
        assert "layer_split" not in whole.result["facts"], alone


@pytest.mark.parametrize(
    ("question", "ways"),
    [
        ("Llama-3.3-70B FP8 on 2x H100 80GB (TP2), 8 users with 32k each. Enough or do I need 4 cards?", None),
        ("Qwen2.5-32B fp16 on two A100 40GB, tensor parallel 2, 16k: enough, or 4 cards?", None),
        ("两张A100 40G跑Qwen2.5-32B fp16，tp2，32k上下文8并发够吗？还是要4张", None),
        ("Qwen2.5-32B fp16 on 4x A100 40GB with TP2, two replicas, 16k?", (2,)),
        ("Qwen2.5-32B on 2 or 4 A100 40GB, always with tp 2?", (2,)),
    ],
)
def test_a_layout_of_the_first_count_is_none_of_the_other(question: str, ways: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("tp") == ways


@pytest.mark.parametrize(
    "question",
    [
        "两张V100 32G,qwen2.5-14b,lora+zero3、qlora ddp、全参offload 哪种靠谱",
        "2x V100 32GB, Qwen2.5-14B: LoRA with ZeRO-3, QLoRA with DDP or full + offload, which one?",
    ],
)
def test_a_layout_told_of_one_method_is_that_methods_own(question: str) -> None:
    found = sides(read(question))
    assert found is not None
    own = {one["method"]: (one["zero_stage"], one["offload"]) for one in found.each}
    assert own == {"lora": (3, "none"), "qlora": (0, "none"), "full": (3, "params")}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("two machines with one 3090 each, Llama-3.3-70B Q4 over gigabit ethernet, possible?", "**Over 1 Gbit/s as a pipeline, yes: a token then sends 16 KiB from one machine to the next (8,192 × 2 B), 0.13 ms.**"),
        ("能不能用两台各一张4090的机器跑 Qwen2.5-72B AWQ?千兆网够吗", "**1 Gbit/s 的网络做流水线可以：每个 token 在机器之间只传 16 KiB（8,192 × 2 字节），0.13 ms。**"),
    ],
)  # fmt: skip
def test_what_goes_over_a_network_between_machines_is_told(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_layouts_that_end_in_a_number_are_kept_apart_from_what_they_take() -> None:
    answer = Assistant().ask(
        "70B full training on 8 A100s: tensor parallel 4 or pipeline parallel 2, how is memory split?"
    )
    assert not answer.notices
    assert "than pipeline 2 with 524.9 GiB" in answer.text, answer.text


def test_a_way_that_is_only_named_offloaded_is_set_beside_the_others() -> None:
    answer = Assistant().ask(
        "13B full fine-tuning on 4 A100 40G: zero2 or zero3 offload, or optimizer offload vs params offload?"
    )
    assert "than ZeRO-2 with 82.3 GiB" in answer.text, answer.text
    assert "(none against " in answer.text, answer.text


@pytest.mark.parametrize(
    "question",
    [
        "2 nodes of 8x H100, full fine-tuning of Qwen2.5-72B at 16k: what parallelism should we use?",
        "64张A100 80G 全参训练 Llama-3.1-70B，32k 上下文，并行策略怎么定（TP、PP、CP 还是 ZeRO）",
    ],
)
def test_asked_how_to_lay_out_a_training_over_machines_layouts_that_fit_are_told(question: str) -> None:
    found = Assistant().ask(question)
    assert found.result["recommends"] == "layouts"
    assert re.match(r"\*\*(?:What fits|可行的做法)|(?:With all logits|完整计算)", found.text), found.text
    assert "ZeRO-3" in found.text
    assert re.search(r"tensor parallel 8|张量并行 8|context parallel|上下文并行", found.text), found.text
    assert all(one["leaning"] in ("yes", "likely", "borderline") for one in found.result["recommended"])


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-72B on 32 H100, Megatron, 8k: layout 1 is TP8 PP2 DP2, layout 2 is TP4 PP2 DP4. Which leaves more room?",
        "32 张 H800 训练 Qwen2.5-72B：TP8 PP2 DP2 和 TP4 PP2 DP4 差多少显存",
    ],
)
def test_whole_layouts_are_each_a_case(question: str) -> None:
    found = Assistant().ask(question)
    assert [one["facts"] for one in found.result["setups"]] == [
        {"tp": 8, "pp": 2, "dp": 2},
        {"tp": 4, "pp": 2, "dp": 4},
    ]
    assert not found.text.startswith("That cannot be worked out")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("How many 8xH100 machines for a full finetune of Qwen2.5-72B with Megatron TP8 PP2? Would 2 machines do?", "replicas divide the optimizer states"),
        ("全参训 Qwen2.5-72B,Megatron TP8 PP2,起步要几台8*H100?2台行不行", "副本之间分摊优化器状态"),
    ],
)  # fmt: skip
def test_machines_are_counted_for_a_layout(text: str, says: str) -> None:
    reading = read(text)
    assert reading.facts["n_gpus"] == (16,)  # the machines that are tried, and not the cards of one
    assert says in answer_to(text).split("\n\n")[0]


def test_two_layouts_may_leave_out_their_copies() -> None:
    text = "Mixtral-8x7B full on 4 nodes of 8 A100 80GB, Megatron TP8 PP2 so DP2, no full recompute. Is TP4 PP4 DP2 any different?"
    answer = answer_to(text)
    assert "tensor parallel 8 (pipeline 2, data parallel 2)" in answer
    assert read(text).facts["gradient_checkpointing"] == ("off",)


def test_a_formula_of_bytes_is_of_what_a_rank_holds() -> None:
    text = "Llama-3.1-70B, 4x8 H100, Megatron TP8 PP2 DP2 with the distributed optimizer: is it 6 + 12/d bytes per parameter?"
    assert "70.6B ÷ 16" in answer_to(text)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does --tensor-parallel-size 2 halve the KV cache of Qwen3-8B for each 4090?", "**Yes: each card keeps half of the cache: 8 KV heads ÷ 2 cards = 4 each; 0.28 GiB of 0.56 GiB"),
        ("Qwen3-30B-A3B at tp 8 on 8 H100: does every card keep an eighth of the KV cache?", "**No: each card keeps 1/4 of the cache, not 1/8: there are 4 KV heads"),
        ("Kimi-K2 with tensor parallel 8 on 8 H200, is the cache on each card 1/8?", "**No: each of 8 cards keeps the whole cache"),
        ("Qwen3-14B 张量并行 4，每张卡的 KV 缓存是不是四分之一", "**会：每张卡存缓存的 1/4，即 8 个 KV 头 ÷ 4 张卡 = 每张 2 个"),
        ("DeepSeek-R1 tp8，每卡的KV缓存会变成八分之一吗", "**不会：8 张卡每张都存完整的缓存"),
        ("Qwen2.5-14B 用 tp4，每卡缓存是一半吗", "**不会：每张卡存缓存的 1/4，不是一半"),
        ("Qwen2.5-72B at TP16, is each card's KV cache half of TP8's?", "**No, not half: of 8 KV heads each card keeps 1 at"),
        ("Qwen3-32B 从 TP2 换到 TP4，每张卡的 KV 缓存会减半吗", "**是一半：共 8 个 KV 头，张量并行 2 时每卡 4 个"),
        ("llama.cpp on 2x3090 with Qwen3-32B Q4_K_M: does each card hold half of the KV cache?", "**Divided by layers, about: "),
    ],
)  # fmt: skip
def test_which_part_of_the_cache_each_card_keeps_is_told_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_full_copy_on_each_is_asked_of_the_cards() -> None:
    told = answer_to("With two 4090s in vLLM, does each keep a full copy of the KV cache of Qwen3-14B?")
    assert told.startswith("**The KV cache is divided over the cards, not copied: of 0.62 GiB each of 2 cards")


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B on 2 cards: does an fp8 KV cache halve the cache of each?",
        "Can I halve the KV cache of Qwen3-8B with a shorter context on two cards?",
        "Half of each card is free, how long a KV cache can Qwen3-8B have on 2x 4090?",
    ],
)
def test_a_half_of_something_else_is_no_part_of_the_cache(question: str) -> None:
    assert "KV heads ÷" not in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Qwen2.5-32B on 4x L20: tensor parallel 4 or pipeline parallel 4, which leaves more room for the KV cache?",
            "64 KiB a token on each card",
        ),
        ("8 张 A100 80G 跑 Qwen3-30B-A3B，TP8 和 PP8 哪个能放更多 KV", "能放更多缓存"),
    ],
)
def test_tensors_or_stages_are_told_with_what_a_card_keeps_of_the_cache(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("vLLM on 4x L40S 48GB, Qwen3-32B bf16: how does the memory of each GPU differ between --tensor-parallel-size 4, --pipeline-parallel-size 4 and --data-parallel-size 4?", "**Data parallel saves nothing on a card: ", ("16 of 64 layers", "tensor parallel 4 takes 17.0 GiB; pipeline 4 takes 17.8 GiB; data parallel 4 takes 63.5 GiB")),
        ("4张A100 40G 用 vLLM 部署 Qwen2.5-32B，tp=4、pp=4、dp=4 每张卡显存各多少", "**数据并行一张卡都省不了", ("64 层各放 16 层", "张量并行 4 占 17.2 GiB")),
        ("Qwen3-32B on 4x L40S in vLLM, tensor-parallel-size 4, pipeline-parallel-size 4: memory of each GPU?", "**What each holds is about the same: ", ("tensor parallel 4 needs about 17.0 GiB per card",)),
    ],
)  # fmt: skip
def test_degrees_that_each_take_all_cards_are_set_side_by_side(
    question: str, opens: str, says: tuple[str, ...]
) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text
    assert not [one for one in says if one not in text], text


@pytest.mark.parametrize("question", ["vLLM on 16 cards: Qwen3-32B with tp=4, pp=4, memory per card?", "8x H100, Llama-3.1-70B, tp 4, pp 2 in vLLM: memory per GPU?"])  # fmt: skip
def test_degrees_whose_product_are_the_cards_are_one_layout(question: str) -> None:
    assert "What each holds is about the same" not in answer_to(question)

"""What the case at hand is, where a text also tells of cards that are gone, of others' runs, of later, of money and of time."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

_GONE = (
    (
        "I used to serve Qwen2.5-32B AWQ on three 3060s, gave them away and bought one 4090. Does it fit at 8k?",
        "RTX 4090",
    ),
    ("We sold our four V100s and ordered 2x L40S. Qwen2.5-72B AWQ 16k, fits?", "L40S"),
    ("以前用两张3090跑Qwen2.5-72B Q4_K_M,卖掉了,入手一张5090,还放得下吗", "RTX 5090"),
    ("之前两张P100,出掉之后买了块4090,Qwen2.5-32B AWQ 16k能跑吗", "RTX 4090"),
    ("Some guy on our forum runs it on two 4090s. Mine is one L4. Qwen2.5-14B AWQ at 8k, fits?", "L4"),
    ("A colleague from the Munich office uses 8 H100 for it. We have one L40S. Enough for Qwen2.5-14B bf16?", "L40S"),
)


@pytest.mark.parametrize(("text", "card"), _GONE)
def test_cards_that_are_gone_or_anothers_are_none_of_the_case(text: str, card: str) -> None:
    """One kind of card stays, with its own count."""
    reading = read(text)
    assert reading.facts["gpu"] == (card,)
    assert "rigs" not in reading.extras
    assert len(reading.facts["n_gpus"]) == 1


def test_a_card_that_came_to_another_stays_beside_it() -> None:
    """What is bought replaces nothing by itself."""
    assert len(read("I bought a 3060 and it OOMs with Qwen2.5-14B, is a 4090 enough?").facts["gpu"]) == 2


_FACTS: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("I have an RTX 3080 10GB. Sorry, it's the 12GB one. Qwen2.5-14B Q4_K_M at 8k?", "gpu_memory_gb", (12,)),
    ("一张A100 80G,说错了,是40G的,Qwen2.5-14B LoRA 4k能训吗", "gpu_memory_gb", (40,)),
    ("Sorry, I have only 64 GB of RAM and an A100 40GB. Qwen2.5-32B AWQ?", "gpu_memory_gb", (40,)),
    ("4070 mobile, Llama-3.1-8B Q4_K_M 8k?", "gpu", ("RTX 4070 Laptop GPU",)),
    ("笔记本4080 mobile 12G 跑 Qwen3-8B Q8_0 够吗", "gpu", ("RTX 4080 Laptop GPU",)),
    ("Qwen3-32B AWQ on a 3090. The context must be 12288, nobody needs the full 40k.", "seq_len", (12288,)),
    ("Qwen2.5-7B 部署在4090,上下文应该是 20480,用不到 128k,够吗", "seq_len", (20480,)),
    ("Do I need 128k or 64k context, does Llama-3.1-8B on a 4090 hold that?", "seq_len", (131072, 65536)),
    ("现在 8k 上下文,以后可能 32k,现在不用,Qwen3-14B AWQ 一张 4080 够吗", "seq_len", (8192,)),
    ("Qwen3-14B AWQ at 8k now, later 32k. Is a 4080 enough for both?", "seq_len", (8192, 32768)),
    ("max_seq_length 16384 dies on my 3090, with 8192 it ran. Qwen2.5-7B QLoRA", "seq_len", (16384, 8192)),
    ("Our budget is about 12k, what do we need for Qwen2.5-72B AWQ at 32k?", "seq_len", (32768,)),
    ("thinking budget is 16k tokens, Qwen3-32B AWQ on a 4090?", "seq_len", (16384,)),
    ("Qwen2.5-72B in Q4 on 2x 3090?", "weight_format", ("gguf:Q4_K_M",)),
    (
        "500 employees, roughly 20 make requests at the same moment, 4k each, Qwen2.5-14B on an L40S",
        "batch_size",
        (20,),
    ),
    ("12 ppl using it simultaneously, Llama-3.1-8B on a 3090 at 8k", "batch_size", (12,)),
    ("Qwen2.5-7B full fine-tuning with ZeRO-3 on 8 A100 80GB. What does one card have to hold?", "n_gpus", (8,)),
    ("Qwen2.5-7B full ft on 8 A100 zero2 vs one card, which needs more?", "n_gpus", (8, 1)),
    ("12k documents, about 80 of those are longer. QLoRA of Llama-3.1-8B on a 3090 at 4k?", "n_gpus", (1,)),
    ("We have 3090s in the lab, 6 of them. Qwen2.5-72B AWQ?", "n_gpus", (6,)),
    ("I own 2 3090s. If I buy 2 more (4 cards in total), does Qwen2.5-72B AWQ fit at 32k?", "n_gpus", (4,)),
    ("现有4张A100 40G,再买4张,总共8张,Qwen2.5-72B LoRA 4k 够吗", "n_gpus", (8,)),
    ("With 2 more requests (4 in total), does Qwen2.5-7B on a 4090 hold 8k?", "n_gpus", (1,)),
    ("I have one A6000 and bought a second one. Does Llama-3.1-70B AWQ fit at 16k?", "n_gpus", (2,)),
    ("There is a 4090 in my box and I just ordered another. Qwen2.5-72B Q3_K_M 8k?", "n_gpus", (2,)),
    ("手上一张A100 40G,又加了一张A100,Qwen2.5-14B LoRA 8k", "n_gpus", (2,)),
    ("I have a 3090 and got another OOM with Qwen2.5-32B AWQ", "n_gpus", (1,)),
    ("I have a 3090, should I buy a second one for Llama-3.1-70B Q4_K_M?", "n_gpus", (1,)),
    ("同事用一张H100跑Qwen2.5-72B AWQ,我只有2张L4,能跑吗", "n_gpus", (2,)),
    ("机房有8张A6000,同事占了4张A6000,Qwen2.5-72B AWQ 能跑吗", "n_gpus", (4,)),
    ("compare 4x 3090 / 2x A6000 / 1x H100 for Llama-3.3-70B AWQ 16k", "n_gpus", (4, 2, 1)),
    ("14B QLoRA,双重量化开和不开差多少显存", "weight_format", ("nf4", "nf4-dq")),
    ("Qwen2.5-7B LoRA 4k with and without checkpointing on a 4090", "gradient_checkpointing", ("off", "on")),
    ("We train all parameters of Llama-3.1-8B on 4 H100 with FSDP at 4k, fits?", "method", ("full",)),
    ("LoRA on 7B: how many GB for all parameters in bf16?", "method", ("lora",)),
    ("Is a full 3B training with Lion at 2k possible on a 4090?", "method", ("full",)),
    ("Lion from now on, not AdamW any longer: how much less for a 7B?", "optimizer", ("lion", "adamw")),
    ("8B full finetuning with adafactor, not adamw, 4x A100 zero3 4k fits?", "optimizer", ("adafactor",)),
    ("torchtune, Llama-3.1-8B full, optimizer_in_bwd: true, 24 GB card, 2k", "optimizer_in_backward", (True,)),
)


@pytest.mark.parametrize(("text", "name", "values"), _FACTS)
def test_the_values_of_the_case_at_hand(text: str, name: str, values: tuple[object, ...]) -> None:
    """What is corrected, put off, tried, counted of other things or told of money and time is left out."""
    assert read(text).facts[name] == values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We want a server in Q4 2025 for Qwen2.5-72B", "weight_format"),
        ("HSDP, 64 H100, shard group of 16, 70B full fine-tuning: states per card?", "batch_size"),
        ("currently -ngl 28 on a 4070 12GB with Qwen2.5-14B Q5_K_M. Could I get all layers on it?", "gpu_layers"),
        ("现在 ngl 30,4070 12G 跑 Qwen2.5-14B Q4_K_M,能不能把整个模型放进显存", "gpu_layers"),
    ],
)
def test_what_is_no_fact_of_the_case(text: str, name: str) -> None:
    """A quarter of a year is no quantisation, a shard group no batch, the layers of now no setting of the whole."""
    assert name not in read(text).facts


def test_both_ways_of_double_quantisation_are_answered() -> None:
    """Both figures stand in the first sentence."""
    text = answer_to("34B in nf4, double quantization on and off: how many GB apart?")
    first = text.split("\n")[0]
    assert "NF4 with double quantisation needs about" in first
    assert "less (" in first


def test_a_step_fused_into_the_backward_pass_is_counted() -> None:
    """The setting is one that every tool knows."""
    text = answer_to("torchtune, Llama-3.1-8B full, optimizer_in_bwd: true, on a 4090 at 2k, fits?")
    # its default optimizer is paged: 16.1 GB of weights stay, a layer's gradients with them, and 8.03B × 2.03 B may leave
    assert text.startswith("**Not all of it at once, but it runs, slower: the paged optimizer states, 15.2 GiB, leave")
    assert "19.1 GiB of 24.0 GiB must stay" in text.split("\n")[0]
    assert "RTX 4090: does not fit** — about 34.3 GiB" in text
    assert "| gradients |" not in text


_ANSWERS = (
    ("DeepSeek-R1 with dp=4, ep=16 on 2 nodes of 8 H200, fp8: memory per card?", "16 cards, H200 141 GB: fits"),
    ("How large can per_device_train_batch_size get: Llama-3.1-8B, LoRA, 1024 tokens, one 4090", "Up to batch"),
    ("number of 80GB cards for DeepSeek-R1 in AWQ at 32k?", "8 cards** ("),
    ("PPO of a 7B, the reward model stays frozen, zero3 on 8 A100 80G at 2k: fits?", "full fine-tuning, 8 cards"),
    ("Must all 64 experts of Qwen3-30B-A3B be in memory or just the 8 active ones?", "must be stored"),
    ("Qwen3-30B-A3B 128个专家都要放显存吗,还是只放激活的8个", "都要存下"),
    ("7B full, zero3 on 4 cards, 4k: does ORPO take the same memory as SFT?", "ORPO"),
)


@pytest.mark.parametrize(("text", "opens"), _ANSWERS)
def test_what_is_asked_is_what_the_answer_opens_with(text: str, opens: str) -> None:
    """The first paragraph has it."""
    assert opens in answer_to(text).split("\n")[0]


def test_freeze_tuning_stays_where_layers_are_counted() -> None:
    """A frozen model of a run is no way to tune, the last layers are."""
    assert read("freeze tuning of an 8B, last 2 layers, 2k: memory?").facts["method"] == ("freeze",)
    assert "method" not in read("DPO of a 7B with the reference frozen, zero3, 8 A100 80G").facts


def test_ranks_of_a_copy_follow_only_where_experts_lie_on_all_cards() -> None:
    """With fewer expert ranks than cards nothing is worked out from them."""
    assert read("DeepSeek-V3 on 16 H200, dp=2, ep=16, fp8").facts["tp"] == (8,)
    assert "tp" not in read("Mixtral-8x7B full training on 16 H100, dp=2, ep=8").facts

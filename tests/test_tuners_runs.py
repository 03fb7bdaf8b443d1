"""What people who train ask of runs beside each other, evaluations, copies of a model, and of what trains."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import narrow_opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Can I run 3 LoRA jobs of a 3B at the same time on one A100 40GB?", "**3 trainings at once"),
        ("fine-tuning 4 LoRA runs of Qwen2.5-7B at once on the same A100 80GB, does it fit?", "**4 trainings at once"),
        ("一张 80G 卡同时训 4 个 7B QLoRA 行吗", "**同时跑 4 个就是 4 倍"),
        ("2 epochs of 3 LoRA runs of a 3B on an A100 40GB one after another, fits?", "**3B, LoRA"),
    ],
)
def test_trainings_at_once_are_multiplied(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Validation takes 8B full on 4x A100 80GB fsdp from 50 to 76GB, how do I bring it down?", "**Evaluation takes more"),
        ("7B LoRA 评估时显存从 18G 涨到 35G,A100 40G,怎么降?", "**评估比训练更占显存"),
        ("8B lora on an A100 40GB with evaluation every epoch, does it fit?", "**Yes. 8B, LoRA"),
        ("GPU memory rises 2GB after each evaluation and stays. leak?", "**Most likely the logits"),
    ],
)  # fmt: skip
def test_what_an_evaluation_adds(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("number of trainable params for r=8 on q,k,v,o of Llama-3-8B and memory for adam?", "6,815,744"),
        ("trainable parameters of LoRA r=16 on q and v, mistral 7b?", "6,815,744"),
        ("how many params does rank 32 on all linear layers train for Qwen2.5-7B?", "80,740,352"),
    ],
)
def test_what_trains_is_counted(question: str, count: str, assistant: Assistant) -> None:
    assert count in narrow_opening(question)


def test_a_count_that_is_printed_is_not_asked_for() -> None:
    extras = read(
        "trainable params: 20,971,520 || all params: 8,051,232,768. How much memory does it take? LoRA 8B"
    ).extras
    assert "quantities" not in extras


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("qwen2.5-14b full, A100 80 x8, zero 3", {"n_gpus": (8,), "gpu_memory_gb": (80,)}),
        ("fsdp with 8-bit adam, are the 8-bit states sharded? 8B on 4 gpus", {"optimizer": ("adamw-8bit",)}),
        ("LoRA of an 8B packed to 8192, bs 2, H100", {"seq_len": (8192,), "batch_size": (2,)}),
    ],
)
def test_further_wordings_are_read(question: str, facts: dict[str, tuple[object, ...]]) -> None:
    told = read(question).facts
    assert {name: told.get(name) for name in facts} == facts
    assert "bits" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("fp32 master weights of a 14B, how many GB and can I drop them?", "**The fp32 copy is 4 B per parameter, 56.0 GB"),
        ("7B 的 fp32 主权重占多少?能不能不要", "**fp32 主权重每参数 4 字节,共 28.0 GB"),
        ("is dynamic padding worth it for memory? max length 2048, mostly short samples", "**Yes: a padded token"),
        ("动态 padding 省显存吗", "**会:填充的 token"),
        ("does neftune change vram? 8B qlora", "**No: no tensor"),
        ("torchrun --nproc_per_node=2 LoRA bf16 of a 32B on 2x A6000, OOM on both cards while loading", "**Under a launcher"),
        ("4个进程 torchrun 加载 70B QLoRA,4张 3090,加载时每张卡都 OOM", "**用启动器时"),
        ("PPO with LoRA on a 7B policy and a 3B reward model, A100 80GB, memory?", "**The reward model that is loaded whole"),
    ],
)  # fmt: skip
def test_matters_of_trainers(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("VRAM is at 96% during my QLoRA run and it keeps going, is that bad? 8B, 3090", "**No problem by itself"),
        ("training sits at 97% of GPU memory without crashing, should I worry?", "**No problem by itself"),
        ("微调时显存占用 98%,一直没报错,有问题吗?", "**本身没有问题"),
        ("vllm takes 95% of memory, is that normal?", "**No leak"),
    ],
)
def test_a_card_that_is_nearly_full(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("idle", "fragmented"),
    [("22.90 GiB already allocated; 23.15 GiB reserved", False), ("16.20 GiB already allocated; 22.90 GiB reserved", True)],
)  # fmt: skip
def test_little_that_lies_unused_is_no_fragmentation(idle: str, fragmented: bool, assistant: Assistant) -> None:
    message = f"CUDA out of memory. Tried to allocate 200.00 MiB (GPU 0; 23.69 GiB total capacity; {idle} in total by PyTorch). Llama-2-13b LoRA, load_in_8bit, 3090, batch 4, length 512"
    assert narrow_opening(message).startswith("**Fragmentation") is fragmented


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("does a 128k vocabulary instead of 32k cost memory in full finetuning? 7B at 2048", "at 32,000 and 1.05 GB (0.98 GiB) at 128,000"),
        ("词表从 3.2万 换成 15.2万,7B 全参训练长度 2048 多占多少?", "152,000 时是 1.25 GB"),
        ("OOM at model.to('cuda'), 13B fp16, A100 40GB, 13*2=26", "As it loads nothing but weights"),
        ("gpt-oss-120b qlora 4bit on one H100, OOM on load, the files are 61GB so why", "the MXFP4 of the files serves only"),
    ],
)  # fmt: skip
def test_what_a_vocabulary_and_loading_take(question: str, says: str, assistant: Assistant) -> None:
    assert says in narrow_opening(question)


def test_a_length_behind_a_vocabulary_is_a_length() -> None:
    assert read("LoRA of an 8B with a 128k vocab at 4096, 24GB, fits?").facts["seq_len"] == (4096,)


def test_sixteen_bits_beside_four_are_what_dora_computes_in() -> None:
    assert "weight_format" not in read("DoRA r=64 on Qwen3-8B 4bit, fp16, 24GB").facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("which lora rank can I afford for a 13B on an A100 40GB at 2048?", "**Up to rank "),
        ("8B QLoRA 12G 显存,rank 最大多少?", "**稳妥的上限是秩 "),
        ("Does adamw_torch_fused need less memory than adamw_torch?", "**The states are the same"),
        ("loading a 7B eats 26GB of CPU RAM and crashes colab, LoRA, how to load it?", "**Host RAM ran out"),
        ("FSDP LoRA of Llama-3.3-70B bf16 on 8x L40S 48GB, host has 512GB RAM, torchrun dies with exitcode -9 while loading checkpoint shards", "**Host RAM ran out, not GPU memory (signal 9, exit 137): each of 8 processes reads the whole checkpoint"),
        ("8卡A100 80G，zero2 LoRA Qwen2.5-32B，加载checkpoint shards到一半进程被kill，exitcode -9，机器内存512G", "**耗尽的是主机内存,不是显存（signal 9、exit 137）:8 个进程各自读入完整权重"),
        ("int8 (load_in_8bit) or 4bit for QLoRA of a 14B on 24GB at 2k, memory of each?", "**By memory alone take 4-bit"),
    ],
)  # fmt: skip
def test_ranks_steps_and_loading(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("offload_activations for 32k on a 4090 w/ an 8B qlora?", {"activation_offload": (True,), "offload": None, "seq_len": (32768,)}),
        ("full 3B on 1x A100 80: 52GB used, sounds right?", {"gpu_memory_gb": (80,)}),
    ],
)  # fmt: skip
def test_what_goes_to_host_memory_and_the_card_are_read(question: str, facts: dict[str, object]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name) for name in facts} == facts
    assert reading.intents != ("out_of_scope",)


def test_a_reference_computed_beforehand_is_not_loaded(assistant: Assistant) -> None:
    asked = "DPO full 8B zero3 4x 80GB seq 2048, reference model precomputed logprobs"
    found = assistant.ask(asked).result["facts"]
    assert found["ref_model"]["value"] is False


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        ("FSDP with cpu offload and adamw_8bit for a full finetune of a 14B on 4x 3090, possible?", True),
        ("7B 全参 adamw_8bit 加 zero2 cpu offload,两张 4090 行吗", True),
        ("7B full finetune with zero2 and optimizer offload on 2x 4090, possible?", False),
    ],
)
def test_eight_bit_states_are_not_offloaded(question: str, apart: bool, assistant: Assistant) -> None:
    text = narrow_opening(question)
    assert text.startswith(("**These two do not", "**这两样不能")) is apart

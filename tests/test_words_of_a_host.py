"""Words that were taken for others: a host's RAM for hosting, cards for a batch, a training recipe for adapters served."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "text",
    [
        "How much host RAM if I offload?",
        "what does the host memory have to be with offload on",
        "host-side memory of an offloaded optimizer",
    ],
)
def test_a_host_that_has_memory_hosts_no_model(text: str) -> None:
    assert "inference" not in read(text).facts.get("task", ())


def test_who_hosts_a_model_serves_it() -> None:
    assert read("how much VRAM to host Mistral-7B for the team?").facts["task"] == ("inference",)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (
            "Qwen3-14B full SFT, ZeRO-3 on 4x A100 with optimizer offload: how much host RAM (ours come with 256 GB)?",
            256,
        ),
        (
            "full fine-tune of Llama-3.1-70B on 8x H100 with offload. How much RAM do we need, our nodes have 1024 GB",
            1024,
        ),
        ("4 张 A100 全参微调 Qwen3-14B，ZeRO-3 优化器卸载，内存要多少（机器标配 256G）", 256),
        ("8 卡 H100 全参 Llama-3.1-70B 加 offload，内存需要多大，默认只有 768GB", 768),
    ],
)
def test_an_amount_beside_a_question_of_ram_is_the_machines(text: str, amount: int) -> None:
    found = read(text)
    assert found.facts["host_memory_gb"] == (amount,)
    assert not found.claims


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Full fine-tune of Qwen3-32B, 4x H100, ZeRO-3, bs 1: is mixed precision hopeless on 4, fine on 8?", (4, 8)),
        ("Qwen3-14B full FT, 2x A100 80G, batch 2, no offload. Impossible on 2 but feasible on 4?", (2, 4)),
        ("Llama-3.1-8B full fine-tune batch size 4 on 2x A100 40GB dies, would it fit on 4?", (2, 4)),
    ],
)
def test_what_a_run_is_on_are_cards(text: str, counts: tuple[int, ...]) -> None:
    found = read(text).facts
    assert found["n_gpus"] == counts
    assert len(found["batch_size"]) == 1


def test_a_batch_that_was_tried_stays_one() -> None:
    assert read("Llama-3.1-8B LoRA on an A100 40GB: batch 4 works, 8 OOMs").facts["batch_size"] == (4, 8)


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-8B serving is fine on my 4090, so why does the LoRA script run out of memory?",
        "inference of Mistral-7B works on a 24GB card, how much does the axolotl lora config take?",
        "Qwen3-8B 推理没问题，为什么跑 LoRA 脚本就爆显存？4090",
        "Qwen3-8B 部署在 4090 上正常，TRL 的 lora 要多少显存",
    ],
)
def test_a_recipe_with_an_adapter_trains_it(text: str) -> None:
    found = read(text)
    assert found.facts["method"][0] == "lora"
    assert "log_adapters" not in found.extras


@pytest.mark.parametrize(
    "text",
    [
        "serve Qwen3-8B with 5 LoRA adapters in vLLM, how much VRAM",
        "I trained a LoRA with axolotl, how much memory does serving Qwen3-8B with it take?",
        "用 LLaMA-Factory 训好的 lora，部署 Qwen3-8B 挂上它要多少显存",
    ],
)
def test_an_adapter_that_is_served_is_not_trained(text: str) -> None:
    assert read(text).facts["task"] == ("inference",)


@pytest.mark.parametrize(
    "text",
    [
        "Qwen2.5-7B LoRA PPO on a 4090, reward_model_type is full, how much memory?",
        "LoRA PPO 7B 单卡 24G，reward_model 用完整的，多占了什么？",
    ],
)
def test_a_reward_model_is_no_width_of_a_model(text: str) -> None:
    assert "quantities" not in read(text).extras


@pytest.mark.parametrize(
    ("text", "offload"),
    [
        ("Qwen3-32B full SFT 8x H200 ZeRO-3: does it need optimizer offload? And if I do offload, how much RAM?", ("none", "optimizer")),
        ("8 张 H200 全参 Qwen3-32B，开优化器卸载，卸载的话内存要多少", ("optimizer",)),
        ("Qwen3-32B full SFT on 8x H200: optimizer offload vs full offload, how much host RAM?", ("optimizer", "params")),
    ],
)  # fmt: skip
def test_offloading_said_again_in_short_is_the_one_that_was_named(text: str, offload: tuple[str, ...]) -> None:
    assert read(text).facts["offload"] == offload


@pytest.mark.parametrize(
    "text",
    [
        "gpt-oss-120b is 65GB in MXFP4 and I serve it on one H100. How much does LoRA fine-tuning take with TRL?",
        "gpt-oss-20b 的 MXFP4 权重推理很顺，4090 上跑 LoRA 脚本要多少显存",
    ],
)
def test_a_format_that_serves_only_is_not_what_trains(text: str) -> None:
    found = read(text).facts
    assert found["method"] == ("lora",)
    assert "weight_format" not in found


def test_served_a_published_format_stays() -> None:
    assert read("gpt-oss-20b in MXFP4 on a 4090, how many tokens?").facts["weight_format"] == ("mxfp4",)


def test_that_a_published_file_has_a_size_asks_for_no_checkpoint() -> None:
    told = "the checkpoint is 16 GB and serves fine on my 4090 card, why does Qwen3-8B LoRA training run out of memory?"
    assert "checkpoint_size" not in read(told).cues
    assert "checkpoint_size" in read("Qwen3-8B full SFT, each checkpoint is 110 GB, why that much?").cues


@pytest.mark.parametrize(
    "text",
    [
        "LoRA on Qwen2.5-14B is finished. After merging I convert to Q5_K_M: does it fit on a 16GB 4080 with 16k context?",
        "I've trained a QLoRA of Mistral-Small-24B, now I want a Q4_K_M of it on my 3090: how long a context fits?",
        "Qwen2.5-14B 的 LoRA 训好了，转成 Q5_K_M 放 16G 的 4080 上，16k 上下文够吗",
        "QLoRA 微调完成后把 Qwen3-14B 转 Q8_0，3090 能开 32k 吗",
    ],
)
def test_what_was_trained_before_and_is_run_from_a_file_is_served(text: str) -> None:
    assert read(text).facts["task"] == ("inference",)


def test_a_training_that_is_to_come_is_still_one() -> None:
    assert "qlora" in read("QLoRA Qwen3-14B on a 3090, then convert to Q4_K_M: does the training fit?").facts["method"]


@pytest.mark.parametrize(
    ("text", "merged", "run"),
    [
        ("Qwen3-14B 的 QLoRA 训完了，3090 24G 加 32G 内存：1）合并能在显卡上做吗，要多少内存 2）Q6_K 在 3090 能开 64k 上下文吗", "29.5 GB", "Q6_K：全部在卡上（21.8 GiB / 24.0 GiB）"),
        ("I finished a LoRA of Qwen2.5-14B on a 4090 (64GB RAM). Can I merge the adapter on the card, and would Q6_K with 32k context fit?", "29.5 GB", "Q6_K, 32,768 tokens: fits** — about 17.8 GiB"),
    ],
)  # fmt: skip
def test_behind_a_merge_the_run_is_told_in_full(text: str, merged: str, run: str) -> None:
    told = answer_to(text)
    assert merged in told.split("\n\n")[0]
    assert run in told
    assert "QLoRA · " not in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LLaMA-Factory LoRA PPO of Qwen3-8B on an RTX 3090 with reward_model_type: full runs out of memory while loading, why?", "second model beside"),
        ("LoRA PPO of Llama-3.1-8B with a separate reward model of its size on an A100 40GB, does it fit?", "second model beside"),
        ("Qwen3-8B 做 LoRA PPO，奖励模型用完整的一份，3090 加载就爆，为什么", "之外的第二个模型"),
        ("llamafactory 里 reward_model_type 设为 full，Llama-3.1-8B lora ppo，4090 够吗", "之外的第二个模型"),
    ],
)  # fmt: skip
def test_a_reward_model_that_is_loaded_whole_is_counted(text: str, says: str) -> None:
    assert says in answer_to(text).split("\n\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-8B LoRA PPO on a 4090 with reward_model_type lora, does it fit?",
        "Qwen3-8B lora ppo 4090，reward_model_type 用 api，够吗",
    ],
)
def test_a_reward_adapter_is_no_copy(text: str) -> None:
    assert "log_reward_copy" not in read(text).extras


@pytest.mark.parametrize(
    ("question", "opens", "then"),
    [
        ("4个80G A100可以对LLaMA2-70B推理和微调吗,内存和gpu要多少", "**Llama-2-70b-chat-hf", "**Llama-2-70b-chat-hf · 推理"),
        ("Can 4x A100 80GB run inference and fine-tuning of Llama-2-70B? How much RAM and VRAM do I need?", "**Llama-2-70b-chat-hf", "**Llama-2-70b-chat-hf, inference"),
        ("2张4090能微调Qwen2.5-14B吗,需要多少内存和显存", "**Qwen2.5-14B", "加载时一台机器的内存"),
        ("4090 能跑 Qwen2.5-32B 4bit 吗?内存要多少?", "**可以。", "**内存约 18.0 GiB 就够**"),
        ("Can I LoRA Llama-3-8B on a 24 GB card, and how much host memory does it take?", "**Yes. Meta-Llama-3-8B-Instruct, LoRA", "**About 15.0 GiB of RAM will do**"),
        ("How much RAM do I need, and can a 4090 run Qwen2.5-32B 4-bit?", "**About 18.0 GiB of RAM will do**", "**Qwen2.5-32B-Instruct"),
        ("内存要多少?4张A100 80G 微调 LLaMA2-70B", "加载时一台机器的内存", "**Llama-2-70b-chat-hf"),
    ],
)  # fmt: skip
def test_what_is_asked_first_is_told_first_the_card_or_the_host_memory(question: str, opens: str, then: str) -> None:
    first, second = answer_to(question).split("\n\n")[:2]
    assert first.startswith(opens)
    assert second.startswith(then)

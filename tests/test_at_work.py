"""Whether a mechanism is at work: Adam's states that come with the first step, ZeRO, FSDP and offload by what a card holds."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to

_STEP = {
    "Qwen2.5-3B full fine-tuning in fp32, 30 GB in the first backward, then after optimizer.step() another 25 GB. Bug?": "**No bug and no leak: AdamW allocates its two moments at the first optimizer.step(), and they stay for the whole training: 3.09B × 8 B = 24.7 GB (23.0 GiB), the 25 GB that you saw",
    "Training Llama-3.2-1B (full). Memory is 8GB in the first backward and rises by 10 GB after the first iteration, is it leaking?": "the 10 GB that you saw",
    "全参微调 Qwen2.5-1.5B,第一次更新之后显存突然多了12G而且不降,是内存泄漏吗": "**不是 bug，也不是泄漏：AdamW 的两个动量在第一次 optimizer.step() 时才分配，之后整个训练一直占着：1.54B × 8 字节 = 12.3 GB（11.5 GiB），正是您看到的 12 GB",
}  # fmt: skip
_AT_WORK = {
    "ZeRO论文里7.5B stage3 每卡只要1.9GB，我7B zero3 8张卡每张还要20多G，是没生效吗": ("**已经生效：切分到 8 张卡后，每卡状态 16 B × 7B ÷ 8 = 14 GB", "1.9 GB 是 7.5B × 16 字节 ÷ 64 张卡，只算状态"),
    "The ZeRO paper says 7.5B needs 1.9 GB per GPU with stage 3. My 8B run with stage 3 on 4 H100 uses 45 GB. Is ZeRO not on?": ("**It is in force: divided over 4 cards", "7.5B × 16 B ÷ 64 cards, states alone"),
    "Is my FSDP actually sharding? Full finetune of Llama-3.1-8B on 8 A100 80GB and nvidia-smi says 38 GB on each card": ("**It is in force: divided over 8 cards the states take 16 B × 8.03B ÷ 8 = 16.1 GB", "You see 38 GB"),
    "13B 全参 zero2 4卡A100 80G，每张卡占了70多G，zero没生效吗？": ("**已经生效", "ZeRO-2 每张卡都保留完整的 16 位权重（权重 26 GB）"),
    "deepspeed zero3 offload 开了，Qwen2.5-7B 全参 2张4090 每张还是占了18G，offload是不是没起作用": ("**已经生效：不 offload 每卡要", "您看到的是 18 GB"),
    "Full fine-tuning of a 1.5B with ZeRO-3 on 4 A100 80GB, each card still holds 31 GB. Is ZeRO-3 not working?": ("**It looks as if it is not in force: 31 GB", "launcher"),
}  # fmt: skip


_BESIDE = {
    "vllm serving Qwen2.5-0.5B takes 21 GB of my 4090 though the file is 1 GB, is that a bug? I also want to run an embedding model on the same card": "another service goes on the card: gpu_memory_utilization 0.2 takes 4.80 GiB",
    "用vllm起了个qwen2.5-0.5b，4090直接占了21个多G，模型文件才1G，是bug吗？我还想在同一张卡上再起一个embedding": "所以可以再放一个服务：gpu_memory_utilization 设为 0.2，占 4.80 GiB",
    "Why does vLLM with Llama-3.2-3B use 43 GB of my 48GB L40S? Is there room for another model on the same GPU?": "gpu_memory_utilization 0.25 takes",
}  # fmt: skip


@pytest.mark.parametrize("question", _BESIDE)
def test_a_second_service_on_the_card_gets_a_share_and_what_stays_for_it(question: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(("**No leak", "**不是泄漏"))
    assert _BESIDE[question] in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("vLLM with Qwen2.5-32B AWQ on one RTX 4090: can a second service run on the same card?", "**Another service does not go beside it"),
        ("vLLM 在 4090 上跑 Qwen2.5-32B AWQ，同一张卡上还能再跑一个 embedding 服务吗？", "**这张卡上放不下另一个服务"),
    ],
)  # fmt: skip
def test_no_plain_yes_stands_before_a_second_service_that_does_not_go_in(question: str, beside: str) -> None:
    answer = answer_to(question)
    assert beside in answer
    assert not answer.startswith(("**Yes", "**可以"))


def test_a_servers_log_is_used_where_digits_are_masked() -> None:
    answer = Assistant().ask("vllm跑Qwen3-32B-AWQ，3090 24G，报错 The model's max seq len (40960) is larger than the maximum number of tokens that can be stored in KV cache (6xxx)，怎么调").text  # fmt: skip
    assert answer.startswith("**把 --max-model-len 设到 6,000 以内")
    assert "从 0.92 提到 0.95" in answer
    assert "没有读懂" not in answer


@pytest.mark.parametrize("question", _STEP)
def test_what_the_first_step_adds_is_adams_moments_before_any_number_is_matched(question: str) -> None:
    answer = answer_to(question)
    assert _STEP[question] in answer
    assert answer.startswith(_STEP[question][:8]) or "No bug" in answer[:12]
    assert "pure bf16, 8 B per parameter (weights" not in answer


def test_memory_that_rises_with_the_steps_is_not_the_moments() -> None:
    answer = answer_to("my 7B LoRA run started at 22GB and after 500 steps nvidia-smi shows 38GB, memory leak?")
    assert answer.startswith("**Most likely no leak: from the first optimizer step on")
    answer = answer_to("Qwen2.5-3B full fine-tuning grows from 40 to 70 GB over some hundred steps, a leak?")
    assert "two moments at the first" not in answer


@pytest.mark.parametrize("question", _AT_WORK)
def test_whether_a_stage_is_in_force_is_told_from_what_a_card_holds(question: str) -> None:
    answer = answer_to(question)
    opens, also = _AT_WORK[question]
    assert answer.startswith(opens)
    assert also in answer


def test_whether_a_card_suffices_is_no_question_of_what_is_in_force() -> None:
    answer = answer_to("Does full fine-tuning of an 8B work with ZeRO-3 on 8 A100 40GB?")
    assert "in force" not in answer.partition("\n")[0]


_SHARE = {
    "GRPO with verl on one 4090: Qwen2.5-3B LoRA, rollout n=8, response 1024. What gpu_memory_utilization for the rollout?": "**gpu_memory_utilization: 0.35 is enough for the rollouts",
    "单卡A100 80G 用 TRL 跑 GRPO，Qwen2.5-7B LoRA，vLLM colocate，num_generations 8，completion 2048，vllm_gpu_memory_utilization 设多少合适": "**gpu_memory_utilization 设 0.25 就够 rollout 用，即每卡 20.0 GiB；不休眠时最多 0.75",
}  # fmt: skip


@pytest.mark.parametrize("question", _SHARE)
def test_the_share_of_a_rollout_engine_is_worked_out_from_what_it_must_hold(question: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(_SHARE[question])
    assert "logits" in answer.text
    assert not answer.notices


def test_a_term_of_several_models_is_named_once() -> None:
    text = answer_to("PPO of Llama-3.1-8B, actor, critic, reference and reward all 8B, on 8 A100 80GB, is it enough?")  # fmt: skip
    assert "weights weights" not in text
    assert "gradients gradients" not in text


_ALLOCATED = {
    "llama3.1:8b is a 4.9GB download but `ollama ps` says 22 GB after I set num_ctx to 131072, and part of it goes to CPU on my 16GB card. Memory leak?": "**No, that is no leak. It does not fit because of the whole, not of the file: 4.90 GB (4.56 GiB) of weights (the file), 131,072 tokens × 128 KiB = 16.0 GiB (17.2 GB) of cache, set aside at the load and used or not, with next to nothing besides, make the 22.0 GB",
    "ollama 跑 qwen2.5:7b，num_ctx 设成 65536 之后显存从 6G 涨到 12G，是bug吗": "**不是泄漏，也不是 bug。加载时就按整个上下文预留 KV 缓存",
    "13B 全参 zero2 8张A100 80G，为什么每张卡还要50多G，不是切分了吗": "**已经生效：切分到 8 张卡后，每卡状态（2 + 14/8）B × 13B = 48.8 GB",
}  # fmt: skip


@pytest.mark.parametrize("question", _ALLOCATED)
def test_a_suspected_bug_is_denied_with_what_takes_the_memory(question: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(_ALLOCATED[question])
    assert not answer.notices


def test_two_memories_of_a_card_are_told_apart_beside_a_time() -> None:
    assert "17.6 GB, go on 40 GB already" in answer_to("How long does pretraining a 1.1B on 100B tokens take with 8x A100? Does the 40GB vs 80GB version matter?")  # fmt: skip
    assert "80 GB 的卡放得下完整的一份" in answer_to("用8张A100训练3B模型 50B token 要多久，40G和80G版本有区别吗")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why is ZeRO-3 using more than its formula: 7B on 8 GPUs should be 14GB per GPU but I see 28GB", "**14 GB is right for the states alone: 7B × 16 ÷ 8 B = 14.0 GB (13.0 GiB) on each card."),
        ("按公式 ZeRO-2 下 13B 八卡每卡应该 48G,实际看到 60G,为什么多出来", "**已经生效：切分到 8 张卡后，每卡状态（2 + 14/8）B × 13B = 48.8 GB"),
    ],
)  # fmt: skip
def test_why_a_card_shows_more_than_the_formula_is_told_before_the_formula(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert "in fp32, for" not in text  # what each of 8 cards shows is no whole copy in fp32
    assert "7.5B" not in text  # what was seen is no paper's example

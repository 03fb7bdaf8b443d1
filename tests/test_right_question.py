"""The question that was asked is the one that is answered: speed of formats, memory that stays, another matter altogether."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to

# ── a comparison of methods by speed ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "LoRA vs QLoRA 8bit vs 4bit on 13B, is 4bit faster?",
        "Is QLoRA slower than LoRA on a 7B, and how much memory do I save?",
        "Will going from 8-bit to 4-bit QLoRA speed up training of Mistral-7B?",
        "8bit和4bit的QLoRA训13B哪个快,显存差多少",
        "7B用LoRA还是QLoRA快?",
        "QLoRA训练会更慢吗,Qwen2.5-14B",
    ],
)
def test_fewer_bits_are_compared_by_speed_and_not_by_the_operations_of_a_pretraining(
    question: str, assistant: Assistant
) -> None:
    text = assistant.ask(question).text
    assert ("Fewer bits are not faster" in text) or ("位数少并不更快" in text)
    assert "FLOP" not in text


def test_what_sets_methods_apart_is_told_beside_their_speed() -> None:
    asked = read("LoRA vs QLoRA 8bit vs QLoRA 4bit on Llama-2-13B - what differs? And is 4bit faster?")
    assert [name for name, _ in plan(asked)][:2] == ["compare", "training_time"]


def test_adapters_against_full_fine_tuning_keep_their_own_answer(assistant: Assistant) -> None:
    assert "about a third less" in assistant.ask("Is LoRA faster than full fine-tuning of a 7B?").text


# ── memory that a meter goes on showing ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("nvidia-smi still shows 21 GB after I del the model and call torch.cuda.empty_cache(), is it a leak?", "Most likely no leak"),
        ("I deleted the model and ran gc.collect() but VRAM doesn't go down in my notebook", "memory_allocated"),
        ("Qwen2.5-7B in transformers: after generation finished GPU memory stays at 21 GB. Leak?", "56 KiB"),
        ("del了past_key_values之后nvidia-smi还是21G,是不是泄漏", "多半不是泄漏"),
        ("transformers加载Llama-3.1-8B,回答完显存不降,清空缓存还是22G", "128 KiB"),
        ("训练跑完了,nvidia-smi显存没释放,删了trainer也不降", "memory_reserved"),
    ],
)  # fmt: skip
def test_memory_that_stays_is_explained_by_the_allocator(question: str, says: str, assistant: Assistant) -> None:
    first = assistant.ask(question).text.partition("\n")[0]
    assert says in first, first


def test_a_server_that_holds_its_pool_is_no_matter_of_the_allocator(assistant: Assistant) -> None:
    text = assistant.ask("vLLM with a 7B on a 4090 still shows 22 GB in nvidia-smi after requests finished, why?").text
    assert "freed blocks" not in text


# ── another matter ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "4090和5090玩黑神话2K帧数差多少,值得换吗",
        "4090剪4K视频够用吗",
        "5070Ti和4080 Super打赛博朋克开光追哪个强",
        "Can my RTX 3060 12GB play Elden Ring at 144Hz?",
        "Is 16GB RAM and a 4060 enough for Premiere?",
        "Which is better for Blender, 4080 or 3090?",
        "Is a 4090 good for Stable Diffusion image generation speed?",
    ],
)
def test_another_use_of_a_card_is_out_of_scope(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert not answer.tool_calls
    assert answer.text.startswith(("That is outside", "Models that draw", "这超出了", "画图"))


@pytest.mark.parametrize(
    "question",
    [
        "I have a gaming laptop with an RTX 4060 8GB, which LLM can I run?",
        "打游戏的4070,想顺便跑个大模型,12G能跑多大",
        "Can I play with a 13B on a 3060 12GB?",
        "24G显卡写论文用的本地大模型选哪个",
    ],
)
def test_a_card_that_is_also_used_otherwise_is_none(question: str) -> None:
    assert read(question).intent != "out_of_scope"


# ── several cards as one ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "Two 3090s with an NVLink bridge: do they become one 48GB card for Llama-3.3-70B Q4_K_M? llama.cpp, 8k context",
        "Would two 4090s act as a single 48GB GPU for training a 13B with LoRA?",
        "两张4090能不能当一张48G的卡用,跑Qwen2.5-72B int4",
        "双卡3090用NVLink桥接能合并成一张48G显卡跑70B吗",
    ],
)
def test_cards_that_are_to_be_one_stay_several(question: str, assistant: Assistant) -> None:
    facts = read(question).facts
    assert facts["n_gpus"] == (2,)
    assert "gpu_memory_gb" not in facts
    first = assistant.ask(question).text
    assert first.startswith(("**No, cards never become one card", "**不能,多张卡不会变成一张卡", "**不能，多张卡"))


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("6张2080ti魔改22G,vllm tp 6跑Qwen2.5-72B-GPTQ-Int4,总共132G显存浪费了?", (22,)),
        ("4x RTX 3080 20GB mod, 80GB in total, does Llama-3.3-70B int4 fit?", (20,)),
        ("4090 48G魔改版两张能跑70B int4吗", (48,)),
        ("Can 2x A6000 48GB run a 70B in 8 bit?", (48,)),
    ],
)
def test_what_cards_have_together_is_no_cards_memory(question: str, memory: tuple[float, ...]) -> None:
    assert read(question).facts["gpu_memory_gb"] == memory


# ── the length and the amounts that are told ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "lengths"),
    [
        ("号称128k的glm-4-9b-chat,在4090上30k都不行?", (30000,)),
        ("glm-4-9b supposedly supports 128k, but a 30k tokens prompt OOMs on a 4090", (30000,)),
        ("Qwen2.5-7B-1M, max context 1M tokens, I only need 20k tokens on a 3090", (20000,)),
        ("Llama 3.3 70B Q4_K_M on two 3090s, llama.cpp, 8k context", (8192,)),
        ("Does Llama-3.1-8B fit on a 4090 at 8k and 32k tokens?", (8192, 32768)),
    ],
)
def test_the_askers_own_length_is_the_one_that_is_computed(question: str, lengths: tuple[int, ...]) -> None:
    assert read(question).facts["seq_len"] == lengths


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("DeepSeek-V3 kv cache is 70K per token?", (70,)),
        ("deepseek-v3 的kv一个token多少?我算出来4M,网上说才70K", (4, 70)),
        ("Qwen2.5-72B KV每token才320K,对吗", (320,)),
        ("KV per token of Llama-3.1-8B: I get 512K, people say 128K", (512, 128)),
    ],
)
def test_an_amount_of_a_token_is_no_length(question: str, amounts: tuple[float, ...]) -> None:
    asked = read(question)
    assert "seq_len" not in asked.facts
    assert tuple(claim.number for claim in asked.claims) == amounts
    assert {claim.unit for claim in asked.claims} <= {"kb", "mb"}


def test_a_length_beside_a_cache_of_a_token_stays_a_length() -> None:
    assert read("Qwen2.5-72B kv cache 320K per token, so at 32k tokens how much?").facts["seq_len"] == (32768,)


# ── names that no table has ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("need to finetune Zephyrion-19B-Pro, what gpu do I rent?", "Zephyrion-19B-Pro"),
        ("微调Orionis 22B要什么卡", "Orionis 22B"),
        ("星尘-32B-Ultra 在4090上能跑吗", "星尘-32B-Ultra"),
        ("想在公司两张L20上跑启明-14B-Chat,要多少显存", "启明-14B-Chat"),
        ("Can I serve Stellaris-40B-Instruct on 2x A100 80GB?", "Stellaris-40B-Instruct"),
    ],
)
def test_a_name_that_is_not_known_is_said_to_be(question: str, name: str, assistant: Assistant) -> None:
    assert name in assistant.ask(question).text.partition("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "跑个7B-chat要多少显存",
        "Serving 13B on a 3090?",
        "Does a 70B-instruct in int4 fit 48GB?",
        "用通义千问-14B微调要多少显存",
        "Running LoRA 7B with Unsloth",
        "训练13B-chat模型要几张卡",
    ],
)
def test_a_size_without_a_name_is_no_unknown_model(question: str) -> None:
    assert not read(question).unknown_models


# ── a set-up that is asked for, and what is quoted ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "只有kaggle的2张T4,想微调qwen2.5-7b,怎么配?bf16打开就报错",
        "Colab T4, how should I set up fine-tuning of Llama-3.1-8B? fp16 only",
    ],
)
def test_how_to_set_a_training_up_leaves_the_method_open(question: str) -> None:
    assert understood(read(question))["method"] == ["full", "lora", "qlora"]


def test_a_batch_that_is_one_already_is_read() -> None:
    assert read("Qwen2-1.5B全参,4090上OOM,bs已经是1了").facts["batch_size"] == (1,)


def test_a_word_is_quoted_whole() -> None:
    near = [one.near for one in read("Qwen2.5-7B: past_key_values_of_everything77 there").not_understood]
    assert all("past_key_values_of_everything77" in one for one in near)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("只有kaggle的2张T4,想微调qwen2.5-7b,怎么配?bf16打开就报错", ("**选 QLoRA",)),
        ("Colab T4, how should I set up fine-tuning of Llama-3.1-8B?", ("**Take QLoRA",)),
    ],
)
def test_a_set_up_that_is_asked_for_opens_the_answer(
    question: str, opens: tuple[str, ...], assistant: Assistant
) -> None:
    text = assistant.ask(question).text
    assert text.startswith(opens)
    # what full fine-tuning would need of a host was not asked
    assert not any("113.5 GiB" in line for line in text.splitlines() if "内存" in line)


def test_what_was_rounded_is_still_the_scores_of_eager_attention(assistant: Assistant) -> None:
    text = assistant.ask("4090跑glm-4-9b-chat,transformers,3万token直接OOM,Tried to allocate 50多GiB").text
    assert "53.6 GiB" in text.partition("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Yi-34B 4bit on a single 3090 - how far can I push the context? people claim 200k fits",
        "How high can I crank the context of Qwen3-8B on a 12GB card?",
        "3090跑Qwen2.5-14B int4,上下文能拉到多少",
    ],
)
def test_how_far_a_length_goes_is_solved_for(question: str) -> None:
    solved = [args for name, args in plan(read(question)) if name == "solve_for"]
    assert [one["quantity"] for one in solved] == ["seq_len"]
    assert "seq_len" not in solved[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning Llama-3.1-8B on 5B tokens, 16x H100: how many days? And does it need tensor parallelism", "Tensor or pipeline parallelism is not needed"),
        ("8卡A100 80G全参训Qwen2.5-7B,10B token要几天?需要张量并行吗", "不需要张量并行"),
    ],
)  # fmt: skip
def test_a_layout_asked_beside_a_time_is_answered_too(question: str, says: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert answer.text.count(says) == 1
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("ImportError: libcudart.so.12: cannot open shared object file，装 vllm 后报这个怎么办", "LD_LIBRARY_PATH"),
        ("pip install flash-attn fails, nvcc not found", "CUDA toolkit"),
        ("loss is NaN after 200 steps in fp16 LoRA, why?", "What I work out is GPU memory"),
    ],
)
def test_a_fault_of_something_else_is_named_with_what_is_worked_out_here(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer
    assert "GiB" not in answer


@pytest.mark.parametrize(
    "question", ["怎么把模型上传到huggingface", "怎么让模型回答更准确", "how do I publish my adapter on the hub?"]
)
def test_how_something_is_done_with_a_model_is_another_matter(question: str) -> None:
    assert read(question).intent == "out_of_scope"


@pytest.mark.parametrize(
    "question", ["怎么算 7B 要多少显存", "how do I run a 70B on my 4090?", "Qwen2.5-7B怎么部署", "LoRA 怎么省显存"]
)
def test_how_something_is_done_with_its_memory_is_not(question: str) -> None:
    assert read(question).intent != "out_of_scope"


@pytest.mark.parametrize(
    "question",
    [
        "ollama ps shows 15 GB for qwen2.5:14b-instruct-q4_K_M with num_ctx 16384 and 20%/80% CPU/GPU on my 3060, the file is 9 GB. Is that normal? or should I go to Q3_K_M?",
        "ollama ps 里 qwen2.5:14b-instruct-q4_K_M 是 15 GB，20%/80% CPU/GPU，num_ctx 16384，文件才 9 GB，这正常吗？多出来的是什么？要不要换 Q3_K_M？显卡3060 12G",
    ],
)
def test_a_format_that_is_proposed_does_not_replace_why_a_run_takes_so_much(question: str) -> None:
    assert "compare" not in {name for name, _ in plan(read(question))}

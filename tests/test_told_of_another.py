"""What is told of something else than the case: a server's name, who made a file, a model known from before, a wish."""

import pytest

from chat.agent import Assistant
from chat.plans.changed import ran_and_failed
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("一台 Atlas 800I A2（8卡910B 64G）能跑 DeepSeek-R1 W8A8 吗", {"gpu": ("Huawei Ascend 910B",), "n_gpus": (8,)}),
        ("Atlas 800T A2 8*910B3 64GB 训练 Qwen2.5-72B 全参够吗", {"gpu": ("Huawei Ascend 910B",), "params": None}),
        ("One NVIDIA A2 16GB, does Qwen3-8B fit in 4 bit?", {"gpu": ("A2",)}),
        ("DeepSeek-V3 unsloth's UD-Q2_K_XL gguf in llama.cpp with a 4090", {"engine": ("llama.cpp",)}),
        ("unsloth 的 Qwen3-235B-A22B UD-Q4_K_XL 用 ktransformers 跑,4090 够吗", {"engine": ("ktransformers",)}),
        ("Unsloth's dynamic 4bit quants of gpt-oss-120b on 4x 3090, fits?", {"engine": ("llama.cpp",), "task": ("inference",)}),
        ("unsloth on a T4 with Qwen2.5-7B, seq 2048, OOM?", {"engine": ("unsloth",), "task": ("train",)}),
        ("qlora Llama-3.1-8B with unsloth on a 3060 12G, then export a GGUF", {"engine": ("unsloth",)}),
    ],
)  # fmt: skip
def test_a_server_and_a_maker_of_files_are_no_card_and_no_program(question: str, facts: dict[str, object]) -> None:
    read_facts = read(question).facts
    assert {name: read_facts.get(name) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "model", "draft"),
    [
        ("We want a coding assistant with Qwen3-32B on one RTX 4090", "Qwen/Qwen3-32B", None),
        ("voice assistant is Llama-3.1-8B on a 12GB 3060, fits?", "meta-llama/Llama-3.1-8B-Instruct", None),
        ("Llama-3.3-70B with assistant model Llama-3.2-1B on 2x A6000, fits?", "meta-llama/Llama-3.3-70B-Instruct", "meta-llama/Llama-3.2-1B-Instruct"),
        ("想上 Qwen3-30B-A3B,凭以前跑 Llama-3.3-70B 的经验 32k 要 10G 缓存,4090 够吗", "Qwen/Qwen3-30B-A3B", None),
        ("Does Qwen3-32B AWQ need as much cache as my old Qwen1.5-32B? One 4090, 16k", "Qwen/Qwen3-32B", None),
        ("From my experience with Llama-2-13B the cache is large; can I serve Qwen3-14B at 32k on a 4090?", "Qwen/Qwen3-14B", None),
    ],
)  # fmt: skip
def test_the_model_asked_about_is_neither_a_draft_nor_an_experience(
    question: str, model: str, draft: str | None
) -> None:
    facts = read(question).facts
    assert facts["model"] == (model,)
    assert facts.get("draft_model") == (draft and (draft,))


@pytest.mark.parametrize(
    ("said", "attention"),
    [
        ("-fa off", "eager"),
        ("-fa 0", "eager"),
        ("--flash-attn off", "eager"),
        ("without fa", "eager"),
        ("flash attention turned off", "eager"),
        ("没开fa", "eager"),
        ("fa 没开", "eager"),
        ("-fa on", "flash"),
        ("-fa", "flash"),
    ],
)
def test_flash_attention_that_is_off_is_eager(said: str, attention: str) -> None:
    text = f"Running Qwen3-32B Q4_K_M in llama.cpp on a 3090 with -c 32768 {said} , does it fit?"
    assert read(text).facts["attention"] == (attention,)


@pytest.mark.parametrize(
    ("question", "ran"),
    [
        ("llama-server Llama-3.3-70B Q4_K_M on 2x3090 with -c 65536: out of memory. I want at least 32k, what can I do?", None),
        ("Qwen2.5-72B-Instruct-AWQ 两张 4090 用 vLLM,max-model-len 65536 报 OOM,我至少需要 16k,怎么办", None),
        ("Qwen3-32B Q4_K_M on a 3090: 16k was fine, raised to 32k and it OOMs, why?", 16384),
        ("Qwen3-32B AWQ 4090 之前 8k 没事,想提到 32k 就爆了,为什么", 8192),
    ],
)  # fmt: skip
def test_a_length_that_is_wished_for_has_not_been_run(question: str, ran: int | None) -> None:
    apart = ran_and_failed(read(question))
    assert (apart[0]["seq_len"] if apart else None) == ran


def test_sockets_of_a_board_are_no_streams() -> None:
    assert "batch_size" not in read("4090 加双路至强 8480,512g 内存跑 DeepSeek-R1 Q4_K_M 要多少显存").facts
    assert read("4路够吗,Qwen3-32B AWQ,4090,32k").facts["batch_size"] == (4,)


@pytest.mark.parametrize(
    ("question", "formats", "head"),
    [
        ("GLM-4.5-Air on a DGX Spark or a RTX PRO 6000 96GB: FP8 is 107 GB so only the Spark, 4 bit 60 GB so both. 64k context, right?", ("fp8", "int4"), "RTX PRO 6000 Blackwell (87.9 GiB per card)"),
        ("Qwen3-32B 用 vLLM,FP8 放得下吗,4 位呢,4090 和 L40S,32k", ("fp8", "int4"), "L40S（每卡 "),
    ],
)  # fmt: skip
def test_bits_beside_a_format_are_a_case_of_their_own_on_each_card(
    question: str, formats: tuple[str, ...], head: str
) -> None:
    assert read(question).facts["weight_format"] == formats
    answer = Assistant().ask(question)
    assert head in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does gemma-3-27b Q4_K_M fit 24k on a 4090? Last week I tried Command-R 35B at 24k and it crashed.", "1.25 MiB against 496 KiB"),
        ("4090开GLM-4-32B Q4_K_M 32K行吗？之前用QwQ-32B开32K爆显存", "QwQ-32B 每 token 的 KV 缓存是 GLM-4-32B-0414 的 4.2 倍"),
    ],
)  # fmt: skip
def test_a_model_that_ran_out_before_is_set_against_the_present_one_behind_the_verdict(
    question: str, said: str
) -> None:
    head, *rest = answer_to(question).split("\n\n")
    assert said not in head
    assert any(said in one for one in rest)


@pytest.mark.parametrize(
    "question",
    ["QLoRA Qwen3-14B at 4k on a 4090? Previously Yi-34B ran out there.", "Yi-34B Q4_K_M at 16k on a 3090? Previously Qwen3-14B crashed."],
)  # fmt: skip
def test_what_trains_or_caches_less_explains_no_failure_before(question: str) -> None:
    assert "times as much" not in answer_to(question)

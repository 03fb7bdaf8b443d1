"""What is open, what failed and what the asker states: cases of an answer, what turns its verdict, figures named."""

import pytest

from chat.agent import Assistant
from chat.figures.named import Figures
from chat.reads.grammar import read
from chat.remarks.remark import made
from tests.situations import QWEN, SEVEN
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    ["Can 4x A100 80GB do inference and fine-tuning of Llama-2-70B?", "4 张 A100 80G 能对 Llama-2-70B 推理和微调吗"],
)
def test_training_and_serving_are_answered_each_for_itself(question: str) -> None:
    """Full 69B × 16 B does not fit 320 GB, LoRA does if sharded (138 GB), QLoRA does, serving 138 GB does."""
    result = Assistant().ask(question).json()
    verdicts = {
        method: {case["verdict"] for case in result["cases"] if case["facts"]["method"] == method}
        for method in ("full", "lora", "qlora", "inference")
    }
    assert verdicts == {"full": {"no"}, "lora": {"yes", "no"}, "qlora": {"yes"}, "inference": {"yes"}}
    assert result["verdict"] == "conditional"
    assert sum(bool(case["default"]) for case in result["cases"]) == 1


@pytest.mark.parametrize(
    "question",
    ["7B LoRA in unsloth or in plain transformers, on a 4090?", "7B LoRA,offload 优化器还是不 offload,4090 放得下吗"],
)
def test_several_values_of_one_setting_are_cases(question: str) -> None:
    answer = Assistant().ask(question)
    assert len(answer.json()["cases"]) >= 2, answer.text


@pytest.mark.parametrize(
    ("facts", "told", "key", "said"),
    [
        # 14e9 B is 2 B for each of 7B; so are 13.04 GiB, and 12.6 GiB for each of 6.74B
        ({**SEVEN, "method": "inference"}, {"claims_gb": [13.04]}, "claim-as-16-bit", "13.04 GB"),
        ({**SEVEN, "method": "inference"}, {"claims_gb": [12.5]}, "claim-as-16-bit", "12.5 GB"),
        ({**SEVEN, "method": "inference"}, {"claims_gb": [20]}, "claim-as-16-bit", ""),
        # 16 × 4,194,304 B; two matrices of 4096 × 4096 in 32 layers at rank 8
        ({"model": "Llama-2-7b-hf", "method": "lora", "lora_targets": "q v", "lora_rank": 8}, {}, "adapters-in-figures", "4,194,304"),
        # 1024 × 152,064 × 4 B are 594 MiB
        ({**QWEN, "method": "inference"}, {"tried_gib": 594 / 1024}, "tried-as-sampled-logits", "1,024 tokens"),
        ({**QWEN, "method": "inference"}, {"tried_gib": 0.02}, "tried-as-sampled-logits", ""),
        # 65,536 × 32,000 × 4 B, rounded to a hundredth; 1,835 tokens are no number of a step
        ({**SEVEN, "method": "lora"}, {"tried_gib": 7.81}, "tried-as-logits", "65,536 tokens"),
        ({**SEVEN, "method": "lora"}, {"tried_gib": 224 / 1024}, "tried-as-logits", ""),
        # 32 heads × 16,384² × 4 B = 32 GiB, and 8 GiB at 8,192; FlashAttention and a server of its own kernels write out none
        ({**SEVEN, "method": "inference", "seq_len": 16384, "attention": "eager"}, {"tried_gib": 32.0}, "tried-as-scores", "16,384 × 4 B (the softmax in fp32) = 32.0 GiB"),
        ({**SEVEN, "method": "inference", "seq_len": 8192}, {"tried_gib": 8.0}, "tried-as-scores", "8,192 × 4 B"),
        # "12k" are 12,288 as well: 32 heads × 12,288² × 2 B = 9 GiB
        ({**SEVEN, "method": "inference", "seq_len": 12000}, {"tried_gib": 9.0}, "tried-as-scores", "12,288 × 2 B = 9.00 GiB"),
        ({**SEVEN, "method": "inference", "seq_len": 12000, "gpu": "T4"}, {"tried_gib": 9.0}, "tried-as-scores", "FlashAttention-2 needs a newer card"),
        ({**SEVEN, "method": "inference", "seq_len": 12001}, {"tried_gib": 9.0}, "tried-as-scores", ""),
        ({**SEVEN, "method": "lora", "seq_len": 8192}, {"tried_gib": 8.0}, "tried-as-logits", ""),
        ({**SEVEN, "method": "lora", "seq_len": 8192, "attention": "flash"}, {"tried_gib": 8.0}, "tried-as-scores", ""),
        ({**SEVEN, "method": "inference", "engine": "vllm", "seq_len": 8192}, {"tried_gib": 8.0}, "tried-as-scores", ""),
        ({**SEVEN, "method": "inference", "attention": "eager"}, {"tried_gib": 32.0}, "tried-with-eager", "16,384 tokens"),
        ({**SEVEN, "method": "inference"}, {"tried_gib": 32.0}, "tried-with-eager", ""),
        # 80 layers × 2 × 64 heads × 128 × 2 B × 32,768
        ({"model": "Llama-3-70B", "method": "inference", "seq_len": 32768}, {}, "cache-without-groups", "85.9 GB"),
    ],
)  # fmt: skip
def test_figures_of_the_asker_are_named(facts: dict[str, object], told: dict[str, object], key: str, said: str) -> None:
    about = ["explain_derive", "kv", "multi_head"]
    found = {one["key"]: one["en"] for one in made(about, Figures(facts, told), 20)}
    assert said in found[key] if said else key not in found


@pytest.mark.parametrize(
    "question",
    ["4 张 A100 40G 共 160G，6B 全参 ZeRO-2 OOM，为什么", "6B full ZeRO-2 on 4x A100 40GB, 160GB in total, OOM, why?"],
)
def test_the_memory_of_the_cards_is_no_figure_to_explain(question: str) -> None:
    assert "160 GB" not in answer_to(question)


def test_a_remark_that_names_several_terms_is_let_through() -> None:
    """12 B of an optimizer's states beside the few MiB that those of an adapter take."""
    answer = Assistant().ask("LLaMA2-7B LoRA r=8 的 Adam 优化器占多少显存，为什么")
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("4-bit QLoRA of Llama-3-8B in Unsloth at 64k tokens, batch 1, on an A100 80GB goes out of memory, why?", "fused or chunked loss is not in force", "samples of more"),
        ("LoRA of Llama-3-8B on an A100 80GB goes out of memory, why?", "with a batch of more than", "with full logits"),
        ("A100 80G 上 LoRA 微调 Llama-3-8B 爆显存，为什么", "没说到的某项与假设不同", "放得下**"),
    ],
)  # fmt: skip
def test_a_run_that_failed_although_it_fits_is_told_what_would_overflow(question: str, said: str, unsaid: str) -> None:
    """What was stated is no cause; the verdict turns on what was not, and each cause is a case that does not fit."""
    answer = Assistant().ask(question)
    assert said in answer.text
    assert unsaid not in answer.text
    assert not answer.notices
    result = answer.json()
    assert result["verdict"] == "conditional"
    assert result["cases"][0]["verdict"] == "yes"
    assert all(case["memory"]["best_gib"] > case["capacity_gib"] for case in result["cases"][1:])
    assert len(result["cases"]) >= 2


@pytest.mark.parametrize(
    "question", ["Can I QLoRA Qwen3-30B-A3B in 4 bit on an A100 40GB?", "Qwen3-30B-A3B 4bit QLoRA 单卡 A100 40G 够吗"]
)
def test_adapters_on_every_small_expert_are_a_case_of_their_own(question: str) -> None:
    """48 layers × 128 experts × 3 × 16 × (2048 + 768) are 0.83B parameters that train, 16 B each, beside 4-bit weights."""
    answer = Assistant().ask(question)
    cases = answer.json()["cases"]
    assert [case["facts"]["lora_targets"] for case in cases] == ["all-linear", "q k v o"]
    everywhere, attention = (case["memory"]["best_gib"] for case in cases)
    assert everywhere - attention > 0.83 * 12
    assert not answer.notices
    assert len(Assistant().ask("Can I QLoRA Mixtral-8x7B in 4 bit on an A100 40GB?").json()["cases"]) == 0


def test_methods_without_adapters_have_no_place_for_them() -> None:
    result = Assistant().ask("Can I fine-tune Qwen3-30B-A3B on an A100 40GB?").json()
    assert [case["facts"]["method"] for case in result["cases"]] == ["full", "lora", "lora", "qlora", "qlora"]


def test_a_long_prompt_is_served_in_steps_unless_a_program_is_named() -> None:
    """In one forward pass 131,072 tokens of Llama-3.1-8B keep 18 GiB; a server reads them in steps."""
    answer = Assistant().ask("How much memory for Llama-3.1-8B with 128k context?").json()
    assert answer["facts"]["engine"]["value"] == "vllm"
    assert next(one["gib"] for one in answer["terms"] if one["name"] == "activations") < 3
    named = Assistant().ask("How much memory for Llama-3.1-8B with 128k context in transformers?").json()
    assert named["facts"]["engine"]["value"] == "transformers"


@pytest.mark.parametrize(
    "question", ["How to full fine-tune Llama-2-7B on one A100 80GB?", "单卡 A100 80G 怎么全参微调 Llama-2-7B"]
)
def test_who_asks_how_is_told_what_makes_it_fit(question: str) -> None:
    """6.74B × 16 B are 108 GB, in bf16 alone 54 GB: no as it is, yes with a change on the same card."""
    answer = Assistant().ask(question)
    result = answer.json()
    assert result["verdict"] == "conditional"
    assert [case["verdict"] for case in result["cases"]] == ["no", *["yes"] * (len(result["cases"]) - 1)]
    assert len(result["cases"]) >= 3
    assert not answer.notices
    assert Assistant().ask("Can I full fine-tune Llama-2-7B on one A100 80GB?").json()["verdict"] == "no"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LoRA of Qwen2-72B with ZeRO-3 on 16x A100 40GB, batch 1, 1024 tokens, flash attention, checkpointing on, OOM, why?", "where sharding does not take effect"),
        ("DPO of Qwen2.5-0.5B in TRL on an A100 80GB, OOM, why?", "8 sequences per card: 68.0 GiB of 80.0 GiB"),
    ],
)  # fmt: skip
def test_causes_of_many_cards_and_of_pairs(question: str, said: str) -> None:
    """136 GiB of weights whole on a card; of preferences a batch counts pairs, and TRL's chunked loss is not theirs."""
    assert said in answer_to(question)


@pytest.mark.parametrize("question", ["How many A100 80GB for QLoRA of a 70B?", "DeepSeek-V3推理要几张H200？"])
def test_how_many_cards_is_answered_by_a_number_alone(question: str) -> None:
    result = Assistant().ask(question).json()
    assert result["solved"]["quantity"] == "n_gpus"
    assert result["verdict"] is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen3-32B bf16 in vLLM on 2x A100 80GB, 20 users at 32k, enough?", "the others wait"),
        ("vLLM 部署 Qwen3-32B bf16,两张 A100 80G,20 个并发,每个 32K,够吗", "其余排队"),
    ],
)
def test_a_server_that_starts_lets_sequences_wait(question: str, said: str) -> None:
    """65.5 GB of weights leave some 83 GiB of two cards; a sequence of 32,768 tokens × 256 KiB takes 8: ten at once."""
    answer = Assistant().ask(question)
    result = answer.json()
    assert result["verdict"] == "conditional"
    assert 9 < result["at_once"] < 12
    assert said in answer.text
    assert not answer.notices


@pytest.mark.parametrize("question", ["Does gpt-oss-20b run on a 16GB Mac?", "16GB 的 Mac 能跑 gpt-oss-20b 吗"])
def test_unified_memory_is_a_case_by_default_and_one_raised(question: str) -> None:
    cases = Assistant().ask(question).json()["cases"]
    assert [(case["facts"]["gpu_memory_utilization"], case["verdict"]) for case in cases] == [
        (0.667, "no"),
        (1, "borderline"),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "4张H800 80G部署MiniMax-M2（官方fp8权重），两路128k并发，行？",
        "4x H800, MiniMax M2 fp8, 2 concurrent requests of 128k, ok?",
    ],
)
def test_a_models_version_is_no_chip_of_apple_and_streams_of_a_length_are_counted(question: str) -> None:
    answer = Assistant().ask(question)
    assert "Metal" not in answer.text
    assert read(question).facts["batch_size"] == (2,)


@pytest.mark.parametrize("option", ["--disable-cuda-graph", "--cuda-graph-max-bs"])
def test_graphs_are_left_out_by_the_settings_of_the_program_at_hand(option: str) -> None:
    question = "{} Qwen2.5-32B on 2x L40S, {} 0.92: Capture cuda graph failed: CUDA out of memory"
    sglang = Assistant().ask(question.format("sglang", "--mem-fraction-static")).text
    vllm = Assistant().ask(question.format("vllm", "--gpu-memory-utilization")).text
    assert option in sglang
    assert "enforce-eager" not in sglang
    assert "raise it" not in sglang
    assert option not in vllm
    assert "enforce-eager" in vllm


@pytest.mark.parametrize(
    ("question", "fact", "value"),
    [
        ("ollama 跑 8B 模型，nvidia-smi 显示 11G，为什么这么多", "weight_format", "gguf:Q4_K_M"),
        ("lmdeploy 起 32B-awq tp2，两张 4090 都吃了 22G，一张不是 10G 吗", "n_gpus", 2),
    ],
)
def test_what_a_program_runs_and_how_cards_share_is_taken_from_what_is_said(
    question: str, fact: str, value: object
) -> None:
    assert Assistant().ask(question).json()["facts"][fact]["value"] == value


@pytest.mark.parametrize(
    ("question", "length"),
    [("Phi-3-mini-128k 4bit，T4，12k提示词，爆显存", 12000), ("Qwen3-8B，32k的提示词，4090够吗", 32768)],
)
def test_a_prompt_of_so_many_thousand_is_a_length_in_chinese(question: str, length: int) -> None:
    assert read(question).facts["seq_len"] == (length,)

"""What a training is told to run with: accumulation and effective batches, recomputation, and the ways of a list."""

import pytest

from chat.plans.apart import calls_of
from chat.plans.setups import sides
from chat.reads.grammar import read
from kb.cases import Case
from kb.outcome import outcome
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "batches", "steps"),
    [
        ("Mistral-7B LoRA, 16GB card, batch 8 accum 2 fails, batch 2 accum 8 works", (8, 2), (2, 8)),
        ("acc=16 batch=1 seq 1024, QLoRA of Llama-3-8B on a 3060: enough?", (1,), (16,)),
        ("gemma-2-2b LoRA 长度1024,bs=2,累积步数8,等效批大小16,12G够吗", (2,), (8,)),
        ("same effective batch of 64: micro batch 4, accumulate 16 steps, Qwen2.5-3B full", (4,), (16,)),
    ],
)
def test_accumulation_is_no_card_and_no_micro_batch(
    question: str, batches: tuple[int, ...], steps: tuple[int, ...]
) -> None:
    facts = read(question).facts
    assert facts["batch_size"] == batches
    assert facts["grad_accum"] == steps
    assert facts.get("n_gpus", (1,)) == (1,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Does accumulating 8 micro-batches keep 8 sets of activations? Qwen2.5-3B LoRA, 2k",
            "**No: memory follows the micro-batch",
        ),
        (
            "If I set grad_accum to 64, will memory grow? Llama-3-8B QLoRA 2048 tokens",
            "**No: memory follows the micro-batch",
        ),
        ("梯度累积从2加到16,显存会不会涨?Qwen2.5-7B QLoRA 长度2048", "**不会:显存由 micro-batch 决定"),
        ("梯度累积32步是不是要存32份激活?Mistral-7B lora 长度1024", "**不会:显存由 micro-batch 决定"),
    ],
)
def test_accumulation_keeps_no_activations(question: str, opens: str) -> None:
    assert answer_to(question).replace("：", ":").startswith(opens)


def test_a_failure_beside_accumulation_is_of_the_micro_batch() -> None:
    text = answer_to(
        "4090 Qwen2.5-7B QLoRA 2048: bs 8 x accum 2 dies, bs 1 x accum 16 runs, the effective batch is the same?"
    )
    assert text.startswith("**Accumulation keeps no activations and lowers no peak")
    assert "ZeRO-3/FSDP divides" not in text


@pytest.mark.parametrize(
    ("question", "ways"),
    [
        ("Which for Qwen2.5-14B on a 4090, 2k: lora / 8bit / qlora?", [("lora", None), ("qlora", 8), ("qlora", 4)]),
        ("gemma-2-9b 训练,qlora、8bit、lora选哪个?24G", [("qlora", 4), ("qlora", 8), ("lora", None)]),
        ("Qwen2.5-32B on an L40S: qlora 8bit or lora, which one?", [("qlora", 8), ("lora", None)]),
    ],
)
def test_eight_bits_and_qlora_in_a_list_are_two(question: str, ways: list[tuple[str, int | None]]) -> None:
    found = sides(read(question))
    assert found is not None
    assert [(side["method"], side.get("bits")) for side in found.each] == ways


def test_what_is_above_the_card_is_not_to_be_taken() -> None:
    text = answer_to("Mistral-Small-24B on a 5090 at 4k: lora / 8bit / qlora / full, which one should I take?")
    assert text.startswith("**Take QLoRA (4-bit)")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Mistral-7B nf4 with nested quant: 3.8 GiB after from_pretrained and 4.3 after prepare_model_for_kbit_training. why?",
            ("at 4.13 bits", "float32", "4.33 GiB"),
        ),
        (
            "gemma-2-9b 4bit双重量化,加载完5.7G,prepare_model_for_kbit_training之后变成7.4G,正常吗?",
            ("4.13 位", "float32", "7.42 GiB"),
        ),
    ],
)
def test_each_reading_around_the_preparation_is_explained(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in said), text
    assert "ot understood" not in text
    assert "没有读懂" not in text


def test_double_quantisation_is_of_the_format_whatever_is_done_with_it() -> None:
    for method in ({"method": "inference"}, {"method": "qlora"}):
        facts = {"model": "Llama-3-8B", "weight_format": "nf4", "double_quant": True, "seq_len": 1024, **method}
        assert outcome(Case(facts, None, ())).situation.knob("weight_format") == "nf4-dq"


def test_what_a_plain_script_needs_is_told_beside_a_tight_verdict() -> None:
    text = answer_to("Qwen2.5-7B QLoRA with 8k tokens on a 3090, does it fit?")
    assert "prepare_model_for_kbit_training" in text
    assert "too much for 24.0 GiB" in text


@pytest.mark.parametrize(
    ("question", "opens", "ways"),
    [
        (
            "A friend swears he full fine-tunes Qwen2.5-3B on his 3090 at 1k tokens. Impossible?",
            "**It can be done: with 8-bit AdamW",
            ("optimizer in host memory", "With the usual settings"),
        ),
        (
            "有人说两张A100 40G能全参微调Qwen2.5-7B,长度2048,真的吗?",
            "**做得到:纯 bf16 加 8 位 AdamW",
            ("优化器放在内存", "按常用的设置"),
        ),
        (
            "Which setup actually fits a full fine-tune of Llama-3.1-8B on 4x 3090, 1k tokens?",
            "**It can be done: with 8-bit AdamW on pure bf16",
            ("With the usual settings",),
        ),
    ],
)
def test_asked_whether_it_can_be_done_the_way_comes_first(question: str, opens: str, ways: tuple[str, ...]) -> None:
    text = answer_to(question).replace("：", ":")
    assert text.startswith(opens)
    assert all(way in text for way in ways)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Our vendor claims 4x 16GB = 64GB, so we can full fine-tune a 4B. Is he right?", "**No. "),
        ("同事说两张16G加起来32G,所以能全参微调3B,对吗", "**不"),
    ],
)
def test_what_is_concluded_is_judged_with_what_was_named(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Would gradient accumulation lower VRAM for a full fine-tune of Qwen2.5-7B on an A100?",
        "梯度累积能降显存吗?Qwen2.5-7B 全参 A100",
        "accumulation went from 4 to 32 and VRAM usage is unchanged, why?",
    ],
)
def test_whether_accumulation_saves_is_no_question_of_what_it_keeps(question: str) -> None:
    text = answer_to(question)
    assert "micro-batch" in text.split("\n\n")[0]
    assert "keeps no activations" not in text
    assert "不会攒下激活" not in text


def test_a_method_that_is_ruled_out_is_no_remedy_of_a_comparison() -> None:
    text = answer_to("2x 4090 full fine-tune of Qwen3-4B: zero2 or zero3? I don't want lora, 2k tokens")
    assert "LoRA" not in text.partition("What would make")[2]


@pytest.mark.parametrize(
    "question",
    [
        "Tried to allocate 1.96 GiB, Llama-3-8B on a 24GB card, cutoff_len=4096, batch 1: which tensor is this?",
        "Qwen2.5-7B报错Tried to allocate 1.16 GiB,max_seq_length=2048,bs=1,24G卡,这是哪个张量?",
    ],
)
def test_a_tensor_that_is_found_keeps_its_cause(question: str) -> None:
    text = answer_to(question)
    assert "fp32" in text.partition("\n")[0]
    assert "Liger" in text.partition("\n")[0]
    assert "torch_dtype" not in text
    assert read(question).facts["task"] == ("train",)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Mistral-7B with use_dora at 2k: VRAM rose from 17 GB to nearly 20 GB, why?", "**DoRA takes more"),
        ("Qwen2.5-14B LoRA换成DoRA,显存从38G涨到将近43G,怎么回事?", "**DoRA 比 LoRA 占得多"),
        (
            'Llama-3-8B QLoRA: modules_to_save=["embed_tokens","lm_head"] took VRAM from 12 to 29 GB, what instead?',
            "**modules_to_save trains whole copies",
        ),
        ("Qwen2.5-7B LoRA: changed to 8-bit Adam, VRAM dropped from 19.8 to 19.6. Broken?", "**Yes, that is normal"),
        ("Llama-3-8B LoRA换成8位Adam,显存只从20.1G降到19.9G,没生效吗?", "**正常"),
    ],
)
def test_a_rise_or_a_small_saving_gets_its_reason_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_part_that_is_frozen_is_no_way_to_tune() -> None:
    assert read("Qwen2.5-VL-7B QLoRA,图像编码器都冻结了,24G够吗").facts["method"] == ("qlora",)
    assert read("Qwen2-VL-2B LoRA with embeddings already frozen, 12GB?").facts["method"] == ("lora",)


def test_the_first_step_has_the_states_of_its_own_precision() -> None:
    text = answer_to("Qwen2.5-3B full, pure bf16, 24GB card: OOM in the first optimizer.step, backward was fine. Why?")
    assert "4 B per parameter: 12.3 GB" in text
    assert "8 B per parameter" not in text


def test_galore_is_told_with_the_rank_that_was_told() -> None:
    text = answer_to("GaLore 8-bit on Llama-2-7B with rank=1024 runs out of memory on a 3090 in backward, why?")
    assert "5.31 GiB in 8 bit" in text
    assert "host memory" not in text.partition("\n")[0]


def test_an_evaluation_is_counted_with_its_own_batch_and_rows() -> None:
    text = answer_to(
        "Evaluation OOMs with compute_metrics, Qwen2.5-3B LoRA, 1000 eval samples of 2048, eval batch is already 1"
    )
    first = text.partition("\n")[0]
    assert "1,000 × 2,048 × 151,936" in first
    assert "per_device_eval_batch_size 1" not in first
    text = answer_to("Llama-3-8B LoRA训练正常,长度2048,24G卡,一评估就OOM,评估batch没设")
    first = text.partition("\n")[0]
    assert "8 × 2,048 token × 128,256" in first
    assert first.index("per_device_eval_batch_size 设为 1") < first.index("preprocess_logits_for_metrics")


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen2.5-3B LoRA at 4k, what does each additional token cost?", "**One more token costs about", "activations and logits"),
        ("full SFT of Llama-3-8B on a B200, 8k, batch 1: how much memory does another sample take?", "**One more token costs about", "up to a length of"),
        ("Qwen2.5-7B qlora 长度 2048,每多一条样本多占多少显存", "**每多一个 token", "没有 KV 缓存"),
        ("Llama-3.1-8B with vllm, what does every extra token cost", "**Each token takes 128 KiB", "KV cache"),
    ],
)  # fmt: skip
def test_what_one_more_token_costs(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens)
    assert says in answer.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Two 4090s, tuning Qwen2.5-32B at 2k: 8-bit LoRA, QLoRA or LoRA in fp16?",
        "LoRA 8-bit, QLoRA, or DeepSpeed ZeRO-3 LoRA in bf16 for Yi-1.5-34B on 2x RTX 3090?",
        "两张3090微调Yi-1.5-34B，4k上下文，8bit LoRA、QLoRA 还是 bf16 的 LoRA？",
    ],
)
def test_adapters_on_sixteen_bits_beside_those_on_few_are_a_side_of_their_own(question: str) -> None:
    name, facts = calls_of(read(question, None))[0]
    assert name == "compare"
    assert facts["setups"] == ["method=lora; bits=8", "method=qlora; bits=4", "method=lora; bits=16"]


@pytest.mark.parametrize(
    "question",
    ["8-bit LoRA vs QLoRA 4-bit for Qwen2.5-32B on a 48GB card, adapters in bf16?", "8bit LoRA 和 QLoRA 4bit 微调 Qwen2.5-32B，适配器用 bf16，48G 够吗，差多少"],
)  # fmt: skip
def test_adapters_in_sixteen_bits_are_no_base_in_them(question: str) -> None:
    assert all("bits=16" not in str(facts.get("setups")) for _, facts in calls_of(read(question, None)))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("We train a 7B on 8x A100 40GB with FSDP, seq 4096, micro batch 1. Works only with activation checkpointing; how much would it need without?", "borderline with checkpointing off (42.7 GiB)"),
        ("Llama-3.1-8B lora 长度8192 开了梯度检查点，不开要多少显存", "重计算关约 85.0 GiB"),
        ("QLoRA 7B uses 12GB with checkpointing. And without?", "checkpointing off 18.9 GiB"),
    ],
)  # fmt: skip
def test_what_it_takes_without_the_setting_that_is_on(question: str, said: str) -> None:
    assert said in opening(question)


def test_without_another_setting_is_not_without_checkpointing() -> None:
    facts = read("LoRA 7B with checkpointing OOMs on a 4090. How much without flash attention?").facts
    assert "off" not in facts.get("gradient_checkpointing", ())


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "why does gradient checkpointing with use_cache=True warn, and does it cost memory?",
            "**Hardly in training: use_cache=True",
        ),
        ("use_cache=True 和 gradient checkpointing 冲突吗，会多占显存吗", "**训练时几乎没有影响"),
    ],
)
def test_a_cache_beside_checkpointing_has_its_answer(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Gradient checkpointing on: activations for 13B at 4096 tokens batch 4?", "**Activations: 10.8 GiB at most"),
        ("Llama-3.1-8B 激活占多少，长度 4096，bs 4，开重计算", "**激活：最多 8.06 GiB"),
        ("How much memory do activations take for Llama-3.1-8B LoRA, seq 8192, no checkpointing?", "**Activations: 53.1 GiB of 85.0 GiB"),
    ],
)  # fmt: skip
def test_activations_that_are_asked_for_are_the_most_there_are(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "setting"),
    [
        ("Megatron PP=4 TP=2，8 张 A100 全参 Qwen2.5-14B，不重计算，首级比末级多很多", ("off",)),
        ("8 张 A100 全参 Qwen2.5-14B，没有重计算，要多少显存", ("off",)),
        ("8 张 A100 全参 Qwen2.5-14B，开了重计算，要多少显存", ("on",)),
    ],
)
def test_recomputation_is_denied_by_a_bare_no(question: str, setting: tuple[str, ...]) -> None:
    assert read(question).facts["gradient_checkpointing"] == setting

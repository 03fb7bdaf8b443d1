"""What people who run servers ask beside their case: formats on a card, steps, machines of several cards, models that share one."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does the L40S support NVFP4?", "**It runs, as a way to store weights: FP4 units begin with Blackwell"),
        ("A100 能用 nvfp4 的模型吗", "**能跑,但只是权重的存储格式:FP4 单元从 Blackwell"),
        ("Can a B200 use FP4? We would serve Qwen3-32B on two of them.", "**Yes: from Blackwell on cards have FP4 units."),
        ("V100 支持 mxfp4 吗", "**不能:Ampere 之前的卡没有 FP8 或 FP4 单元"),
        ("Does fp8 work on the A40? Qwen2.5-14B is what we'd serve there.", "**It runs, as a way to store weights"),
        ("will an fp8 kv cache work on a 3090?", "**It runs, as a way to store the cache"),
        ("T4 支持 fp8 kv cache 吗", "**FP8 缓存不需要 FP8 单元"),
        ("Is NVFP4 of any use on an A6000 or must I get a Blackwell card? It's Qwen3-32B-NVFP4", "**It runs, as a way to store weights: FP4 units begin with Blackwell"),
        ("L20 跑 Qwen3-14B-NVFP4，没有硬件单元也能用吗", "**能跑,但只是权重的存储格式:FP4 单元从 Blackwell"),
        ("Qwen2.5-14B AWQ, A10, --kv-cache-dtype fp8: do I need Ada for that?", "**It runs, as a way to store the cache"),
        ("Llama-3.1-8B FP8 on an H100: is that native?", "**Yes: from Ada and Hopper on"),
        ("can an L40S support 40 users of Qwen3-8B-FP8?", "**Yes. Qwen3-8B"),
        ("Does prefix caching take more VRAM? Our case is Qwen3-14B fp8 on an L40S with a shared 5k prompt", "**No. Prefix caching takes no memory of its own"),
        ("开前缀缓存会多占显存吗?我们是 Qwen3-14B,一张 L40S", "**不会。前缀缓存不另占显存"),
        ("why are there fewer KV blocks after I raised max-num-batched-tokens?", "**Chunked prefill takes less"),
        ("max_num_batched_tokens 调大,kv cache 为啥少了", "**分块预填充更省"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_card_or_the_server_comes_first(question: str, opens: str) -> None:
    plain = answer_to(question).replace("\uff1a", ":").replace("\uff0c", ",")
    assert plain.startswith(opens)


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("Is NVFP4 possible on an H100? We want to run Llama-3.3-70B", "Llama-3.3-70B"),
        ("4080 支持 fp8 吗?想跑 Qwen3-8B", "Qwen3-8B"),
        ("does the fp8 kv cache work on a 3090? 32k of Qwen3-8B-AWQ", "72 KiB a token"),
    ],
)
def test_the_case_beside_it_has_its_card(question: str, model: str) -> None:
    told = answer_to(question)
    assert model in told
    assert "GiB" in told


@pytest.mark.parametrize(
    "question",
    [
        "which models in nvfp4 can a 5090 run?",
        "what is nvfp4?",
        "largest fp8 model that an H100 can hold",
        "how big an nvfp4 model can I use on an RTX PRO 6000?",
    ],
)
def test_models_and_the_format_itself_are_another_matter(question: str) -> None:
    assert not {"meaning:fp4_on_card", "meaning:fp8_on_card"} & set(read(question).cues)


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("Qwen3-14B on an L40S, --max-num-batched-tokens 16384, fits?", (16384,)),
        ("sglang chunked-prefill-size 4096 or 8192 for Qwen3-14B on an L40S", (4096, 8192)),
        ("Qwen3-14B 一张 L40S,max_num_batched_tokens 从 2048 调到 8192 差多少", (2048, 8192)),
        ("GRPO of Qwen2.5-7B on 8x A100 80GB, max_num_batched_tokens=8192 in the rollout, fits?", None),
    ],
)
def test_a_step_of_a_server_is_a_fact(question: str, tokens: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("max_num_batched_tokens") == tokens


def test_two_steps_are_set_side_by_side() -> None:
    told = answer_to("Qwen2.5-14B on one A100 40GB: max_num_batched_tokens 32768 vs 4096, what changes?")
    assert told.startswith("**Qwen2.5-14B-Instruct: steps of 4,096 tokens")
    assert "| per card | steps of 32,768 tokens | steps of 4,096 tokens |" in told


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("DeepSeek-V3 on two 8xH200 nodes", 16),
        ("Llama-3.1-405B across three 8-GPU A100 80GB servers", 24),
        ("Qwen3-235B on 2 x (4 x H100)", 8),
        ("Kimi-K2 on four 8xB200 nodes in fp8", 32),
        ("Qwen3-32B on 2 4090 machines", 2),
        ("Llama-3.1-70B on 4xH100", 4),
    ],
)
def test_machines_are_counted_with_their_cards(question: str, cards: int) -> None:
    assert read(question).facts["n_gpus"] == (cards,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can I serve Qwen3-8B and gemma-2-9b together on one A100 40GB?", "together on one card"),
        ("Qwen3-8B and Mistral-7B share one L40S, fp8", "together on one card"),
        ("Qwen3-8B and Mistral-7B in fp8 on an L40S, two vLLM servers: which utilization for each?", "Give each server its own gpu_memory_utilization"),
        ("Qwen2.5-7B and bge-m3 both as vllm servers on one L40S, what gpu_memory_utilization?", "bge-m3 0.06, Qwen2.5-7B-Instruct 0.89"),
    ],
)  # fmt: skip
def test_models_that_share_a_card_are_summed(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_either_of_two_models_is_no_sum() -> None:
    assert "together" not in answer_to("Can Qwen3-8B or Mistral-7B run on the same L4?").split("\n")[0]


def test_of_two_formats_in_few_bits_the_one_is_held_against_the_other() -> None:
    told = answer_to("NVFP4 vs FP8 for Llama-3.3-70B on 2x H100, does the former halve the memory?")
    assert "NVFP4 needs about" in told
    assert "8-bit weights: they halve" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x 2080 Ti with Qwen2.5-14B-GPTQ-Int4: quantization method gptq_marlin is not supported for the current GPU. Minimum capability: 80. Current capability: 75.", "**It is the kernel, not the memory: Marlin begins with Ampere"),
        ("T4 上 vllm 报 awq_marlin 不支持这张卡", "**是内核的问题,不是显存"),
        ("Qwen2.5-7B-AWQ on a 3090, does it use marlin?", "**Yes. Qwen2.5-7B-Instruct"),
    ],
)  # fmt: skip
def test_a_kernel_that_begins_with_later_cards_is_named_with_the_one_that_runs(question: str, opens: str) -> None:
    plain = answer_to(question).replace("\uff1a", ":").replace("\uff0c", ",")
    assert plain.startswith(opens), plain
    assert "not understood" not in plain


@pytest.mark.parametrize(
    "question", ["Qwen3-VL-8B on an L4, input 48 frames a clip", "Qwen2.5-VL-7B 输入16帧，4090", "Qwen2-VL-7B, prompt: 4 images, L20"]
)  # fmt: skip
def test_frames_are_no_length(question: str) -> None:
    assert "seq_len" not in read(question).facts


def test_a_format_of_servers_is_in_no_gguf_file() -> None:
    answer = answer_to("NVFP4 Qwen3-14B on an RTX 5090: what context, and is an fp8 cache worth it?")
    assert "GGUF" not in answer

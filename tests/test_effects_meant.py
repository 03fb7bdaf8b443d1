"""What a schedule, a second model, a cache elsewhere or a slice of a card does to memory, asked of no model."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "meaning", "says"),
    [
        ("in 1F1B, how many micro-batches does a stage hold?", "stages_keep", "the first of p stages"),
        ("Why does GPipe need so much more activation memory than 1F1B?", "stages_keep", "m/p times"),
        ("流水线并行能省激活吗", "stages_keep", "没有减少"),
        ("pp 时首级和末级谁占显存多", "stages_keep", "第 1 级"),
        ("Do critic and reward model share weights with the policy in PPO?", "roles_share", "share nothing by themselves"),
        ("PPO 的奖励模型和价值模型是各自单独一份吗", "roles_share", "默认什么都不共享"),
        ("would turning on prompt caching use more VRAM?", "prefix", "no memory of its own"),
        ("前缀缓存会让 KV 占用变多吗", "prefix", "不另占显存"),
        ("Can I keep the KV cache in system RAM with vLLM to get longer context on a 16 GB card?", "cache_in_ram", "what waits"),
        ("hicache 把缓存放内存能多服务几个用户吗", "cache_in_ram", "不会因此增加"),
        ("does cpu-offload-gb move the KV cache?", "cpu_offload", "moves weights"),
        ("is an 8-bit KV cache slower?", "cache_pace", "goes with the kernel"),
        ("kv 用 q8_0 会影响速度吗", "cache_pace", "取决于内核"),
        ("A40: int8 or fp8?", "fp8_or_int8", "INT8 is the faster"),
        ("L40S 上 int8 和 fp8 选哪个", "fp8_or_int8", "通常选 FP8"),
        ("what differs between fp8 and int8 for inference?", "fp8_or_int8", "Their memory is the same"),
        ("does the A6000 support fp8?", "fp8_on_card", "as a way to store weights"),
        ("4090 支持 fp8 吗", "fp8_on_card", "支持"),
        ("Do MIG slices waste memory?", "slices", "a little less than its name"),
        ("MIG 2g.10gb 真的能用满 10G 吗", "slices", "比名字略少"),
        ("do two processes under MPS share their weights?", "shared_processes", "not its memory"),
        ("开 MPS 跑两个实例显存会共享吗", "shared_processes", "不是显存"),
        ("does multi-token prediction take more memory?", "mtp", "about one more layer"),
        ("投机采样会多占 kv 吗", "speculative", "草稿模型"),
    ],
)  # fmt: skip
def test_it_is_what_is_asked_about(question: str, meaning: str, says: str) -> None:
    assert f"meaning:{meaning}" in read(question).cues
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-14B full fine-tuning with pp=4 on 8x A100 80GB, how much per card?",
        "Llama-3-8B on a MIG 3g.20gb slice, does it fit?",
        "Qwen3-8B fp8 on an L4 at 16k?",
        "does llama.cpp --no-kv-offload keep the KV cache in RAM?",
        "PyTorch MPS backend on a Mac shares memory with the system, right?",
        "H100 上 fp8 比 bf16 快多少",
        "which models in fp8 can a 4090 run?",
        "张量并行和流水线并行哪个省显存",
    ],
)
def test_a_case_or_another_matter_is_not(question: str) -> None:
    here = ("stages_keep", "roles_share", "cache_in_ram", "cpu_offload", "cache_pace", "fp8_or_int8", "fp8_on_card", "slices", "shared_processes")  # fmt: skip
    assert not {f"meaning:{one}" for one in here} & set(read(question).cues)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-7B on an A40: fp8 or int8, which is faster?", "INT8 is the faster on A40"),
        ("Qwen3-8B 在 L4 上 fp8 和 int8 哪个快", "速率相同"),
        ("Llama-3.1-8B 在 A10 上用 fp8 还是 int8", "INT8 更快"),
        ("What differs between FP8 and INT8 for Qwen2.5-14B on an L40S?", "FP8 is the usual choice"),
    ],
)
def test_of_a_model_the_units_of_its_card_set_the_two_apart(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How fast is Qwen3-8B AWQ with an fp8 KV cache on a 4090 at 32k?", "times as fast as one in 16 bit here"),
        ("Qwen3-14B AWQ 3090 16k,kv 用 int8 会变快吗", "16 位缓存的"),
    ],
)
def test_a_narrow_cache_gains_at_most_its_bytes(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Megatron tp2 pp4,第一个stage快满OOM,最后一个才用一半多,为什么不均",
        "Megatron pp 4: the first stage is nearly full, the last one uses half, why is it uneven?",
    ],
)
def test_uneven_stages_are_evened_out_by_fewer_layers_on_the_first(question: str) -> None:
    assert "--decoder-first-pipeline-num-layers" in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "is_midway"),
    [("训练到一半OOM,前面都正常", True), ("跑了一半爆显存", True), ("第一张卡快满OOM,最后一张才用一半多", False)],
)
def test_half_of_the_card_is_no_half_of_the_run(question: str, is_midway: bool) -> None:
    assert ("midway" in read(question).cues) is is_midway

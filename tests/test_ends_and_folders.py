"""Where a length ends, how many of a length fit, what a saved run weighs, and a product that the asker multiplied wrongly."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize("question", [
    "How many 16k conversations can a 4090 keep at once with Qwen2.5-7B in fp8?",
    "About how many 16k prompts will Llama-3.1-8B hold on an L40S under vLLM?",
    "L40S 上用 vLLM 跑 Qwen3-8B,同时能撑几个 16k 的会话?",
])  # fmt: skip
def test_so_many_of_a_length_are_asked_for(question: str) -> None:
    reading = read(question)
    assert reading.facts["seq_len"] == (16384,)
    assert "batch_size" in reading.asks
    assert "samples" not in reading.extras


@pytest.mark.parametrize("question", [
    "I have 9k chats to tune Qwen3-8B with LoRA, is a 4090 fine?", "Tuning on 12k conversations, Llama-3-8B QLoRA, 3090?",
])  # fmt: skip
def test_so_many_samples_are_no_length(question: str) -> None:
    assert "seq_len" not in read(question).facts


@pytest.mark.parametrize(("question", "opens"), [
    ("4x H100, full finetune of Qwen2.5-7B under FSDP with batch 1. What sequence length would I top out at?", "**Up to "),
    ("Full SFT of Llama-3.1-8B, ZeRO-3, 8x A800 80G, bs 1. Where does the context top out?", "**Up to "),
    ("4 张 H100 用 FSDP 全参训 Qwen2.5-7B,批大小 1,序列长度到多少会爆?", "**稳妥的上限是 "),
])  # fmt: skip
def test_where_a_length_ends_is_told_first(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert "Liger" in text.split("\n\n")[0]


@pytest.mark.parametrize(("question", "bits"), [
    ("QLoRA 8 vs QLoRA 4 for Llama-3-8B, how much VRAM apart?", (8, 4)),
    ("微调 Qwen2.5-14B,QLoRA 8 和 QLoRA 4 显存差多少?", (8, 4)),
    ("QLoRA 4 x 3090 for Llama-3-70B, ok?", None),
    ("QLoRA 8 epochs on Qwen2.5-7B with a 4090?", None),
])  # fmt: skip
def test_a_number_behind_qlora_is_its_bits(question: str, bits: tuple[int, ...] | None) -> None:
    assert (read(question).facts.get("bits") or None) == bits


@pytest.mark.parametrize(("question", "says"), [
    ("LLaMA-Factory's table: what does it say of 13B QLoRA 4-bit, and will a 12GB card do?", "would fill the card of 12 GB"),
    ("LLaMA-Factory 表里 70B QLoRA 4bit 是多少?48G 的卡够吗?", "48 GB 的卡会被"),
])  # fmt: skip
def test_a_cell_as_large_as_the_card_leaves_nothing(question: str, says: str) -> None:
    assert says in answer_to(question)
    assert says not in answer_to(question.replace("12GB", "24GB").replace("48G", "80G"))


@pytest.mark.parametrize(("question", "says"), [
    ("What does LLaMA-Factory's table list for 14B LoRA and QLoRA 8-bit? Would one RTX 4090 do?", "the RTX 4090 holds 14B QLoRA (8-bit) 20 GB and does not hold 14B LoRA (16-bit) 32 GB"),
    ("LLaMA-Factory的显存表，30B qlora的2bit和8bit是多少，一张3090看哪行能跑", "RTX 3090：30B QLoRA（2 位）16 GB 放得下，30B QLoRA（8 位）40 GB 放不下"),
    ("LLaMA-Factory表里13B的QLoRA 4bit和LoRA写多少，16G的卡", "16 GB 的卡：13B QLoRA（4 位）12 GB 放得下，13B LoRA（16 位）32 GB 放不下"),
])  # fmt: skip
def test_what_a_card_holds_by_the_table_stands_beside_its_cells(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize("question", ["LLaMA-Factory's table: 7B full, is an A100 enough?", "LLaMA-Factory 表里 7B QLoRA 4bit 写多少"])  # fmt: skip
def test_of_a_card_of_two_sizes_or_none_the_table_says_nothing(question: str) -> None:
    text = answer_to(question)
    assert "By the table alone" not in text
    assert "只按这张表" not in text


@pytest.mark.parametrize(("question", "opens"), [
    ("global_step500 of our Mistral-7B run weighs 101 GB while the weights are 14.5 GB. Did it store things double?", "**101 GB is as expected, nothing is saved twice: "),
    ("Qwen2.5-7B 全参训练,每个 checkpoint 107G,模型才 15G,是不是存重复了?", "**107 GB 正常,没有重复保存:".replace(",", "\uff0c").replace(":", "\uff1a")),
])  # fmt: skip
def test_a_saved_run_is_weights_and_states(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert "save_only_model=True" in text


def test_a_saved_adapter_has_states_too_and_no_base() -> None:
    text = answer_to("LoRA on Qwen2.5-7B: checkpoint-200 is 480 MB, the adapter file 160 MB. Why?")
    assert "4 + 8 B each" in text.split("\n\n")[0]
    assert "frozen base stays on the card" not in text


@pytest.mark.parametrize("question", [
    "The FP8 checkpoint of Qwen3-8B is 9 GB, does it fit a 12GB card?", "Gradient checkpointing on, Qwen2.5-7B full, 60 GB on each GPU, why?",
])  # fmt: skip
def test_a_published_checkpoint_is_no_saved_run(question: str) -> None:
    assert "saved twice" not in answer_to(question)


@pytest.mark.parametrize(("question", "says"), [
    ("gemma-3-12b: 48 layers * 8 kv heads * 256 * 2 * 2 bytes gives me 96 GiB at 131072 tokens, llama.cpp takes 8. Where is the rest?", "comes to 48.0 GiB, not 96 GiB"),
    ("Llama-3.1-8B: 32 层 * 8 kv头 * 128 * 2 * 2 = 32 GiB(131072 token),llama.cpp 只要 16,剩下的去哪了?", "是 16.0 GiB"),
])  # fmt: skip
def test_a_product_that_was_multiplied_wrongly(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text, text[:400]
    assert "Beside the weights" not in text
    assert "权重之外" not in text


@pytest.mark.parametrize(("question", "counts"), [
    ("How do I work out the trainable params of LoRA r=16 on all linear layers of Qwen2.5-7B?", ("40,370,176", "r × (d + k)")),
    ("LoRA rank 8 or 32 on q and v of Mistral-7B: does VRAM rise much? How are the trainable params counted?", ("3,407,872", "Rank 32: 32 × 32 ×")),
    ("Qwen2.5-14B LoRA r=8 只打 qv,可训练参数怎么算?", ("6,291,456", "r ×")),
])  # fmt: skip
def test_what_trains_is_counted(question: str, counts: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in counts), text[:400]
    if text.count("?") or "rise" in question:  # what was asked first comes first
        assert text.index("GiB") < text.index("Rank 32: 32 ×")


@pytest.mark.parametrize(("question", "says"), [
    ("GLM-4.5: how many H200 for bf16, and is half a node fine with FP8?", "4 cards, H200 141 GB: fits with FP8"),
    ("DeepSeek-V3 用 H20 96G,半台机器跑 Q4 够不够?", "4 张卡"),
])  # fmt: skip
def test_half_a_machine_is_four_cards(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_a_count_of_cards_tells_what_is_left_for_the_cache() -> None:
    text = answer_to("How many H100 80GB for Qwen2.5-72B in bf16 with vLLM?")
    assert "with a margin; cache for" in text.split("\n")[0]


def test_a_format_that_does_not_fit_is_told_what_holds_it() -> None:
    text = answer_to("DeepSeek-R1 in FP8 or Q4_K_M on 8x H100: which of the two holds?")
    assert "404 GB, of which" in text
    assert "What would make FP8 fit (per card):" in text
    assert "16 such cards, sharded (2 machines of 8)" in text


@pytest.mark.parametrize(("question", "says"), [
    ("Can an A100 40G do full SFT of Llama-3.2-1B, and what about the 3B?", "What would make it fit: optimizer in host memory"),
    ("一张 3090 能 LoRA Qwen2.5-7B 吗,14B 呢?", "放得下的办法\uff1a4 位 QLoRA"),
])  # fmt: skip
def test_another_model_that_does_not_fit_is_told_its_ways(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text, text[:600]


@pytest.mark.parametrize(("question", "opens"), [
    ("T4 only, Gemma-2-9b on short samples: LoRA or QLoRA?", "**Take 4-bit QLoRA with fused loss"),
    ("只有一张 T4,微调 gemma-2-9b,用 lora 还是 qlora?", "**选 4 位 QLoRA\uff0c加融合损失"),
])  # fmt: skip
def test_what_the_middle_of_the_estimate_overfills_is_taken_with_its_change(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:300]
    assert "2,046 token" in text.split("\n\n")[0]


@pytest.mark.parametrize(("question", "opens", "unsaid"), [
    ("Llama-2-13B full SFT on 8x A100 80G: will stage 1 or 2 do already, or must I pay the ZeRO-3 slowdown?", "ZeRO-2 is enough: 54.4 GiB per card of 80.0 GiB; ZeRO-1 is borderline", "tokens/s"),
    ("8 卡 A800 80G 全参 Llama-2-13B,ZeRO-1 或 2 够不够,还是只能上 ZeRO-3(嫌慢)?", "**够\uff1aZeRO-2", "token/s"),
])  # fmt: skip
def test_of_stages_named_alike_the_highest_decides(question: str, opens: str, unsaid: str) -> None:
    text = answer_to(question)
    assert opens in text.split("\n")[0], text[:300]
    assert unsaid not in text


@pytest.mark.parametrize(("question", "says"), [
    ("The release notes claim Llama-4-Scout runs on a single H100 with 17B active, yet bf16 dies while loading, CUDA OOM. Why?", "counts 4-bit weights: 55.0 GiB, "),
    ("官方说 Llama-4-Scout 单张 H100 就能跑,激活才 17B,为啥 bf16 加载就 OOM", "指的是 4 位权重\uff1a55.0 GiB"),
    ("都说 Qwen3-30B-A3B 24G 显卡能跑,我 4090 bf16 一加载就爆,激活不是才 3B 吗", "指的是 4 位权重\uff1a15.6 GiB"),
])  # fmt: skip
def test_what_is_said_to_fit_one_card_is_in_few_bits(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text, text[:500]
    assert "experts in host memory" not in text.split("\n\n")[0]


def test_parameters_that_are_active_are_no_training() -> None:
    assert read("Qwen3-30B-A3B,我 4090 一加载就爆,激活不是才 3B 吗").facts["task"] == ("inference",)


@pytest.mark.parametrize(("question", "says"), [
    ("How much disk do 5 checkpoints of a full finetune of Llama-3.1-8B take?", "(5 of them 562 GB)"),
    ("Llama-3.1-8B 全参,保留 3 个 checkpoint 要多大硬盘?", "3 个共 337 GB"),
])  # fmt: skip
def test_several_checkpoints_are_added_up(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text.split("\n\n")[0], text[:400]
    assert "没有读懂" not in text


def test_a_run_that_is_resumed_is_no_folder() -> None:
    told = "Full SFT of Qwen2.5-7B, resuming from checkpoint-500 uses 78 GB of VRAM, before it was 60. Why?"
    assert "checkpoint_size" not in read(told).cues


@pytest.mark.parametrize(("question", "count"), [
    ("8 卡 H100 全参 Llama-3.1-8B,单卡 batch size 2,4096 长度,显存够吗?", (8,)),
    ("4x A100 40G, full SFT of Qwen2.5-3B, single-GPU batch 4, seq 2048, fits?", (4,)),
    ("8 卡 A100 和单卡 A100 跑 Qwen2.5-7B 全参各要多少?", (8, 1)),
    # two set-ups, each with how it went
    ("LoRA of Llama-3.1-8B runs fine on 4x 3090, single-GPU batch 2 OOMs, why?", (4, 1)),
    ("4 张 A6000 全参 Qwen2.5-3B 没问题,单卡 batch 1 爆显存", (4, 1)),
])  # fmt: skip
def test_the_batch_of_one_card_counts_no_cards(question: str, count: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == count


@pytest.mark.parametrize("question", [
    "Which is better for 24GB, Qwen3-32B or Gemma-3-27b?", "Qwen3-32B 和 Gemma-3-27b 哪个更适合 24G?",
])  # fmt: skip
def test_models_are_chosen_for_a_memory(question: str) -> None:
    assert read(question).facts["gpu_memory_gb"] == (24,)
    assert "20.2 GiB" in answer_to(question).split("\n\n")[0]


def test_what_models_take_is_no_card() -> None:
    assert "gpu_memory_gb" not in read("Why does Qwen3-14B ask for 24GB and Llama-3.1-8B for 16GB?").facts


@pytest.mark.parametrize(("question", "says"), [
    ("LLaMA-Factory's table says 7B full is 120 GB; does 2x 80GB do?", "fits sharded"),
    ("LLaMA-Factory 表里 13B LoRA 是 32G,两张 24G 行吗?", "放得下"),
])  # fmt: skip
def test_cards_beside_a_cell_are_judged(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text.split("\n\n")[0], text[:300]


@pytest.mark.parametrize(("question", "says"), [
    ("Gemma-3-27b: 62*16*128*2*2*32768 bytes = 15.5 GiB, but vllm counts less. Bug?", "only 10 of them do"),
    ("gemma-3-12b 的 KV=48*8*256*2*2*65536 字节=24GiB,llama.cpp 显示才 4G 多,算错了吗?", "只有 8 层保留全部 65,536 个 token"),
])  # fmt: skip
def test_windows_are_seen_in_a_product_with_its_tokens(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text.split("\n\n")[0], text[:400]
    assert "4 GB 不对" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("Gemma-3-27b with -c 131072 in llama.cpp: 62*16*128*2*2 bytes a token makes 62 GiB; it prints 10240 MiB + 624 MiB. Where is the rest?", ("in llama.cpp it is 10.6 GiB", "52 have a sliding window of 1,024 and keep 1,536 tokens", "52 layers × 1,536 tokens = 624 MiB")),
    ("llama.cpp 跑 gemma-3-12b,KV 按 48*8*256*2*2*32768 字节 = 12 GiB,日志只有 2048 MiB + 480 MiB,少的去哪了?", ("llama.cpp 里实际是 2.47 GiB", "40 层是 1,024 的滑动窗口", "40 层 × 1,536 token = 480 MiB")),
    ("ollama gpt-oss-20b at 32k: 2*24*8*64*2*32768 bytes = 1.5 GiB of KV cache, right?", ("sliding window of 128 and keep 768 tokens", "12 layers × 768 tokens = 18 MiB")),
    ("gemma-3-27b in vLLM at 64k: 2*62*16*128*2*65536 bytes = 31 GiB of cache?", ("52 have a sliding window and keep the last 1,024 of 65,536 tokens",)),
])  # fmt: skip
def test_the_cells_of_a_window_are_those_of_the_program(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in says:
        assert one in text, text[:500]


@pytest.mark.parametrize("question", [
    "One half of a DGX H100: does Llama-3.1-405B FP8 fit?", "Mixtral-8x22B in int8: would a half node of A100 80G do?",
])  # fmt: skip
def test_a_half_of_a_machine_keeps_its_cards(question: str) -> None:
    facts = read(question).facts
    assert facts["n_gpus"] == (4,)
    assert "gpu" in facts

"""What is said beside a larger cache, a count of cards and a larger figure: a leaner version, what machines have, what else takes it."""

import pytest

from chat.reads.grammar import read
from kb.counts import SOLD, as_sold
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Why is the KV cache of c4ai-command-r-v01 so much larger than that of Qwen2.5-32B at 16k?", "c4ai-command-r-08-2024"),
        ("internlm2-chat-7b 的 KV 缓存比 Qwen3-14B 大吗,为什么?", None),
        ("KV cache of internlm2-chat-7b vs Qwen2.5-0.5B at 8k, why larger?", "internlm3-8b-instruct, of the same family"),
        ("c4ai-command-r-v01 的 KV 缓存为什么比 Llama-3.3-70B 还大?", "只有 8 个 KV 头,每 token 160 KiB"),
        ("Why is the KV cache of Llama-2-7B bigger than that of Qwen2.5-14B at 16k?", None),
    ],
)  # fmt: skip
def test_a_later_version_that_caches_less_is_named(question: str, says: str | None) -> None:
    answer = answer_to(question).replace("，", ",")
    assert (says in answer) if says else ("same family" not in answer and "同系列" not in answer)


@pytest.mark.parametrize(
    "question",
    [
        "KV cache of c4ai-command-r-v01 at 32k eats 40 GB, my Llama 70B takes 10. Why?",
        "Qwen3-8B 32k 的缓存和 Llama 70B 比哪个大?",
    ],
)
def test_beside_a_model_that_is_named_a_size_is_no_riddle(question: str) -> None:
    answer = answer_to(question)
    assert "name the model to settle it" not in answer
    assert "说出具体模型即可确定" not in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning of Qwen3-14B, ZeRO-3, 8k sequences. How many H100 80GB?", "as machines are sold 8, "),
        ("Qwen2.5-7B 全参微调,ZeRO-3,长度4096,要几张A100 80G?", "整机一般是 2 卡或 4 卡"),
    ],
)
def test_what_the_machines_that_are_sold_make_of_it_stands_with_the_count(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0].replace("：", ":")


def test_a_count_that_machines_have_needs_no_others() -> None:
    assert not any(as_sold(count, lambda _: pytest.fail("not needed")) for count in (*SOLD, 16))


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Llama-3.1-8B full fine-tuning with 40GB A100s, how many?", True),
        ("We only get L40S cards, how many of those do we need for LoRA on a 70B?", True),
        ("Llama-3.1-8B full on 4090s: how many would it take?", True),
        ("Llama-3.1-8B 全参微调,40G的A100要几张?", True),
        ("Gemma-3-27B full fine-tuning. I can rent H200s (141GB). How many, is 4 enough with ZeRO-3?", True),
        ("We can get A100 80GB cards for full SFT of Qwen2.5-32B. How many do I need with FSDP?", True),
        ("There are L40S cards here. How many would we need to serve Qwen2.5-72B?", True),
        ("Would 16 H100 80GB be enough for full SFT of Mixtral-8x22B? How many otherwise", True),
        ("Are 8 A100 80GB enough to fully fine-tune Llama-3.1-70B, and if not how many?", True),
        ("Full fine-tuning of Qwen2.5-14B on one A100 80GB, enough? Otherwise how many would it take?", True),
        ("Qwen3-235B-A22B 全参，16张H100够不够？不然要多少", True),
        ("Llama-3.1-8B on one 4090, enough for 20 users? If not how many users?", False),
        ("Qwen2.5-7B on 2 A100: does 32k fit? If not how many tokens?", False),
        ("I have 2x 3090 and Qwen2.5-32B AWQ, 8k context. How many at once?", False),
        ("My 3090 has 24GB and I run Qwen2.5-14B. How many do I get at 8k?", False),
        ("With 4 A100s, how many users at 8k for Llama-3.1-8B?", False),
        ("2 A100s: Llama-3.1-8B, how many tokens?", False),
    ],
)
def test_cards_that_stand_before_how_many_are_counted(question: str, asks: bool) -> None:
    assert ("n_gpus" in read(question).asks) is asks


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("ollama ps shows 11 GB for llama3.1:8b with num_ctx 32768, the file is 4.9 GB. Why?", "near the 11 GB (10.2 GiB) that you see; without flash"),
        ("Ollama 跑 qwen3:8b,num_ctx 32768,ollama ps 显示 12 GB,下载才 5.2 GB,多出来的是什么?", "接近您看到的 12 GB(11.2 GiB);不开 flash attention"),
        ("ollama ps shows 10 GB for llama3.1:8b with num_ctx 32768, the file is 4.9 GB. Why?", "which is what you see"),
    ],
)  # fmt: skip
def test_what_is_only_near_is_not_said_to_be_the_figure(question: str, says: str) -> None:
    answer = answer_to(question).replace("，", ",").replace("；", ";").replace("（", "(").replace("）", ")")
    assert says in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("QLoRA of gemma-3-1b-it, batch 4, 4096 tokens OOMs on a 4090, and it is only 1B!", "(1.86 GiB in 16 bit → 0.90 GiB)"),
        ("Qwen2.5-1.5B QLoRA batch 8 长度4096 在4090上OOM,4bit了还爆?", "量化基座只在权重上省 1.81 GiB"),
    ],
)  # fmt: skip
def test_what_four_bits_save_stands_beside_the_logits(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-235B-A22B Q4_K_M on a 5090 with 128 GB RAM, experts on the CPU. Enough?", ("All 235B parameters are held", "101.4 GiB of host memory")),
        ("Qwen3-235B-A22B Q4_K_M,5090加128G内存,专家放CPU,够吗?", ("全部 235B 参数都要放下", "内存 101.4 GiB")),
    ],
)  # fmt: skip
def test_of_experts_in_ram_all_are_counted_and_fewer_bits_say_what_ram_they_leave(
    question: str, says: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says)


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("Qwen3-32B Q4_K_M on a 3090 with llama.cpp, 16k. Possible with an f16 cache or do I have to quantize the KV?", ("fp16", "q8_0")),
        ("Qwen3-32B Q4_K_M 单张3090 16k,f16缓存行不行,需要量化KV吗?", ("fp16", "q8_0")),
        ("Qwen3-32B AWQ, 4090, vLLM, bf16 KV cache at 16k, or do we need to quantize the KV cache?", ("bf16", "fp8")),
        ("Do I need a q8_0 cache for Qwen3-14B Q5_K_M at 32k on a 4070 Ti Super?", ("bf16", "q8_0")),
    ],
)  # fmt: skip
def test_whether_a_cache_must_be_quantised_is_asked_of_both(question: str, formats: tuple[str, ...]) -> None:
    assert read(question).facts["kv_format"] == formats


@pytest.mark.parametrize(
    ("question", "claimed"),
    [
        ("The files of Qwen2.5-7B are 15.2 GB, torch.cuda.memory_allocated()/1024**3 says 14.2 after loading. Lost?", [15.2, 14.2]),
        ("Llama-3.1-8B 在 hub 上 16.1GB,加载后 /1024**3 打印 14.96,是不是少加载了?", [16.1, 14.96]),
    ],
)  # fmt: skip
def test_a_figure_is_claimed_with_its_decimals(question: str, claimed: list[float]) -> None:
    assert [one.number for one in read(question).claims] == claimed
    assert "as the name rounds them" not in answer_to(question)

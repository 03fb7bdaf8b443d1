"""What a command or a sentence leaves to the CPU, and the micro-batch: read by the words of those who run llama.cpp."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


def fact(text: str, name: str) -> object:
    values = read(text).facts.get(name, ())
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("72B Q4_K_M with 50 of the 80 layers on a 3090, the others in RAM", 50),
        ("offload 24/40 layers to a 3060, 13B Q5_K_M", 24),
        ("70B Q4_K_M,80层里35层放3090,剩下放内存", 35),
        ("32B Q5_K_M 64层放48层到4080上", 48),
        ("70B Q4_K_M, 80 layers, on a 4090?", ()),
        ("LoRA on the last 8 of 32 layers on a 4090, 8B", ()),
    ],
)
def test_layers_on_a_card_that_is_named(text: str, layers: object) -> None:
    assert fact(text, "gpu_layers") == layers


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("llama-server -m Qwen3-14B-Q4_K_M.gguf -ngl 99 -c 16384 -ub 1024 on a 3080", 1024),
        ("--ubatch-size 2048, llama.cpp, 70B Q4_K_M, 2x 3090, 8k", 2048),
        ("llama.cpp ubatch 512改成4096 显存多多少 Qwen3-14B Q4_K_M 16k", (512, 4096)),
    ],
)
def test_a_micro_batch_of_llama_cpp(text: str, step: object) -> None:
    assert fact(text, "n_ubatch") == step
    assert not read(text).not_understood


def test_a_larger_micro_batch_takes_larger_buffers() -> None:
    said = Assistant().ask("-ub 4096 against -ub 512 in llama.cpp, Qwen3-14B Q4_K_M at 16k: how much more memory?")
    assert "-ub 4096 needs 2.17 GiB more than -ub 512" in said.text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("experts mostly in RAM, Qwen3-235B-A22B Q4_K_M, a 3090 and 256GB of RAM", "experts"),
        ("qwen3-30b-a3b Q4_K_M,4060 8G,专家大部分放内存", "experts"),
        ("--n-cpu-moe 40 -c 8192, Qwen3-235B-A22B Q4_K_M,专家基本都放内存,5090", ()),
    ],
)
def test_most_experts_in_host_memory(text: str, where: object) -> None:
    assert fact(text, "offload") == where


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4060 8G,R1-Distill-Qwen-14B Q4_K_M,ctx 8k,全放就炸显存,-ngl 设多少合适?", "-ngl 32"),
        ("Qwen3-32B Q5_K_M on a 4080 16GB OOMs with all layers at 8k. How many layers should I offload?", "-ngl"),
        # all of them fit by the formulas: then it is asked why it failed
        ("Qwen3-32B Q4_K_M on a 3090 with 16k context OOMs fully offloaded. What -ngl should I use?", "would fit"),
    ],
)
def test_how_many_layers_is_answered_before_why_all_of_them_fail(question: str, opens: str) -> None:
    text = answer_to(question)
    assert opens in text.split("\n\n")[0], text[:400]
    if opens != "would fit":
        assert re.search(r"each layer takes \d\.\d\d GiB, \d\.\d\d GiB of weights|每层 \d\.\d\d GiB：权重", text), text[:400]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Llama-3.3-70B Q4_K_M on two 3090s, llama.cpp -c 32768 fails to allocate the KV cache, what do I change?", "The weights fit, the context does not"),
        ("can't allocate KV: Qwen2.5-32B Q4_K_M on a 3090 at 40960 tokens in llama.cpp, what should I change?", "The weights fit, the context does not"),
        ("两张3090跑Llama-3.3-70B Q4_K_M,llama.cpp -c 32768,KV分配失败,要改什么", "权重放得下"),
        # what a cache takes is asked of no failure
        ("How much KV does llama.cpp allocate for Llama-3.3-70B Q4_K_M at 32768 tokens?", "KV cache: 2 (keys and values)"),
    ],
)  # fmt: skip
def test_a_cache_that_cannot_be_allocated_is_a_failure(question: str, first: str) -> None:
    assert first in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which -ngl for Llama-3.3-70B Q4_K_M on a 3090 at 8k? -ngl 60 crashed", "60 take 32."),
        ("Llama-3.3-70B Q4_K_M 在4090上 8k,-ngl 设多少?ngl 60 报错", "60 层要 32."),
    ],
)
def test_what_the_layers_take_that_failed_is_told_beside_those_that_go_in(question: str, said: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert said in first, first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-32B Q5_K_M on a 4080 16GB at 8k: how many layers?", "**-ngl "),
        ("4080 16G,Qwen2.5-32B Q5_K_M,8k 上下文,多少层?", "**稳妥的是 "),
        ("How many layers does Qwen2.5-32B have?", "**Qwen2.5-32B-Instruct: 64 layers"),
        ("Qwen2.5-32B 有多少层?", "**Qwen2.5-32B-Instruct"),
    ],
)
def test_layers_of_a_file_and_a_card_are_those_that_go_on_it(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Llama-3.3-70B Q4_K_M的gguf 42G,显卡24G,llama.cpp的-ngl给多少合适", 24),
        ("Qwen2.5-32B Q5_K_M 文件23G,独显 16G,内存64G,-ngl设多少", 16),
        ("The Llama-3.3-70B Q4_K_M gguf is 42 GB, GPU 24GB, how many layers do I offload with -ngl?", 24),
        # what a card is seen to take, and a part of what it has
        ("Qwen3-8B LoRA,单卡峰值,显卡占用24G,为什么比权重大这么多", ()),
        ("Qwen3-8B: peak GPU 24GB during LoRA, why so much more than weights?", ()),
        ("Qwen3-8B LoRA: GPU 24GB of use at batch 4, why?", ()),
    ],
)
def test_what_the_card_has_may_stand_behind_its_noun(text: str, size: object) -> None:
    assert fact(text, "gpu_memory_gb") == size


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3-70B exl2 4.0bpw on two 3090 with gpu_split 22,24 OOMs on the first card while the second has 6 GB free", "**The size is not at fault, the split is"),
        ("tabbyAPI 70B exl2 4bpw 8192 context, 2x 3090, gpu_split [22, 22], out of memory on GPU 0, the other GPU has 9 GB left", "**The size is not at fault, the split is"),
        ("exllamav2 双3090 跑70B 4.5bpw，gpu-split 23,24，第一张卡爆了，第二张还空8G", "**不是大小的问题，是切分的问题"),
    ],
)  # fmt: skip
def test_a_split_by_hand_that_fills_the_first_card_is_at_fault(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:200]
    assert "autosplit" in said.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "exllamav2 70B 8bpw 2x3090 gpu-split 23,23: OOM on GPU 0 while GPU 1 has 2 GB free",  # too large in any split
        "vLLM Llama-3-70B AWQ on 2x 3090: OOM on GPU 0, GPU 1 still has 8GB free",
        "Llama-3-70B exl2 4.65bpw on 2x 3090: OOM on GPU 1 while GPU 0 is full",
        "llama-3-70b exl2 4.65bpw 双3090,卡1爆了,卡0也满了",
        "70B exl2 4.65bpw 双3090，gpu-split 怎么设",
    ],
)
def test_other_failures_and_questions_blame_no_split(question: str) -> None:
    said = answer_to(question)
    assert "the split is" not in said
    assert "切分的问题" not in said


@pytest.mark.parametrize("where", ["2x 3090", "a 3090"])
def test_a_layer_takes_as_much_on_several_cards_as_on_one(where: str) -> None:
    first = answer_to(f"Mistral Large 123B Q4_K_M on {where} + 64GB RAM in llama.cpp, what -ngl at 8k ctx?")
    assert "each layer takes 0.80 GiB, 0.77 GiB of weights and 0.03 GiB of cache" in first.partition("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B Q4_K_M on my GTX 1060 6GB at 8k context: why does llama.cpp only offload 25 of 33 layers?", ("**As it must be", "8,192 tokens × 128 KiB = 1.00 GiB", "6.34 GiB")),
        ("llama.cpp put only 25/33 layers of Llama-3.1-8B Q4_K_M on my RTX 2060 6GB, 8k context, though the file is 4.9GB. why?", ("**As it must be", "The card has 6.00 GiB")),
        ("Llama-3.1-8B Q4_K_M文件4.9G，6G显存的2060开8k只能卸载25层，4.9不是小于6吗", ("**这是正常的", "8,192 token × 128 KiB = 1.00 GiB", "卡上只有 6.00 GiB")),
    ],
)  # fmt: skip
def test_why_a_file_smaller_than_the_card_leaves_layers(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    first = told.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert "not understood" not in told
    assert "没有读懂" not in told


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B-Instruct Q4_K_M on an 8GB 3070, 32k context: ollama only puts 20 of 29 layers on the GPU, how fast will it be?",
        "How many layers of Llama-3.1-8B Q4_K_M fit on a 6GB GTX 1060 at 8k, though the file is only 4.9GB?",
        "Why train only 8 of 32 layers of Llama-3.1-8B with LoRA on a 24GB card?",
    ],
)
def test_layers_that_are_counted_or_timed_are_no_puzzle(question: str) -> None:
    assert "As it must be" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Llama-3.1-8B Q4_K_M on a GTX 1660 6GB at 8k context with llama.cpp. fits?", "(q4_0)** (5.63 GiB;"),
        ("Llama-3.1-8B Q4_K_M用llama.cpp在6G的1660上跑16k，放得下吗", "放不下**，约需"),
    ],
)
def test_the_verdict_behind_an_unknown_card_is_a_whole_sentence(question: str, whole: str) -> None:
    assert whole in answer_to(question).split("\n\n")[0]

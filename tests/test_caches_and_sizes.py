"""A cache that is taken to go with a model's size, and sizes of files beside it."""

import pytest

from chat.plans.changed import length_that_failed
from chat.reads.grammar import read
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "no"),
    [
        ("Is the KV cache proportional to the number of parameters?", "**No, not on the number of parameters"),
        ("Phi-4 and Qwen3-14B are about the same size, do they need the same KV cache?", "**No, not on the number of"),
        ("does the KV cache get larger with bigger models?", "**No, not on the number of parameters"),
        ("kv缓存是按模型大小来的吗", "**不是看参数量"),
        ("Phi-4和Qwen3-14B参数量差不多，KV缓存也一样吗", "**不是看参数量"),
    ],
)
def test_a_cache_goes_with_layers_and_heads(question: str, no: str) -> None:
    assert answer_to(question).startswith(no)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-14B Q4_K_M is 9.0 GB on disk and Mistral-Nemo Q4_K_M is 7.5 GB: how large is the KV cache of each at 8k?",
        "Qwen3-14B的Q4_K_M文件9.0GB，Mistral-Nemo的Q4_K_M文件7.5GB，8k上下文KV缓存各多少",
    ],
)
def test_the_size_of_a_file_is_no_claim_of_a_cache(question: str) -> None:
    told = answer_to(question)
    assert "160 KiB" in told
    assert "not right" not in told
    assert "不对" not in told


@pytest.mark.parametrize(
    "question",
    [
        "Yi-34B Q4_K_M on a 3090: 4k is fine, 32k OOMs in the cache, and Qwen3-8B takes 16k",
        "Yi-34B Q4_K_M 在3090上4k没问题，32k就爆，Qwen3-8B 16k能跑",
    ],
)
def test_the_length_that_failed_is_the_one_explained(question: str) -> None:
    assert length_that_failed(read(question)) == 32768


def test_a_size_in_parentheses_is_that_of_the_model_before_it() -> None:
    reading = read("command-r v01 (35B) and Yi-34B Q4_K_M on two 3090 at 16k")
    assert "params" not in reading.facts
    assert len(reading.facts["model"]) == 2


@pytest.mark.parametrize(
    ("question", "room"),
    [
        ("command-r v01 Q4_K_M dies at 32k in llama.cpp, 3090 plus 3060 12GB", "on the fullest card, "),
        ("command-r v01 Q4_K_M dies at 32k in llama.cpp on two 3090", " per card the weights take"),
        ("3090加3060 12G用llama.cpp跑command-r v01 Q4_K_M，32k就爆显存", "最满的卡（"),
        ("一张3090用llama.cpp跑command-r v01 Q4_K_M，8k就爆显存", "卡上 24.0 GiB 里权重占"),
    ],
)
def test_the_card_that_decides_is_named(question: str, room: str) -> None:
    assert room in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what does GQA save for Qwen2.5-72B at 16k?", "With a key and a value for each of its 64 query heads (MHA) instead of 8 that they share it would take 8 times as much: 2.5 MiB per token and 40.0 GiB"),
        ("how large would the cache of Llama-3-70B be without GQA, 8k", "8 times as much: 2.5 MiB per token and 20.0 GiB"),
        ("DeepSeek-R1 的 MLA 省了多少缓存，32k", "是前者的 71.1 倍"),
        ("gemma-3-12b 64k，滑动窗口能省多少", "时窗口省 19.7 GiB（82%）：KV 缓存从 24.0 GiB 变为 4.31 GiB"),
        ("why is MLA so much smaller than MHA?", "Multi-head latent attention keeps one compressed vector"),
        ("MQA 为什么比 MHA 省", "倍数为 查询头数 ÷ KV 头数"),
        ("长上下文该挑MLA的模型还是GQA的", "MLA 所有头共用一个压缩向量"),
    ],
)  # fmt: skip
def test_what_a_layout_of_attention_saves_is_told_of_the_cache(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Does MLA help if I train DeepSeek-V2-Lite with LoRA?",
        "Mistral-Large with GQA on 4x A100 80GB at 32k, does it fit?",
        "Qwen2.5-7B全参微调，GQA会让激活变小吗",
    ],
)
def test_a_layout_beside_another_question_is_no_subject(question: str) -> None:
    assert read(question).intents[0] != "kv_cache"


@pytest.mark.parametrize("question", ["8B模型在一张24G卡上能跑多长", "Qwen3-14B int4，单卡16G最多能撑到多长"])
def test_how_long_it_runs_is_a_length(question: str) -> None:
    assert read(question).asks == ("seq_len",)


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("Qwen2.5 or Llama-3, whose KV cache per token is smaller?", {"Qwen/Qwen2.5-7B-Instruct", "meta-llama/Meta-Llama-3-8B-Instruct"}),
        ("Qwen2.5 和 Llama-3 在 70B 这档，KV 缓存谁小", {"Qwen/Qwen2.5-72B-Instruct", "meta-llama/Meta-Llama-3-70B-Instruct"}),
    ],
)  # fmt: skip
def test_of_families_whose_caches_are_compared_members_of_one_size_stand(question: str, models: set[str]) -> None:
    assert set(read(question).facts["model"]) == models


def test_of_families_that_should_fit_all_members_stand() -> None:
    assert len(read("Which of Qwen2.5 and Llama-3 fit on a 24GB card in 4 bit?").facts["model"]) > 2


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("llama.cpp: gemma3 12b q8_0 at 64k context uses 40GB but qwen3-14b q8_0 only 26GB, why is its cache so big?", "**gemma-3-12b-it was run without its windows: with all 65,536 tokens in each of its 48 layers"),
        ("llama.cpp开32k,gemma3-27b Q4_K_M占35G,qwen3-32b Q4_K_M反而更少,KV为什么大这么多", "**这是没用上滑动窗口的结果"),
        # nothing is told to be seen, or what is seen is with the windows
        ("gemma-3-27b vs Qwen3-32B, Q4_K_M in llama.cpp at 32k: whose KV cache is larger?", "**A token's cache takes 1.94 times"),
        ("llama.cpp at 32k: gemma-3-27b Q4_K_M uses 21GB, Qwen3-32B Q4_K_M 27GB: whose KV cache is larger and why?", "496 KiB against 256 KiB"),
    ],
)  # fmt: skip
def test_a_cache_kept_without_its_windows_is_what_was_seen(question: str, first: str) -> None:
    text = answer_to(question)
    assert first in text.split("\n\n")[0], text[:300]
    assert ("--swa-full" in text.split("\n\n")[0]) == ("window" in first or "窗口" in first)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # no figure is told, and the program is one that may keep every head
        ("DeepSeek-V2-Lite in transformers: KV cache at 32k is far more than the MLA formula says, why?", "**Most likely you see the cache of every head"),
        ("为什么 DeepSeek-V3 的 KV 缓存比公式算出来的大这么多", "**您看到的多半是每个头的 K、V 都存下来的缓存"),
        ("Running DeepSeek-V2-Lite with transformers at 16k, the KV cache alone takes 4.2 GiB. Isn't MLA supposed to be small?", "**What you see is the cache of every head"),
        ("transformers 跑 DeepSeek-V2-Lite，32k 的KV缓存实测8.4G，MLA不是应该很小吗", "**您看到的是每个头的 K、V 都存下来的缓存"),
    ],
)  # fmt: skip
def test_a_cache_of_every_head_that_is_seen_is_named(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "DeepSeek-V2-Lite at 32k in vLLM: the KV cache takes 1 GiB for one sequence, is that right?",
        "Qwen2.5-7B in transformers at 32k: the cache takes 1.9 GiB for one sequence, is that right?",
        "DeepSeek-V3 with SGLang: why does my cache take more than MLA should?",
        "DeepSeek-V2-Lite in transformers at 32k: nvidia-smi shows 45 GiB, how much of it is KV cache?",
    ],
)
def test_no_other_amount_is_a_cache_of_every_head(question: str) -> None:
    assert "cache of every head" not in answer_to(question)


def test_a_cache_that_is_seen_is_nobodys_sum_of_weights() -> None:
    asked = "DeepSeek-V2-Lite in transformers, 32k: the cache takes 8 GiB for one sequence"
    assert "counts every parameter" not in answer_to(asked)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-3.1-8B in llama.cpp at 32k: KV cache in f16 4096 MiB, with q8_0 it prints 2176 MiB instead of 2048. Why not half?", ("8.5 bits a value", "4,096 MiB × 8.5/16 = 2,176 MiB")),
        ("llama.cpp, Mistral-Nemo, -c 16384: KV f16 is 2560 MiB, why is q4_0 720 MiB and not 640?", ("4.5 bits a value", "2,560 MiB × 4.5/16 = 720 MiB")),
        ("llama.cpp跑Qwen2.5-7B，32k：f16的KV是1792 MiB，q8_0是952 MiB，为什么不是一半896？q4_0呢", ("每个数 8.5 位", "1,792 MiB × 8.5/16 = 952 MiB", "q4_0 是 4.5 位：504 MiB")),
        ("为什么q8_0的KV缓存不是f16的一半？", ("每个数 8.5 位", "8.5/16 = 53 %")),
    ],
)  # fmt: skip
def test_why_a_cache_in_few_bits_is_larger_than_their_part_is_told_by_its_scales(
    question: str, said: tuple[str, ...]
) -> None:
    told = embedded().ask(question)
    assert all(one in told.text.split("\n\n")[0] for one in said), told.text[:400]
    assert not {"gguf:Q8_0", "gguf:Q4_0"} & set(told.said.get("weight_format", ()))


@pytest.mark.parametrize(
    "question",
    [
        "Does a q8_0 KV cache really halve the cache of Llama-3.1-8B at 32k?",
        "Why is the KV cache of my Q4_K_M model not half as large as with the 16-bit model?",
        "Llama-3.1-8B的f16 KV在32k要4096 MiB，Q8_0权重要多少？",
    ],
)
def test_where_no_cache_in_few_bits_is_wondered_at_no_scales_are_told(question: str) -> None:
    assert not any(one.startswith("cache_blocks") for one in read(question).cues)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("llama.cpp gemma-3-12b Q4_K_M 3060 12G -c 32768 能跑，加了 --swa-full 就爆，为什么？", "**加上 --swa-full，每一层都存全部 32,768 个 token，每个 384 KiB，共 12.0 GiB", "共 20.9 GiB，而显存共 12.0 GiB；不加是 11.3 GiB，放得下"),
        ("gemma-3-27b q4_0 on a 3090: -c 32768 loads with 3 GB of KV, with --swa-full it wants 15.5 GB and dies. why?", "**With --swa-full every layer keeps all 32,768 tokens, 496 KiB each, 15.5 GiB", "leave it off"),
        ("what does --swa-full do and how much more VRAM does gemma-3-27b take at 32k with it?", "**With --swa-full every layer keeps all", "5 times less"),
    ],
)  # fmt: skip
def test_the_flag_that_keeps_all_tokens_is_why(question: str, opens: str, says: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens)
    assert says in first


@pytest.mark.parametrize(
    "question",
    [
        "gemma-3-27b Q4_K_M 4090 -c 32768 没加 --swa-full 也 OOM，为什么",
        "Qwen3-14B with --swa-full on a 3090 OOM at 32k Q8_0, why?",
        "gpt-oss-20b with --swa-full at 128k on a 3090 runs out of memory, why?",
    ],
)
def test_a_flag_that_is_not_set_or_explains_nothing_is_not_why(question: str) -> None:
    assert "--swa-full" not in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("gemma3 27b Q4_K_M 4090 24G 想开32k上下文，按 62层×16头×128 算KV要15G，加权重必炸，可有人说能跑？", "**15 GB 不对，32,768 token 的缓存是 3.11 GiB"),
        ("gemma-3-27b Q4_K_M on a 4090 at 32k: 62 layers x 16 heads x 128 gives me 15.5 GB of KV, with the weights that must OOM, yet people say it runs?", "**15.5 GB is not right; the cache of 32,768 tokens takes 3.11 GiB"),
        ("Qwen3-32B Q4_K_M 4090 24G 想开32k，按 64层×8头×128 算KV要8.6G，加上权重肯定爆，可有人说能跑？", "**8.6 GB 是对的"),
        # told alone it lacks both factors
        ("Qwen3-32B KV per token: 64 x 8 x 128 = 65536, is that right?", "**Not right: 4 times too little"),
    ],
)  # fmt: skip
def test_a_product_told_in_short_is_judged_by_what_it_comes_to(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Is 'Llama 3 70B at 32K context = 10.4 GB KV' right, and would MHA have been 32GB?", ("10.4 GB is right", "32 GB is not right for multi-head attention", "85.9 GB (80.0 GiB)")),
        ("I read the KV cache of Qwen2.5-72B at 16k is 5 GiB and that without GQA it would be 40 GiB - true?", ("5 GiB is right", "40 GiB is right for multi-head attention")),
        ("Llama-3-8B at 8k: KV cache 1 GB, with MHA 4 GB. Correct?", ("1 GB is right", "4 GB is right for multi-head attention")),
        ("Qwen2.5-32B 32k 的 KV 缓存 8 GB,没有GQA会是 20GB,是这样吗", ("8 GB 是对的", "20 GB 不对", "42.9 GB")),
        ("Is 10.4 GB of KV for Llama 3 70B at 32K right, and what would MHA take?", ("10.4 GB is right",)),
    ],
)  # fmt: skip
def test_what_a_cache_would_be_with_every_head_is_judged_beside_what_it_is(
    question: str, says: tuple[str, ...]
) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


def test_of_one_amount_before_another_clause_nothing_is_said_of_every_head() -> None:
    opening = answer_to("Is 10.4 GB of KV for Llama 3 70B at 32K right, and what would MHA take?").split("\n\n")[0]
    assert "10.4 GB is not right" not in opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen3:14b Q4_K_M: the model with num_ctx 16k is bigger than with 8k - and the other way round for me?", ("The length cannot turn the order round", "160 KiB a token", "OLLAMA_NUM_PARALLEL")),
        ("ollama qwen3:14b: num_ctx 8192 takes more VRAM than 16384 for me, how can that be?", ("8,192 tokens take 10.3 GiB and 16,384 take 11.6 GiB",)),
        ("llama.cpp Qwen3-14B Q4_K_M: -c 8192 uses 11 GB but -c 16384 only 9 GB. Why is it smaller?", ("The length cannot turn the order round",)),
        ("为什么 num_ctx 8k 占的显存比 16k 还多,qwen3:14b ollama", ("长度本身不会让大小反过来", "OLLAMA_NUM_PARALLEL")),
        ("我这里反过来:上下文16k比8k占用少,qwen3 14b q4_k_m llama.cpp", ("长度本身不会让大小反过来",)),
    ],
)  # fmt: skip
def test_a_shorter_context_that_shows_more_differs_in_something_else(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


@pytest.mark.parametrize(
    "question",
    [
        "qwen3:14b Q4_K_M: num_ctx 16k takes more than 8k, how much?",
        "Run Qwen3-14B Q4_K_M at 8k on a 24GB card and at 16k on a 16GB card, or the other way round?",
        "qwen3 14b q4_k_m 16k 比 8k 多占多少显存",
    ],
)
def test_a_longer_context_that_takes_more_is_no_reversed_order(question: str) -> None:
    assert "turn the order round" not in answer_to(question).split("\n\n")[0]
    assert "不会让大小反过来" not in answer_to(question).split("\n\n")[0]

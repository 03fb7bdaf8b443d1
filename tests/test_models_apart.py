"""Why one model fares otherwise in serving than another, or than others of its size."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from chat.reads.normal import normalise
from tests.talking import answer_to

_ASSISTANT = Assistant()


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        (
            "MPT-30B only takes 1 concurrent 8k request on my 80GB A100 and Qwen2.5-32B takes 5. How come, same size?",
            "mpt-30b has no GQA, so a token's cache takes 5.25 times as much as in Qwen2.5-32B-Instruct (GQA)",
            "1 and 5 sequences of 8192 at once",
        ),
        (
            "Baichuan2-13B在A100 40G上8k只能跑1个并发,Qwen2.5-14B能跑5个,为啥差这么多",
            "Baichuan2-13B-Chat 没有 GQA,每 token 的 KV 缓存是 Qwen2.5-14B-Instruct(GQA)的 4.17 倍",
            "同时 1 条和 5 条",
        ),
        (
            "Qwen1.5-14B at 32k runs out of memory on my 3090 in llama.cpp Q4_K_M, the 14B Qwen2.5 is fine. Why?",
            "Qwen1.5-14B-Chat has no GQA",
            "25.0 GiB against 6.00 GiB",
        ),
        (
            "phi-3-mini的KV缓存比Llama-3-8B还多,是不是哪里配错了",
            "没有配错:Phi-3-mini-4k-instruct 没有 GQA",
            "384 KiB 对 128 KiB",
        ),
        (
            "DeepSeek-V2 on 8x H200 with TP8 in sglang: KV tokens don't grow with the cards as they do for Llama-3-70B, bug?",
            "No bug: tensor parallelism divides KV heads, and DeepSeek-V2",
            "40 KiB on each",
        ),
        (
            "Baichuan2-13B比Qwen2.5-14B在16k下多占10G显存,模型文件不是一样大吗",
            "Baichuan2-13B-Chat 没有 GQA",
            "12.5 GiB 对 3.00 GiB,每条序列多 9.50 GiB",
        ),
        (
            "Why is Llama-2-7B at 32k 12GB above Llama-3.1-8B when the files are the same size?",
            "Llama-2-7b-hf has no GQA",
            "16.0 GiB against 4.00 GiB, 12.0 GiB more for each sequence",
        ),
        (
            "Qwen1.5-14B和Qwen2.5-14B权重差不多大,为什么前者32k多用20G显存",
            "Qwen1.5-14B-Chat 没有 GQA",
            "差别不在权重:Qwen1.5-14B-Chat 为 28.3 GB",
        ),
        ("Why does Qwen2.5-32B need 30GB more than Qwen2.5-14B in bf16?", "It is mostly the weights", "61.0 GiB"),
    ],
)
def test_what_sets_two_models_apart_opens_the_answer(question: str, opens: str, says: str) -> None:
    text = (
        _ASSISTANT.ask(question)
        .text.replace("\uff1a", ":")
        .replace("\uff0c", ",")
        .replace("\uff08", "(")
        .replace("\uff09", ")")
    )
    assert text.startswith(f"**{opens}")
    assert says in text
    assert "不一样。" not in text


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("Baichuan2-13B比Qwen2.5-14B多用10G显存,为什么", None),
        ("Qwen2.5-7B开32k比8k多占12G显存正常吗", None),
        ("Qwen2.5-7B最多用10G显存能跑32k吗", 10),
    ],
)
def test_what_is_used_more_is_no_card(question: str, memory: float | None) -> None:
    assert read(question).fact("gpu_memory_gb") == memory


@pytest.mark.parametrize(
    "question",
    [
        "Should I run Qwen2.5-32B or Command-R 35B on a 3090? Why?",
        "Why is Qwen2.5-32B slower than Llama-2-13B on my A100?",
        "Llama-3-8B和Qwen2.5-7B同时部署在一张A100上为什么爆显存",
        "Why does LoRA on Qwen2.5-14B take more than on Llama-2-13B?",
        "Can Llama-3-8B and Qwen2.5-14B both run at 32k on a 4090?",
    ],
)
def test_a_choice_a_speed_a_training_and_two_at_once_are_no_such_question(question: str) -> None:
    assert not {"models_apart", "peers_fine"} & set(read(question).cues)


@pytest.mark.parametrize(
    ("question", "model", "length"),
    [
        ("does a 34B Yi fit a 24GB card", "01-ai/Yi-34B-Chat", None),
        ("34B的Yi在24G上能跑吗", "01-ai/Yi-34B-Chat", None),
        ("Yi-34B 32k on 48GB in Q4_K_M, does it fit", "01-ai/Yi-34B-Chat", 32768),
        ("Phi-3 mini 128k on a 4090", "microsoft/Phi-3-mini-128k-instruct", None),
    ],
)
def test_a_size_may_stand_before_the_name_and_a_length_behind_it(question: str, model: str, length: int | None) -> None:
    reading = read(question)
    assert (reading.fact("model"), reading.fact("seq_len")) == (model, length)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Other 14B models handle 32k on my 3090 but Qwen1.5-14B-Chat Q4_K_M doesn't. What's wrong?", "Qwen1.5-14B-Chat has no GQA"),
        ("Why does Command-R 35B eat so much more than other 35B models at 16k in ollama?", "c4ai-command-r-v01 has no GQA: all 64 heads"),
        ("别的13B模型都没事,就CodeLlama-13B 16k在3090上爆显存,为什么", "CodeLlama-13b-hf 没有 GQA"),
        ("MPT-7B的KV缓存比其他7B大很多,正常吗", "mpt-7b 没有 GQA"),
    ],
)  # fmt: skip
def test_why_it_takes_more_than_its_peers_opens_the_answer(question: str, opens: str) -> None:
    assert _ASSISTANT.ask(question).text.replace("\uff1a", ":").startswith(f"**{opens}")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-3-12b 开32k,kv怎么算", ("48 层中只有 8 层是全局层", "12.0 GiB")),
        ("gemma-2-9b 8k的kv缓存怎么算的", ("42 层中只有 21 层是全局层", "2.62 GiB")),
    ],
)  # fmt: skip
def test_how_a_windowed_cache_comes_about_tells_its_windows_first(question: str, says: tuple[str, ...]) -> None:
    opening = _ASSISTANT.ask(question).text.split("\n")[0]
    assert all(one in opening for one in says)


def test_totals_of_no_length_are_made_of_weights_first() -> None:
    reading = read("为什么chatglm2-6b-int4需要12G以上显存？chatglm-6b-int4只要7G")
    assert not {"models_apart", "peers_fine"} & set(reading.cues)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("why does gemma3 27b use more vram than qwen 32b at same ctx", "By these figures it is the other way round"),
        ("为什么 gemma-3-27b 比 Qwen2.5-32B 还占显存", "按这些数字正好相反"),
        ("why does qwen2.5 32b use more vram than gemma3 27b", "It is mostly the weights"),
        (
            "Qwen1.5-7B takes more VRAM than Qwen2.5-14B at 32k context, how come?",
            "By these figures it is the other way round",
        ),
        ("Qwen1.5-7B 在 32k 下比 Qwen2.5-14B 还占显存,怎么回事", "按这些数字正好相反"),
        ("Llama-2-7B needs more memory than Llama-3.1-8B at 32k. How is that possible?", "has no GQA"),
        ("why does llama 2 13b need more memory than qwen2.5 14b at 32k", "has no GQA"),
    ],
)
def test_who_is_said_to_take_more_does(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Phi-3-mini-128k (3.8B) needs as much VRAM as Llama-3.1-8B at 32k context, both fp16. How can that be?",
        "Phi-3-mini-128k takes as much as Llama-3.1-8B at 32k. How is that possible?",
        "Phi-3-mini-128k 才3.8B,32k上下文显存却和Llama-3.1-8B一样多,怎么可能",
    ],
)
def test_how_it_can_be_asks_why_and_a_size_said_again_is_no_third_model(question: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert "has no GQA" in opening or "没有 GQA" in opening
    assert "384 KiB" in opening
    assert "128 KiB" in opening


def test_how_both_can_be_served_asks_for_no_cause() -> None:
    cues = read("How can both Phi-3-mini-128k and Llama-3.1-8B be served at 32k on a 4090?").cues
    assert not {"models_apart", "peers_fine"} & set(cues)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("can llama3 be deployed on a T4? minimum hardware for 8b and 70b", "Meta-Llama-3-70B-Instruct takes at least 4 such cards (4-bit), 16 in 16-bit (2 machines of 8)."),
        ("Can a single 3090 serve Qwen2.5-32B? What do I need at least for 32B and 72B?", "Qwen2.5-72B-Instruct takes at least 2 such cards (4-bit), 8 in 16-bit."),
        ("最低需要什么硬件跑 Qwen2.5-7B 和 72B?T4 能部署吗", "Qwen2.5-72B-Instruct 至少要 4 张(4 位);16 位要 16 张,即 2 台 8 卡机。"),
    ],
)  # fmt: skip
def test_of_several_models_the_fewest_cards_are_told_with_their_format(question: str, says: str) -> None:
    assert normalise(says).text in normalise(answer_to(question).split("\n\n")[0]).text


def test_a_model_that_the_card_holds_in_some_format_takes_no_more_of_them() -> None:
    assert "at least" not in answer_to("Llama-3-8B or Qwen2.5-7B on a 4090?").split("\n\n")[0]

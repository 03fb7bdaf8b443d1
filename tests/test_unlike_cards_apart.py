"""Why one program runs a model over unlike cards and another does not: what each makes of them, what is left, and what else would go."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


def _said(text: str) -> list[str]:
    return answer_to(text).replace("（", " (").replace("）", ")").split("\n\n")


@pytest.mark.parametrize(
    "text",
    [
        # the fullest card of the one that runs takes more than a card of the other
        "3090 24G + 4060Ti 16G 一共40G,vLLM tp=2 跑 Qwen3-32B-FP8 起不来,4060Ti 直接炸。llama.cpp 跑 Q8_0(34.8G)反而能跑,这是为什么",
        "vLLM tp=2 with Qwen3-32B-FP8 on a 3090 24GB + 4060 Ti 16GB dies on the 4060 Ti, but llama.cpp runs the Q8_0 (34.8 GB) fine. 40 GB in total, so why?",
        "llama.cpp splits Qwen3-32B Q8_0 across my 3090 and 4060 Ti 16GB without trouble, vLLM --tensor-parallel-size 2 with the FP8 won't start. Why?",
    ],
)
def test_what_each_program_makes_of_unlike_cards_comes_first(text: str) -> None:
    opening, pipeline = _said(text)[:2]
    assert "2 × 16 = 32 GB" in opening
    assert "--tensor-split 24,16" in opening
    assert "5.30 GiB" in opening  # 40.0 less 34.7
    assert "18.0 GiB" in opening
    assert "VLLM_PP_LAYER_PARTITION=40,24" in pipeline
    assert "11.0 GiB" in pipeline  # the same in 4 bit
    assert not opening.startswith(("没有用", "No:", "**没有用", "**No:"))


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("3090 24G 加一张 3060 12G，8bit 的 Qwen3-32B，vllm tp=2 在 3060 上爆，llama.cpp 却能跑，为什么？", "**vLLM（张量并行 2）：每张卡一样多，只相当于 2 × 12 = 24 GB，放不下"),
        ("3090 24GB + 3060 12GB, Qwen3-32B in 8 bit: vLLM tp 2 OOMs on the 3060, llama.cpp works. Why?", "**vLLM (tensor parallel 2): not 36 GB, each card gets the same, 2 × 12 = 24 GB"),
    ],
)  # fmt: skip
def test_on_cards_that_are_not_alike_both_layouts_are_told(text: str, opens: str) -> None:
    answer = answer_to(text)
    assert set(read(text).facts["engine"]) == {"vllm", "llama.cpp"}
    assert answer.startswith(opens)
    assert "llama.cpp" in answer.split("\n\n")[0]


def test_ollama_lays_layers_out_by_itself() -> None:
    text = "4090 24G 加 4060Ti 16G,vLLM tp=2 跑 Qwen3-32B-FP8 显存不够,ollama 跑 Q8_0 正常,为啥"
    opening = _said(text)[0]
    assert "Ollama (Q8_0)" in opening
    assert "--tensor-split" not in opening


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-32B AWQ: 3090 and 4060 Ti 16GB, which one should I buy?",
        "14B Q4_K_M with tp 2 on two 3090s, or on a 4060 Ti 16GB?",
    ],
)
def test_cards_to_choose_from_stay_apart(text: str) -> None:
    assert not any(" + " in str(one) for one in read(text, None).facts["gpu"])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("3090 24GB + 3060 12GB = 36 GB, but vLLM TP=2 goes OOM with Mistral-Small-24B int8 (24 GB)", "llama.cpp lays layers out by memory as it is (--tensor-split 24,12): a Q8_0 file fits"),
        ("4090 24G 加 3060 12G，vLLM TP=2 跑 Qwen2.5-32B AWQ 爆显存，怎么办", "llama.cpp 本来就按显存分层（--tensor-split 24,12）：Q4_K_M 文件放得下"),
    ],
)  # fmt: skip
def test_what_tensor_parallel_does_not_hold_is_told_as_a_file_as_well(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("Can I combine a 3090 24GB and a 3060 12GB for Command-R 32B Q6_K with 16k? vLLM TP=2 OOMs on the 3060", "**No, by tensor parallel it does not fit:", "it fits (llama.cpp, --tensor-split 24,12): 29.5 GiB in all of 36.0 GiB"),
        ("Combining a 4090 with a 3060 12GB in vLLM, Qwen2.5-32B AWQ: do I get 36GB?", "**By tensor parallel it is borderline:", "uses all 36 GB and fits"),
        ("3090 24G加一张3060 12G混插，vllm tp=2总共只能用到24G？想跑32B", "**是，张量并行让每张卡分得一样多", "4 位放得下：** 合计 22.0 GiB / 33.1 GiB"),
        ("24G的3090和12G的3060混着用，vllm tp=2 一共能用36G吗？想跑32B", "**不是：张量并行让每张卡分得一样多", "4 位放得下"),
    ],
)  # fmt: skip
def test_what_holds_it_by_layers_is_told_where_an_even_split_does_not(question: str, opens: str, said: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert said in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vLLM tensor parallel 2 on a 3090 24GB + 3060 12GB, Qwen3-32B-AWQ OOMs. 36GB total should be plenty for 19GB", "together they count as 2 × 12 = 24 GB, not 36 GB."),
        ("vllm tp=2，一张4090 24G加一张3060 12G跑Qwen3-32B-AWQ爆显存，加起来36G，模型才19G，怎么会不够", "相当于 2 × 12 = 24 GB，而不是 36 GB。"),
    ],
)  # fmt: skip
def test_where_their_sum_is_said_to_be_enough_it_is_told_first_what_they_count_for(question: str, opens: str) -> None:
    told = answer_to(question).split("\n\n")
    assert opens in told[0], told[0]
    assert any(one.startswith(("**The likeliest cause", "**最可能的原因")) for one in told[1:])


def test_the_cause_comes_first_where_no_sum_is_told() -> None:
    assert answer_to("Qwen3-32B-AWQ on 4090 + 3060 12GB with vLLM OOMs at tp 2, why?").startswith(
        "**The likeliest cause"
    )

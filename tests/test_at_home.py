"""What people ask of the machine at home: which file, how fast with layers in RAM, unlike cards, the larger model or more bits."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.plans.understood import understood
from chat.reads.grammar import read


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant()


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B Q8 or Qwen2.5-14B Q4 on a 12GB card, which one?", "**Both fit: Qwen2.5-14B-Instruct, Q4_K_M"),
        ("8GB card: 3B Q8_0 or 8B Q4_K_M", "**Both fit: 8B, Q4_K_M"),
        ("34B Q4, 14B Q8 or 8B fp16 on a 24GB card, which should I take?", "**Take 34B (Q4_K_M): of those that fit the most"),
        ("16G显卡跑3B fp16、7B Q8还是14B Q4，选哪个", "**选 14B（Q4_K_M）："),
    ],
)  # fmt: skip
def test_more_parameters_in_four_bits_are_not_said_to_cost_quality(
    question: str, opens: str, assistant: Assistant
) -> None:
    assert assistant.ask(question).text.startswith(opens)


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("4090 + 3060 12GB, can I run a 32B?", "gguf:Q4_K_M"),
        ("RX 7900 XTX, will Qwen2.5-32B run?", "gguf:Q4_K_M"),
        ("RX 6800 和 1660 Super 插一起能跑14B吗", "gguf:Q4_K_M"),
        ("Strix Halo 128GB for Llama-3.3-70B?", "gguf:Q4_K_M"),
        ("4x MI300X for Llama-3.3-70B?", [16, 8, 4]),
        ("4090 + 3090, can they run a 32B?", [16, 8, 4]),  # alike in memory, as a server has them
    ],
)
def test_unlike_cards_and_those_without_servers_run_files(question: str, stored: object) -> None:
    facts = understood(read(question))
    assert facts.get("weight_format", facts.get("bits")) == stored


@pytest.mark.parametrize(
    ("question", "layers"),
    [
        ("70B Q4_K_M on a 3090, 64GB RAM, 38 layers offloaded, 2 t/s. normal?", (38,)),
        ("llama.cpp offloaded 22/33 layers of an 8B Q8, 3050 6GB, speed?", (22,)),
        ("offloading 30 layers of a 34B Q5 to my 3080, how fast?", (30,)),
        ("3060 12G 把30层放显存 跑32B q4 速度", (30,)),
        ("offload 20 layers to cpu, 32B Q4 on a 3090", None),
        ("20 layers offloaded to RAM, 3090, 70B Q3_K_M", None),
    ],
)
def test_layers_are_offloaded_to_the_card(question: str, layers: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("gpu_layers") == layers


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("70B Q4 on a 3090 + 64GB DDR4, 1.5 t/s. normal? would a second 3090 fix it?", 1),
        ("2x 3090 run 70B Q6 at 2 t/s, would a third 3090 be faster?", 2),
        ("一张3090跑32B q8只有3 token/s,再加一张会快吗", 1),
    ],
)
def test_one_more_card_is_set_against_those_there_are(question: str, cards: int, assistant: Assistant) -> None:
    name, args = plan(read(question))[0]
    assert name == "generation_speed"
    assert (args.get("n_gpus", 1), args["more_cards"]) == (cards, 1)
    assert f"{cards + 1} × RTX 3090" in assistant.ask(question).text


def test_a_rate_with_layers_in_ram_is_judged_as_placed(assistant: Assistant) -> None:
    said = assistant.ask("70B Q4_K_M on a 3090 with 64GB DDR4-3200, 1.5 t/s. normal? would a second 3090 help?").text
    assert said.startswith("**1.5 tokens/s is in the usual span**: 70B, Q4_K_M, RTX 3090")
    assert "quantised weights" not in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-14B on a 3060 12GB: what quant and how fast?", ("Qwen3-14B Q5_K_M", "tokens/s")),
        ("command-r 35b on a 3090, highest quant I can run, and speed?", ("Q3_K_M", "tokens/s")),
        ("M2 Max 64G 跑 llama 70B 用哪个量化，多快", ("Q4_K_M", "token")),
    ],
)
def test_which_file_and_how_fast_are_one_answer(question: str, says: tuple[str, ...], assistant: Assistant) -> None:
    assert [name for name, _ in plan(read(question))][:1] == ["recommend"]
    said = assistant.ask(question).text
    assert all(one in said for one in says)
    assert not any(one in said for one in ("No speed is given", "没有算速度"))


def test_the_next_larger_file_fits_with_a_narrower_cache(assistant: Assistant) -> None:
    assert "; with a q8_0 cache it fits" in assistant.ask("Qwen2.5-14B, 12GB 3060, which quant with 16k context?").text


def test_of_two_files_one_takes_the_others_place(assistant: Assistant) -> None:
    said = assistant.ask("Strix Halo 128GB for Qwen3-235B-A22B?").text
    assert "(Q3_K_M) + 3-bit" not in said


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("whats the context limit for phi-4 q4_k_m on my 12GB 3060 w/ q8 kv", ("seq_len",)),
        ("3060 12G 跑 Qwen2.5-7B q8,上下文上限是多少", ("seq_len",)),
        ("Llama-3-8B has a context limit of 8192, does Q8 fit in 10GB?", ()),
        ("the context limit is 32k. will Qwen2.5-32B Q4 fit on my 3090?", ()),
    ],
)
def test_a_limit_of_the_context_is_asked_or_told(question: str, asks: tuple[str, ...]) -> None:
    assert read(question).asks == asks


@pytest.mark.parametrize(
    ("question", "rates"),
    [
        ("raised num_ctx from 4096 to 65536 on qwen3:14b, 4080, it dropped from 50 t/s to 6, why?", (6.0,)),
        ("速度从40 t/s掉到5,qwen2.5 14b q6,3060 12G,上下文16k,为什么", (5.0,)),
        ("went from 30 to 12 t/s after 20k tokens, qwen3 14b q4 on a 4060ti 16gb, normal?", (12.0,)),
        ("qwen3 14b q4 on a 4060ti 16gb gives 20 to 24 t/s, normal?", (22.0,)),
    ],
)
def test_of_a_speed_that_fell_the_later_is_asked_about(question: str, rates: tuple[float, ...]) -> None:
    assert read(question).extras["rate"] == rates


def test_a_context_that_was_raised_says_what_spilled(assistant: Assistant) -> None:
    said = assistant.ask(
        "ollama, num_ctx was 2048, I set it to 131072 for llama3.1:8b on a 12GB card, now it's slow. why?"
    )
    assert said.text.startswith("**At 131,072 tokens it no longer fits on the card")


@pytest.mark.parametrize(
    ("question", "draft", "stored"),
    [
        ("speculative decoding: Qwen2.5-32B Q4_K_M + 0.5B Q8 on 24GB, what does the draft take?", True, "gguf:Q4_K_M"),
        ("spec decoding with a 70B Q4 and an 8B Q4 on 48GB?", True, "gguf:Q4_K_M"),
        ("投机解码:72B q4 加 1.5B q8,48G放得下吗", True, "gguf:Q4_K_M"),
        ("speculative decoding: 70B or 32B with 24GB?", False, None),
    ],
)
def test_the_small_one_beside_it_drafts(question: str, draft: bool, stored: str | None) -> None:
    facts = read(question).facts
    assert ("draft_model" in facts) is draft
    assert facts.get("weight_format", (None,)) == (stored,)


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("M4 Mac mini base 16GB, what's the biggest model without swapping?", (16,)),
        ("m3 air 24gb what model", (24,)),
        ("M4 Max跑70B q4要42G,我的128G版够吗", (128,)),
        ("my M2 Pro shows 16GB used by an 8B at Q8, why", None),
    ],
)
def test_an_amount_beside_a_chip_is_its_memory(question: str, memory: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("gpu_memory_gb") == memory

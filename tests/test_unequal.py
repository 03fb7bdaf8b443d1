"""Cards of unequal size in one machine: how they are read, what counts of them by program, what each takes, and the switch."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.answers.change_words import beside_change
from chat.guard import Guard
from chat.reads.grammar import read
from kb.changes import changes
from kb.facts import one_case
from kb.outcome import outcome
from kb.unequal import shifted, unequal
from tests.talking import answer_to, opening

QWQ: dict[str, Any] = {"model": "QwQ-32B", "bits": 4, "seq_len": 16384, "gpu": "RTX 4090 + RTX 3060 12 GB"}


def of(**facts: Any) -> dict[str, Any]:
    found = unequal(outcome(one_case(facts)))
    assert found is not None
    return found


# ── what counts, and what each card takes ──────────────────────────────────────────────────────────────────────────


def test_layers_in_proportion_use_all_of_the_memory() -> None:
    found = of(**QWQ, engine="llama.cpp")
    assert (found["by_layers"], found["counted_gb"], found["switch"]) == (True, 36, "--tensor-split 24,12")
    assert sum(one["gib"] * one["count"] for one in found["each"]) == pytest.approx(found["total_gib"])
    assert sum(one["gib"] for one in found["terms"]) == pytest.approx(found["total_gib"])
    assert found["each"][0]["gib"] > 1.5 * found["each"][1]["gib"]


@pytest.mark.parametrize(
    ("engine", "switch"),
    [("vllm", "VLLM_PP_LAYER_PARTITION=44,20"), ("sglang", "SGLANG_PP_LAYER_PARTITION=44,20")],
)
def test_a_server_gives_each_the_same_unless_its_stages_are_set(engine: str, switch: str) -> None:
    found = of(**QWQ, engine=engine)
    assert (found["by_layers"], found["counted_gb"], found["whole_gb"]) == (False, 24, 36)
    assert [one["gib"] for one in found["each"]] == [found["total_gib"] / 2] * 2
    other = found["otherwise"]
    assert other["counted_gb"] == 36
    assert switch in other["switch"]
    assert sum(one["layers"] for one in other["each"]) == 64


def test_a_servers_share_is_of_each_card_its_own() -> None:
    large, small = of(**QWQ, engine="vllm")["each"]
    assert large["capacity_gib"] > 1.9 * small["capacity_gib"]
    assert (large["verdict"], small["verdict"]) == ("yes", "no")
    large, small = of(**QWQ, engine="sglang")["each"]
    assert large["capacity_gib"] > 20 > small["capacity_gib"]


def test_a_copy_or_a_shard_is_as_large_as_the_smallest_allows() -> None:
    found = of(params="7B", method="qlora", bits=4, zero_stage=0, gpu="RTX 4090 + RTX 3060 12 GB")
    assert (found["by_layers"], found["even_gb"]) == (False, 24)
    assert found["alone"]["verdict"] == "yes"
    assert found["otherwise"]["by_layers"]


def test_cards_of_one_size_are_not_unequal() -> None:
    assert unequal(outcome(one_case({**QWQ, "gpu": "RTX 4090 + RTX 3090"}))) is None
    assert unequal(outcome(one_case({**QWQ, "gpu": "RTX 4090", "n_gpus": 2}))) is None


def test_of_unequal_cards_some_layers_may_stay_in_host_memory() -> None:
    from kb.changes import changes

    where = outcome(one_case({"model": "Llama-3.3-70B-Instruct", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp",
                              "gpu": "RTX 3090 + RTX 4060 Ti 16 GB"}))  # fmt: skip
    offered = changes(where)
    assert any("gpu_layers" in one["facts"] for one in offered)
    assert not any("n_gpus" in one["facts"] for one in offered)  # of which of them would there be more?


def test_a_layer_more_on_the_larger_card_is_offered_where_it_is_enough() -> None:
    where = outcome(one_case({"model": "Llama-3.3-70B-Instruct", "weight_format": "gguf:Q5_K_M", "engine": "llama.cpp", "seq_len": 16384,
                              "gpu": "RTX A6000 + RTX 3060 Ti"}))  # fmt: skip
    assert where.verdict == "borderline"
    shares, moved, card = shifted(where) or ("", 0, None)
    assert (shares, moved, card and card.name) == ("71,10", 1, "RTX A6000")
    assert outcome(one_case({**where.case.facts, "tensor_split": shares})).verdict == "yes"


def test_no_shares_are_offered_where_all_is_too_little_or_the_program_takes_none() -> None:
    facts = {"model": "Llama-3.3-70B-Instruct", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 3090 + RTX 4060 Ti 16 GB"}
    assert shifted(outcome(one_case({**facts, "engine": "llama.cpp"}))) is None
    assert shifted(outcome(one_case({**facts, "engine": "vllm"}))) is None


# ── how they are read ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "gpu", "count"),
    [
        ("一张A100 80G加两张A100 40G微调13B LoRA", "A100 80 GB + 2 × A100 40 GB", 3),
        ("FSDP 8B full fine-tune on one A100 80GB and one A100 40GB", "A100 80 GB + A100 40 GB", 2),
        ("I have two 24GB cards and one 12GB card, Qwen 72B Q4_K_M?", "2 × 24GB + 12GB", 3),
        ("两张24G加一张12G显卡跑70B q4", "2 × 24GB + 12GB", 3),
        ("2x 24GB + 1x 16GB, 70B IQ4_XS llama.cpp", "2 × 24GB + 16GB", 3),
        ("3090 (24GB) with a 4060 Ti (16GB) as second card for 70B", "RTX 3090 24 GB + RTX 4060 Ti 16 GB", 2),
        ("My 3090 is paired with a 12 GB 3060; QwQ 32B Q5?", "RTX 3090 + RTX 3060 12 GB", 2),
        ("4090 24G, 3060 12G in one box: 32B q6?", "RTX 4090 24 GB + RTX 3060 12 GB", 2),
        ("同一台机器里插了 A6000 48G、3090 24G,跑 72B int4", "RTX A6000 48 GB + RTX 3090 24 GB", 2),
        ("Should I add a 3090 to my 4070 Ti 12GB for 32B?", "RTX 3090 + RTX 4070 Ti 12 GB", 2),
        ("I've a 4090 and want to add my old 2080 Ti 11GB. Does it help for a 32B?", "RTX 4090 + RTX 2080 Ti 11 GB", 2),
        ("A100 80GB + 2x A100 40GB, FSDP full fine-tune of Qwen2.5-14B", "A100 80 GB + 2 × A100 40 GB", 3),
        ("一张4090一张4070Ti 12G,是按36G算还是按24G算?", "RTX 4090 + RTX 4070 Ti 12 GB", 2),
        ("3090+3060 12G 双卡跑 32B q4", "RTX 3090 + RTX 3060 12 GB", 2),
        ("H100 80G 和 A100 40G 各一张,LoRA Qwen2.5-7B,ZeRO-3,够不够", "H100 80 GB + A100 40 GB", 2),
        ("my rig: 1x 4090, 2x 3090, 1x 3060 12GB. Will a 70B Q6_K run?", "RTX 4090 + 2 × RTX 3090 + RTX 3060 12 GB", 4),
        ("我有4090一张、3090两张,跑72B awq", "RTX 4090 + 2 × RTX 3090", 3),
        ("My 3090 (24GB) and 3060 (12GB): how many layers go to each for a 32B Q4_K_M?", "RTX 3090 24 GB + RTX 3060 12 GB", 2),
        ("I have 3 cards: 3090, 3080 10GB, 1080 Ti 11GB. Longest context of a 32B Q4_K_M?", "RTX 3090 + RTX 3080 10 GB + GTX 1080 Ti 11 GB", 3),
        ("机器里有三块显卡:5090、4090、3090,70B Q6_K 能跑吗", "RTX 5090 + RTX 4090 + RTX 3090", 3),
        ("在 4090 24G 和 3060 12G 上跑 32B awq,能用满36G吗", "RTX 4090 24 GB + RTX 3060 12 GB", 2),
    ],
)  # fmt: skip
def test_cards_of_one_machine_are_read_in_many_forms(question: str, gpu: str, count: int) -> None:
    facts = read(question).facts
    assert (facts["gpu"], facts["n_gpus"]) == ((gpu,), (count,))


@pytest.mark.parametrize(
    "question",
    [
        "A100 80GB vs A100 40GB for 13B LoRA?",
        "Compare a 3090 with a 4090 for 13B",
        "H100 80GB and A100 40GB, which is better for 13B?",
        "24GB or 12GB card for 8B?",
        "4090 24G 还是 3060 12G 跑 8B?",
        "I have a 4090, which card should I add: 3090 or 3060 12GB?",
        "A100 80G和A100 40G各有什么区别",
    ],
)
def test_alternatives_are_no_machine(question: str) -> None:
    assert not any("+" in str(gpu) for gpu in read(question).facts.get("gpu", ()))


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("I have two cards, 3090 and 4090, which one should run a 32B Q4?", ()),
        ("我有两张卡,3090 和 4090,哪张跑 32B Q4 更好", ()),
        ("I need 2 cards, 3090 or 4090, for a 70B Q4", (2,)),
    ],
)
def test_as_many_cards_as_are_named_are_one_of_each(question: str, counts: tuple[int, ...]) -> None:
    facts = read(question).facts
    assert (facts["gpu"], facts.get("n_gpus", ())) == (("RTX 3090", "RTX 4090"), counts)


def test_what_each_of_several_changes_leaves_is_of_all_cards_as_well() -> None:
    """A sum over all cards is not held against the fullest one."""
    part = {
        "says": "4-bit weights",
        "zh": "4 位权重",
        "verdict": "borderline",
        "leaning": "likely",
        "gib": 20.5,
        "total_gib": 27.5,
    }
    assert "27.5 GiB" in beside_change({"alone": [part]}, "en", {"by_layers": True})
    assert "20.5 GiB" in beside_change({"alone": [part]}, "zh", {"by_layers": False})
    guard = Guard()
    guard.learn(part)
    assert not guard.strangers("4-bit weights 27.5 GiB (most likely fits)")


def test_no_sum_of_changes_is_offered_of_which_one_is_enough() -> None:
    found = changes(outcome(one_case({"model": "Llama-3.3-70B-Instruct", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp",
                                      "gpu": "RTX 4090 + RTX 3060 12 GB", "tensor_split": "3,1"})))  # fmt: skip
    assert [one["says"] for one in found if "weight_format" in one["facts"]] == ["3-bit weights (IQ3_XXS)"]


@pytest.mark.parametrize(
    "question",
    ["Which is better for a 72B Q4_K_M: 3090+3090 or 4090+3060 12GB?", "2x3090 还是 4090+3060 12G 跑 70B q4"],
)
def test_machines_to_choose_from_are_each_one(question: str) -> None:
    assert read(question).facts["gpu"] == ("RTX 3090 + RTX 3090", "RTX 4090 + RTX 3060 12 GB")


def test_of_machines_to_choose_from_each_is_told_with_all_that_it_takes() -> None:
    text = answer_to("2x3090 还是 4090+3060 12G 跑 70B q4,哪个放得下")
    assert "（41.6 GiB / 36.0 GiB）放不下" in text
    text = answer_to("Which is better for Qwen2.5-72B Q4_K_M: 3090+3090 or 4090+3060 12GB?")
    assert "46.7 GiB in all of 36.0 GiB, does not fit" in text


def test_only_programs_with_stages_of_their_own_length_are_told_of_them() -> None:
    facts = {"model": "Llama-3.1-70B-Instruct", "weight_format": "awq-int4-g128", "gpu": "L40S + RTX 4090", "tp": 2}
    assert of(**facts, engine="tensorrt-llm")["otherwise"] is None
    assert of(**facts, engine="vllm")["otherwise"]["by_layers"]


def test_a_card_that_is_named_again_by_its_size_is_no_other_one() -> None:
    reading = read("DeepSpeed ZeRO-2 on RTX 6000 Ada 48G + 4090 24G, 7B LoRA: does the 48G card help?")
    assert "gpu_memory_gb" not in reading.facts


def test_their_sum_is_no_claim_and_no_card() -> None:
    reading = read("4090 24G + 3060 12G: is that 36 GB for QwQ-32B?")
    assert reading.extras["whole_gb"] == (36,)
    assert not reading.claims
    assert "gpu_memory_gb" not in reading.facts
    assert "whole_gb" not in read("4090 24G + 3060 12G: is 20 GB enough for QwQ-32B?").extras


# ── what is answered ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("一张4090 24G加一张3060 12G,vllm tp=2跑qwen2.5-14b-awq,这36G能都用上吗", "2 × 12 = 24 GB"),
        ("4090 24GB and a 4060 Ti 16GB together, vLLM tp 2, Qwen2.5-32B-AWQ: is all of the 40GB used?", "2 × 16 = 32 GB of 40 GB"),
        ("I have a 3090 and a 3060 12GB. llama.cpp with Qwen3-32B Q4_K_M, what tensor split should I use?", "-ts 24,12"),
        ("3090+3060 12G,llama.cpp 跑 QwQ-32B q4 每张卡分多少层", "RTX 3090 44 层、RTX 3060 12 GB 20 层"),
        ("3090 24G + 3060 12G = 36G, is that enough for Qwen2.5-32B Q8_0 with llama.cpp?", "34.7 GiB in all of 36.0 GiB"),
        ("70B q4_k_m,4090加3060 12G共36G,内存64G,能跑吗", "只有把部分层放到内存才放得下"),
        ("3090 24G + 2080Ti 11G 用 ollama 跑 qwen2.5 32b,显存能叠加吗", "Ollama 会自动这样做"),
        ("A6000 48G 加 3090 24G 能当 72G 用吗?qwen2.5-72b q4", "是,合计按 72 GB 用"),
        ("4090 + 3060 12G 微调 Qwen2.5-7B QLoRA,显存能合起来用吗", "不是 36 GB"),
        ("4090 24G + 3060 12G: is that 36 GB for QwQ-32B 4 bit with 16k? vllm or llama.cpp", "llama.cpp: 36 GB count"),
    ],
)  # fmt: skip
def test_what_unequal_cards_count_for_together_is_said_first(question: str, said: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert said in first.replace("\uff0c", ",")


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("Will Llama-3.3-70B Q4_K_M run on a 4090 + 3090 + 3060 12GB in llama.cpp?", "**Yes.", "--tensor-split 24,24,12"),
        ("3090 24G + 4060Ti 16G: does llama3 70B q4_k_m run in llama.cpp?", "**No.", "42.3 GiB in all of 40.0 GiB"),
        ("3090 + 3060 12G 混插,llama.cpp 跑 Qwen3-32B Q4_K_M 够不够?", "**可以。", "可用合计 36.0 GiB"),
        ("LoRA fine-tune a 13B on an RTX 4090 and an RTX 3060 12GB, DDP, does it fit?", "**No.", "the smallest (12 GB) decides"),
        ("3张卡 24G+24G+12G,vllm能张量并行吗,跑Qwen2.5-72B AWQ", "**不能用张量并行", "3 × 12 = 36 GB,而不是 60 GB"),
        ("A100 80GB + 2x A100 40GB, FSDP full fine-tune of Qwen2.5-14B: 160GB total, enough?", "**Not as 160 GB", "3 × 40 = 120 GB"),
        ("why does vllm OOM on a 4090 24GB + 3060 12GB with tp 2, QwQ-32B-AWQ at 16k? 36GB in total", "**", "2 × 12 = 24 GB"),
        ("sglang 在 4090 24G + 3060 12G 上跑 Qwen2.5-32B awq 行吗", "**不行。", "SGLANG_ENABLE_TP_MEMORY_INBALANCE_CHECK"),
    ],
)  # fmt: skip
def test_whether_it_runs_comes_first_and_then_what_counts(question: str, opens: str, said: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert said in text.replace("\uff0c", ",")


def test_set_ups_on_unequal_cards_add_up_card_by_card() -> None:
    text = answer_to("llama.cpp or vllm for QwQ-32B 4 bit with 16k on 4090 24G + 3060 12G?")
    assert "| RTX 3060 12 GB | 8.31 GiB (" in text
    assert "VLLM_PP_LAYER_PARTITION=44,20) uses all 36 GB and fits" in text


@pytest.mark.parametrize(
    ("first", "then", "gpu"),
    [
        ("Does QwQ-32B Q6_K fit on a 4090 with llama.cpp?", "and with a 4090 + 3060 12GB?", "RTX 4090 + RTX 3060 12 GB"),
        ("Does QwQ-32B Q6_K fit on a 4090 with llama.cpp?", "What if I add a 3060 12GB?", "RTX 4090 + RTX 3060 12 GB"),
        ("QwQ-32B Q6_K 两张3090 llama.cpp 放得下吗", "再加一张3060 12G呢", "2 × RTX 3090 + RTX 3060 12 GB"),
        ("QwQ-32B on a 4090 + 3060 12GB with llama.cpp, fits?", "And in vLLM?", "RTX 4090 + RTX 3060 12 GB"),
    ],
)  # fmt: skip
def test_a_follow_up_adds_a_card_of_another_size(first: str, then: str, gpu: str) -> None:
    facts = read(then, read(first)).facts
    assert facts["gpu"] == (gpu,)
    assert facts["n_gpus"] == (gpu.count("+") + 1 + ("2 ×" in gpu),)


def test_a_follow_up_asks_of_their_sum_or_takes_other_cards() -> None:
    first = read("QwQ-32B 4bit on a 4090 24GB + 3060 12GB with llama.cpp, fits?")
    assert read("so is that 36 GB?", first).extras["whole_gb"] == (36,)
    assert read("换成两张3090呢", first).facts["gpu"] == ("RTX 3090",)
    assert read("再加一张4090呢", read("QwQ-32B 一张4090 放得下吗")).facts["n_gpus"] == (2,)


def test_the_longest_context_names_the_card_that_is_full_first() -> None:
    text = answer_to("QwQ-32B q4 on 3090 + 3060 12GB: max context in llama.cpp?")
    assert "of the RTX 3060 12 GB, which is full first" in text


def test_cards_alike_are_told_as_before() -> None:
    text = answer_to("Qwen2.5-32B AWQ on two 3090 with vLLM at 8k, does it fit?")
    assert "the smallest" not in text
    assert "GiB per card" in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("With --tensor-split 1,1 on a 4090 and a 3060 12GB in llama.cpp: does Qwen2.5-32B Q6_K fit?", "in proportion to it (--tensor-split 24,12) all 36 GB count, and it fits:**"),
        ("4090+3060 12G，llama.cpp --tensor-split 3,1 跑 Llama 3.3 70B Q4_K_M 放得下吗", "按显存比例（--tensor-split 24,12）才用得上 36 GB，放不下：**"),
        ("llama.cpp --tensor-split 2,1 on 4090+3060 12GB: does Qwen2.5-32B Q6_K fit?", "in proportion to its memory (44 layers on the RTX 4090, 20 layers on the RTX 3060 12 GB; --tensor-split 2,1)"),
    ],
)  # fmt: skip
def test_shares_that_were_told_are_held_against_those_of_memory(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert not answer.notices


def test_ranks_of_a_server_are_none_of_llama_cpp_beside_it() -> None:
    asked = (
        "3090 24GB + 3060 12GB in one box. Qwen2.5-32B Q5_K_M 16k ctx in llama.cpp: do 36GB add up? "
        "vLLM with tensor-parallel 2 and a 4bit quant ran out on the small card"
    )
    opens = answer_to(asked).splitlines()[0]
    assert "llama.cpp (Q5_K_M): 36 GB count, split by layers (--tensor-split 24,12), and it fits" in opens
    assert "vLLM (4-bit, tensor parallel 2): not 36 GB" in opens


def test_ollama_divides_the_layers_by_itself() -> None:
    asked = "RTX 4090 and RTX 3060 12GB together: Ollama or vLLM tensor parallel for Qwen2.5-14B in 8 bit, does it fit?"
    opens = answer_to(asked).splitlines()[0]
    assert "Ollama: 36 GB count, split by layers, and it fits" in opens


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("card 0: 24GB, card 1: 16GB — will Qwen2.5-32B at Q6_K fit?", "24GB + 16GB"),
        ("gpu 0 has 24GB and gpu 1 has 8GB: 32B Q5_K_M ok?", "24GB + 8GB"),
        ("0号卡 24G、1号卡 16G,Qwen2.5-32B Q6_K 放得下吗?", "24GB + 16GB"),
    ],
)
def test_cards_by_their_numbers_are_two(question: str, cards: str) -> None:
    facts = read(question).facts
    assert (facts["gpu"], facts["n_gpus"]) == ((cards,), (2,))


def test_what_cards_show_is_no_size_of_theirs() -> None:
    assert "gpu" not in read("GPU 0: 18GB used, GPU 1: 3GB used, why? Qwen2.5-14B").facts


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("I have a 4090 and a 3060 12GB, can I run Llama-3.3-70B q4 with both? and without the 3060?", ("RTX 4090 + RTX 3060 12 GB: does not fit", "**RTX 4090: does not fit**")),
        ("2x3090 + 1x 3060: Qwen2.5-72B Q4_K_M 8k context fits? What if I take the 3060 out?", ("2 × RTX 3090 + RTX 3060 12 GB: fits", "**2 cards, RTX 3090 (divided by layers, pipeline 2): most likely does not fit**")),
        ("3090+2080ti 跑 Qwen2.5-32B Q4 16k上下文够吗?去掉2080ti呢?", ("RTX 3090 + RTX 2080 Ti:放得下", "**RTX 3090:放得下,但很紧**")),
    ],
)  # fmt: skip
def test_a_card_that_is_taken_away_leaves_the_others_by_themselves(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question).replace("\uff1a", ":").replace("\uff0c", ",")
    places = [text.index(one) for one in says]
    assert places == sorted(places)
    if "It fits with" in text:  # the case's own way out, before the change
        assert text.index("It fits with") < places[1]


def test_several_sizes_on_unequal_cards_have_a_verdict_each() -> None:
    text = answer_to("RTX 3090 + RTX 4060 Ti 16G, is that 40G for llama.cpp? 32B or 70B, Q4")
    assert text.startswith("**They count as 40 GB, though not as one card: each holds"), text
    assert "fits for 32B" in text, text
    assert "does not fit for 70B" in text, text


def test_cards_that_a_program_pools_are_one_machine() -> None:
    assert read("I've a 3090 (24) and an old 3060 (12), can llama.cpp pool them for a 70B?").facts["gpu"] == (
        "RTX 3090 24 GB + RTX 3060 12 GB",
    )


def test_formats_on_unlike_cards_are_set_side_by_side() -> None:
    first = opening("4090 24GB + 3060 12GB: gemma-3-27b in 8-bit or fp8 with vLLM, which takes less?")
    assert first.startswith("**8-bit: not 36 GB"), first
    assert "; FP8: not 36 GB" in first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("3090 24GB and 3060 12GB make 36GB, does Mistral Small 24B int8 run in vLLM with TP=2?", "**No, by tensor parallel it does not fit: each card gets the same, 13.3 GiB"),
        ("3090加3060 12G一共36G，vLLM TP=2跑Qwen3-8B放得下吗", "**张量并行放得下：每张卡分得一样多，9.43 GiB"),
        # how to divide is asked
        ("vllm --tensor-parallel-size 2, Qwen3-14B-AWQ on 4090 + 3060: can I set -ts 2,1?", "**Tensor parallel gives each card the same"),
    ],
)  # fmt: skip
def test_whether_an_even_split_fits_is_told_with_what_the_cards_count_for(question: str, opens: str) -> None:
    assert opening(question).startswith(opens), opening(question)


def test_the_largest_card_alone_is_told_in_four_bits() -> None:
    said = answer_to("3090 24GB + 3060 12GB, Mistral Small 24B int8 in vLLM with TP=2, can I run it?")
    assert "With a checkpoint in 4 bit (AWQ, GPTQ) one RTX 3090 alone holds it (15.2 GiB of 22.1 GiB)" in said

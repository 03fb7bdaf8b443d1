"""Models partly on a card and partly in RAM: which set-up to take, where its parts are, the switch, and what RAM slows."""

import re

import pytest

from chat.agent import Assistant
from kb.comparison import compare
from kb.estimator import estimate
from kb.rates import HostMemory, decoding
from kb.solver import solve
from tests.talking import answer_to

FORMATS = ({"weight_format": "gguf:Q4_K_M"}, {"weight_format": "gguf:Q8_0"})
MACHINE = {"model": "Qwen3-30B-A3B", "gpu": "RTX 4060 Ti", "gpu_memory_gb": 16, "host_memory_gb": 32}


def test_a_comparison_places_what_the_card_does_not_hold() -> None:
    """Card and RAM hold the whole together, the card is full and no more is in RAM than must be."""
    found = compare(FORMATS, **MACHINE).json()
    assert found["verdict"] == "conditional"
    placed = found["hybrid"]
    for one, runs in zip(found["setups"], placed["runs"], strict=True):
        assert one["verdict"] == "no"  # of the card alone
        assert runs["switches"] == f"--n-cpu-moe {runs['n_cpu_moe']}"
        assert 0 < runs["n_cpu_moe"] < runs["layers"] == 48
        assert runs["card_gib"] <= runs["capacity_gib"]
        assert runs["card_gib"] + runs["host_gib"] == pytest.approx(one["total_gib"], rel=0.03)
    few, many = placed["runs"]
    assert few["host_reads_gb"] < many["host_reads_gb"]
    assert placed["take"] == found["recommended"] == 0
    assert placed["times_as_fast"] > 1.5


def test_faster_ram_speeds_up_what_is_in_it() -> None:
    slow, fast = (
        compare(FORMATS, (), HostMemory.of(gb_s=rate), **MACHINE).json()["hybrid"]["runs"][1] for rate in (50, 100)
    )
    assert slow["rate"][1] < fast["rate"][1] < 2 * slow["rate"][1]
    assert fast["host_bandwidth"] == [100e9, 100e9]


def test_layers_of_a_dense_model_are_counted_as_llama_cpp_counts_them() -> None:
    """`-ngl N` is the output layer and N - 1 others."""
    runs = compare(FORMATS, model="Qwen3-32B", gpu="RTX 3060", host_memory_gb=64).json()["hybrid"]["runs"][0]
    layers = int(runs["switches"].removeprefix("-ngl "))
    assert runs["hosted_layers"] == runs["layers"] - (layers - 1)


@pytest.mark.parametrize(
    "facts",
    [
        {
            "model": "Qwen3-30B-A3B",
            "gpu": "RTX 5090",
            "host_memory_gb": 64,
            "seq_len": 2048,
            "weight_format": "gguf:Q4_K_M",
        },
        {"model": "Qwen3-30B-A3B", "gpu": "Apple M4 Max", "gpu_memory_gb": 36, "host_memory_gb": 36},
        {"model": "Qwen3-30B-A3B", "gpu": "RTX 4060 Ti", "gpu_memory_gb": 16},
    ],
)
def test_what_the_card_holds_or_shares_is_compared_as_before(facts: dict[str, object]) -> None:
    sides = [{"kv_format": "q8_0"}, {"kv_format": "fp16"}] if "weight_format" in facts else FORMATS
    assert compare(sides, **facts).json()["hybrid"] is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("RTX 4060 Ti 16GB, 32GB RAM. Qwen3-30B-A3B as Q4_K_M or as Q8_0, and how do I split it?", r"\*\*Take Q4_K_M with `--n-cpu-moe \d+`: .* on the card, .* in the 32 GB of RAM"),
        ("Qwen3-30B-A3B Q8_0 vs Q4_K_M with a 4060ti 16g and 32g ddr5", r"\*\*Take Q4_K_M with `--n-cpu-moe \d+`"),
        ("4060Ti 16G 加 32G 内存，Qwen3-30B-A3B 用 Q4_K_M 还是 Q8_0，怎么分配？", r"\*\*选 Q4_K_M，加 `--n-cpu-moe \d+`"),
        ("一张3060 12G、内存64G，Qwen3-32B 选 Q4_K_M 还是 Q8_0", r"\*\*选 Q4_K_M，加 `-ngl \d+`"),
        ("Is GLM-4.5-Air in Q4 feasible on a 3090 with 64GB of RAM, or Q3? 32k context", r"\*\*Yes, both run with a part in RAM\. Take Q4_K_M with"),
        ("2x3090 and 64GB RAM, Qwen3-235B-A22B: Q2_K or Q3_K_M?", r"\*\*Take Q2_K with `--n-cpu-moe \d+ --tensor-split \d+,\d+`.*the only one that fits\. Q3_K_M does not fit"),
        ("3090 with 16 GB of RAM: Qwen3-235B-A22B Q4_K_M or Llama-3.3-70B Q8_0?", r"\*\*None of them fits, not even with a part in RAM"),
        ("3090, 32GB RAM: Qwen3-32B Q4_K_M vs Q5_K_M at 16k context?", r"\*\*Take Q4_K_M: wholly on the card"),
    ],
)  # fmt: skip
def test_card_and_ram_together_decide_what_to_take(text: str, first: str) -> None:
    answer = answer_to(text)
    assert re.match(first, answer), answer[:300]
    assert "withheld" not in answer


def test_models_that_cost_the_same_are_chosen_by_speed() -> None:
    answer = answer_to("8G显存+32G内存，Qwen3-30B-A3B Q4_K_M 和 Qwen3-14B Q4_K_M 哪个好？")
    assert answer.startswith("**选 Qwen3-30B-A3B"), answer[:200]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Qwen3-30B-A3B Q4_K_M on a 12GB 3060 and 32GB RAM with llama.cpp, can it run?", r"\*\*Yes\. .*with host memory it fits\*\* with `--n-cpu-moe \d+`: .* in the 32 GB of RAM, about [\d–]+ tokens/s"),
        ("llama.cpp 跑 Qwen3-30B-A3B Q4_K_M，3060 12G 加 32G 内存，能跑吗？", r"\*\*可以。.*用上主机内存可以\*\*，加 `--n-cpu-moe \d+`.* / 32 GB.*token/秒"),
        ("ollama with qwen2.5:32b on 12GB vram and 32GB ram?", r".*with host memory it fits\*\* with `num_gpu \d+`"),
        ("Llama-3.3-70B Q4_K_M, RTX 4090, 24 GB of RAM, llama.cpp -ngl 60, ok?", r".*not as placed, but with host memory it fits\*\* with `-ngl \d+`"),
        ("Qwen3-235B-A22B Q4_K_M with a 4090 and 64GB RAM?", r".*does not fit, not even with a part in RAM\*\*: with the card full [\d.]+ GiB are left for RAM, and of its 64 GB"),
        ("Qwen3-235B-A22B Q4_K_M，4090 加 64G 内存行吗", r".*显卡加内存也放不下\*\*"),
        ("3060 12GB + 32GB RAM, ollama: gemma3 27b q4_K_M or mistral small 24b q4_K_M, do they fit?", r"\*\*Yes, both run with a part in RAM, Mistral-Small-24B-Instruct-2501 [\d.]+ times as fast as the other:\*\*"),
    ],
)  # fmt: skip
def test_a_verdict_with_ram_told_is_of_card_and_ram_together(text: str, said: str) -> None:
    answer = answer_to(text)
    assert re.match(said, answer), answer[:400]


@pytest.mark.parametrize(
    ("text", "fuller"),
    [
        ("Can I run gpt-oss-120b on a 12GB 3060 with 96GB RAM using --cpu-moe?", "The card has room left"),
        ("3060 12G 加 96G 内存，gpt-oss-120b 用 --cpu-moe 能跑吗？", "卡还有空"),
        ("Qwen3-30B-A3B Q4_K_M with --cpu-moe on a 3090 and 64GB of RAM, does it fit?", "The card holds all of it"),
    ],
)
def test_a_card_that_is_left_part_empty_may_take_more(text: str, fuller: str) -> None:
    answer = answer_to(text)
    assert fuller in answer
    assert re.search(r"reads [\d.]+ GB from RAM|每个 token 从内存读 [\d.]+ GB", answer)


@pytest.mark.parametrize(
    ("text", "opens", "said"),
    [
        # 114.7B of 117B parameters are experts, in 36 layers: 3.19B × 4.25 bits = 1.69 GB each
        ("A 24GB 3090 with 64GB of RAM and llama.cpp --cpu-moe: will gpt-oss-120b run?", "fits, but host memory is tight**", "The experts of one layer are 1.58 GiB"),
        ("4090 加 64G 内存，llama.cpp 开 --cpu-moe，gpt-oss-120b 能跑吗", "放得下，但内存偏紧**", "一层的专家是 1.58 GiB"),
        ("A 24GB 3090 with 128GB of RAM and llama.cpp --cpu-moe: will gpt-oss-120b run?", "fits**", "The experts of one layer are 1.58 GiB"),
        ("Will DeepSeek-V3 Q4_K_M run with --cpu-moe on a 24GB card and 512GB of RAM?", "fits**", "The experts of one layer are"),
    ],
)  # fmt: skip
def test_ram_that_is_nearly_full_is_part_of_the_verdict(text: str, opens: str, said: str) -> None:
    answer = Assistant().ask(text)
    assert opens in answer.text.split("\n")[0], answer.text[:400]
    assert said in answer.text
    assert not answer.notices


def test_what_is_placed_is_told_once_beside_its_speed() -> None:
    answer = answer_to("Llama-3.3-70B Q4_K_M on a 4090 with 64GB RAM, does it fit and how fast is it?")
    assert answer.count("-ngl") == 1
    assert answer.count("tokens/s") == 1
    assert "It does not fit on the card whole" not in answer


def test_ktransformers_places_its_experts_by_itself() -> None:
    answer = answer_to("DeepSeek-V3 Q4_K_M with ktransformers, a 4090 and 512G of DDR5, does it fit?")
    assert "holds all of it" not in answer
    assert "from RAM" in answer


def test_the_system_keeps_a_part_of_the_ram() -> None:
    """Experts of 57.8 GiB leave nothing for the system in 60 GB, and more than its part in 64."""
    facts = {"model": "gpt-oss-120b", "weight_format": "mxfp4", "gpu": "RTX 3090", "offload": "experts"}
    verdicts = [estimate(**facts, host_memory_gb=room).json()["host"]["verdict"] for room in (56, 60, 64)]
    assert verdicts == ["no", "borderline", "yes"]


def test_layers_for_sure_are_solved_for_where_few_would_overflow_the_ram() -> None:
    """One layer on the card leaves more to the RAM than it has; the most that the card holds do not."""
    facts = {"model": "Llama-3.3-70B", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 4090", "host_memory_gb": 32}
    solved = solve("gpu_layers", **facts).json()["solved"]
    assert 0 < solved["surely"]["value"] <= solved["value"]


def test_unequal_cards_hold_experts_by_their_memory() -> None:
    """Both are filled: with the layers as they come the larger card would hold none of the experts."""
    text = "3090 + 3060 12GB and 64GB RAM: GLM-4.5-Air Q4_K_M with --n-cpu-moe?"
    answer = answer_to(text)
    told = re.search(r"`--n-cpu-moe (\d+) --tensor-split (\d+),(\d+)`: .* on the fullest card", answer)
    assert told, answer[:300]
    moved, first, last = map(int, told.groups())
    assert moved < 35
    assert first + last == 46 + 1  # the output layer is counted with the last
    assert answer.count("--tensor-split") == 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Qwen3-30B-A3B Q4_K_M on a 12 GB card: what --n-cpu-moe do I need?", "**It fits with the experts of 22 of 48 layers"),
        ("Qwen3-30B-A3B Q4_K_M，12G 显卡，n-cpu-moe 设多少", "**48 层中 22 层的专家放在内存就放得下**"),
        ("M2 Ultra 192GB: should I use --n-cpu-moe for Qwen3-235B-A22B Q4_K_M?", "**No such switch is needed here"),
        ("M2 Ultra 192G 跑 Qwen3-235B-A22B Q4_K_M 要加 --cpu-moe 吗", "**这里用不着这些参数"),
        ("How much RAM do I need beside a 4090 to run Qwen3-235B-A22B Q4_K_M with experts on the CPU?", "**About 128.2 GiB of RAM**"),
    ],
)  # fmt: skip
def test_what_to_type_is_answered_first(text: str, first: str) -> None:
    assert answer_to(text).startswith(first)


def test_a_mac_with_all_layers_on_its_gpu_is_told_of_no_switch() -> None:
    assert "No such switch" not in answer_to("llama.cpp -ngl 99 Qwen3-14B Q4_K_M on an M4 16GB, fits?")


def test_what_ram_does_not_hold_is_offered_in_fewer_bits() -> None:
    answer = answer_to("Is 32GB RAM enough for GLM-4.5-Air Q4_K_M with a 24GB 3090?")
    assert answer.startswith("**No. ")
    assert re.search(r"What does is IQ3_XXS with `--n-cpu-moe \d+`: .* in the 32 GB of RAM", answer)
    assert "the card needs" not in answer  # with all its experts in RAM, which fewer do better


def test_a_server_that_offloads_holds_its_weights_in_their_bits() -> None:
    """70B in AWQ are no 430 GiB of host memory: a server is given so many GiB of them."""
    answer = answer_to("vllm cpu offload: Llama-3.3-70B AWQ on a 3090 with 64GB RAM, works?")
    assert "--cpu-offload-gb" in answer.split("\n")[0]
    assert "431" not in answer


def test_ram_whose_clock_was_told_is_assumed_in_its_channels_alone() -> None:
    answer = answer_to("How fast is gpt-oss-120b on a 3090 with 64GB of DDR4-3600?")
    assert "57.6 GB/s (two channels assumed)" in answer


def test_cases_that_differ_in_their_place_are_no_set_ups_of_one() -> None:
    places = ({"offload": "experts"}, {"offload": "kv"})
    assert compare(places, weight_format="gguf:Q4_K_M", **MACHINE).json()["hybrid"] is None


def test_a_card_whose_bandwidth_is_not_known_leaves_the_bound_of_the_ram() -> None:
    facts = {"model": "Qwen3-30B-A3B", "gpu_memory_gb": 16, "host_memory_gb": 32}
    runs = compare(FORMATS, **facts).json()["hybrid"]["runs"]
    assert all(one["rate"] is None and one["at_most"] > 0 for one in runs)
    answer = answer_to("16GB VRAM and 32GB RAM: Qwen3-30B-A3B Q4_K_M or Q8_0, which is faster?")
    assert "by the RAM alone" in answer
    assert "No speed is given" not in answer


def test_of_three_the_pick_is_held_against_the_fastest_of_the_others() -> None:
    text = "Which quant of Qwen3-235B-A22B fits a 4090 with 128GB RAM: Q2_K, Q3_K_M or Q4_K_M?"
    first = answer_to(text).split("\n")[0]
    assert re.match(r"\*\*Take Q3_K_M with .*which loses less quality than Q2_K, at \d\d % of its speed\.", first), (
        first
    )
    assert first.count("also runs") == 1


def test_ram_at_its_edge_is_said_and_what_is_sure() -> None:
    answer = answer_to("Mixtral 8x7B Q5_K_M on a 12GB card with 32GB RAM and --n-cpu-moe 32?")
    assert "Host memory is at its edge" in answer.split("\n")[0]
    assert re.search(r"To be sure, put a part into RAM with `--n-cpu-moe 2\d`", answer)


def test_ollama_moves_whole_layers() -> None:
    answer = answer_to("3060 12GB + 32GB RAM, can ollama run Qwen3-30B-A3B Q4_K_M?")
    assert "`llama.cpp --n-cpu-moe" in answer
    assert re.search(r"whole layers only: num_gpu \d+", answer)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("8GB VRAM and 32GB RAM: can I run Qwen3-30B-A3B?", r"\*\*Yes\. Qwen3-30B-A3B, inference, Q4_K_M, .*with host memory it fits\*\* with `--n-cpu-moe"),
        ("3060 12G 加 32G 内存，能跑 Qwen3-32B 吗", r"\*\*可以。Qwen3-32B · 推理 · Q4_K_M .*加 `-ngl \d+`"),
        ("RTX 4090 and 64GB RAM: Qwen3-32B or Llama-3.3-70B?", r"\*\*Both run, Qwen3-32B \d+ times as fast as the other; Llama-3.3-70B-Instruct is the larger model:"),
        ("I only have a 3070 and 32GB RAM. Is Qwen3-30B-A3B better than Qwen3-8B for me?", r"\*\*Both run, .*Qwen3-30B-A3B is the larger model:"),
        ("Is Llama-3.1-405B Q4 possible on 4x3090 with 256GB RAM?", r"\*\*Yes\. .*tokens/s, slower than one reads\."),
        ("3090 24G，内存 128G，GLM-4.6 Q4_K_M 和 Q3_K_M 选哪个？上下文 32k", r"\*\*显卡加内存也都放不下\*\*.*放得下的是 GLM-4.6 IQ3_XXS，加 `--n-cpu-moe"),
    ],
)  # fmt: skip
def test_ram_that_is_told_means_files_that_run_in_it(text: str, first: str) -> None:
    answer = answer_to(text)
    assert re.match(first, answer), answer[:400]


@pytest.mark.parametrize(
    "text",
    [
        "Llama-3.1-8B on a 3090 with 64GB RAM, does it fit?",
        "Llama-3.3-70B in bf16 on one A100 80GB, the node has 512GB RAM, does it fit?",
    ],
)
def test_what_the_card_holds_in_four_bits_or_a_data_centre_runs_is_asked_of_the_card(text: str) -> None:
    calls = Assistant().ask(text).tool_calls
    assert all("engine" not in call["args"] for call in calls)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I run Qwen3-30B-A3B Q8_0 with --cpu-moe on a 4070 12GB/64GB DDR5 and get 14 tok/s. Can I get it faster?", "The card has room left"),
        ("Qwen3-30B-A3B Q8_0，--cpu-moe，4070 12G + 64G 内存，只有 5 token/s，怎么提速？", "卡还有空"),
        ("Qwen3-30B-A3B Q8_0 with --cpu-moe on a 4070 and 64GB DDR5: does it fit and how fast is it?", "The card has room left"),
    ],
)  # fmt: skip
def test_a_speed_of_parts_placed_by_hand_says_what_is_faster(text: str, said: str) -> None:
    assert answer_to(text).count(said) == 1


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("A 3090 with 64GB of RAM, experts in RAM: Qwen3-235B-A22B Q4_K_M, does it fit?", "All on the card"),
        ("64G 内存加一张 3090，专家放内存跑 Qwen3-235B-A22B Q4_K_M，行吗", "全放显卡"),
    ],
)
def test_what_a_card_takes_of_parts_placed_by_hand_is_not_all_of_it(text: str, whole: str) -> None:
    first = answer_to(text).split("\n")[0]
    assert "6.45 GiB" in first
    assert whole not in first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "How many layers should I offload for gemma-3-27b Q4_K_M at 32k context on a 16GB 4060 Ti with 32GB RAM?",
            "**-ngl ",
        ),
        ("How many layers do I need to offload of Llama-3.3-70B Q4_K_M on a 3090 with 64 GB RAM?", "**-ngl "),
        ("4060 Ti 16G、32G 内存，gemma-3-27b Q4_K_M 32k 上下文要卸载多少层？", "**稳妥的是 "),
    ],
)
def test_layers_to_offload_are_no_stage_of_a_training_and_no_count_of_the_model(text: str, first: str) -> None:
    answer = answer_to(text)
    assert answer.startswith(first)
    assert "ZeRO" not in answer


def test_the_cache_of_layers_in_ram_is_read_there() -> None:
    """Whole layers take their cache with them; experts leave it on the card."""
    layers = {
        "model": "Qwen2.5-32B",
        "weight_format": "gguf:Q4_K_M",
        "gpu": "RTX 4060",
        "gpu_layers": 20,
        "host_memory_gb": 32,
    }
    short, long = (decoding({**layers, "seq_len": length}, HostMemory.of()) for length in (4096, 32768))
    assert long.cache + long.host_cached == pytest.approx(32768 * 262144)
    assert long.host_bytes - short.host_bytes == pytest.approx(long.host_cached * 7 / 8)
    experts = {"model": "Qwen3-30B-A3B", "weight_format": "gguf:Q8_0", "gpu": "RTX 4090", "n_cpu_moe": 16}
    assert decoding(experts, HostMemory.of()).host_cached == 0


def test_a_longer_context_slows_experts_in_ram_by_what_the_card_reads_more() -> None:
    """The RAM's part stays as it is, so a cache on the card hardly counts: nothing is said of it."""
    answer = answer_to("gpt-oss-120b on one 3090 with 64GB RAM: how many tokens/s?")
    assert "--n-cpu-moe" in answer
    assert "Longer contexts" not in answer


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("How much RAM do I need beside a 4090 to run Qwen3-235B-A22B at Q4?", "**About 113.3 GiB of RAM** (the system comes on top), beside 21.4 GiB on the card."),
        ("4090 跑 Qwen3-235B-A22B Q4 需要多少内存?", "**约需内存 113.3 GiB**（系统另占一些），卡上 21.4 GiB。"),
        ("3090 + 3060 12G，Llama 3.3 70B Q6_K 需要多大内存?", "**约需内存 25.6 GiB**（系统另占一些），各卡合计 31.6 GiB。"),
        ("How much RAM do I need to full fine-tune a 7B on a 4090?", "**About 87.9 GiB of RAM** (the system comes on top), for optimizer in host memory: 14.7 GiB on the card."),
        ("4090 全参微调 7B 需要多大内存?", "**约需内存 87.9 GiB**"),
    ],
)  # fmt: skip
def test_ram_that_is_asked_for_is_told_first_where_none_was_said(text: str, first: str) -> None:
    answer = Assistant().ask(text)
    assert answer.text.startswith(first)
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("GLM-4.5-Air Q4_K_M with a 3090 and 96GB RAM, fits?", "--n-cpu-moe 35`: 21.3 GiB of 24.0 GiB on the card, 46.6 GiB (the experts of 34 of 45 layers that have any; those of 11 stay on the card)"),
        ("With -ot exps=CPU on Qwen3-235B-A22B: where does the KV cache live?", "**On the card: -ot exps=CPU"),
        ("DeepSeek-V3 用 -ot exps=CPU,KV 缓存放在哪?", "**在卡上："),
        ("Llama-3.3-70B Q4_K_M with -ngl 40: does the KV cache sit on the GPU or in RAM?", "**With its layer:"),
    ],
)  # fmt: skip
def test_dense_layers_have_no_experts_to_move_and_the_cache_stays(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_the_memory_that_there_is_and_a_longer_cache_stand_beside_what_goes_there() -> None:
    text = answer_to("Qwen3-235B-A22B has 22B active, why does Q4 with -ngl 99 OOM on a 4090 with 192GB RAM?")
    assert "of RAM (there are 192 GB)" in text, text[:600]
    assert "at 32,768 tokens 5.88 GiB" in text


def test_a_speed_that_is_expected_is_no_surprise() -> None:
    text = answer_to("Is 96GB RAM + 3060 12GB enough for Qwen3-235B-A22B at Q2_K? expected speed?")
    assert text.startswith("**96 GB are enough")

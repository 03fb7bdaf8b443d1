"""What people ask of the machine at home: which file, how fast with layers in RAM, unlike cards, the larger model or more bits."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.plans.understood import understood
from chat.reads.grammar import read


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


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B q6 8k and Qwen2.5-14B q4 16k loaded at same time on one 4090, ok?", "**Together on one card: fits ("),
        ("Qwen2.5-7B q8 and Qwen2.5-14B q6 both loaded on one 3060 12GB?", "**Together on one card: does not fit ("),
        ("Qwen2.5-7B q8 和 Qwen2.5-14B q4 一起常驻一张3090，够吗", "**同时放在一张卡上：放得下"),
        ("Llama-3.1-8B q6 8k or Qwen2.5-14B q4 16k on one 4090, which fits?", "**"),
    ],
)  # fmt: skip
def test_models_in_formats_of_their_own_are_summed_on_a_card(question: str, opens: str, assistant: Assistant) -> None:
    said = assistant.ask(question).text
    assert said.startswith(opens)
    assert ("Together" in said[:12] or said.startswith("**同时")) is (len(opens) > 2)


@pytest.mark.parametrize(
    ("question", "taken"),
    [
        ("my 8GB card shows 1.1 used at idle. can I still fit a 7B q8?", 1.1),
        ("4090 idles at 2GB because of two monitors. 32B q4 with 16k?", 2.0),
        ("12G的3060待机占用1.2G，跑Qwen2.5-14B q4够吗", 1.2),
        ("the model used 8GB while loading, 8B q8 on a 12GB card, fine?", None),
    ],
)
def test_what_is_used_at_idle_is_taken_of_the_card(question: str, taken: float | None) -> None:
    assert read(question).extras.get("card_taken_gb", (None,))[0] == taken


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does ram speed matter if the whole model fits in vram?", "**Hardly: with all layers"),
        ("模型全部放进显存的话，内存频率有影响吗", "**几乎没有影响"),
        ("model bigger than vram + ram, does mmap from ssd work?", "**llama.cpp maps the file"),
        ("显存加内存都放不下，能从硬盘跑吗", "**llama.cpp 用 mmap"),
        ("can llama.cpp use the shared memory of an integrated gpu?", "**Integrated graphics have no memory"),
        ("核显能跑大模型吗", "**核显没有自己的显存"),
    ],
)
def test_what_a_machine_has_beside_a_card_is_explained(question: str, opens: str, assistant: Assistant) -> None:
    assert assistant.ask(question).text.startswith(opens)


def test_graphics_of_a_processor_are_no_model(assistant: Assistant) -> None:
    reading = read("my 780M igpu has 4gb dedicated but I have 64gb ddr5, can it run a 32B q4?")
    assert reading.facts["params"] == (32e9,)
    assert reading.facts["host_memory_gb"] == (64,)
    assert "gpu_memory_gb" not in reading.facts


@pytest.mark.parametrize(
    "question", ["Why Q6 over Q8, the ram savings is just 2gb on an 8B, right?", "8B的Q6比Q8只省2G吧？"]
)
def test_a_saving_that_is_told_is_no_size(question: str, assistant: Assistant) -> None:
    said = assistant.ask(question).text
    assert "1.82 GB" in said
    assert "would not even hold" not in said


def test_whether_it_runs_comes_before_a_speed_that_would_do(assistant: Assistant) -> None:
    said = assistant.ask("Can I run a 70B Q4 on 64 GB RAM only, no GPU? I don't mind if it's 1 token/sec").text
    assert said.startswith("**Yes, 64 GB of RAM hold")


def test_a_context_that_nobody_serves_is_no_way_out(assistant: Assistant) -> None:
    assert "607" not in assistant.ask("7B Q8 on an 8GB 2070?").text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does MLX use less memory than gguf for the same 4 bit model? M4 Pro 24GB, Qwen3-14B", "**Nearly the same, MLX"),
        ("mlx和gguf哪个占内存少，Qwen3-14B 4bit", "**差不多，MLX"),
        ("Does context size affect speed even if I'm not using it all?", "**No, as long as all of it"),
        ("上下文开得很大但没用满会变慢吗", "**不影响"),
        ("highest ctx I can do with Qwen2.5-7B q6 on a 3060 ti 8gb?", "**Up to "),
        ("phi-4 Q6 or a 32B IQ4_XS on 24GB?", "**Both fit: 32B, IQ4_XS"),
        ("gemma-3-12b q8 还是 32B IQ3_XXS，24G卡选哪个", "**两个都放得下：32B"),
        ("5070 12gb vs 4060 ti 16gb to run a 24B locally?", "**Take RTX 4060 Ti 16 GB"),
    ],
)  # fmt: skip
def test_what_was_asked_opens_the_answer(question: str, opens: str, assistant: Assistant) -> None:
    assert assistant.ask(question).text.startswith(opens)


def test_cards_of_ones_own_are_compared_by_files(assistant: Assistant) -> None:
    said = assistant.ask("5070 12gb vs 4060 ti 16gb to run 14B to 24B models locally?").text
    assert "fits for 14B" in said
    assert "only RTX 4060 Ti 16 GB (14.7 GiB)" in said


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("cheapest 48gb vram for a 70B: 2x 3090, 2x 7900xtx or 3x 4060ti 16gb?", None),
        ("2x RTX 4090 48GB or 4x 3090 for 123B q4?", None),
    ],
)
def test_what_cards_have_together_is_the_memory_of_none(question: str, memory: float | None) -> None:
    name, args = plan(read(question))[0]
    assert name == "recommend"
    assert args.get("gpu_memory_gb") == memory


def test_lanes_at_the_end_of_a_sentence_are_read() -> None:
    assert read("quad 3090 rig, pcie 3.0 x8. tensor parallel ok for 123B?").extras["lanes"] == (8.0,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("should I enable mlock? 32gb ram, 30gb model", "**--mlock keeps the pages"),
        ("mlock要不要开", "**--mlock 把文件"),
        (
            "Ollama keeps unloading my model after 5 minutes, is the sata ssd slow?",
            "**Ollama keeps a model for 5 minutes after the last request and then unloads it",
        ),
        ("ollama 过一会就自动卸载模型，怎么办", "**Ollama 在最后一次请求"),
    ],
)
def test_how_files_are_kept_in_memory_is_explained(question: str, opens: str, assistant: Assistant) -> None:
    assert assistant.ask(question).text.startswith(opens)


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("deepseek r1 70b distill q4 on a 64gb m1 max, t/s?", ("inference",)),
        ("R1 32b distill gguf on a 3090, 16k ok?", ("inference",)),
        ("I want to distill a 7B from a 70B on 8x A100", ("train",)),
    ],
)
def test_a_distilled_model_is_run(question: str, task: tuple[str, ...]) -> None:
    assert read(question).facts.get("task", ("inference",)) == task


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("3090 vs 4090 vs 5090 tok/s 32B q4", ("RTX 3090", "RTX 4090", "RTX 5090")),
        ("rtx 5090 tokens/s with 32B q4", ("RTX 5090",)),
    ],
)
def test_a_card_before_the_unit_of_a_rate_is_a_card(question: str, cards: tuple[str, ...]) -> None:
    reading = read(question)
    assert reading.facts["gpu"] == cards
    assert "rate" not in reading.extras


def test_what_a_cache_is_set_against_is_a_cache() -> None:
    facts = read("If I quantize KV to q4 for a 70B on 48gb, what max ctx vs fp16?").facts
    assert set(facts["kv_format"]) == {"fp16", "q4_0"}
    assert "weight_format" not in facts
    assert set(read("Qwen3-14B q4 vs fp16 on a 3090").facts["weight_format"]) == {"fp16", "gguf:Q4_K_M"}


def test_layers_on_a_card_told_with_its_memory() -> None:
    question = "gemma3 27b q4: 14 of 62 layers on my 8gb 3070, rest on ddr4-3600. speed?"
    assert read(question).facts["gpu_layers"] == (14,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("upgraded ram ddr4 2133 -> 3600, how much faster is my cpu-offloaded 70B q4?", "1.7 times as fast"),
        ("32B q4 cpu only, ddr5-4800 to ddr5-6400, speed gain?", "1.3 times as fast"),
        ("内存从DDR4 2666换到3600，CPU跑32B q4能快多少", "相差 1.4 倍"),
    ],
)
def test_ram_at_another_rate_is_set_against_the_first(question: str, says: str, assistant: Assistant) -> None:
    assert says in assistant.ask(question).text.split("\n\n")[0]


def test_models_in_turn_have_each_its_own_speed() -> None:
    calls = plan(read("from Llama-3.1-8B Q8 to Qwen3-14B Q4 on my 12gb 3060, slower?"))
    told = [(args["model"], args["weight_format"]) for name, args in calls if name == "generation_speed"]
    assert told == [("meta-llama/Llama-3.1-8B-Instruct", "gguf:Q8_0"), ("Qwen/Qwen3-14B", "gguf:Q4_K_M")]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("which gguf of a Llama-3.3-70B for 2x 3060 12gb + 64gb ram, I can live with 2 t/s", "Q4_K_M"),
        ("which gguf of Qwen3-14B for a 3060 12gb?", "Qwen3-14B Q5_K_M"),
    ],
)
def test_files_of_which_one_goes_nowhere_are_answered(question: str, says: str, assistant: Assistant) -> None:
    said = assistant.ask(question).text
    assert says in said
    assert "met a defect" not in said


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x 3060: -sm row or layer in llama.cpp?", "**Layer, the default"),
        ("Llama-3.1-8B Q8_0 on a 3060 and a 1070: is split-mode row slower than layer?", "**Layer, the default"),
        ("三张P40，split-mode 用 row 还是 layer", "**用默认的 layer"),
        ("does vulkan eat more vram than rocm on my 6800 XT?", "**The same: weights"),
        ("显存上 ROCm 和 CUDA 会多占吗", "**一样：权重"),
        ("quantized V cache was requested, but this requires Flash Attention. now what?", "**A quantised V cache needs flash"),
        ("-ctk q8_0 -ctv q4_0 makes my Qwen3-14B crawl on a 3060, 24k prompt", "**A quantised V cache needs flash"),
        ("LM Studio does not detect my gpu, RX 6600 8GB", "**That is the driver or the build"),
        ("koboldcpp 没用上显卡，1660S 6G", "**这是驱动或版本的问题"),
        ("llama_kv_cache: size = 3072.00 MiB ( 24576 cells, 32 layers, 1/1 seqs) too big, make it smaller?", "**-ctk q8_0 -ctv q8_0 with -fa on: 3.00 GiB → 1.59 GiB"),
        ("mistral 24b q4, 3060 12GB with 32GB ram in ollama: gpu usage just 12%, normal?", "**Usual where the card does not hold all"),
        ("Llama-3.1-8B Q4 在 3090 上生成时 GPU 利用率只有 40%，正常吗", "**单条序列时很正常"),
        ("failed to allocate compute pp buffers on my 4060 Ti, -ub 1024", "**It is the compute buffer"),
    ],
)  # fmt: skip
def test_what_the_program_does_opens_the_answer(question: str, opens: str, assistant: Assistant) -> None:
    assert assistant.ask(question).text.startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "How do I split a 32B over a 3090 and a 3060 12GB?",
        "KV cache in q8_0 for Qwen3-32B at 32k: how much?",
        "Does Llama-3.1-8B Q4_K_M fit a 7900 XTX?",
    ],
)
def test_what_only_sounds_like_it_is_worked_out(question: str, assistant: Assistant) -> None:
    said = assistant.ask(question).text
    assert not {"Layer, the default", "A quantised V cache", "The same: weights"} & {said[2:20], said[2:21]}
    assert "GiB" in said

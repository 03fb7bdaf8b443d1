"""Readings that a name, a count or two programs side by side must not lead astray."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.plans.understood import understood
from chat.plans.variants import varied
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("满血版DeepSeek-V3.1 用INT4，8张A100够不够", "deepseek-ai/DeepSeek-V3.1"),
        ("想部署满血DeepSeek V3，4bit推理占多少显存", "deepseek-ai/DeepSeek-V3"),
        ("满血DeepSeek能用16张H20跑吗", "deepseek-ai/DeepSeek-R1"),
        ("满血DeepSeek-R1 要几张H20", "deepseek-ai/DeepSeek-R1"),
    ],
)
def test_a_version_behind_a_nickname_is_the_model(question: str, model: str) -> None:
    assert read(question).facts["model"] == (model,)


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("175B on 3T tokens with 10k A100s, how many days?", 10_000),
        ("Pretraining 70B on 2T tokens on 8K H100s: how long?", 8192),
        ("用16K张H100预训练70B，15T token要几天", 16_384),
        ("2k张A100训13B，1T token多久", 2048),
    ],
)
def test_cards_are_counted_in_thousands(question: str, cards: int) -> None:
    assert read(question).facts["n_gpus"] == (cards,)


@pytest.mark.parametrize(
    ("question", "pictures"),
    [
        ("用3k张图片给Qwen2.5-VL-7B做LoRA微调，显存要多少", 3000),
        ("手里有6k张照片，想微调Qwen2.5-VL-7B，24G够吗", 6000),
        ("I'd like to fine-tune Qwen2.5-VL-7B on 6k photos, would 24 GB do?", 6000),
    ],
)
def test_pictures_in_thousands_are_neither_cards_nor_a_length(question: str, pictures: int) -> None:
    reading = read(question)
    assert reading.extras["images"] == (pictures,)
    assert not {"n_gpus", "seq_len"} & set(reading.facts)
    assert reading.not_understood == ()


@pytest.mark.parametrize(
    ("question", "fact", "values"),
    [
        ("Mistral 7B LoRA, batch size 5 as usual, 24GB card, does it fit?", "batch_size", (5,)),
        ("Mistral 7B with LoRA (batch 1) or with QLoRA (batch 2) on a 3090?", "batch_size", (1, 2)),
        (
            "Mistral 7B LoRA with batch size 1. Would it still fit with batch size 2. It is a 3090.",
            "batch_size",
            (1, 2),
        ),
        ("13B full tuning, is stage 1) enough on 8 A100 80GB or must it be stage 2)?", "zero_stage", (1, 2)),
        ("PPO of a 7B: actor 4 GPUs, critic 2, reference 2 on A100 80GB", "n_gpus", (8,)),
    ],
)
def test_a_value_is_no_mark_and_no_term_of_a_formula(question: str, fact: str, values: tuple[int, ...]) -> None:
    assert read(question).facts[fact] == values


def test_what_is_left_of_a_card_is_not_its_memory() -> None:
    assert (
        "gpu_memory_gb" not in read("H200 with 40 GB a card left after loading: Qwen2.5-72B, which batch at 8k?").facts
    )


def test_data_that_is_put_together_adds_up_no_cards() -> None:
    assert "cards_added" not in read("能把两个数据集合并起来训7B吗，24G").cues


def test_a_limit_of_a_server_is_of_serving() -> None:
    reading = read("Mistral 7B with max-model-len 8192 on a 3090: does lowering that save memory?")
    assert reading.facts["task"] == ("inference",)


@pytest.mark.parametrize("question", ["LoRA on Qwen2.5-7B at 8k on H100", "Qwen3-8B 16k context, A100 enough?"])
def test_a_length_in_thousands_before_a_card_is_no_count(question: str) -> None:
    assert "n_gpus" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("vllm --tensor-parallel-size 2, Qwen3-14B-AWQ on 4090 + 3060: can I set -ts 2,1?", "tp"),
        ("vllm 张量并行 2 跑 Qwen3-14B-AWQ，4090+3060，能不能 -ts 2,1 这样分", "tp"),
        ("llama.cpp -ts 3,1 and tensor parallel 2, Qwen3-14B Q4_K_M, 3090 + 3060: does it fit?", "tensor_split"),
    ],
)
def test_shares_of_layers_and_ranks_are_not_one_layout(question: str, left: str, assistant: Assistant) -> None:
    assert {"tp", "tensor_split"} & set(understood(read(question))) == {left}
    assert not assistant.ask(question).text.startswith(("That cannot", "算不了"))


def test_of_a_server_and_llama_cpp_each_has_its_own_layout(assistant: Assistant) -> None:
    text = assistant.ask("Qwen3-32B AWQ with vLLM tp 2 on two 4090, or would llama.cpp with -ts 2,1 fit better?").text
    assert not text.startswith("That cannot")
    assert "layers by card 2,1" in text


@pytest.mark.parametrize(
    ("question", "opens", "waits"),
    [
        ("两台机器各一张4090，万兆网，ZeRO-3能全参微调Llama-3.1-8B吗", "不行", "显存问题解决后"),
        (
            "Can I full fine-tune Qwen2.5-7B with FSDP on two boxes with one 3090 each over 25 GbE?",
            "No.",
            "Once memory is found",
        ),
    ],
)
def test_whether_the_states_fit_comes_before_the_network(
    question: str, opens: str, waits: str, assistant: Assistant
) -> None:
    text = assistant.ask(question).text
    assert text.removeprefix("**").startswith(opens)
    assert waits in text
    assert "不是显存" not in text
    assert "not memory" not in text


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO论文的图：7.5B、Nd=64，120G→31.4→16.6→1.9，怎么算出来的？梯度改成fp32呢",
        "ZeRO paper: 7.5B, N_d = 64, ZeRO-1/2/3 31.4, 16.6 and 1.9 GB per card. Where do these come from?",
    ],
)
def test_the_figures_of_the_stages_are_states_and_no_weights_in_32_bit(question: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert text.startswith(("**对：每卡", "**Right: "))
    assert "ZeRO-1 46.4 GB" in text


def test_fp8_weights_that_outgrow_the_cards_are_not_said_to_fit(assistant: Assistant) -> None:
    text = assistant.ask("4张2080Ti 22G跑GLM-4.5-Air，Q4_K_M和官方FP8版哪个放得下").text
    assert text.startswith("**FP8 在这张卡上跑不了")
    assert "选 Q4_K_M" in text


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("70B: full FT on 8xH100 vs LoRA on 2x4090?", ("full", "lora")),
        ("Qwen2.5-72B 16张A100全参和4张4090 QLoRA分别每卡多少", ("full", "qlora")),
        ("Qwen2.5-32B：2张4090做QLoRA，8张A100做全参，哪个放得下", ("qlora", "full")),
    ],
)
def test_each_machine_has_the_method_that_is_named_beside_it(question: str, methods: tuple[str, ...]) -> None:
    setups = next(args["setups"] for name, args in plan(read(question)) if name == "compare")
    assert all(f"method={method}" in setup.split("; ") for method, setup in zip(methods, setups, strict=True))


def test_methods_that_stand_apart_from_the_machines_are_of_none(assistant: Assistant) -> None:
    calls = plan(read("Qwen2.5-7B full or LoRA: 8x A100 or 2x 4090, which does it?"))
    assert not any("method=lora; n_gpus=2" in setup for _, args in calls for setup in args.get("setups", ()))


@pytest.mark.parametrize(
    "question",
    [
        "gemma-3-27b-it q4_0, one 3090, 32k context: the KV formula gives 15.5 GiB, is that right?",
        "llama.cpp跑gemma-3-27b的Q4_0，32k上下文，我按公式算出KV要15.5 GiB，对吗",
    ],
)
def test_a_cache_told_in_gib_is_no_file_of_as_many_gb(question: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert "52 of them have a sliding window" in text or "其中 52 层是滑动窗口" in text


def test_a_file_told_beside_a_cache_that_is_asked_about_is_not_the_question(assistant: Assistant) -> None:
    text = assistant.ask(
        "gemma-3-27b-it Q4_0 (17.2 GB file) on my 3090 with -c 32768: the formula has 15.5 GiB of KV. Why does it run, is the formula wrong?"
    ).text
    assert "15.5 GiB is not right" in text
    assert "A GGUF's name" not in text


@pytest.mark.parametrize(
    ("question", "card", "count"),
    [
        ("Would an 8x A100 server hold Qwen2.5-72B in bf16?", "A100", 8),
        ("Qwen2.5-72B full tuning on one 4xH100 server?", "H100", 4),
        ("Qwen2.5-14B on our 4090 servers, 2 cards", "RTX 4090", 2),
        ("Qwen2.5-72B on two RTX PRO 6000 Blackwell Server", "RTX PRO 6000 Blackwell Server", 2),
    ],
)
def test_a_server_is_the_machine_unless_a_card_is_called_so(question: str, card: str, count: int) -> None:
    facts = read(question).facts
    assert (facts["gpu"], facts["n_gpus"]) == ((card,), (count,))


def test_cards_with_a_server_are_no_servers() -> None:
    reading = read("Qwen3-32B AWQ on two 3090 with vLLM, does it fit?")
    assert reading.facts["n_gpus"] == (2,)
    assert "log_servers" not in reading.extras
    assert read("two small vLLM servers on one 4090, Qwen3-4B each, does it fit?").extras["log_servers"] == (2,)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("three nodes (sorry, five) of 8x A100 80GB, full 70B with zero3", {"n_gpus": (40,)}),
        ("we have 4 servers - no, 2 - with 8x H100 each, 32B full zero3", {"n_gpus": (16,)}),
        ("两台（哦不，四台）8卡A800，72B 全参 zero3", {"n_gpus": (32,)}),
        ("2台机器，写错了，3台，每台8卡H800，70B lora zero3", {"n_gpus": (24,)}),
        ("rank 8, wait 32, LoRA of a 14B on an L40S", {"lora_rank": (32,)}),
        ("batch 8 - scratch that, batch 1, 8B LoRA on a 4090", {"batch_size": (1,)}),
        ("长度2048（打错了，8192），7B LoRA，3090", {"seq_len": (8192,)}),
        ("lora，不对，dora，14B，4090", {"method": ("dora",)}),
        ("two nodes, no 8 bit please, 8x H100 each, 70B", {"n_gpus": (16,)}),
        ("two nodes, three GPUs each, 32B LoRA on 3090s", {"n_gpus": (6,)}),
        ("能不能跑，对不对，4卡3090跑70B Q4", {"n_gpus": (4,)}),
    ],
)
def test_what_is_taken_back_gives_way(text: str, facts: dict[str, Any]) -> None:
    found = read(text).facts
    assert {name: found.get(name) for name in facts} == facts


def test_what_is_run_with_is_no_second_case() -> None:
    told = read("What batch can I use for LoRA of Qwen3-8B on a 4090, seq 2048, with gradient checkpointing?")
    assert told.facts["gradient_checkpointing"] == ("on",)
    asked = read("Does full fine-tuning of a 3B fit on 24 GB? And with CPU offload?")
    assert asked.facts["offload"] == ("none", "params")


@pytest.mark.parametrize(
    ("question", "engine"),
    [
        ("LM Studio, mlx 8-bit Llama-3.1-8B on an M2 16GB, fine?", ("mlx",)),
        ("M1 Pro 32G 上 LM Studio 用 mlx 跑 Qwen3-14B 4bit 行吗", ("mlx",)),
        ("LM Studio on an M2 16GB, Llama-3.1-8B Q8_0 fine?", ("llama.cpp",)),
        ("LM Studio on an M3 Max 64GB: mlx 4bit or gguf Q4_K_M of Qwen2.5-32B?", ("llama.cpp", "mlx")),
    ],
)
def test_a_program_over_two_libraries_runs_the_one_that_is_named(question: str, engine: tuple[str, ...]) -> None:
    assert read(question).facts["engine"] == engine


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("using mlx, 8-bit Llama-3.1-8B on an M2 16GB, will 16k context fit?", 16384),
        ("用ollama在3090上跑Qwen2.5-32B q4，能开16k上下文吗", 16384),
    ],
)
def test_what_opens_with_its_program_is_one_case(question: str, tokens: int) -> None:
    reading = read(question)
    assert reading.facts["seq_len"] == (tokens,)
    assert varied(reading) is None


@pytest.mark.parametrize(
    "question",
    ["Llama-3-8B full fine-tune, everything bf16, on an L40S", "qwen2.5-7b 全参 全部用bf16 一张A100够吗", "7B full ft with bf16 throughout, 80GB"],
)  # fmt: skip
def test_bf16_for_everything_is_pure_bf16(question: str) -> None:
    assert read(question).facts["precision"] == ("pure-bf16",)


@pytest.mark.parametrize(
    ("question", "offload"),
    [
        ("全参70B zero3 offload optimizer + offload param，8卡A100", ("params",)),
        ("7B full, zero3, offload_optimizer and offload_param on, 2x3090", ("params",)),
        ("13B zero3，优化器offload，再加param offload，内存要多少", ("params",)),
        ("zero3开了offload_param和offload_optimizer，7B全参，24G的4090还是炸显存", ("params",)),
        ("7B全参24G卡，offload_optimizer、还是offload_param", ("optimizer", "params")),
        ("7B full: offload optimizer or offload param, which saves more on 2 cards?", ("optimizer", "params")),
    ],
)
def test_what_is_moved_together_is_no_choice(question: str, offload: tuple[str, ...]) -> None:
    assert read(question).facts["offload"] == offload


@pytest.mark.parametrize(
    ("question", "rank"),
    [
        ("rank0-7直接OOM，rank24-31还剩十几G，70B训练 TP=8 PP=4，为什么", None),
        ("rank 0 uses 10GB more than rank 3 in my FSDP run, 7B full, 4 cards", None),
        ("Llama-3-8B LoRA rank 16 vs rank 64", (16, 64)),
        ("rank 0 OOMs as it saves, LoRA r=16, 7B", (16,)),
    ],
)
def test_a_process_by_its_rank_is_no_rank_of_adapters(question: str, rank: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("lora_rank") == rank


def test_what_is_divided_by_tensors_and_stages_trains_whole() -> None:
    answer = answer_to("train a 70B with Megatron on 32 H100, tp 8 pp 4, micro batch 1. memory per card?")
    assert "full fine-tuning" in answer or "pre-training" in answer


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("Llama-3-8B in fp16 takes 20 GB, shouldn't it be 16?", {20.0, 16.0}),
        ("7B int4加载后显示6.5G，不是应该3.5吗", {6.5, 3.5}),
        ("nvidia-smi shows 28 GB for Mistral-7B, the config says bfloat16, so should be 14?", {28.0, 14.0}),
        ("lora rank should be 16, 7B on a card of 24 GB", set()),
    ],
)
def test_what_it_should_be_is_an_amount_beside_one_with_a_unit(question: str, amounts: set[float]) -> None:
    reading = read(question)
    assert {claim.number for claim in reading.claims} == amounts
    assert not reading.not_understood


def test_a_family_that_is_only_compared_with_is_not_what_is_counted() -> None:
    answer = Assistant().ask(
        "DeepSeek-V3 TP=8: I expected KV/8 per GPU like with llama, but each holds all of it. bug?"
    )
    assert "is taken as DeepSeek" not in answer.text


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("Can a T4 run Qwen2.5-7B-AWQ with vLLM? I read that T4 has no bf16 so it won't work", ("awq-int4-g128",)),
        ("V100 32G 能不能跑 Qwen2.5-32B GPTQ-Int4?听说V100不支持bf16", ("gptq-int4",)),
        ("Does Qwen2.5-7B fit a T4 in bf16 or AWQ?", ("awq-int4-g128", "bf16")),
        ("V100 32GB: Llama-3.1-8B in bf16? I hear bf16 is not supported", ("bf16",)),
    ],
)
def test_a_type_that_a_card_is_said_to_lack_is_no_format_of_the_weights(
    question: str, formats: tuple[str, ...]
) -> None:
    assert read(question).facts["weight_format"] == formats


@pytest.mark.parametrize(
    ("question", "rank"), [("Qwen2.5-7B LoRA rank才8,24G够吗", (8,)), ("LoRA 秩仅 16,7B 要多少显存", (16,))]
)
def test_a_value_that_is_called_small_is_one(question: str, rank: tuple[int, ...]) -> None:
    assert read(question).facts.get("lora_rank", ()) == rank


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Qwen3-30B-A3B 只激活3B，8G显存的笔记本(32G内存)当3B模型跑得动吗", False),
        ("Mixtral每次只激活2个专家，显存是不是只要2个专家的", False),
        ("7B 训练只算激活要多少", True),
        ("Llama-3.1-8B 全参，激活占多少", True),
    ],
)
def test_parameters_that_are_activated_are_no_activations(question: str, asked: bool) -> None:
    assert ("part:activations" in read(question).cues) == asked


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("my 4060 Ti has 16 GB, will phi-4 int8 run", (16.0,)),
        ("my A100 has only 40GB, Qwen2.5-14B bf16?", (40.0,)),
        ("my 4060 Ti has 16 GB of RAM beside it, Qwen2.5-7B Q4?", ()),
        ("my 4090 has 16 GB free, qwen2.5-14b awq?", ()),
    ],
)
def test_what_a_named_card_has_is_its_memory(question: str, memory: tuple[float, ...]) -> None:
    assert read(question).facts.get("gpu_memory_gb", ()) == memory


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("transformers needs under 2GB for Qwen2.5-0.5B, vllm takes all of the L40S", ()),
        ("小图的样本显存 22G 左右，大图冲到 60 多 G，Qwen2.5-VL-7B LoRA", ()),
        ("llama.cpp gpt-oss-120b on a 3090: only ~9GB VRAM used", ()),
        ("显存24G左右的卡 能跑qwen2.5-14b吗", (24.0,)),
        ("I have under 16GB of VRAM, Qwen2.5-7B?", (16.0,)),
    ],
)
def test_what_a_run_takes_is_no_card(question: str, memory: tuple[float, ...]) -> None:
    assert read(question).facts.get("gpu_memory_gb", ()) == memory

"""Files of one or two bits, who publishes them, and what llama.cpp's physical batch takes."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("DeepSeek-R1 IQ1_S on a 4090 with 128GB RAM", "gguf:IQ1_S"),
        ("Qwen3-235B-A22B UD-IQ1_M, 64GB RAM + 3090", "gguf:IQ1_M"),
        ("GLM-4.5 Q1 quant, does it run with 128GB of RAM and a 3090?", "gguf:IQ1_S"),
        ("deepseek r1 q1 gguf 4090 128g内存", "gguf:IQ1_S"),
        ("Qwen3-235B 的 IQ1_S 128G 内存加 4090 能跑吗", "gguf:IQ1_S"),
    ],
)
def test_files_of_one_bit_are_read(question: str, kind: str) -> None:
    assert read(question).facts["weight_format"] == (kind,)


@pytest.mark.parametrize(
    ("question", "trains"),
    [
        ("unsloth 1.58bit 动态量化 deepseek r1 2张4090 256G内存 能跑吗", False),
        ("Unsloth dynamic quant of GLM-4.5-Air Q2_K_XL on 64GB RAM and a 4090", False),
        ("unsloth/Qwen3-32B-GGUF Q4_K_M on 24GB", False),
        ("unsloth qlora 4bit qwen3 8b on 8gb", True),
        ("Unsloth QLoRA of a 1.5B on a T4", True),
        ("用 unsloth 微调 8B, 24G 够吗", True),
    ],
)
def test_who_publishes_files_trains_nothing(question: str, trains: bool) -> None:
    facts = read(question).facts
    assert ("unsloth" in facts.get("engine", ())) is trains
    assert ("train" in facts.get("task", ())) is trains


@pytest.mark.parametrize(
    "question",
    [
        "Does a bigger batch size in llama.cpp (-b / -ub) use more VRAM?",
        "Does raising -ub to 2048 increase memory for Qwen3-14B Q4_K_M?",
        "llama.cpp 的 ubatch 调大会多占显存吗",
    ],
)
def test_the_physical_batch_takes_its_buffer(question: str) -> None:
    told = answer_to(question).split("\n")[0]
    assert "-b alone" in told or "只调 -b" in told


@pytest.mark.parametrize("question", ["is -ub 2048 worth it for prompt speed with Qwen3-14B Q4_K_M?", "what is -ub in llama.cpp", "-ub 2048 会不会更快"])  # fmt: skip
def test_what_a_step_is_and_which_to_take_is_no_question_of_its_memory(question: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**512 is the usual one", "**一般用 512"))


def test_a_training_s_batch_is_another() -> None:
    assert "lever:batch" in read("Does a bigger batch size use more VRAM for LoRA of a 7B?").cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can I train a 1B model from scratch on a single 4090? batch size?", "**Up to batch 1 for sure**"),
        ("7B LoRA 在 24G 上能训吗，batch size？", "**稳妥的上限是批大小 5**"),
    ],
)
def test_a_bare_batch_size_is_asked(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_many_small_cards_are_no_way_to_train_what_one_holds() -> None:
    told = answer_to("What's the minimum GPU to fine-tune gemma 2 2b with LoRA?")
    assert "16 cards" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Found a 26GB gguf without a card. 16GB VRAM, 64GB RAM: -ngl?", "**About 58% of the layers"),
        ("a 14 GB Q4 file of some merge, 24GB 3090, 16k context ok?", "**The file goes in, 14 GB"),
        ("M2 Pro 16GB refuses an 11GB mlx model, is that normal?", "**The file only just goes in"),
        ("M2 Pro 16GB, does a 12GB mlx model load?", "more than the 10.7 GiB"),
        ("15G 的 gguf，12G 显卡加 32G 内存，能跑吗", "**约 72% 的层"),
        ("网上下的文件 7.5G，显存 12G，16k 上下文够不够", "**文件放得下：7.5 GB"),
    ],
)
def test_a_file_of_no_known_model_is_placed_by_its_size(question: str, says: str, assistant: Assistant) -> None:
    assert says in assistant.ask(question).text[:200]


@pytest.mark.parametrize(
    "question",
    ["Llama-3.1-8B Q8_0, the file is 8.5 GB: does it fit 12GB?", "my 20GB gguf shows 23GB in use on a 4090, why?"],
)
def test_a_file_whose_model_or_surplus_is_told_is_none_of_them(question: str, assistant: Assistant) -> None:
    assert "The file goes in" not in assistant.ask(question).text


@pytest.mark.parametrize(
    ("question", "means"),
    [
        ("Mistral-Small-24B exl3 at 4.0, 5.0 or 6.5bpw for a 24GB card with 32k?", (4.0, 5.0, 6.5)),
        ("70B exl2 2.4bpw or 2.55bpw on one 3090", (2.4, 2.55)),
        ("32B 的 exl2 选 3.5 还是 4.25，24G 显存", (3.5, 4.25)),
        ("exl3 32B 3.25bpw/3.5bpw/4.0bpw 24G 16k 哪个放得下", (3.25, 3.5, 4.0)),
        ("exl2 13B at 5.0bpw on 12GB", None),
        ("loss went from 2.25 to 1.87 or 1.9 with QLoRA on an 8B", None),
    ],
)
def test_means_of_bits_in_a_row_are_each_a_case(question: str, means: tuple[float, ...] | None) -> None:
    assert read(question).facts.get("bpw") == means


def test_each_mean_of_bits_has_its_own_need(assistant: Assistant) -> None:
    said = assistant.ask("70B exl3 2.25bpw vs 3.5bpw on a 24GB card, 8k").text
    assert "fits with 2.25-bit" in said.split("\n")[0]
    assert "does not fit with 3.5-bit" in said.split("\n")[0]
    assert "Q4_K_M" not in said.split("\n")[0]


def test_a_file_with_its_tower_is_the_kind_it_is(assistant: Assistant) -> None:
    said = assistant.ask("gemma3:27b in ollama is 17GB on disk, why does ollama ps say 24 GB?").text
    assert "Q4_K_M" in said
    assert "that you see are what about" in said.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("3090 plus an RX 6900 XT in one box, llama.cpp, 70B Q4_K_M?", "**Yes, cards of different makers"),
        ("A770 16G 和 3060 12G 一起插，llama.cpp 能一起用吗", "**可以，不同厂家的卡"),
        ("is --no-mmap better with a 16GB card and 64GB ram, Qwen3-32B Q8_0?", "**Leave it on where the file"),
        ("llama.cpp 要不要关 mmap", "**文件比空闲内存大就开着"),
        ("ollama loads gemma3:4b twice on my 8GB card, why", "**Ollama keeps one runner"),
        ("ollama 每次提问都重新加载模型，怎么办", "**Ollama 每个模型文件只开一个"),
        ("16G显存32G内存，推荐哪个模型", "**"),
        ("added two more sticks, now 4x8GB DDR4, why is the speed of layers in RAM the same?", "**A desktop has two memory channels"),
        ("内存条插四根会更快吗，70B Q4 一半层放内存，3090", "**家用主板只有两个内存通道"),
        ("are IQ3 quants slower than Q3_K_M when half of it runs on the CPU?", "**On the card hardly"),
        ("IQ2 量化 CPU 跑会慢吗", "**在显卡上几乎不慢"),
        ("if I power limit my 4090 to 300W do I lose tok/s?", "**Hardly, for generating"),
        ("4090 限功耗到 300W，生成速度会慢吗", "**生成几乎不受影响"),
        ("n_ctx_per_seq (8192) < n_ctx_train (40960) -- the full capacity of the model will not be utilized, problem?", "**No error"),
        ("blasbatchsize 1024 or 512, which is better on 8GB?", "**512 is the usual one"),
    ],
)  # fmt: skip
def test_habits_of_programs_at_home_open_the_answer(question: str, opens: str, assistant: Assistant) -> None:
    said = assistant.ask(question).text
    assert said.startswith(opens)
    assert "是哪个模型" not in said


def test_layers_that_the_program_chooses_are_no_count() -> None:
    assert "gpu_layers" not in read("koboldcpp gpulayers=-1 for a 12B Q6_K on a 3060 12GB, right?").facts
    assert read("llama.cpp -ngl 21, 32B Q4_K_M, 3060 12GB").facts["gpu_layers"] == (21,)


def test_a_size_told_with_the_name_is_that_model(assistant: Assistant) -> None:
    said = assistant.ask("Mac Studio M3 Ultra 256GB, DeepSeek-R1 671B: which quant?").text
    assert "Distill" not in said


def test_a_rate_is_judged_on_the_machine_that_has_it(assistant: Assistant) -> None:
    said = assistant.ask("my M1 Pro 32GB does 7 t/s with qwen2.5 14b Q8_0. would an M4 Pro 48GB be much faster?").text
    assert said.count("7 tokens/s with") <= 1
    assert "times as fast" in said


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("32B IQ3 on a 16GB card, ok?", "gguf:IQ3_XS"),
        ("70B 的 IQ2 能放进 24G 吗", "gguf:IQ2_XS"),
        ("Qwen3-14B IQ4_XS on 10GB", "gguf:IQ4_XS"),
        ("Qwen3-14B IQ4_NL on 10GB", "gguf:IQ4_NL"),
    ],
)
def test_an_iq_file_without_its_size_is_the_middle_one(question: str, kind: str) -> None:
    assert read(question).facts["weight_format"] == (kind,)


@pytest.mark.parametrize(
    ("question", "ram", "cards"),
    [
        ("RTX 4070 12GB, 4x8GB DDR4: which model?", (32,), (None, (1,))),
        ("2x48GB DDR5-6000 and a 7900 XTX, gpt-oss-120b?", (96,), (None, (1,))),
        ("2x 3090 with 8x16GB ECC RAM, GLM-4.5-Air Q4", (128,), ((2,),)),
        ("两根32G内存，5070 12G，跑 qwen3-30b-a3b", (64,), (None, (1,))),
        ("内存 4x16G，3060 12G，跑 14B", (64,), (None, (1,))),
        ("2x24GB cards, 70B Q4", None, ((2,),)),
        ("4x16GB V100, 70B int4", None, ((4,),)),
    ],
)  # fmt: skip
def test_modules_of_ram_are_no_cards(question: str, ram: tuple[int, ...] | None, cards: tuple[object, ...]) -> None:
    facts = read(question).facts
    assert facts.get("host_memory_gb") == ram
    assert facts.get("n_gpus") in cards


def test_cards_by_fours_are_no_modules_of_ram() -> None:
    assert "sticks_added" not in read("Llama-3.3-70B on 4x A10G, fp16, 4096 tokens: what speed?").cues

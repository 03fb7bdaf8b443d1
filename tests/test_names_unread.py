"""Names that no table has, or has without a shape: said so, and never taken for another in silence."""

import pytest

from chat.reads.grammar import read
from kb import candidates
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Nanonets-OCR VRAM usage?", "No model “Nanonets-OCR” is in the tables."),
        ("how much vram does Zorvex need", "No model “Zorvex” is in the tables."),
        ("请问 DocuMind2.5 本地部署要多大显存", "表里没有模型“DocuMind2.5”。"),
        ("inkpad.ocr 显存要求", "表里没有模型“inkpad.ocr”。"),
    ],
)
def test_a_name_that_nobody_knows_is_repeated(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "How much memory for a MoE?",
        "How do I reduce GPU memory in PyTorch?",
        "Does FlashAttention need more memory?",
        "LoRA 微调显存要多少",
        "Fine-tuning on Colab T4, possible?",
        "What does LLMs memory depend on?",
    ],
)
def test_other_words_are_no_names(question: str) -> None:
    assert "is in the tables" not in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3-Norsk-8B on 24GB?", "No “Llama-3-Norsk-8B” is in the tables; it is counted as Meta-Llama-3-8B-Instruct"),
        ("Qwen2.5-7B-Instruct-uncensored 12G 能跑吗", "表里没有“Qwen2.5-7B-Instruct-uncensored”，按 Qwen2.5-7B-Instruct 计算"),
    ],
)  # fmt: skip
def test_a_tuned_version_is_counted_as_its_base_and_said_so(question: str, says: str) -> None:
    assert answer_to(question).startswith(says)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B-sized model, 16k context",
        "Qwen2.5-7B-Instruct-AWQ on a 3090",
        "Mistral-7B-finetuned with LoRA on 24GB",
        "Llama-3.1-8B-Instruct on a 4090",
    ],
)
def test_what_is_joined_and_no_name(question: str) -> None:
    assert "own_word" not in read(question).extras


def test_a_model_without_a_shape_goes_by_its_size() -> None:
    told = answer_to("Which cards can run gemma-3n-E2B?")
    assert told.startswith("Of “gemma-3n-E2B” the tables have the size, not the shape")
    assert "representative 5.44B model" in told


def test_a_base_has_the_shape_of_its_tuned_version() -> None:
    assert read("Snowflake Arctic in fp8 on H100s").facts["model"] == ("Snowflake/snowflake-arctic-instruct",)


def test_every_model_may_be_recommended_for() -> None:
    one = candidates.candidates({"model": "gemma-3n-E4B-it"})[0]
    assert one.params > 5e9


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen 72b on 2x A100 80GB?", "“qwen 72b” is taken as Qwen2.5-72B-Instruct; there are also Qwen2-72B, "),
        ("yi 34b 单张 3090 跑 q4 够吗", "“yi 34b”按 Yi-1.5-34B-Chat 计算；同样大小的还有 Yi-34B-Chat"),
        ("can I run llama 70b on an H100?", "“llama 70b” is taken as Llama-3.3-70B-Instruct; there are also Llama-3.1"),
        ("千问14B 用 L40S 行吗", "按 Qwen3-14B 计算；同样大小的还有 Qwen2.5-14B"),
    ],
)
def test_of_a_size_that_several_generations_have_the_latest_is_taken(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text
    assert says not in text.split("\n\n")[0]  # what is asked is answered first


@pytest.mark.parametrize("text", ["internvl 78b on 2x A100", "internvl 26b 跑在 4090 上"])
def test_a_model_of_pictures_that_no_table_has_is_said_to_be_unknown(text: str) -> None:
    assert read(text).unknown_models


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("qwen 8b on 12gb", "Qwen/Qwen3-8B"),
        ("qwen 30b a3b 跑在 24G 上", "Qwen/Qwen3-30B-A3B"),
        ("gemma 9b lora on a 3090", "google/gemma-2-9b-it"),
        ("Qwen-14B-Chat on 24GB", "Qwen/Qwen-14B-Chat"),
        ("Qwen-7B on 24GB", "Qwen/Qwen-7B"),
        ("qwen 3b vlm on 8gb", "Qwen/Qwen2.5-VL-3B-Instruct"),
        ("a qwen vision model, 7b, on 16gb", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("千问 72b 多模态 4张A100", "Qwen/Qwen2.5-VL-72B-Instruct"),
        ("qwen2 7b vlm on 24gb", "Qwen/Qwen2-VL-7B-Instruct"),
    ],
)
def test_a_family_and_a_size_name_a_member(text: str, model: str) -> None:
    assert read(text).facts["model"] == (model,)


def test_what_another_publisher_made_of_a_member_is_none_of_the_family() -> None:
    assert answer_to("how much vram does mistral-nemo need at 8k").startswith("**Mistral-Nemo-Instruct-2407,")
    assert "others of the name are Mistral-Nemo-Instruct-2407, " in answer_to("how much vram does mistral need")


def test_a_name_in_full_is_that_model() -> None:
    assert answer_to("Qwen-72B on 2x A100 80GB?").startswith("**Qwen-72B,")


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("GLM K7 650B in fp8 on 8x H200?", "GLM K7 650B"),
        ("Gemma 6 Ultra 120B 两张 4090 4bit 能跑吗", "Gemma 6 Ultra 120B"),
        ("what does Mistral Nano 5 1.1T need", "Mistral Nano 5 1.1T"),
    ],
)
def test_a_later_member_of_a_family_is_no_member_of_the_table(question: str, called: str) -> None:
    assert answer_to(question).startswith((f"No model “{called}” is in the tables", f"表里没有模型“{called}”"))


@pytest.mark.parametrize("question", ["Qwen 2 7B on a 4090?", "falcon 2 11B 要多少显存", "Yi 1.5 34B 4bit"])
def test_a_version_that_the_table_has_is_that_model(question: str) -> None:
    assert read(question).facts.get("model")


def test_of_a_mixture_of_a_told_size_alone_nothing_invented_is_offered() -> None:
    told = answer_to("Can a 40 GB card run GLM K7 880B in 4bit")
    assert "n-cpu-moe" not in told
    assert "shapes assumed" in told

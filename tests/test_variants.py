"""Changes that are asked beside a case: each is read as a follow-up of it, and answered by itself."""

import re

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.plans.variants import varied
from chat.reads.grammar import read
from tests.talking import answer_to

_SERVED = "Does gemma-3-27b-it bf16 fit on 2x 3090 with vllm, 8k context? "
_TUNED = "Can I LoRA fine-tune Qwen3-8B on one 3090 at 2k tokens? "
_SERVED_ZH = "两张3090用vllm能跑Qwen2.5-32B fp16 8k上下文吗？"
_TUNED_ZH = "单卡3090能LoRA微调Qwen3-8B吗，2k长度？"


@pytest.mark.parametrize(
    ("case", "asked", "changed"),
    [
        (_SERVED, "would a third card help?", {"n_gpus": 3}),
        (_SERVED, "And with fp8?", {"weight_format": "fp8"}),
        (_SERVED, "Would int4 go on one card?", {"weight_format": "int4", "n_gpus": 1}),
        (_SERVED, "Could one 80G card do it?", {"gpu_memory_gb": 80, "n_gpus": 1}),
        (_SERVED, "What if I quantise the KV cache?", {"kv_format": "fp8"}),
        (_SERVED, "And at 32k?", {"seq_len": 32768}),
        (_SERVED, "Or a third card?", {"n_gpus": 3}),
        (_SERVED[:-2] + " ", "or do I need two more?", {"n_gpus": 4}),
        (_SERVED, "And in 4-bit on one?", {"bits": 4, "n_gpus": 1}),
        (_SERVED, "What about without flash attention?", {"attention": "eager"}),
        (_SERVED, "What about another 16 users?", {"batch_size": 16}),
        (_TUNED, "And full fine-tuning?", {"method": "full"}),
        (_TUNED, "What would ZeRO-3 give on two?", {"zero_stage": 3, "n_gpus": 2}),
        (_TUNED, "and if I add a second 3090?", {"n_gpus": 2}),
        (_TUNED, "Does turning off gradient checkpointing still work?", {"gradient_checkpointing": "off"}),
        (_TUNED, "Batch size 4 too?", {"batch_size": 4}),
        (_TUNED, "Is full possible with offload and 128GB RAM?", {"method": "full", "offload": "params", "host_memory_gb": 128}),
        (_TUNED, "What about the 14B?", {"model": "Qwen/Qwen3-14B"}),
        (_SERVED_ZH, "再加一张呢？", {"n_gpus": 3}),
        (_SERVED_ZH, "int4一张卡行不行？", {"weight_format": "int4", "n_gpus": 1}),
        (_SERVED_ZH, "换成4张呢？", {"n_gpus": 4}),
        (_TUNED_ZH, "全参呢？", {"method": "full"}),
        (_TUNED_ZH, "再插一张3090有用吗？", {"n_gpus": 2}),
        (_TUNED_ZH, "换成48G的呢？", {"gpu_memory_gb": 48}),
        (_TUNED_ZH, "换成14B呢？", {"model": "Qwen/Qwen3-14B"}),
        (_TUNED_ZH, "不开梯度检查点还放得下吗？", {"gradient_checkpointing": "off"}),
    ],
)  # fmt: skip
def test_what_is_asked_beside_a_case_changes_only_what_it_names(
    case: str, asked: str, changed: dict[str, object]
) -> None:
    found = varied(read(case + asked))
    assert found is not None
    assert found.base.facts == read(case).facts
    assert [{name: one[0] for name, one in each.changed.items()} for each in found.each] == [changed]


@pytest.mark.parametrize(
    "question",
    [
        _SERVED,
        _SERVED + "Or should I go with 4x 4090?",
        _SERVED + "I read it needs 60 GB.",
        _SERVED + "Is it loading it in fp16?",
        _TUNED + "Why does the table say 16 GB?",
        _TUNED + "Does 8-bit Adam save anything?",
        "How much memory does Qwen3-32B take? Is a 48 GB card enough?",  # its card, and no other one
        "Qwen2.5-7B on a 4090: how much does it take? fp16, int8 or int4?",
        "Llama-3.1-8B LoRA on a 3090 dies with OOM in the first backward pass. Is 24 GB not enough?",
        "单卡A100全参微调7B显存不够，是不是要24G以上的卡？",
        _SERVED_ZH + "还是换A100好？",
        _SERVED_ZH + "内存64G够吗？",  # RAM is no card of 64 GB, and of a case that puts nothing there no change
        _TUNED + "Would 32 GB of RAM be enough?",
    ],
)
def test_what_tells_or_chooses_or_completes_is_no_change(question: str) -> None:
    assert varied(read(question)) is None


@pytest.mark.parametrize(
    ("question", "first", "beside"),
    [
        (_SERVED + "Would int4 go on one card? And could one 80G card do it?", "does not fit|[Nn]ot as it stands", ("**INT4, 1 card: fits", "**An 80 GB card: fits")),
        (_TUNED + "And full fine-tuning?", "most likely fits", ("**Full fine-tuning: does not fit**",)),
        (_SERVED_ZH + "int4一张卡行不行？", "放不下|照现在的设置不行", ("**INT4、1 张卡：放得下",)),
        (_TUNED_ZH + "全参呢？batch开到4行不行？", "多半放得下", ("**全量微调：放不下**", "**批大小 4：放不下**")),
    ],
)  # fmt: skip
def test_each_has_a_verdict_of_its_own_behind_that_of_the_case(
    question: str, first: str, beside: tuple[str, ...], assistant: Assistant
) -> None:
    answer = assistant.ask(question)
    assert re.search(first, answer.text.split("\n\n")[0])
    places = [answer.text.index(one) for one in beside]
    assert places == sorted(places)
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Does Qwen2.5-14B in 8 bit fit on a 24GB card? What about 20 users at 4k?", "Counted as vLLM serves it, in its 0.92 of the card."),
        ("Qwen2.5-32B 4bit 一张 3090 能跑吗？上下文 32k 呢？", "这里按 vLLM 计，它只用显卡的 0.92。"),
    ],
)  # fmt: skip
def test_a_server_that_only_the_change_asks_for_is_told(question: str, says: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert text.count(says) == 1
    assert says not in text.split("\n\n")[0]


def test_the_result_has_a_case_for_each(assistant: Assistant) -> None:
    result = assistant.ask(_SERVED + "Would int4 go on one card?").result
    assert [(case["facts"]["weight_format"], case["verdict"]) for case in result["cases"]] == [
        ("bf16", "no"),
        ("int4", "yes"),
    ]
    assert result["verdict"] == "conditional"


def test_facts_set_by_hand_make_one_case_of_it(assistant: Assistant) -> None:
    reading = read(_SERVED + "And with fp8?")
    assert varied(reading) is not None
    by_hand = type(reading)(**{**vars(reading), "facts": {**reading.facts, "seq_len": (4096,)}})
    assert varied(by_hand) is None


def test_the_case_alone_is_in_force_afterwards(assistant: Assistant) -> None:
    talk = Conversation()
    first = assistant.ask(_SERVED + "Would int4 go on one card?", talk)
    assert first.given["weight_format"] == ("bf16",)
    assert first.given["n_gpus"] == (2,)
    then = assistant.ask("and with 4 cards?", talk)
    assert then.given["n_gpus"] == (4,)
    assert then.given["weight_format"] == ("bf16",)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-72B做DPO，全参要几张H800，lora的话呢",
        "How many A100 80GB for full SFT of a 70B? What about with LoRA?",
    ],
)
def test_a_count_by_another_method_is_told_under_its_name(question: str) -> None:
    assert any(part.startswith(("LoRA：**", "LoRA: **")) for part in answer_to(question).split("\n\n"))

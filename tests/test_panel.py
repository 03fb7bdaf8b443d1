"""The panel of facts without a browser: what it shows, what it takes, what a link holds."""

import re
from typing import Any

import pytest

from chat.agent import Assistant
from chat.events import Answer, Conversation, Finished
from chat.page.panel import MOST_TURNS, BadFact, changed, in_force, link, linked, panel_html, parsed
from chat.phrases import LABELS, label
from chat.reads.follow_ups.follow import adjusted
from chat.words import changes
from kb.knobs import KNOBS
from tests.fakes import RESULT

OFFERED = [knob for knob in KNOBS if not knob.advanced and knob.name not in ("config", "task")]


def again(assistant: Assistant, conversation: Conversation, texts: dict[str, Any]) -> Answer:
    """The last question with facts set by hand, as the page asks it."""
    last = conversation.turns.pop()
    *_, end = assistant.stream(last.question, conversation, last.language, changed(last, texts))
    assert isinstance(end, Finished)
    return end.answer


def test_every_fact_has_a_label_in_both_languages() -> None:
    for knob in OFFERED:
        assert all(LABELS[knob.name])


def test_it_tells_what_was_said_from_what_is_assumed(assistant: Assistant) -> None:
    answer = assistant.ask("Can I QLoRA a 70B model on 2×A100?")
    facts = in_force(answer)
    assert {name: values for name, (values, said) in facts.items() if said} == {
        "params": (70e9,), "method": ("qlora",), "gpu": ("A100",), "n_gpus": (2,),
    }  # fmt: skip
    assert facts["zero_stage"] == ((0, 3), False)
    html = panel_html(answer)
    assert html.count("kb-said") == 4
    assert html.count("<label") == html.count("data-now")
    offered = set(re.findall(r'name="(\w+)" data-now', html))
    assert offered == {knob.name for knob in OFFERED}


def test_a_fact_set_by_hand_is_planned_like_one_that_was_said(assistant: Assistant) -> None:
    spoken, by_hand = Conversation(), Conversation()
    assistant.ask("Can I QLoRA a 70B model on 2×A100?", spoken)
    assistant.ask("Can I QLoRA a 70B model on 2×A100?", by_hand)
    said = assistant.ask("and with 8k context and ZeRO-3?", spoken)
    put = again(assistant, by_hand, {"seq_len": "8k", "zero_stage": "3"})
    assert put.tool_calls[0] == said.tool_calls[0]
    assert put.result["memory"] == said.result["memory"]
    assert put.given == said.given
    assert put.changed == {"seq_len": (8192,), "zero_stage": (3,)}
    assert len(by_hand.turns) == 1, "the answer takes the place of the one that it amends"
    # what was set is still so for the next question, and what was solved for and is now given is asked no more
    assert assistant.ask("what about 13B?", by_hand).given == {**put.given, "params": (13e9,)}


def test_what_was_solved_for_can_be_given(assistant: Assistant) -> None:
    conversation = Conversation()
    solved = assistant.ask("What is the longest context Llama-3.1-8B can serve on one 24 GB card?", conversation)
    assert solved.result["solved"] or solved.result["cases"]
    given = again(assistant, conversation, {"seq_len": "8192"})
    assert given.tool_calls[0]["name"] == "estimate_memory"
    assert given.tool_calls[0]["args"]["seq_len"] == 8192


def test_a_new_value_retires_what_belonged_to_the_old_one() -> None:
    facts = {
        "params": (7e9,),
        "method": ("qlora",),
        "bits": (4,),
        "lora_rank": (8,),
        "task": ("train",),
        "gpu": ("A100",),
    }
    assert adjusted(facts, {"model": ("Llama-3.1-8B",)}) == {
        **{name: values for name, values in facts.items() if name != "params"}, "model": ("Llama-3.1-8B",),
    }  # fmt: skip
    served = adjusted(facts, {"method": ("inference",)})
    assert served == {"params": (7e9,), "method": ("inference",), "task": ("inference",), "gpu": ("A100",)}
    assert adjusted(facts, {"bits": (16,)})["method"] == ("lora",)
    assert "gpu" not in adjusted(facts, {"gpu": ()})


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("n_gpus", "-1", "n_gpus"),
        ("n_gpus", "1e99", "n_gpus"),
        ("method", "magic", "one of"),
        ("gpu", "A1000000", "no card"),
        ("model", "no-such-model-9000", "no model"),
        ("config", "/etc/passwd", "no fact"),
        ("autocast", "yes", "no fact"),
        ("__class__", "1", "no fact"),
        ("seq_len", "9" * 5000, "seq_len"),
    ],
)
def test_what_cannot_be_is_refused(name: str, text: str, why: str) -> None:
    with pytest.raises(BadFact, match=why) as refused:
        parsed(name, text)
    assert refused.value.name == name


def test_several_values_stand_in_one_control() -> None:
    assert parsed("bits", "4 | 8") == (4, 8)
    assert parsed("seq_len", "  ") == ()


def test_a_link_holds_every_turn(assistant: Assistant) -> None:
    conversation = Conversation()
    assistant.ask("7B模型全参微调要多少显存? & <b>=?", conversation)
    again(assistant, conversation, {"batch_size": "4", "method": "lora"})
    assistant.ask("那13B呢?", conversation)
    again(assistant, conversation, {"batch_size": ""})
    turns, troubles = linked(link(conversation.turns))
    assert not troubles
    assert turns == [
        ("7B模型全参微调要多少显存? & <b>=?", {"method": ("lora",), "batch_size": (4,)}),
        ("那13B呢?", {"batch_size": ()}),
    ]


def test_a_link_from_anywhere_does_no_harm() -> None:
    assert linked("") == ([], [])
    assert linked("?__theme=dark&n_gpus=2") == ([], [])
    turns, troubles = linked("?q=a&config=/etc/passwd&n_gpus=x&seq_len=4096&view=api")
    assert turns == [("a", {"seq_len": (4096,)})]
    assert len(troubles) == 2
    assert len(linked("?" + "&".join(f"q={i}" for i in range(100)))[0]) == MOST_TURNS
    assert linked("?" + "&".join("q=1" for _ in range(1000)))[0] == []


def test_what_others_wrote_stays_text() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'"
    answer = Answer(hostile, "en", "", RESULT, said={"model": (hostile,), "lora_targets": (hostile,)})
    html = panel_html(answer, BadFact("gpu", hostile), hostile)
    assert "<img" not in html
    assert "&lt;img" in html
    assert panel_html(None) == ""
    assert panel_html(Answer("hello", "en", "", {})) == ""


def test_a_refusal_in_chinese_says_what_would_be_taken() -> None:
    answer = Answer("70B?", "zh", "", RESULT)
    for name, text, taken in (("seq_len", "x", "整数"), ("gpu", "A1000000", "列表"), ("zero_stage", "9", "ZeRO-1")):
        with pytest.raises(BadFact) as refused:
            parsed(name, text)
        alert = panel_html(answer, refused.value, text).split('role="alert">')[1].split("</p>")[0]
        assert alert.startswith(label(name, "zh"))
        assert taken in alert


def test_changes_are_told_in_words() -> None:
    assert changes({"seq_len": (8192,), "zero_stage": (3,)}, "en") == "8,192 tokens · sharded (ZeRO-3/FSDP)"
    assert changes({"seq_len": ()}, "zh") == "序列长度: 按惯例"


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        (
            "The README says 2x A100 80GB do it; on my 4x A100 40GB it overflows. Qwen2-72B int4.",
            "Quoted of others, not counted on: A100 80 GB, 2 cards",
        ),
        ("文档说两张H800够,我只有8张4090,能训13B吗", "引自他人，未采用：H800、2 张卡"),
    ],
)
def test_what_is_quoted_of_others_stands_as_such(assistant: Assistant, question: str, quoted: str) -> None:
    assert f'<p class="kb-quoted">{quoted}</p>' in panel_html(assistant.ask(question))
    assert "kb-quoted" not in panel_html(assistant.ask("Can a 4090 run a 7B?"))

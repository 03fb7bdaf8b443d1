"""How answers are put: verdict first, cases as a person says them, remarks with their conditions, follow-ups."""

import re
import string

import pytest

from chat.agent import Assistant
from chat.answers.case_tables import cases_of
from chat.answers.headlines import headline
from chat.events import Conversation
from chat.figures.named import Figures, Missing
from chat.phrases import in_words, value
from chat.remarks.remark import made
from chat.remarks.table import REMARKS
from tests.situations import FIRES, SEVEN
from tests.talking import answer_to


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


# ── remarks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("remark", REMARKS, ids=[remark.key for remark in REMARKS])
def test_a_remark_says_the_same_in_both_languages_and_cites_its_source(remark: object) -> None:
    assert isinstance(remark, type(REMARKS[0]))
    assert fields(remark.en) == fields(remark.zh)
    assert remark.source[0]
    assert remark.source[1].startswith("https://")
    assert not re.search(r"[\u4e00-\u9fff]", remark.en)


def test_no_two_remarks_share_a_key() -> None:
    assert len({remark.key for remark in REMARKS}) == len(REMARKS)


def test_every_remark_has_a_situation() -> None:
    assert set(FIRES) == {remark.key for remark in REMARKS}


@pytest.mark.parametrize("key", FIRES)
def test_a_remark_is_made_where_it_holds_and_not_elsewhere(key: str) -> None:
    about, facts, told = FIRES[key]
    found = [remark["key"] for remark in made(about, Figures(facts, told), most=99)]
    assert key in found
    elsewhere = [remark["key"] for remark in made(["greeting"], Figures({**SEVEN, "method": "inference"}), most=99)]
    assert key not in elsewhere


def test_a_figure_that_does_not_exist_is_missing_not_zero() -> None:
    figures = Figures({"params": "7B", "method": "inference"})
    with pytest.raises(Missing):
        _ = figures["claim"]
    assert figures.amount("claim") == 0.0
    assert figures["kv_token"] == "512 KiB"  # 2 · 32 layers · 32 heads · 128 · 2 bytes


# ── wording ────────────────────────────────────────────────────────────────────────────────────────────────────────


def case(verdict: str, **facts: object) -> dict[str, object]:
    memory = {"best_gib": 10.0, "low_gib": 9.0, "high_gib": 12.0}
    return {"facts": facts, "verdict": verdict, "memory": memory, "capacity_gib": 24.0, "terms": []}


def estimate(*cases: dict[str, object], **more: object) -> dict[str, object]:
    facts = {"params": {"value": 7e9, "origin": "asked"}, "method": {"value": "qlora", "origin": "asked"}}
    facts |= {name: {"value": given, "origin": "asked"} for name, given in more.items()}
    verdicts = {str(one["verdict"]) for one in cases}
    verdict = verdicts.pop() if len(verdicts) == 1 else "conditional"
    return {"verdict": verdict, "memory": cases[0]["memory"], "facts": facts, "cases": list(cases)}


def test_verdicts_are_told_by_what_they_turn_on() -> None:
    result = estimate(
        case("yes", gpu="A100 80 GB", zero_stage=0), case("yes", gpu="A100 80 GB", zero_stage=3),
        case("no", gpu="A100 40 GB", zero_stage=0), case("yes", gpu="A100 40 GB", zero_stage=3),
        n_gpus=2,
    )  # fmt: skip
    english = headline(result, "en")
    assert english == (
        "**7B, QLoRA, 2 cards: fits on A100 80 GB (10.0 GiB); on A100 40 GB only sharded (ZeRO-3/FSDP), 10.0 GiB; "
        "each card has 24.0 GiB.**"
    )
    assert "A100 80 GB 放得下(10.0 GiB);A100 40 GB 只有切分(ZeRO-3/FSDP)才放得下(10.0 GiB)" in headline(result, "zh")


def test_verdicts_that_agree_are_told_once() -> None:
    result = estimate(case("no", bits=4), case("no", bits=8))
    assert (
        headline(result, "en")
        == "**7B, QLoRA: does not fit with 4-bit or 8-bit: even the least takes 10.0 GiB; the card has 24.0 GiB.**"
    )
    assert headline(result, "zh") == "**7B · QLoRA\uff1a4 位、8 位都放不下,最省的也要 10.0 GiB;卡上可用 24.0 GiB。**"


def test_on_one_card_sharding_is_no_case() -> None:
    result = estimate(
        case("no", n_gpus=1, zero_stage=0), case("no", n_gpus=1, zero_stage=3),
        case("no", n_gpus=2, zero_stage=0), case("yes", n_gpus=2, zero_stage=3),
    )  # fmt: skip
    assert len(cases_of(result)) == 3
    assert "does not fit on 1 card (10.0 GiB); on 2 cards only sharded" in headline(result, "en")


@pytest.mark.parametrize(
    ("name", "given", "en", "zh"),
    [
        ("n_gpus", 1, "1 card", "1 张卡"), ("n_gpus", 2, "2 cards", "2 张卡"), ("seq_len", 20480, "20,480 tokens", "20,480 token"),
        ("batch_size", 8, "batch 8", "批大小 8"), ("bits", 4, "4-bit", "4 位"), ("weight_format", "gguf:Q4_K_M", "Q4_K_M", "Q4_K_M"),
        ("gpu", "a 24 GB card", "a 24 GB card", "24 GB 显卡"), ("method", "full", "full fine-tuning", "全量微调"),
    ],
)  # fmt: skip
def test_facts_are_said_with_their_nouns(name: str, given: object, en: str, zh: str) -> None:
    assert in_words(name, given, "en") == en
    assert in_words(name, given, "zh") == zh
    assert value(name, given, "en")


# ── follow-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────

# (first question, follow-up, facts that the first call must hold, facts that it must not)
FOLLOW_UPS: list[tuple[str, str, dict[str, object], tuple[str, ...]]] = [
    ("Can I QLoRA a 70B model on 2×A100 80GB?", "and with 8k context?", {"seq_len": 8192, "method": "qlora", "n_gpus": 2}, ()),
    ("Can I QLoRA a 70B model on 2×A100 80GB?", "what if I shard it?", {"zero_stage": 3, "params": 70 * 10**9}, ()),
    ("Can I LoRA a 7B on a 4090?", "and a 13B?", {"params": 13 * 10**9, "method": "lora", "gpu": "RTX 4090"}, ()),
    ("4090能LoRA微调7B吗", "那13B呢?", {"params": 13 * 10**9, "method": "lora"}, ()),
    ("4090能LoRA微调13B吗", "换成QLoRA呢", {"method": "qlora", "params": 13 * 10**9}, ()),
    ("4090能QLoRA微调13B吗", "两张卡呢", {"n_gpus": 2, "method": "qlora"}, ()),
    ("How much VRAM for Llama-3.1-8B inference?", "on a 3060 12GB?", {"gpu": "RTX 3060", "method": "inference"}, ()),
    ("8张A800 80G用LoRA微调14B", "用ZeRO-3", {"zero_stage": 3, "method": "lora"}, ()),
    ("8张A800 80G全参微调14B", "加上offload", {"offload": "params", "n_gpus": 8, "method": "full"}, ()),
    ("Max context for Qwen2.5-14B int4 on a 4090?", "and with fp8 kv cache?", {"quantity": "seq_len", "kv_format": "fp8", "weight_format": "int4"}, ()),
    ("KV cache of Llama-3-8B at 8k", "in fp8?", {"kv_format": "fp8", "seq_len": 8192}, ("weight_format",)),
    ("How many H100 80GB for a full fine-tune of Llama-2-70B?", "and with LoRA?", {"quantity": "n_gpus", "method": "lora"}, ()),
    ("部署qwen2.5-72b int4要几张4090", "换成A100 80G呢", {"quantity": "n_gpus", "gpu": "A100", "weight_format": "int4"}, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then", "holds", "lacks"), FOLLOW_UPS, ids=[f"{f[0][:30]} {f[1]}" for f in FOLLOW_UPS]
)
def test_a_follow_up_changes_what_it_says_and_keeps_the_rest(
    first: str, then: str, holds: dict[str, object], lacks: tuple[str, ...]
) -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask(first, conversation)
    answer = assistant.ask(then, conversation)
    assert not answer.notices
    args = answer.json()["tool_calls"][0]["args"]
    assert {name: args.get(name) for name in holds} == holds
    assert not set(lacks) & set(args)


def test_a_bare_why_asks_about_the_answer_before() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("Full fine-tune Mistral 7B on 4 A100 40GB", conversation)
    answer = assistant.ask("why so much?", conversation)
    assert "16 B" in answer.text


def test_two_conversations_know_nothing_of_each_other() -> None:
    assistant, one, other = Assistant(), Conversation(), Conversation()
    assistant.ask("Can I LoRA a 7B on a 4090?", one)
    assistant.ask("KV cache of Llama-3-8B at 8k", other)
    assert assistant.ask("and 13B?", one).json()["facts"]["method"]["value"] == "lora"


# ── what decides beside the card ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("24 GB card, fine-tune a 14B at 4800 tokens: LoRA, QLoRA or freeze, which one?", "Take 4-bit QLoRA: the others do not fit, and it most likely does", ""),
        ("24G 显存微调 14B，长度 4800，LoRA、QLoRA、freeze 选哪个", "选 4 位 QLoRA：其余都放不下，它多半放得下", ""),
        ("Full fine-tune 7B with ZeRO-3 offload on one A100 40GB with 64 GB RAM?", "Host memory is what falls short", ""),
        ("Llama-3.3-70B Q4_K_M on a 3090 with 64 GB of system RAM, possible?", "not on the card alone, but with host memory it fits", "No."),
        ("192G 内存加一张 3090，能跑 Qwen3-235B-A22B Q4_K_M 吗", "只放显卡放不下，用上主机内存可以", "不行"),
        ("64G 内存加一张 3090，专家放内存跑 Qwen3-235B-A22B Q4_K_M，行吗", "显卡加内存也放不下", "用上主机内存就可以"),
        ("7B 全量微调 ZeRO-3 offload，单卡 A100 40G，内存 512G，够吗", "放得下", "内存不够"),
        ("能用 LLaMA-Factory 在两张 4090 上对 Qwen2.5-14B 做 LoRA DPO 吗，长度 4096", "放不下", "LLaMA-Factory 的表（"),
        ("Does gpt-oss-20b run on a 16GB Mac?", "with the limit raised", "in host memory:"),
        ("16GB 的 Mac 能跑 gpt-oss-20b 吗", "调高上限就放得下", "换 24 GB 的卡"),
    ],
)  # fmt: skip
def test_what_decides_beside_the_card_is_told(question: str, said: str, unsaid: str) -> None:
    text = answer_to(question)
    assert said in text
    assert not unsaid or unsaid not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_single_card_of_the_fewest_shares_nothing(language: str) -> None:
    words = {"en": "How many A100 80GB for QLoRA 4-bit of 70B?", "zh": "70B 4bit QLoRA 要几张 A100 80G？"}
    answer = Assistant().ask(words[language])
    solved = answer.json()["solved"]
    assert solved["value"] == 1
    assert "ZeRO-3" not in answer.text.splitlines()[0]


@pytest.mark.parametrize("question", [
    "RTX 9090 Ti 64G 能跑 Llama-7 200B 吗", "vram for qlora on LLama-5-900B-Ultra on a rtx 9090? 1 gpu",
    "QLoRA 7B(llama2), r=8 vs r=256 on all linear layers -> VRAM difference in GB pls",
    "单卡A100 80G全参训Qwen2.5-7B，zero2 OOM，换zero3还是OOM，长度1024", "V3 FP8 over two H20-96G nodes: tp16 vs tp8 x pp2?",
    "AMD 7900 XT, 20 gigs, LM Studio. Nemo 12b at Q6_K, slider at 32768. Windows sits on ~1.3GB. Everything on the GPU?",
])  # fmt: skip
def test_what_the_embedded_model_says_stands_in_results(question: str) -> None:
    assert not Assistant().ask(question).notices

"""The guard: what stands in a result may be said in any sane form; what stands in none may not be said in any."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chat.guard import LOOSEST, Guard
from chat.sentences import SentenceBuffer, Thoughts
from chat.written import numbers, plain
from tests.fakes import RESULT

FAST = settings(max_examples=150, deadline=None)


@pytest.fixture
def guard() -> Guard:
    made = Guard()
    made.learn(RESULT)
    return made


HONEST = (
    "On an 80 GB A100 the 4-bit weights take 34.8 GiB of 79.25 GiB.",
    "The weights take 35 GiB, the activations 5.2 GiB.",
    "It needs about 44 GiB per card (41–49 GiB).",
    "It needs between 41.1 and 49.4 GiB per card.",
    "34.8 + 5.2 GiB are weights and activations.",
    "That is 37.4 GB for the weights.",
    "Weights: $34.8\\,\\mathrm{GiB}$, that is $37{,}366$ MB.",
    "**Yes** — 2×A100 hold it; ZeRO-3 would shard Llama-2-70B.",
    "With 2,048 tokens and 2 GPUs it fits.",
    "With 2k tokens on two cards it fits.",
    "LLaMA-Factory's table says 48 GB (4-bit QLoRA).",
    "The weights are the most: they need 34.8 GiB.",
    "It needs an 80 GB card.",
    "Take the A100 80 GB: it is faster.",
    "With activation recomputation it fits: 44 GiB.",
    "激活重计算就放得下(44 GiB)。",
    "A fused loss (no full logits): 44 GiB.",
    "See https://arxiv.org/abs/2305.14314 for the method.",
    "1. Shard the weights.",
    "2) Or shorten the sequence, see Section 3.2 and Table 4.",
    "The table is of 2024-07-18.",
    "| weights | 34.8 GiB | 17.4 GiB |",
    "| weights (GiB) | 34.8 | 17.4 |",
    "权重占用34.8GiB,激活占用5.2GiB。",
    "每张卡约需44 GiB,80 GB 的A100放得下。",
    "用 8 位缓存(OLLAMA_FLASH_ATTENTION=1)。",
    "两张A100不会自动相加,4位权重要三十四点八 GiB。",
    "LLaMA-Factory 的表说是四十八GB。",
    "表里写的是48个G。",
    "序列长度 2048 个 token,2 张卡。",
    "The table says forty-eight gigabytes.",
)


@pytest.mark.parametrize("sentence", HONEST)
def test_what_a_result_holds_may_be_said(guard: Guard, sentence: str) -> None:
    assert guard.strangers(sentence) == []


INVENTED = (
    "It needs 67 GB.",
    "It needs 34.8 GB.",  # GiB in the result
    "It needs 67GB per card.",
    "It needs about67 GB or about-67 GB.",
    "It needs 6**7** GB.",
    "It needs 6<b></b>7 GB.",
    "It needs &#54;7 GB.",
    "It needs 6\u200b7 GB.",
    "It needs \uff16\uff17 \uff27\uff22.",
    "It needs \u0666\u0667 GB.",
    "It needs $6$$7\\,\\text{GB}$.",
    "It needs $\\mathbf{67}$ GiB.",
    "It needs 67,000 MiB.",
    "It needs 67\u2009000 MiB.",
    "It needs 6.7×10¹⁰ bytes.",
    "It needs $6.7 \\times 10^{10}$ bytes.",
    "It needs 6.7e10 bytes.",
    "It needs 44–67 GiB.",
    "It needs 67–60 GiB.",
    "It needs between 67 and 79.25 GiB.",
    "It needs sixty-seven gigabytes.",
    "It takes 67 hours.",
    "That is 67 % of the card.",
    "It fits up to 67 tokens.",
    "You need 67 cards.",
    "You need 67×A100.",
    "You need 2048 cards.",  # a number of tokens in the result
    "It fits up to 2 tokens.",  # a number of cards in the result
    "It has 67B parameters.",
    "需要67GB显存。",
    "需要67 GB。",
    "需要六十七GB。",
    "需要六十七个G的显存。",
    "需要陸十七GB或陆拾柒GB。",
    "需要六十多GB。",
    "需要67多个GB。",
    "占显存的百分之六十七。",
    "要六十七张卡。",
    "大约67亿参数。",
    "The weights take 5.2 GiB, the activations 34.8 GiB.",  # swapped
    "Weights take 5.2 GiB and activations take 34.8 GiB.",
    "权重占用5.2 GiB,激活占用34.8 GiB。",
    "| weights | 5.2 GiB |",
    "| weights | 5.2 |",
    "It needs 5.2 GiB per card.",  # one term only
    "每张卡需要34.8 GiB。",
    "It needs 80 GB.",  # what the card has, not what is needed
    "All of it may take 80 GB.",
    "It needs 67\nGB.",
    "It needs \u0e56\u0e57 GB or \u096c\u096d GB.",
    "It needs \u2465\u2466 GB or \U0001d7d4\U0001d7d5 GB.",
    "It needs 67 \u0413\u0411.",
    "It needs two dozen GB.",
    "You need two dozen GPUs.",
    "Memory per card: sixty-seven.",
    "Batch size sixty-seven fits.",
    "显存:六十七。",
    "It needs 5e400 GB.",
    "| weights | 67 GiB |",
    "![](https://elsewhere.example/?q=1)",
    "![x][1]",
    "[more](https://elsewhere.example/)",
    "[more](//elsewhere.example/)",
    "[more](javascript:alert(1))",
    "see www.elsewhere.example",
    '<img src="x">',
)


# what no tool says and no reader of numbers reads: not a number of the results, so not said
UNREADABLE = (
    "It needs 0x43 GB.",
    "It needs 0b1000011GB.",
    "It needs LXVII GB.",
    "It needs \u2160\u2167 GB.",
    "It needs half a terabyte.",
    "It needs about a gigabyte more.",
    "It needs siebenundsechzig GB.",
    "必要なのは六十七ギガバイトです。",
    "Нужно шестьдесят семь гигабайт.",
    "육십칠 기가바이트가 필요합니다.",
    "需要半个TB。",
    "需要廿GB。",
)


@pytest.mark.parametrize("sentence", UNREADABLE)
def test_an_amount_that_cannot_be_read_is_withheld(guard: Guard, sentence: str) -> None:
    assert guard.unread(sentence) or guard.strangers(sentence)


UNITS_AS_SUCH = (
    "| weights (GiB) |",
    "GiB is not GB: all is in GiB.",
    "GB 和 GiB 不同,以 GiB 为单位。",
    "A few GB remain.",
)


@pytest.mark.parametrize("sentence", [*HONEST, *UNITS_AS_SUCH])
def test_a_unit_may_be_spoken_of(guard: Guard, sentence: str) -> None:
    assert guard.unread(sentence) == []


@pytest.mark.parametrize("sentence", INVENTED)
def test_what_no_result_holds_is_withheld(guard: Guard, sentence: str) -> None:
    assert guard.strangers(sentence)


def test_nothing_is_known_before_a_tool_spoke() -> None:
    assert Guard().strangers("It needs 44 GiB.") == ["44 GiB"]
    assert Guard().strangers("Let me look that up.") == []


def test_arguments_do_not_become_results() -> None:
    guard = Guard()
    guard.learn({"kind": "query", "columns": ["n"], "rows": [[1]], "sql": "SELECT 1 AS n -- 67 GB"})
    assert guard.strangers("It needs 67 GB.")
    guard.learn("gpu_memory_gb cannot be '67 GB'; it is at least 1 GB", echo={"gpu_memory_gb": "67 GB"})
    assert guard.strangers("It needs 67 GB.")
    assert guard.strangers("A card has at least 1 GB.") == []


def test_a_derived_term_is_that_term_too(guard: Guard) -> None:
    assert guard.strangers("The weights take 12.5 GiB.")
    guard.learn({"answers": [{"quantity": "weights", "value": 12.5 * 2**30, "unit": "byte", "shown": "12.5 GiB"}]})
    assert guard.strangers("The weights take 12.5 GiB.") == []


def test_a_query_launders_no_literal() -> None:
    guard = Guard()
    sql = "SELECT 67 AS memory_gb, bits FROM finetune WHERE bits = 4"
    guard.learn({"kind": "query", "columns": ["memory_gb", "bits"], "rows": [[67, 4]], "sql": sql})
    assert guard.strangers("It needs 67 GB.")
    assert guard.strangers("The number is 67.")
    assert guard.strangers("The row has bits = 4.") == []


def test_digits_of_a_link_are_no_figure() -> None:
    guard = Guard()
    guard.learn({"sources": [{"title": "A paper", "url": "https://arxiv.org/abs/2305.14314"}]})
    assert guard.strangers("It is 2305.14314, see https://arxiv.org/abs/2305.14314.") == ["2305.14314"]


def test_only_the_words_of_the_question_may_be_quoted() -> None:
    guard = Guard()
    guard.may_quote("does it fit in 67 GB?")
    assert guard.strangers("Not understood: “67 GB”.") == []
    assert guard.strangers("It needs “58 GB”.")


def test_columns_give_a_query_its_units() -> None:
    guard = Guard()
    guard.learn({"columns": ["method", "bits", "memory_gb"], "rows": [["QLoRA", 4, 48]]})
    assert guard.strangers("QLoRA: 48 GB, or 44.7 GiB.") == []
    assert guard.strangers("QLoRA: 4 GB.")
    assert guard.strangers("QLoRA: 48 GiB.")


# ---- properties --------------------------------------------------------------------------------------------------

GIB = st.floats(0.05, 5000).map(lambda value: float(f"{value:.6g}"))
TEMPLATES = st.sampled_from(
    [
        "It needs {} per card.", "Per card: {}.", "**{}**", "每张卡需要{}。", "需要 {} 显存", "| all | {} |",
        "the result ({}) fits", "≈ {}", "from {} upwards", "$\\approx$ {}", "- {}: fits", "合计{},放得下",
    ]
)  # fmt: skip


def forms(gib: float) -> list[str]:
    """The ways to write an amount that are right: digits that remain, units, typography."""
    made = []
    for value, unit in ((gib, "GiB"), (gib * 2**30 / 1e9, "GB"), (gib * 1024, "MiB"), (gib / 1024, "TiB")):
        for decimals in range(4):
            digits = f"{value:,.{decimals}f}"
            # one digit alone may be off by half of itself
            if abs(float(digits.replace(",", "")) - value) <= 0.1 * value:
                made += [f"{digits} {unit}", f"{digits}{unit}", f"{digits.replace(',', '')} {unit}"]
                made += [f"${digits.replace(',', '{,}')}\\,\\mathrm{{{unit}}}$", f"**{digits}** {unit}"]
    full = str.maketrans("0123456789.", "".join(chr(0xFF10 + n) for n in range(10)) + "\uff0e")
    return made + [one.translate(full) for one in made if "," not in one]


@FAST
@given(GIB, TEMPLATES, st.data())
def test_a_figure_passes_in_every_right_form(gib: float, template: str, data: st.DataObject) -> None:
    guard = Guard()
    guard.learn({"memory": {"best_gib": gib}})
    sentence = template.format(data.draw(st.sampled_from(forms(gib))))
    assert guard.strangers(sentence) == []


@FAST
@given(st.lists(GIB, min_size=1, max_size=6), GIB, TEMPLATES, st.data())
def test_a_far_number_never_passes(known: list[float], said: float, template: str, data: st.DataObject) -> None:
    guard = Guard()
    guard.learn({"terms": [{"name": "weights", "gib": gib} for gib in known]})
    assume(all(abs(said - gib) > 2.5 * LOOSEST * gib for gib in known))
    sentence = template.format(data.draw(st.sampled_from(forms(said))))
    assert guard.strangers(sentence)


@FAST
@given(st.integers(1, 10**7), st.sampled_from(["tokens", "GPUs", "parameters"]))
def test_a_count_is_of_one_thing(count: int, noun: str) -> None:
    keys = {"tokens": "seq_len", "GPUs": "n_gpus", "parameters": "params"}
    for other, key in keys.items():
        guard = Guard()
        guard.learn({"facts": {key: {"value": count, "origin": "asked"}}})
        assert bool(guard.strangers(f"It is about {count:,} {noun}.")) == (other != noun)


@FAST
@given(st.text("0123456789.,GiBM 四十八点百万亿张卡需要*$\\{}|-–×^e%()A\n", max_size=60))
def test_reading_numbers_never_raises(text: str) -> None:
    guard = Guard()
    guard.learn(text)
    assert isinstance(guard.strangers(text), list)
    assert isinstance(numbers(plain(text)), tuple)


def test_an_amount_behind_a_count_of_steps_is_one_number() -> None:
    assert [one.text for one in numbers("accumulated over 4 steps 28.2 GiB, in step 3.1 GiB")] == [
        "4",
        "28.2 GiB",
        "3.1 GiB",
    ]
    assert [one.text for one in numbers("as in step 3.1, and table 12")] == []


# ---- sentences ---------------------------------------------------------------------------------------------------


@FAST
@given(st.text("ab48. 。\n!?|", max_size=80), st.lists(st.integers(0, 80), max_size=10))
def test_sentences_join_to_what_came_in(text: str, cuts: list[int]) -> None:
    buffer, out = SentenceBuffer(), []
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    for start, end in pairwise(places):
        out += buffer.push(text[start:end])
    assert "".join(out + buffer.rest()) == text


@FAST
@given(st.sampled_from(INVENTED[:50]), st.integers(1, 6))
def test_no_cut_of_the_stream_lets_a_number_through(sentence: str, size: int) -> None:
    guard = Guard()
    guard.learn(RESULT)
    buffer, pieces = SentenceBuffer(), []
    text = f"Well. {sentence} That is all."
    for start in range(0, len(text), size):
        pieces += buffer.push(text[start : start + size])
    said = "".join(piece for piece in pieces + buffer.rest() if not guard.strangers(piece))
    assert "67" not in said
    assert said.startswith("Well.")


@FAST
@given(st.integers(1, 9))
def test_what_is_emphasised_is_one_sentence(size: int) -> None:
    buffer, text = SentenceBuffer(), "**It fits. Plan with 24 GiB.** Then more. **Open for ever.\n\nNext one. End."
    pieces = [one for start in range(0, len(text), size) for one in buffer.push(text[start : start + size])]
    pieces += buffer.rest()
    assert "".join(pieces) == text
    assert [one.strip() for one in pieces] == [
        "**It fits. Plan with 24 GiB.** Then more.",
        "**Open for ever.",
        "Next one.",
        "End.",
    ]


def test_a_long_sentence_takes_linear_time() -> None:
    buffer = SentenceBuffer()
    assert not [piece for _ in range(20_000) for piece in buffer.push("word ")]
    assert len(buffer.rest()[0]) == 100_000


@FAST
@given(st.integers(1, 9))
def test_thoughts_are_not_said(size: int) -> None:
    thoughts, text = Thoughts(), "<think>57 GB? 4 < 5</think>It < needs <b>44</b> GiB<"
    said = "".join(thoughts.push(text[start : start + size]) for start in range(0, len(text), size)) + thoughts.rest()
    assert said == "It < needs <b>44</b> GiB<"


@FAST
@given(st.integers(1, 9))
def test_thoughts_that_began_unsaid_are_taken_back(size: int) -> None:
    thoughts, text, said = Thoughts(), "Perhaps 57 GB. Hm.</think>\n\nIt needs 44 GiB.", ""
    for start in range(0, len(text), size):
        piece = thoughts.push(text[start : start + size])
        said = piece if thoughts.taken_back else said + piece
        thoughts.taken_back = False
    assert said + thoughts.rest() == "\n\nIt needs 44 GiB."

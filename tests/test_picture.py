"""The breakdown as a picture and as text, and the files of an answer: numbers of the data only, well formed, safe."""

import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from chat.events import Answer
from chat.page.export import latex, markdown, prose_latex, save, web_sources
from chat.page.picture import MOST_BARS, breakdown_text, columns, curves_html, gib, headline_html, picture_html
from tests.fakes import CASES, RESULT, terms

ONE = {**CASES[2], "facts": {}}


def drawn(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("result", [RESULT, ONE])
def test_a_bar_for_each_case_with_its_terms_in_order(result: dict, language: str) -> None:
    figure = drawn(picture_html(result, language))
    bars = figure.findall(".//svg")
    assert len(bars) == len(result.get("cases") or [1])
    for bar, case in zip(bars, result.get("cases") or [result], strict=True):
        rects = [rect for rect in bar.findall("rect") if rect.get("class") == "kb-term"]
        assert len(rects) == len(case["terms"])
        ends = [float(r.get("x", "")[:-1]) + float(r.get("width", "")[:-1]) for r in rects]
        starts = [float(rect.get("x", "")[:-1]) for rect in rects]
        assert starts[1:] == pytest.approx(ends[:-1], abs=0.01)
        edge = next(line for line in bar.findall("line") if line.get("class") == "kb-edge")
        fits = ends[-1] <= float(edge.get("x1", "")[:-1])
        assert fits == (case["verdict"] == "yes")


def test_a_reader_of_the_screen_hears_every_term() -> None:
    for bar in drawn(picture_html(RESULT)).findall(".//svg"):
        names = [(bar.find(tag)).get("id") for tag in ("title", "desc")]
        assert bar.get("aria-labelledby") == " ".join(names)
        assert bar.get("role") == "img"
        assert "weights" in bar.findtext("desc")
    ids = re.findall(r'id="([^"]+)"', picture_html(RESULT) + picture_html(RESULT))
    assert len(ids) == len(set(ids))


def test_numbers_are_those_of_the_data() -> None:
    given = {gib(v) for c in CASES for v in (*c["memory"].values(), c["capacity_gib"], *(t["gib"] for t in c["terms"]))
             if isinstance(v, float)}  # fmt: skip
    text = " ".join(drawn(picture_html({"cases": [{**c, "facts": {}} for c in CASES]})).itertext())
    assert set(re.findall(r"\d[\d.,]*", text)) <= given


@pytest.mark.parametrize(
    "result",
    [
        {}, {"memory": None, "terms": None, "cases": None}, {"terms": [], "verdict": None}, {"cases": [{}]},
        {"memory": {"best_gib": None}}, {"cases": [{"facts": {"bits": 4}, "verdict": "yes"}]},
    ],
)  # fmt: skip
def test_nothing_to_draw_is_no_picture(result: dict) -> None:
    assert picture_html(result) == breakdown_text(result) == ""


@pytest.mark.parametrize(
    "result",
    [
        {"terms": terms(weights=3.0)},
        {"memory": {"best_gib": 12.5}},
        {"memory": {"best_gib": 0.0}, "terms": terms(weights=0.0)},
        {
            "memory": {"best_gib": 1e6, "low_gib": 1, "high_gib": 1e7},
            "capacity_gib": 24,
            "terms": terms(other_thing=9.0),
        },
        {"cases": [{"terms": terms(kv_cache=1.0)}, {"terms": None}, {"facts": None, "terms": terms(state=2.0)}]},
    ],
)
def test_whatever_is_missing_the_rest_is_drawn(result: dict) -> None:
    for language in ("en", "zh"):
        drawn(picture_html(result, language))
        assert breakdown_text(result, language)


def test_hostile_names_are_words() -> None:
    bad = "<script>alert(1)</script>\"'"
    result = {"cases": [{**CASES[0], "facts": {"gpu": bad, bad: bad}}, {**CASES[1], "facts": {"gpu": bad}}]}
    result["cases"][0]["terms"] = terms(**{bad: 5.0, "weights": 2.0})
    assert "<script" not in picture_html(result)
    drawn(picture_html(result))


def test_the_headline_says_the_verdict_in_words_and_sign() -> None:
    assert "Does not fit" in headline_html(ONE)
    assert "放不下" in headline_html(ONE, "zh")
    assert "44.1 of 39.4 GiB" in headline_html(ONE)
    assert headline_html({"verdict": None}) == ""


def test_text_bars_line_up_in_both_languages() -> None:
    for language in ("en", "zh"):
        lines = breakdown_text(ONE, language).splitlines()
        assert len(lines) == len(ONE["terms"]) + 1
        assert len({columns(line[: line.index("█")]) for line in lines if "█" in line}) == 1
        several = breakdown_text(RESULT, language).splitlines()
        assert len(several) == len(CASES)
        assert len({columns(line[: line.index("█")]) for line in several}) == 1


def test_only_web_addresses_are_links() -> None:
    urls = ["https://a.org/x", "http://b.org", "javascript:alert(1)", 'https://c.org/" onload="x', "", None, "ftp://d"]
    found = web_sources({"sources": [{"title": "t", "url": url} for url in urls]})
    assert [url for _, url in found] == ["https://a.org/x", "http://b.org"]


def test_files_hold_the_whole_answer(tmp_path) -> None:
    answer = Answer("Can I QLoRA a 70B on 2×A100?", "en", "**Yes** — 50% of `x_y`.\n\n- one\n- two & three", RESULT)
    files = save(answer, tmp_path / "new" / "folder", "answer")
    text = files["Markdown"].read_text(encoding="utf-8")
    assert "| weights | 34.8 | 17.4 | 34.8 | 17.4 |" in text
    assert "[QLoRA: Efficient Finetuning of Quantized LLMs, §3](https://arxiv.org/abs/2305.14314)" in text
    assert "javascript" not in text
    paper = files["LaTeX"].read_text(encoding="utf-8")
    assert r"\textbf{Yes}" in paper
    assert r"\item two \& three" in paper
    assert paper.count(r"\[") == paper.count(r"\]") == RESULT["derivation_latex"].count("$$") // 2
    assert {"Markdown", "LaTeX", "JSON"} == set(files)


def test_chinese_answers_give_an_english_paper() -> None:
    answer = Answer("两张A100能用QLoRA微调70B模型吗？", "zh", "**80 GB 卡可以。**", RESULT)
    paper = latex(answer)
    assert paper.isascii()
    assert "It depends".lower() in paper
    assert "权重" in markdown(answer)


def test_markdown_becomes_latex_that_holds_together() -> None:
    text = "# Head\nwords\n\n| a | b |\n|---|---|\n| 1 & 2 | `x_1` |\n\n1. see [here](https://a.org/b_c)\n2. $$x^2$$ and \\(y\\)"
    made = prose_latex(text)
    assert made.count("{") == made.count("}")
    assert r"1 \& 2 & \texttt{x\_1} \\" in made
    assert r"\[x^2\]" in made
    assert "$y$" in made


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_compiles(language: str, tmp_path) -> None:
    engine = shutil.which("pdflatex")
    if engine is None:
        pytest.skip("no pdflatex on this machine: the paper was not compiled")
    text = "**Yes**: 50 % & `a_b` θ ≥ 2 ✓\n\n| a | b |\n|---|---|\n| x_1 | **3** |\n\n- see [it](https://a.org/b_c%20d#e)\n\n> note"
    question = "Can I? 100% & #1 ~^{}\\" if language == "en" else "能用吗？"
    (tmp_path / "a.tex").write_text(latex(Answer(question, language, text, RESULT)), encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(("language", "says"), [("en", "length"), ("zh", "长度")])
def test_memory_against_length_is_drawn_folded(language: str, says: str) -> None:
    folded = drawn(curves_html({"params": "7B", "method": "qlora", "gpu": "RTX 4090"}, language))
    assert folded.tag == "details"
    assert "open" not in folded.attrib
    assert says in str(folded.findtext("summary"))
    assert [path for path in folded.iter() if path.tag.endswith("path") and path.get("stroke-dasharray")]


def test_more_cases_than_a_screen_holds_are_folded() -> None:
    many = {"cases": [{**case, "facts": {"seq_len": 1024 * n}} for n, case in enumerate(CASES * 2, 1)]}
    figure = drawn(picture_html(many))
    assert len(figure.findall(".//svg")) == 8
    assert len(figure.findall("div/svg")) == MOST_BARS
    assert figure.findtext("details/summary") == "2 more cases"


@pytest.mark.parametrize(
    ("leaning", "en", "zh"),
    [("likely", "Most likely fits", "多半放得下"), ("unlikely", "Most likely does not fit", "多半放不下")],
)
def test_what_is_borderline_is_told_by_the_side_that_the_words_take(leaning: str, en: str, zh: str) -> None:
    edge = {**ONE, "verdict": "borderline", "leaning": leaning}
    both = {
        "verdict": "conditional",
        "leaning": leaning,
        "cases": [{**CASES[0]}, {**CASES[1], **edge, "facts": {"bits": 8}}],
    }
    for language, words in (("en", en), ("zh", zh)):
        assert words in headline_html(edge, language)
        assert words in picture_html(both, language)
        assert words in breakdown_text(both, language)
        assert words in markdown(Answer("?", language, "", both))
        assert words not in headline_html({**edge, "leaning": None}, language)
        assert words not in headline_html(both, language), "of several cases none speaks for all"
    assert "most likely" in latex(Answer("?", "en", "", both))


def test_the_figures_are_of_a_card_or_of_the_whole() -> None:
    whole = {**ONE, "capacity_gib": None, "verdict": None, "total_gib": ONE["memory"]["best_gib"]}
    shared = {**whole, "total_gib": 8 * ONE["memory"]["best_gib"]}
    for language, of_a_card, in_all in (
        ("en", "Memory of one card", "Memory in all"),
        ("zh", "单卡显存构成", ">显存构成"),
    ):
        assert in_all in picture_html(whole, language)
        assert of_a_card in picture_html(shared, language)
        assert of_a_card in picture_html(ONE, language)
    assert "Memory in all" in markdown(Answer("?", "en", "", whole))
    assert "Memory in all" in latex(Answer("?", "en", "", whole))


def test_a_breakdown_that_the_words_hold_is_not_written_twice() -> None:
    for language, total in (("en", "total"), ("zh", "合计")):
        words = f"| | 4-bit |\n|---|---|\n| **{total}** | **44.1 GiB** |"
        caption = "Memory of one card" if language == "en" else "单卡显存构成"
        assert caption not in markdown(Answer("?", language, words, RESULT))
        assert caption in markdown(Answer("?", language, "words", RESULT))

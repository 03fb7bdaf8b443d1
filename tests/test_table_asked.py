"""Published tables: the cell in the first sentence, what kind of figure it is, every version of it where that is asked."""

import pytest

from chat.agent import Assistant
from chat.events import Answer
from chat.reads.grammar import read
from tests.talking import answer_to


def _tells(answer: Answer, says: tuple[str, ...]) -> None:
    """It says each of them, and nothing was withheld of it."""
    for one in says:
        assert one in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What does LLaMA-Factory's readme give for 4-bit QLoRA on a 70B?", ("**LLaMA-Factory's table says: 70B QLoRA (4-bit) 48 GB.**", "not measurements")),
        ("LLaMA-Factory 表里 70B 4bit QLoRA 写多少", ("70B QLoRA（4 位）48 GB", "不是实测")),
        ("LLaMA-Factory table: LoRA 16bit and QLoRA 8bit for 7B, 14B and 30B?", ("7B LoRA (16-bit) 16 GB; 7B QLoRA (8-bit) 10 GB; 14B LoRA (16-bit) 32 GB; 14B QLoRA (8-bit) 20 GB; 30B LoRA (16-bit) 64 GB; 30B QLoRA (8-bit) 40 GB",)),
        ("LLaMA-Factory table for 7B full: was it 160GB once and 120 later? did they change it?", ("Yes, it changed", "160 GB, 16-bit, 2023-12-04 to 2023-12-23", "120 GB, mixed precision, 2024-03-09")),
        ("LLaMA-Factory表里 7B freeze 以前写20G，现在变16了？", ("表改过", "20 GB，16 位，2023-11-29 至 2025-01-15", "16 GB，16 位，2025-03-11")),
        ("LLaMA-Factory 的表里 8x7B 的 LoRA 和 4bit QLoRA 写多少", ("8x7B LoRA（16 位）120 GB", "8x7B QLoRA（4 位）30 GB")),
        ("by llama-factory's 18x rule what does a 34B take, and in pure_bf16?", ("34B × 18 B = 612 GB", "8x = 272 GB", "the 30B column's 600 GB in proportion")),
        ("表里 xB 那列 18x 是什么意思，7B 按 18 算是 126 不是 120", ("每参数 18 字节", "126 GB", "手工取整")),
        ("What does LLaMA-Factory's table have for 4-bit QLoRA of a 7B and 8-bit QLoRA of a 14B?", ("7B QLoRA (4-bit) 6 GB; 14B QLoRA (8-bit) 20 GB.**", "QLoRA (8-bit) x; QLoRA (4-bit) x/2")),
        ("LLaMA-Factory readme used to have an 8x7B column for LoRA, is it gone?", ("**The 8x7B column is gone: in the latest README the columns are 7B, 14B, 30B, 70B, xB", "120 GB, 16-bit, 2023-12-12 to 2025-01-15", "every expert counted: LoRA (16-bit) 2x")),
        ("llama factory 旧版表里 110B 的 lora 是多少，现在怎么没这列了", ("**110B 这列没有了", "240 GB，16 位，2024-04-26 至 2025-01-15", "LoRA（16 位）2x")),
        ("official README: minimum VRAM of Yi-34B-Chat?", ("72 GB", "not computed here")),
    ],
)  # fmt: skip
def test_a_cell_is_told_in_a_sentence_with_what_it_is(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    _tells(assistant.ask(question), says)


def test_a_figure_of_the_table_is_no_card(assistant: Assistant) -> None:
    answer = assistant.ask("LLaMA-Factory table: I remember 7B full 120GB/60GB, which version?")
    assert answer.json()["capacity_gib"] is None


def test_the_whole_table_has_sizes_across_and_its_rules_below(assistant: Assistant) -> None:
    answer = assistant.ask("show me the LLaMA-Factory memory table")
    assert "| method | 7B | 13B |" in answer.text
    assert "x/2" in answer.text


@pytest.mark.parametrize(
    ("question", "says", "lacks"),
    [
        ("LLaMA-Factory hardware table: what are the QLoRA 8-bit 30B and QLoRA 2-bit 70B entries? If the second says 24, a 3090 can train 70B, right", ("**LLaMA-Factory's table says: 30B QLoRA (8-bit) 40 GB; 70B QLoRA (2-bit) 24 GB.**", "**No. 70B, QLoRA, 2-bit, RTX 3090: does not fit**", "HQQ, AQLM or GPTQ"), ("30B QLoRA (2-bit)",)),
        ("LLaMA-Factory表里70B 2bit QLoRA写24G,那我4090就能训70B了吧?", ("**不行。70B · QLoRA · 2 位 · RTX 4090", "70B QLoRA(2 位)24 GB", "AQLM", "70B 本身的 4 位写的是 48 GB", "单卡要用 48 GB 的", "基座放到内存(FSDP 的 CPU offload)则每卡 10.5 GiB"), ("保持 16 位时 41.0",)),
        ("LLaMA-Factory's table has 2-bit QLoRA for 70B at 24 GB, so is one RTX 3090 enough?", ("70B itself in 4 bits has 48 GB there", "a single card for that has 48 GB"), ("in 16 bit)",)),
        ("According to the LLaMA-Factory table QLoRA 4-bit 13B takes 12GB. So my 4060 Ti 16GB will do, right?", ("**Yes. 13B, QLoRA, 4-bit, RTX 4060 Ti 16 GB", "13B QLoRA (4-bit) 12 GB"), ()),
        # pure_bf16 is a way to train, not a column alone: 8 B a parameter and not 16
        ("LLaMA-Factory's table says 120GB for full pure_bf16 of 13B... we have 4x A100 40GB, does ZeRO-3 fit?", ("8 B = 104 GB, ÷ 4 cards", "120 GB ÷ 4 = 30.0 GB"), ("16 B =",)),
        ("LLaMA-Factory表里30B全参pure_bf16是300GB，8张A100 40G用zero3够吗", ("32.5B × 8 B = 260 GB,÷ 8 张卡", "300 GB ÷ 8 = 37.5 GB"), ("32.5B × 16 B",)),
        ("LLaMA-Factory table: QLoRA 2-bit entries for 7B and 13B?", ("7B QLoRA (2-bit) 4 GB; 13B QLoRA (2-bit) 8 GB", "HQQ, AQLM or GPTQ"), ()),
    ],
)  # fmt: skip
def test_what_is_concluded_from_a_cell_is_decided(
    assistant: Assistant, question: str, says: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    text = assistant.ask(question).text.replace("\uff0c", ",").replace("\uff08", "(").replace("\uff09", ")")
    assert all(one in text for one in says), text[:900]
    assert not any(one in text for one in lacks)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("LLaMA-Factory那张表里QLoRA 8bit的30B和2bit的70B各写多少?24G卡能照表选吗", "留有余量的（短序列）最大是：14B（8 位，20 GB）、14B（4 位，12 GB）"),
        ("In LLaMA-Factory's table, what are QLoRA 8-bit 14B and 4-bit 30B? Can a 24GB card follow it?", "14B in 8 bits (20 GB); 14B in 4 bits (12 GB)"),
        # of no card nothing leaves room
        ("In LLaMA-Factory's table, what are QLoRA 8-bit 14B and 4-bit 30B?", ""),
    ],
)  # fmt: skip
def test_what_of_the_table_leaves_room_on_the_card(question: str, told: str) -> None:
    text = answer_to(question)
    assert told in text
    assert bool(told) is ("leaves room on such a card" in text or "留有余量的（短序列）" in text)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table, 14B column, which rows fit on 2x RTX 4090?", ("**By the table's 14B column one card of 24 GB holds a whole copy with QLoRA/QOFT (8-bit) 20 GB", "2 × 24 = 48 GB) fits", "(16-bit) 32 GB", "do not hold Full (mixed precision) 240 GB")),
        ("LLaMA-Factory table: the 70B column from full down to 4-bit QLoRA, on 4x L40S?", ("only divided over all cards (ZeRO-3, FSDP: 4 × 48 = 192 GB) fits", "(16-bit) 160 GB", "| Full (mixed precision) | 1200 |")),
        ("LLaMA-Factory 显存表 14B 从全参到 QLoRA 4bit 每行多少，2张3090能跑哪一行？", ("**按表里 14B 这一列：单卡 24 GB 就放得下一整份的是 QLoRA/QOFT（8 位）20 GB", "2 × 24 = 48 GB）才放得下的是", "（16 位）32 GB", "| QLoRA/QOFT（8 位） | 20 |")),
    ],
)  # fmt: skip
def test_of_rows_from_one_method_to_another_all_are_told_and_held_against_the_cards(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    _tells(assistant.ask(question), says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table: all rows of the 70B column, please", ("| Full (16-bit) | 600 |", "| QLoRA/QOFT (8-bit) | 80 |")),
        ("LLaMA-Factory 的显存表，70B 那列从全参到 QLoRA 2 位分别多少", ("| Full（16 位） | 600 |", "| QLoRA/QOFT（8 位） | 80 |")),
        ("LLaMA-Factory table, 14B column: which rows fit on one 24 GB card?", ("**By the table alone a card of 24 GB holds 14B QLoRA/QOFT (8-bit) 20 GB",)),
    ],
)  # fmt: skip
def test_a_whole_column_is_told_with_every_row(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question).text
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    "question",
    [
        "LLaMA-Factory's table: if I switch from full to 4-bit QLoRA for 7B, what does it say for both?",
        "LLaMA-Factory的表，7B 从全参换成 4bit QLoRA 分别写多少",
        "LLaMA-Factory table: LoRA and 8-bit QLoRA for 14B on 2x RTX 4090?",
    ],
)
def test_rows_that_are_named_are_told_alone(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question).text
    assert "APOLLO" not in answer, answer
    assert "By the table's" not in answer
    assert "按表里" not in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory table says LoRA 16-bit 7B = 16GB. My Qwen2.5-7B LoRA run (cutoff_len 4096, batch size 4, gradient checkpointing on) reads 47GB. Which one is off?",
         ("**Neither is off, they count different things: the table's 16 GB", "15.2 GB (14.2 GiB)", "16,384 × 152,064 × 4 B", "the 47 GB that you see", "batch 1 with 4 steps of accumulation")),
        ("LLaMA-Factory README says QLoRA 4bit 7B needs 6GB, but my Qwen2.5-7B QLoRA at 2048 bs 2 takes 14GB. Is the table wrong?", ("**Neither is off", "the 14 GB that you see", "a fused loss (Liger)")),
        ("LLaMA-Factory的表写14B QLoRA 12GB，我实际跑Qwen2.5-14B qlora cutoff_len 4096占了21G，表不准吗", ("**两个都没错，口径不同：表里的 12 GB", "您看到的 21 GB", "融合损失（Liger）")),
    ],
)  # fmt: skip
def test_a_run_that_takes_more_than_its_cell_is_told_with_what_each_counts(
    question: str, says: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("unsloth文档写7B LoRA 16bit要19GB，LLaMA-Factory表里写16GB，到底信哪个，我16G的卡能不能上", ("**两个都不是实测，口径不同", "5.52 GB", "卡上 16.0 GiB", "4 位 QLoRA 只要")),
        ("Unsloth docs say 7B 16-bit LoRA needs 19GB, LLaMA-Factory's table says 16GB. Which one should I trust for a 16GB card?", ("**Neither is a measurement", "models called 7B have up to")),
    ],
)  # fmt: skip
def test_of_two_published_figures_each_is_told_by_what_it_counts(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text.split("\n\n")[0] for one in says), text
    assert "选 Unsloth" not in text
    assert "ake Unsloth" not in text


@pytest.mark.parametrize(
    "question",
    [
        "LLaMA-Factory says 13B LoRA 32GB, can my 32GB card do it?",
        "Unsloth or LLaMA-Factory for Qwen2.5-7B QLoRA, which takes less?",
        "the table in LLaMA-Factory says 7B full 120GB (AMP) but unsloth says something else, which to trust?",
    ],
)
def test_other_questions_of_the_table_hold_no_run_against_it(question: str) -> None:
    assert not {"cell-and-run", "both-published"} & {
        one["key"] for one in Assistant().ask(question).result.get("remarks", [])
    }


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table only lists 7B, 14B, 30B and 70B. Which one for a 24B with 4-bit QLoRA?", ("has no 24B column", "24B QLoRA (4-bit) x/2 = 12 GB (the 30B column's 24 GB in proportion: 19.2 GB)")),
        ("There's no 32B row in LLaMA-Factory's table, what do I take for LoRA and 8-bit QLoRA?", ("LoRA (16-bit) 2x = 64 GB", "QLoRA (8-bit) x = 32 GB (the 30B column's 40 GB in proportion: 42.7 GB)", "plan by the larger")),
        ("LLaMA-Factory 的表只有7B、14B、30B、70B，9B用LoRA看哪一列？", ("没有 9B 这一列", "LoRA（16 位）2x = 18 GB（7B 那列写 16 GB，按比例 20.6 GB）")),
        ("LLaMA-Factory那张表没写8B，QLoRA 4bit按多少算", ("8B QLoRA（4 位）x/2 = 4 GB（7B 那列写 6 GB",)),
        ("LLaMA-Factory显存表没有32B，只有30B列和xB公式，lora和qlora 4bit该按哪个算，准吗", ("没有 32B 这一列", "x/2 = 16 GB（30B 那列写 24 GB，按比例 25.6 GB）", "2x、x/2 只是这个位数下的权重本身", "只能当下限")),
        ("LLaMA-Factory's table has no 32B row, only 30B and xB. Which do I use for LoRA and 4-bit QLoRA?", ("has no 32B column", "2x and x/2 are the weights alone at those bits", "a lower bound")),
        # far from every column the rule stands alone
        ("LLaMA-Factory table for 1.5B LoRA?", ("1.5B LoRA (16-bit) 2x = 3 GB.**", "much of the need is activations, logits and the runtime")),
        ("what does LLaMA-Factory's table list for 405B QLoRA?", ("405B QLoRA (8-bit) x = 405 GB; QLoRA (4-bit) x/2 = 202.5 GB",)),
    ],
)  # fmt: skip
def test_a_size_without_a_column_is_worked_out_by_the_rule_and_the_nearest_column(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    answer = assistant.ask(question)
    first = answer.text.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table only has 7B and 14B for LoRA, right?", "**LLaMA-Factory's table says: 7B LoRA (16-bit) 16 GB; 14B LoRA"),
        ("LLaMA-Factory表里 Qwen2.5-7B LoRA 多少", "**LLaMA-Factory 的表写的是：7B LoRA"),
        ("What does LLaMA-Factory's table say for 72B LoRA?", "**LLaMA-Factory's table says: 70B LoRA"),
    ],
)  # fmt: skip
def test_a_size_with_a_column_is_told_by_it(assistant: Assistant, question: str, says: str) -> None:
    assert assistant.ask(question).text.startswith(says)


def test_a_size_that_is_refused_is_none_that_a_table_lacks() -> None:
    assert read("I want to train a 7B with QLoRA, not 13B. What GPU?").facts["params"] == (7_000_000_000,)
    assert read("没有70B，我用的是14B，QLoRA要多少").facts["params"] == (14_000_000_000,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table: 30B full 600 GB but 18x is 540, and 7B is 120 where 18x gives 126. Which is right?", ("Neither to the gigabyte", "30B × 18 B = 540 GB by the rule, 600 GB in its cell", "7B × 18 B = 126 GB by the rule, 120 GB in its cell")),
        ("In LLaMA-Factory's table 30B LoRA is 64 while 2x is 60, and 70B is 160 while 2x is 140. Which do I plan by?", ("the 16-bit weights alone", "70B × 2 B = 140 GB by the rule, 160 GB in its cell")),
        ("LLaMA-Factory 表里 70B 全参 1200，18x 是 1260；30B 是 600，18x 是 540，到底按哪个", ("不必信到个位", "70B × 18 B = 1260 GB，格子 1200 GB", "30B × 18 B = 540 GB，格子 600 GB")),
        ("LLaMA-Factory那表30B全参600，按18x算才540，7B按18x又是126不是120，该信谁", ("30B × 18 B = 540 GB，格子 600 GB", "7B × 18 B = 126 GB，格子 120 GB")),
    ],
)  # fmt: skip
def test_a_rule_against_the_cells_of_several_sizes_is_judged_for_each(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    answer = assistant.ask(question)
    assert all(one in answer.text.split("\n\n")[0] for one in says), answer.text
    assert "ot understood" not in answer.text
    assert "没有读懂" not in answer.text


def test_what_ends_a_clause_is_no_size_of_a_row() -> None:
    assert read("按18x算才540，7B呢").facts["params"] == (7_000_000_000,)
    assert read("LoRA: 7, 13B?").facts["params"] == (7_000_000_000, 13_000_000_000)
    assert read("70,8B QLoRA").facts["params"] == (70_000_000_000, 8_000_000_000)


@pytest.mark.parametrize(
    ("question", "opens", "says", "lacks"),
    [
        # several widths of one size, and a card asked of another's
        ("LLaMA-Factory显存表14B的QLoRA 8bit、4bit各多少？70B 2bit写24GB，单张4090能训？", "**LLaMA-Factory 的表写的是：14B QLoRA（8 位）20 GB、14B QLoRA（4 位）12 GB、70B QLoRA（2 位）24 GB。**", "**70B · QLoRA · 2 位 · RTX 4090：放不下**", "14B QLoRA（2 位）"),
        ("LLaMA-Factory table: 7B QLoRA 8-bit, 4-bit and 2-bit, how much? And 70B 4-bit, does one A6000 48GB do?", "**LLaMA-Factory's table says: 7B QLoRA (8-bit) 10 GB; 7B QLoRA (4-bit) 6 GB; 7B QLoRA (2-bit) 4 GB; 70B QLoRA (4-bit) 48 GB.**", "70B, QLoRA, 4-bit, RTX A6000", "70B QLoRA (8-bit)"),
        ("In LLaMA-Factory's table, what do 30B QLoRA 8-bit and 4-bit need? It says 24 GB for 70B 2-bit: can one 3090 train that?", "**LLaMA-Factory's table says: 30B QLoRA (8-bit) 40 GB; 30B QLoRA (4-bit) 24 GB; 70B QLoRA (2-bit) 24 GB.**", "17.5 GB", "30B QLoRA (2-bit)"),
        # each width of each size
        ("LLaMA-Factory表 7B 14B QLoRA 8bit 4bit 各多少，3090能训吗", "**LLaMA-Factory 的表写的是：7B QLoRA（8 位）10 GB、7B QLoRA（4 位）6 GB、14B QLoRA（8 位）20 GB", "QLoRA · RTX 3090：7B 放得下", "70B"),
        # no cell is asked for: whether it trains opens
        ("LLaMA-Factory table says 70B QLoRA 2-bit 24GB. Does it train on a single RTX 3090?", "**70B, QLoRA, 2-bit, RTX 3090: does not fit**", "17.5 GB", "70B QLoRA (8-bit)"),
    ],
)  # fmt: skip
def test_widths_go_with_the_size_they_stand_by(question: str, opens: str, says: str, lacks: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert says in told
    assert lacks not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("LLaMA-Factory doesn't list DPO, what does it take?", "**Beside the policy's"),
        ("GRPO is not in LLaMA-Factory's table, how much VRAM does it need?", "GRPO has no critic"),
        ("LLaMA-Factory的表里没列DPO，DPO要多少显存", "**除策略模型的"),
    ],
)
def test_of_what_the_table_has_no_row_it_is_asked_what_it_takes(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("What does LLaMA-Factory list for LoRA?", "LLaMA-Factory's table"),
        ("LLaMA-Factory的表里没有PPO，7B的LoRA那一行是多少", "**LLaMA-Factory 的表写的是：7B LoRA（16 位）16 GB"),
        (
            "LLaMA-Factory's table doesn't list PPO; what does the 7B LoRA row say?",
            "**LLaMA-Factory's table says: 7B LoRA",
        ),
    ],
)
def test_what_the_table_lists_is_still_looked_up(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("In LLaMA-Factory's hardware table, what are LoRA 30B and 2-bit QLoRA 70B? Does the latter mean a 24GB card trains 70B?", "**70B, QLoRA, 2-bit, a 24 GB card: does not fit**"),
        ("LLaMA-Factory's table: LoRA 7B and 4-bit QLoRA 70B? Does the latter fit a 48GB card?", "**70B, QLoRA, 4-bit, a 48 GB card: fits**"),
        ("LLaMA-Factory 表里 30B LoRA 和 70B 2bit QLoRA 是多少？后者是说 24G 卡能训吗", "**70B · QLoRA · 2 位 · 24 GB 显卡：放不下**"),
    ],
)  # fmt: skip
def test_of_several_cells_the_one_that_is_taken_up_is_held_against_the_card(question: str, verdict: str) -> None:
    assert verdict in answer_to(question), answer_to(question)


def test_cells_of_which_none_is_taken_up_are_all_worked_out() -> None:
    answer = answer_to("In LLaMA-Factory's table, what are 7B LoRA and 70B 4-bit QLoRA?")
    assert "7B 15.1 / 6.19 GiB" in answer
    assert "70B 135.6 / 41.0 GiB" in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory's table, 30B column: what are the methods at, and which of them can two 24 GB cards run?", ("QLoRA/QOFT (4-bit) 24 GB, just full", "by FSDP + QLoRA it is 24 ÷ 2 = 12 GB a card", "8-bit base is not sharded: by whole layers", "LoRA/OFT (16-bit) 64 GB without offloading")),
        ("In the LLaMA-Factory table, 13B column, which method fits on 2x 3090?", ("QLoRA (8-bit) 20 GB, QLoRA (4-bit) 12 GB", "2 × 24 = 48 GB) fits Freeze (16-bit) 40 GB")),
        ("按LLaMA-Factory的表，70B这列两张80G能跑哪些方法", ("QLoRA/QOFT（8 位）80 GB，贴边", "（16 位）160 GB，每卡 80 GB，贴边")),
        ("LLaMA-Factory's table, 30B: which of the methods are possible on two A6000?", ("QLoRA/QOFT (8-bit) 40 GB", "LoRA/OFT (16-bit) 64 GB, 32 GB a card", "Full (16-bit) 300 GB without offloading")),
        ("Which methods of LLaMA-Factory's 70B column can I use on 4x 3090?", ("QLoRA/QOFT (4-bit) 48 GB, 12 GB a card",)),
        ("LLaMA-Factory的表 13B 各方法多少G？我两张3090可以用哪些", ("LoRA（16 位）32 GB，每卡 16 GB",)),
        ("LLaMA-Factory表里30B那列各是多少？两张A6000 48G能选哪几种", ("LoRA/OFT（16 位）64 GB，每卡 32 GB",)),
        ("LLaMA-Factory 表格里 14B 列各方法多少，4张16G卡哪个放得下", ("QLoRA/QOFT（4 位）12 GB", "4 × 16 = 64 GB")),
    ],
)  # fmt: skip
def test_which_methods_of_a_column_go_on_the_cards_is_told_first(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(("**By the table's ", "**按表里 ")), answer.text[:300]
    _tells(answer, says)


@pytest.mark.parametrize(
    "question",
    [
        "LLaMA-Factory table: which model sizes can two 24GB cards LoRA?",
        "按llama-factory表，7B列8张4090能全参吗",
        "What does LLaMA-Factory's table say a 70B takes?",
        "LLaMA-Factory表里30B LoRA多少，两张A6000能跑吗",
    ],
)
def test_sizes_and_a_method_that_is_named_ask_for_no_methods(assistant: Assistant, question: str) -> None:
    assert "rows-on-cards" not in {one["key"] for one in assistant.ask(question).result.get("remarks", [])}


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("x/2 GB 是怎么来的 qlora 4bit 70B 才35 为什么写48", ("x/2 即每参数 0.5 字节", "48 GB 多出的 13 GB", "44.0 GB")),
        ("表里写 x/2 GB,7B 是 3.5,为什么写 6GB", ("x/2 即每参数 0.5 字节", "6 GB 多出的 2.5 GB")),
        ("QLoRA 8bit 为什么是 x GB,70B 却写 80GB", ("x 即每参数 1 字节", "80 GB 多出的 10 GB")),
        ("why is QLoRA 4bit of 7B 6 GB when x/2 gives 3.5?", ("x/2 is 0.5 B for each parameter", "2.5 GB more", "6.65 GB (6.19 GiB) in all")),
        ("why is the row 16-bit LoRA 2x GB and 70B 160?", ("2x is 2 B for each parameter", "20 GB more")),
    ],
)  # fmt: skip
def test_a_column_is_told_where_it_comes_from_and_what_a_cell_has_more(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


@pytest.mark.parametrize(
    "question", ["18x 是怎么来的", "Qwen3-8B needs x GB in int4, how much is x?", "INT4 weights are x/2 GB, right?"]
)
def test_a_rule_that_is_of_no_size_of_the_table_is_no_cell(question: str) -> None:
    assert "LLaMA-Factory" not in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "told", "never"),
    [
        ("In LLaMA-Factory's hardware table, what are LoRA 30B and 2-bit QLoRA 70B?", ("30B LoRA (16-bit) 64 GB; 70B QLoRA (2-bit) 24 GB.", "70B × 2 / 8 B = 17.5 GB"), ("70B LoRA", "30B QLoRA")),
        ("LLaMA-Factory表里7B的QLoRA 4bit和13B的LoRA各是多少", ("7B QLoRA（4 位）6 GB、13B LoRA（16 位）32 GB",), ("7B LoRA", "13B QLoRA")),
        ("LLaMA-Factory table: full 7B and LoRA 13B?", ("7B Full (16-bit) 60 GB; 13B LoRA (16-bit) 32 GB",), ("13B Full", "7B LoRA")),
    ],
)  # fmt: skip
def test_cells_that_are_named_one_by_one_are_told_and_no_others(
    question: str, told: tuple[str, ...], never: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in told), answer[:300]
    assert not any(one in answer.split("\n\n")[0] for one in never), answer[:300]


def test_methods_of_several_sizes_are_told_of_each() -> None:
    answer = answer_to("What does LLaMA-Factory say for LoRA and 4-bit QLoRA of 7B and 13B?")
    assert all(one in answer for one in ("7B LoRA", "7B QLoRA", "13B LoRA", "13B QLoRA")), answer[:300]


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("LLaMA-Factory table says full = 18x GB but 7x18=126 and it lists 120, 70B 1200 not 1260. what do I use for an 8B?", (70e9, 8e9)),
        ("LLaMA-Factory 的表写 Full 是 18x,可 7x18=126,表里是 120,8B 按哪个算?", (8e9,)),
        ("the table says what for 7, 13, 70B?", (7e9, 13e9, 70e9)),
    ],
)  # fmt: skip
def test_what_a_cell_comes_to_is_no_size(question: str, sizes: tuple[float, ...]) -> None:
    assert read(question).facts["params"] == sizes

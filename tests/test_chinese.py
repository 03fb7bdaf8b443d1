"""Chinese text has Chinese punctuation, and what is not Chinese keeps its own."""

import pytest

from formulas.chinese import bold_apart, full_width


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("显存不足,需要 24 GB(估计)", "显存不足\uff0c需要 24 GB\uff08估计\uff09"),
        ("约需 44.8 GiB(90% 区间),卡上可用 80 GiB。", "约需 44.8 GiB\uff0890% 区间\uff09\uff0c卡上可用 80 GiB。"),
        ("fp32(4 + 4 + 8)都是 16", "fp32\uff084 + 4 + 8\uff09都是 16"),
        ("放得下吗?可以!", "放得下吗\uff1f可以\uff01"),
        ("Fits, with room (80 GiB).", "Fits, with room (80 GiB)."),
        ("见 [表](https://a.b/c,d) 与 `f(x, y)`", "见 [表](https://a.b/c,d) 与 `f(x, y)`"),
        ("1,024 个 token", "1,024 个 token"),
        ("量化,再 .cuda()。", "量化\uff0c再 .cuda()。"),
        ("$M(a,b)$ 的值", "$M(a,b)$ 的值"),
        (
            "每卡(GiB):\n\n- LoRA:15.1 GiB,8 位 10 GiB",
            "每卡\uff08GiB\uff09\uff1a\n\n- LoRA\uff1a15.1 GiB\uff0c8 位 10 GiB",
        ),
        ("数据并行 16,ZeRO-1 为 gguf:Q4_K_M, bf16", "数据并行 16\uff0cZeRO-1 为 gguf:Q4_K_M, bf16"),
    ],
)
def test_signs_touching_chinese_are_full_width(typed: str, printed: str) -> None:
    assert full_width(typed) == printed
    assert full_width(printed) == printed


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("**放不下：**合计 43.5 GiB", "**放不下：** 合计 43.5 GiB"),
        ("**不行。**每个 token", "**不行。** 每个 token"),
        ("**不行。** 每个 **16 位**的", "**不行。** 每个 **16 位**的"),
        ("“**16 位**文字：**放不下**”", "“**16 位**文字：**放不下**”"),
        ("**放不下。**\n\n其余", "**放不下。**\n\n其余"),
    ],
)
def test_bold_words_end_where_markdown_sees_it(text: str, apart: str) -> None:
    assert bold_apart(text) == apart


def test_a_colon_before_a_product_or_an_amount_is_no_proportion() -> None:
    assert full_width("批大小 8:2 × 48 层") == "批大小 8：2 × 48 层"
    assert full_width("量化缓存 q8_0:3.19 GiB") == "量化缓存 q8_0：3.19 GiB"
    assert full_width("窗口按 5:1 交替") == "窗口按 5:1 交替"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("卡上 5 GB:ZeRO-3 才行", "卡上 5 GB：ZeRO-3 才行"),
        ("Q5_K_M:**多半放得下**", "Q5_K_M：**多半放得下**"),
        ("要 16 GB 内存;LoRA:Mistral 可以", "要 16 GB 内存；LoRA：Mistral 可以"),
        ("每槽 vLLM:max_loras × 秩", "每槽 vLLM：max_loras × 秩"),
        ("加 `-ngl 34`:卡上 11.2 GiB", "加 `-ngl 34`：卡上 11.2 GiB"),
        ("用 `vllm serve`(见上)", "用 `vllm serve`（见上）"),
        ("-ngl 21:64 层在卡上", "-ngl 21：64 层在卡上"),
        ('device_map="cpu",LLaMA-Factory 也行', 'device_map="cpu"，LLaMA-Factory 也行'),
        ("各 1θ;ZeRO-1 的通信", "各 1θ；ZeRO-1 的通信"),
        ("按 fp32,16 位减半", "按 fp32，16 位减半"),
        # names and proportions keep their colons, options their commas
        ("设 expandable_segments:True 减少碎片", "设 expandable_segments:True 减少碎片"),
        ("都在 cuda:0 上,格式 gguf:Q4_K_M", "都在 cuda:0 上，格式 gguf:Q4_K_M"),
        ("设 max_split_size_mb:N 或 max_split_size_mb:128", "设 max_split_size_mb:N 或 max_split_size_mb:128"),
        ("2:4 稀疏值,-ts 24,12 这样分", "2:4 稀疏值，-ts 24,12 这样分"),
        ("LoRA:Mistral and `a:B`", "LoRA:Mistral and `a:B`"),
    ],
)
def test_a_sign_before_a_latin_name_is_full_width_in_chinese_too(typed: str, printed: str) -> None:
    assert full_width(typed) == printed

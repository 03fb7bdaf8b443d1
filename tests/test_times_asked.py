"""Times as they are asked shortly: how one is found, what a budget of time trains best, cards whose rate is not known."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("微调时长怎么估 4卡3090 7b lora 10万条", "**平均每条 500 token 时约 4.1–6.8 小时"),
        ("怎么估算微调时间 8卡A100 14b 全参 5万条样本", "**平均每条 500 token 时约 28–47 分钟"),
        ("how do I estimate the fine-tuning time of a 7B LoRA, 50k samples on one 4090?", "**About 3.5–5.9 hours if a sample"),
        # √(8 × 989e12 × 0.3 to 0.5 × 604,800 ÷ 120)
        ("chinchilla optimal for one 8xh100 node for a week", "**About 3.46B–4.47B parameters on 69.2B–89.3B tokens"),
        ("compute-optimal with 16 A100 in 3 days", "**About 1.8B–2.32B parameters"),
        ("compute-optimal model size for 16 A100s, 3 days", "**About 1.8B–2.32B parameters"),
        ("8张H100一周 chinchilla最优是多大", "**计算最优约为 3.46B–4.47B 参数"),
        # 192 tensor cores, not the vector rate of 29.71 TFLOP/s
        ("dgx spark qlora 70b how slow", "**About 85–140 tokens/s on one GB10"),
        ("strix halo 微调 8b qlora 要多久", "**AMD Ryzen AI Max+ 395（Strix Halo）的 16 位矩阵算力这里没有可靠数据"),
        ("arc a770 lora 7b 10M tokens how long", "**No 16-bit matrix rate of Arc A770 is known here"),
        ("how many gpu hours did llama 3 8b take, 15t tokens", "**Llama-3-8B: about 7.23e23 FLOP, 1,300,000 GPU-hours"),
        ("how many gpu hours would llama 3 8b take on 2t tokens", "**2T tokens: 170,000"),
        # 0.18 × 64 TFLOP/s: no Pascal card trains in 16 bits
        ("P40 qlora 7b 10M tokens how long", "**About 20–34 hours (0.84–1.4 days) on one Tesla P40"),
        ("chinchilla optimal tokens for a 7B", "**Compute-optimal are about 20 tokens"),
    ],
)  # fmt: skip
def test_what_is_asked_of_time_opens(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize("question", ["显存怎么估 4卡3090 7b lora 10万条", "how do I estimate the memory of a 7B LoRA on one 4090?"])  # fmt: skip
def test_how_memory_is_found_is_no_time(question: str) -> None:
    text = answer_to(question)
    assert "token/秒" not in text
    assert "tokens/s" not in text


def test_a_span_beside_another_is_in_its_unit() -> None:
    assert "1,300–2,200 days instead of 980–1,600 days" in answer_to(
        "cost to train 7b from scratch 1t tokens at $2/h h100"
    )

"""An asker's own sum of parameters: what it takes for something else is named, and each party's figure with what it counts."""

import pytest

from chat.agent import Assistant


def _opening(question: str) -> tuple[str, str]:
    answer = Assistant().ask(question)
    assert not answer.notices
    return answer.text.split("\n\n")[0], answer.text


@pytest.mark.parametrize(("question", "says"), [
    ("13B in fp16: is it 13 x 16 = 208 GB? people run it in 26 GB. and int8, 104 or 13?", ("16 is the number of bits", "26.0 GB", "and not 104 GB", "208 GB is another thing")),
    ("70B x 4 = 280 GB for int4, that can't be right?", ("4 is the number of bits", "35.0 GB", "not 280 GB")),
    ("7B fp16 是 7×16=112GB 吗?别人推理只要 14G,int4 又是 28 还是 3.5", ("16 是位(bit)数", "14.0 GB", "不是 28 GB", "112 GB 是另一回事")),
])  # fmt: skip
def test_bits_are_not_taken_for_bytes(question: str, says: tuple[str, ...]) -> None:
    first, text = _opening(question)
    assert all(one.replace("(", "\uff08").replace(")", "\uff09") in first or one in first for one in says), first
    assert "Not understood" not in text
    assert "没有读懂" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("Llama-3.1-8B 全参 ZeRO-1 8卡,按 16×8/8=16G 每卡算,4090 24G 却 OOM,错在哪", ("ZeRO-1 只切分优化器状态", "44.2 GB")),
    ("full finetune of Qwen2.5-7B, ZeRO-2 on 4 gpus: 16*7/4 = 28 GB per card, yet the 40GB A100s run out of memory. where is my mistake?", ("ZeRO-2 divides gradients and optimizer states, not the weights", "÷ 4 = 30.5 GB is ZeRO-3")),
])  # fmt: skip
def test_the_share_of_another_stage_is_named(question: str, says: tuple[str, ...]) -> None:
    first, _ = _opening(question)
    assert all(one in first for one in says), first


def test_adapters_that_train_take_more_than_their_weights() -> None:
    first, text = _opening(
        "Llama-3.1-8B LoRA r=64 all-linear: adapters 168M params * 2 bytes = 0.34 GB, base 16 GB. A 24GB card dies at optimizer.step. Why?"
    )
    assert "168M × 16 B = 2.68 GB" in first
    assert "first optimizer step" in first
    assert "is really" not in text or "8.03B is really 8.03B" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("教程里优化器是 3θ+3θ+3θ=12θ,笔误吗?总数 16 还对不对?", ("4θ + 4θ + 4θ = 12θ", "2 + 2 + 12 = 每参数 16 字节", "112 GB")),
    ("优化器状态写着 4θ+4θ=12θ,是不是少了一项", ("少了一项", "fp32 主权重")),
    ("The post says the optimizer takes 3θ+3θ+3θ=12θ. Typo?", ("it should read 4θ + 4θ + 4θ = 12θ", "2 + 2 + 12 = 16 B")),
])  # fmt: skip
def test_a_sum_in_letters_is_judged_term_by_term(question: str, says: tuple[str, ...]) -> None:
    first, text = _opening(question)
    assert all(one in first for one in says), first
    assert "没有读懂" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("师兄说 7B 全参混合精度要 112G,我纯bf16跑只有 56G,到底谁对", ("两个都没算错", "纯 bf16 训练", "混合精度加 Adam")),
    ("同事说 8B 全参混合精度要 128G,我用纯bf16才 64G,谁算错了", ("两个都没算错", "64 GB = 8B × 8 字节")),
    ("A friend says weights+grads = 4 bytes, so where do 64 GB of Llama-3.1-8B full finetuning in bf16 come from, not 128? who is right?", ("64 GB is 8.03B × 8 B", "128 GB is 8.03B × 16 B", "4 B are the 16-bit weights 2 and gradients 2 alone")),
])  # fmt: skip
def test_each_party_is_told_what_its_figure_counts(question: str, says: tuple[str, ...]) -> None:
    first, text = _opening(question)
    assert all(one in first for one in says), first
    assert "Not understood" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("Qwen2.5-7B: 7B x 16 bits = 14 GB, right?", "14 GB counts 7B parameters, as the name rounds them"),
    ("Qwen2.5-14B: 14B x 4 bits / 8 = 7 GB, correct?", "9.98 GB (9.29 GiB)"),
    ("Qwen2.5-14B: 14B x 4 bits = 7 GB, correct?", "The weights take 9.98 GB (9.29 GiB), not 7 GB"),
    ("7B × 4位 = 3.5GB 对吗，Qwen2.5-7B", "权重占 5.57 GB"),
])  # fmt: skip
def test_a_product_of_bits_that_comes_out_in_bytes_has_its_eight(question: str, says: str) -> None:
    first, text = _opening(question)
    assert says in first
    assert not any(one in text for one in ("a byte has", "8 位是一个字节", "the left side is"))


@pytest.mark.parametrize(("question", "says"), [
    ("13B full fine-tuning is 13 x 4 x 4 = 208GB, what is the last 4?", ("**The second 4 is the 4 numbers that training", "weight, its gradient and two moments", "13B × 16 B = 208 GB")),
    ("7 x 4 x 4 = 112 GB for a 7B: can someone explain the first 4?", ("**The first 4 is the 4 bytes of a number in fp32",)),
    ("fine-tuning Llama-2-7B needs 7 x 4 x 2 = 56 GB? what does the 2 stand for", ("**The 2 is the 2 bytes of a number in bf16", "purely in bf16")),
    ("7B全参微调 7*4*4=112GB，第二个4是什么", ("**第二个 4 是用 Adam 训练时每个参数要存的 4 个数", "权重、梯度和 Adam 的两个动量")),
    ("7B全参要 7×4×4=112G，为什么要乘两次4", ("**第一个 4 是一个 fp32 数的 4 字节", "第二个 4 是")),
    ("7B x 4 = 28 GB for loading, why times 4?", ("**The 4 is the bytes of one weight in fp32", "in 16 bit 14.0 GB")),
    ("7B 模型 7*4=28GB，这个4是哪来的", ("**4 是 fp32 每个权重的字节数",)),
    ("Why is the KV cache 2 x 32 layers x 8 heads x 128 x 2 bytes for Llama-3-8B, what is the first 2?", ("**The 2 in front is keys and values",)),
    ("Llama-3-8B KV 缓存每token 2×32×8×128×2字节，最后的2是什么", ("**最后的 2 是 16 位数的字节数", "K 和 V 各一份")),
])  # fmt: skip
def test_the_factor_that_is_asked_about_opens(question: str, says: tuple[str, ...]) -> None:
    first, _ = _opening(question)
    assert all(one in first.replace("\uff08", "(").replace("\uff09", ")") for one in says), first


@pytest.mark.parametrize(("question", "instead"), [
    ("7B x 4 x 4 = 112 GB, what GPUs do I need? 4 cards?", "The smallest that do"),
    ("70B x 4 = 280 GB for int4, that can't be right?", "4 is the number of bits"),
    ("Is 2 x 32 x 8 x 128 x 2 right for the KV cache of Llama-3-8B?", "**Right: 128 KiB per token.**"),
    ("7B × 4 = 28GB，为什么实际只占 14GB", "算术本身没错"),
])  # fmt: skip
def test_a_product_of_which_no_factor_is_asked_is_judged_as_before(question: str, instead: str) -> None:
    assert instead in _opening(question)[0]

"""What somebody states of a need, judged line by line: accounts of parts, products for a cache, figures of a cache."""

import pytest

from chat.agent import Assistant
from chat.figures.cache.kv_claims import verdict
from chat.figures.cache.kv_product import judged
from chat.figures.cache.kv_words import in_one_line
from chat.figures.named import Figures, Missing
from chat.figures.sums.accounts import parts_in
from chat.reads.grammar import read
from tests.talking import answer_to

# ── accounts of parts ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("weights 14GB, gradients 14GB, adam 56GB, total 84GB", ["weights 14", "gradients 14", "optimizer 56", "total 84"]),
        ("16GB weights + 16GB gradients + 64GB optimizer = 96GB", ["weights 16", "gradients 16", "optimizer 64", "total 96"]),
        ("权重 14G\n梯度 14G\nAdam 28G\n激活 10G\n一共 66G", ["weights 14", "gradients 14", "optimizer 28", "activations 10", "total 66"]),
        ("14G权重，14G梯度，56G优化器", ["weights 14", "gradients 14", "optimizer 56"]),
        ("adam moments fp32 for 8B is 64GB, + master 8 each", ["optimizer 64", "master 8"]),
        ("the weights are 14GB", []),
        ("7B on a 24GB card", []),
    ],
)  # fmt: skip
def test_the_parts_of_an_account_are_read_in_either_order(text: str, parts: list[str]) -> None:
    assert parts_in(text) == parts


def test_an_equation_is_the_part_of_the_weights_where_none_else_is() -> None:
    text = "7B*4 bytes = 28GB, + grads 28 + adam 56 = 112 GB"
    assert parts_in(text, [("7b*4 bytes", "28")]) == ["weights 28", "gradients 28", "optimizer 56", "total 112"]
    assert "weights 28" not in parts_in(text, [("2*32*4096", "28")])


def account(parts: list[str], **facts: object) -> tuple[str, str]:
    words = Figures({"params": "7B", "method": "full", **facts}, {"parts": parts})
    from chat.figures.sums.accounts import account as judge

    said = judge(words)
    return said.en, said.zh


def test_an_account_of_pure_bf16_is_told_from_mixed_precision() -> None:
    en, zh = account(["weights 14", "gradients 14", "optimizer 28", "total 56"])
    assert en.startswith("**Right for pure bf16, 8 B per parameter (56.0 GB")
    assert "112 GB" in en.partition("\n")[0]
    assert "纯 bf16" in zh
    assert "14 + 14 + 28 = 56 GB, as you say" in en


def test_an_account_without_the_fp32_copy_lacks_it() -> None:
    en, zh = account(["weights 14", "gradients 14", "optimizer 56"])
    assert "fp32 copy of the weights" in en.partition("\n")[0]
    assert "28.0 GB" in en.partition("\n")[0]
    assert "少了一项" in zh


def test_a_part_that_is_no_number_of_bytes_is_not_right_and_a_sum_is_checked() -> None:
    en, zh = account(["weights 21", "gradients 14", "optimizer 56", "total 100"])
    assert en.startswith("**Partly right: weights not")
    assert "weights 21 GB: not right; 16-bit weights are 7B × 2 B = 14.0 GB" in en
    assert "91 GB, not 100 GB" in en
    assert "不对" in zh


def test_a_share_of_several_cards_is_a_part_too() -> None:
    en, _ = account(["optimizer 14", "master 7"], n_gpus=4, zero_stage=1)
    assert "7B × 8 B ÷ 4 = 14.0 GB" in en
    assert "7B × 4 B ÷ 4 = 7.00 GB" in en


# ── the cache in one line ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"model": "Llama-3-70B", "seq_len": 32768}, ("80 layers × 8 KV heads × 128 (head size) × 2 B = 327,680 B = 320 KiB per token", "10.0 GiB (10.7 GB)")),
        ({"model": "falcon-7b", "seq_len": 2048}, ("1 KV head × 64 (head size) × 2 B = 8,192 B = 8 KiB",)),
        ({"model": "DeepSeek-V3", "seq_len": 131072}, ("61 layers × (512 + 64) × 2 B = 70,272 B", "8.58 GiB (9.21 GB)", "128 heads × (192 + 128)")),
        ({"model": "gemma-3-27b-it", "seq_len": 131072}, ("10 layers ×", "52 layers ×", "× 1024 tokens", "10.4 GiB", "each further token adds 80 KiB", "496 KiB per token, 62.0 GiB")),
        ({"model": "Qwen3-Next-80B-A3B-Instruct", "seq_len": 32768}, ("12 layers × 2 KV heads × 256", "The other 36 layers keep a state")),
        ({"model": "Qwen2.5-14B", "seq_len": 32768, "kv_format": "q8_0"}, ("1.0625 B", "3.19 GiB")),
        ({"model": "Llama-3-70B", "seq_len": 4096, "batch_size": 32}, ("× 32 sequences = 40.0 GiB (42.9 GB) in all",)),
        ({"model": "Llama-3-70B", "seq_len": 4096, "n_gpus": 16, "tp": 16}, ("On each of 16 cards that is 0.16 GiB (0.17 GB): 8 KV heads on 16 cards",)),
    ],
)  # fmt: skip
def test_a_cache_is_told_with_its_formula_and_every_kind_of_layer(
    facts: dict[str, object], says: tuple[str, ...]
) -> None:
    words = in_one_line(Figures({**facts, "method": "inference"}))
    for one in says:
        assert one in words.en, words.en
    figures = {one.replace(" (", "\uff08").replace(")", "\uff09") for one in says if one.endswith("GB)")}
    assert all(figure in words.zh for figure in figures)


def test_a_model_without_keys_and_values_has_no_line() -> None:
    with pytest.raises(Missing):
        in_one_line(Figures({"model": "mamba-2.8b-hf", "method": "inference"}))


# ── products and figures of a cache ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "factors", "off", "wrong"),
    [
        ({"model": "Qwen2.5-7B"}, [2, 3584, 28, 8], 28, ("3584 is the hidden size", "8 is bits")),
        ({"model": "Llama-3.1-8B"}, [2, 32, 32, 128, 2], 4, ("32 are the query heads",)),
        ({"model": "Llama-3-8B", "seq_len": 8192}, [32, 4096, 2, 8192], 2, ("4096 is the hidden size", "one factor 2 is missing")),
        ({"model": "Qwen2.5-14B"}, [48, 40, 5120, 2, 2], 200, ("counts the heads twice",)),
        ({"model": "Llama-3.1-8B"}, [2, 8, 128, 2], 1 / 32, ("the layers are missing",)),
        ({"model": "Llama-2-7b-hf"}, [2, 32, 4096, 2], 1, ()),
        ({"model": "Llama-2-7b-hf"}, [2, 32, 4096, 0.5], 0.25, ("that of quantised weights",)),
        ({"model": "Llama-3.1-8B"}, [32, 8, 128, 2], 0.5, ("one factor 2 is missing",)),
        ({"model": "Llama-3.1-8B"}, [2, 32, 8, 128, 4], 2, ("fp32",)),
        ({"model": "Llama-3.1-8B", "seq_len": 8192, "batch_size": 16}, [2, 32, 4096, 2, 8192, 16], 4, ("4096 is the hidden size",)),
        ({"model": "DeepSeek-V3"}, [2, 61, 128, 128, 2], 56.9, ("latent attention",)),
        ({"model": "Llama-3.1-8B"}, [2, 32, 8, 128, 2], 1, ()),
    ],
)  # fmt: skip
def test_the_wrong_factor_of_a_product_is_named(
    facts: dict[str, object], factors: list[float], off: float, wrong: tuple[str, ...]
) -> None:
    found = judged("*".join(f"{one:g}" for one in factors), facts)
    assert found["off"] == pytest.approx(off, rel=0.01)
    assert len(found["wrong"]) == len(found["wrong_zh"]) == len(wrong)
    for said, one in zip(found["wrong"], wrong, strict=True):
        assert one in said


def test_a_product_of_other_things_is_not_of_a_cache() -> None:
    assert judged("7*4*4", {"params": "7B"}) == {}
    assert judged("12*layers*hidden*hidden", {}) == {}  # parameters
    assert judged("2*l*n_kv*d_head*2", {})["off"] == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"claims_gb": [10.4]}, "10.4 GB is right"),
        ({"claims_gb": [10]}, "10 GB is right, counted in GiB"),
        ({"claims_gb": [80]}, "each of 64 query heads"),
        ({"claims_gb": [5]}, "keys or values alone"),
        ({"claims_kb": [320]}, "320 KB is right"),
        ({"claims_gb": [33]}, "3.07 times less"),
    ],
)  # fmt: skip
def test_a_figure_of_a_cache_is_right_or_off_by_a_factor_that_is_named(told: dict[str, object], says: str) -> None:
    facts = {"model": "Llama-3-70B", "method": "inference", "seq_len": 32768}
    assert says in verdict(Figures(facts, told)).en


# ── whole answers: the verdict opens, and no table of the whole need follows ───────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is 'Llama 3 70B at 32K context = 10.4 GB KV' right?", "**10.4 GB is right"),
        ("llama3-70B 在 32K 上下文 KV cache 是 10.4GB，对吗", "**10.4 GB 是对的"),
        ("7B full fine-tuning: weights 14GB + gradients 14GB + adam 28GB = 56GB, correct?", "**Right for pure bf16"),
        ("7B全参：权重14G，梯度14G，Adam 28G，一共56G，对吗", "**按纯 bf16 是对的"),
        ("KV cache of Qwen2.5-7B per token: 2*3584*28*2 bytes = 401 KB, right?", "**Not right: 7 times too much"),
        ("Qwen2.5-7B 的 KV 缓存每 token：2*3584*28*2=401408，对吗", "**不对:大了 7 倍".replace(":", "：")),
    ],
)
def test_a_claim_is_judged_in_the_first_sentence_and_the_whole_need_is_left_out(
    assistant: Assistant, question: str, opens: str
) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(opens), answer.text[:200]
    assert "|---|" not in answer.text
    assert answer.json()["memory"] is not None
    assert not answer.notices


def test_a_cache_and_a_card_still_get_the_verdict_on_the_card(assistant: Assistant) -> None:
    answer = assistant.ask("KV cache of Llama-3-8B at 32k, and does the whole fit on an RTX 4090?")
    assert answer.text.startswith("**Meta-Llama-3-8B-Instruct, inference, RTX 4090: fits")
    assert "KV cache 2 × 32 layers × 8 KV heads × 128 × 2 B = 128 KiB a token × 32,768 (4.00 GiB)" in answer.text


# ── rules that people quote ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("weights x 1.2 is the VRAM of llama3 8b fp16: where does the 1.2 come from?", ("rule of thumb", "128 KiB per token")),
        ("llama3 8b fp16 权重乘1.2就是显存，这个1.2倍是怎么来的", ("经验法则", "每 token 128 KiB")),
        ("Is Qwen3-30B-A3B's KV cache by the active 3B or by 30B? It is a MoE. At 40960 tokens?", ("does not depend on the experts", "96 KiB per token", "3.75 GiB")),
        ("Qwen3-30B-A3B 的 KV cache 是按激活 3B 还是 30B 算？40960 上下文", ("与专家无关", "96 KiB", "3.75 GiB")),
        ("activations = s*b*h*L*(34 + 5*a*s/h): llama-7b, 2048 tokens, full fine-tuning, explain why it is so much", ("never stores the second term", "30.6 GB")),
    ],
)  # fmt: skip
def test_a_rule_is_told_for_what_it_is(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question)
    for one in says:
        assert one in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Llama-3.3-70B on 4xH100, 64 requests of 8k: is kv_cache_dtype fp8 needed?", {"kv_format": ("bf16", "fp8")}),
        ("4卡H100跑Llama-3.3-70B,64并发8k,需要开fp8 kv cache吗", {"kv_format": ("bf16", "fp8")}),
        ("Is gradient checkpointing needed to full finetune Llama-3-8B?", {"gradient_checkpointing": ("off", "on")}),
        ("Llama-3.3-70B on 4xH100 with fp8 kv cache, does it fit?", {"kv_format": ("fp8",)}),
    ],
)
def test_whether_a_setting_is_needed_asks_of_the_case_without_it(text: str, values: dict[str, tuple[str, ...]]) -> None:
    facts = read(text).facts
    assert {name: facts[name] for name in values} == values


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("gemma3 12b at -c 131072: 2*48*8*256*2 bytes a token is 48 GiB of KV, yet llama.cpp takes 8.5. broken?", "only 8 of them do, and 40 have a sliding window"),
        ("gemma-3-27b at 64k: 2*62*16*128*2*65536 bytes = 31 GiB of cache?", "31.0 GiB (33.3 GB); it is 5.41 GiB"),
        ("gpt-oss-20b 上下文 131072,KV 按 2*24*8*64*2 字节每 token 算,对吗", "只有 12 层保留全部 131,072 个 token"),
    ],
)  # fmt: skip
def test_a_product_over_windows_is_not_called_right(assistant: Assistant, question: str, first: str) -> None:
    said = assistant.ask(question).text
    assert first in said.split("\n")[0]
    assert not said.startswith(("**Right", "**对"))


def test_a_product_over_layers_that_keep_all_is_right(assistant: Assistant) -> None:
    said = assistant.ask("Qwen3-8B KV is 2*36*8*128*2 bytes per token, right? at 32768 tokens").text
    assert said.startswith("**Right: 144 KiB per token.**")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("8.2B params at 4 bits = 4.1 GB. Why is Qwen3-8B-Q4_K_M.gguf 5.03 GB then?", ("4.89 bits", "5.01 GB", "8.70 GB", "Q6_K 6.56")),
        ("Llama-3.3-70B 的 Q4_K_M 文件为什么有 42.5G,70×4/8 不是35吗", ("4.89 位", "43.2 GB", "Q4_K 4.5")),
    ],
)  # fmt: skip
def test_the_size_of_a_file_is_worked_out_of_its_bits(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    said = assistant.ask(question).text
    assert all(one in said for one in says), said


# ── figures set against each other, doubted, or multiplied out ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("accelerate estimate-memory prints ~60GB 'training using Adam' for Llama-3.1-8B in bf16, but the ZeRO paper's 16 bytes gives 128GB. Who is off by 2x?", ("Neither is wrong", "8.03B × 8 B", "8.03B × 16 B", "would round it away")),
        ("同事说 Qwen2.5-7B 全参微调要 61GB，我按16字节算是122GB，到底谁算错了？", ("两个都没算错", "7.62B × 8 字节", "7.62B × 16 字节", "fp32 主权重")),
        ("Mistral-7B full finetune: blog A says 29 GB, blog B 58 GB, blog C 116 GB. which one do i believe", ("None of them is wrong", "7.24B × 4 B", "7.24B × 16 B")),
        ("One guide says Llama-2-70B needs 140GB, another says 35GB. Which is correct?", ("Neither is wrong", "the weights in 4 bits", "the weights alone in 16 bit")),
        ("falcon-40b-instruct: the card says 85-100GB, but 40 x 2 is 80. What GPU memory does it take? And with 8bit / 4bit?", ("85–100 GB is right, in 16 bit", "16-bit 78.3 GiB; 8-bit 40.4 GiB; 4-bit 22.1 GiB")),
        ("官方说 Qwen2.5-32B 推理要 65-75GB，真要这么多吗？那8bit和4bit呢？", ("65–75 GB 是对的", "4 位约 20.2 GiB")),
        ("full DPO of Qwen2.5-7B with its reference, 2 x 15.2GB is only 30, how much memory does it take?", ("30 GB are 2 × 15.2 GB", "the 16-bit weights of 2 models")),
        ("Can one 8xH200 box serve DeepSeek-V3.1 in FP8? Someone told me I need two nodes because 671B is 1.3TB", ("Yes.", "1.3 TB is the 16-bit size")),
        ("Qwen2.5-32B AWQ on 1x 4090: website says 65GB needed, is that so?", ("Not in this format: 65 GB is the 16-bit size",)),
        ("A calculator says gemma-3-27b needs 62 GiB KV for 128k. With the sliding window layers that can't be right?", ("You are right to doubt it", "52 of them have a sliding window", "10.4 GiB")),
        ("Llama-3.1-70B 8k 的 KV 我算出来是 20GB，感觉不对，太大了吧", ("您的怀疑是对的", "2.50 GiB", "8 个 KV 头")),
        ("gpt-oss-120b has 5.1B active, so it runs on my 3060 12GB like a 5B model, right?", ("**No: all 117B parameters must be stored",)),
        ("Strix Halo, 128GB unified (96GB to GPU). Which GGUF quant of Qwen3-235B-A22B fits? Q4_K_M should since only 22B are active?", ("**No: all 235B parameters must be stored, 132.4 GiB", "Q2_K")),
        ("Command-R 35B Q4 with 8k context needs over 10GB for context alone, Yi-34B with 8k only 2GB. Bug in the loader?", ("No bug: ", "a token's cache takes 5.33 times", "64 KV heads", "10.0 GiB against 1.88 GiB")),
        ("同样 7B，Llama-2-7B 4k 上下文就要占 2G，Qwen2.5-7B 才 200多M，是不是 ollama 的 bug？", ("不是 bug", "9.14 倍")),
    ],
)  # fmt: skip
def test_what_is_stated_is_judged_in_words(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question)
    plain = answer.text.replace("\uff0c", ",").replace("\uff1a", ":")
    for one in says:
        assert one in plain, answer.text
    assert not answer.notices
    assert plain.find(says[0]) < 40  # it opens the answer, or is its yes


def test_what_was_seen_to_be_double_keeps_its_cause(assistant: Assistant) -> None:
    answer = assistant.ask("HF says my Qwen2.5-14B needs 29.5 GB, but loading shows 59 GB in nvidia-smi. why double?")
    assert "as from_pretrained does where no dtype is told" in answer.text
    assert "Neither is wrong" not in answer.text


def test_the_format_that_is_in_16_bit_is_not_said_to_be_another(assistant: Assistant) -> None:
    answer = assistant.ask("Does Qwen2.5-32B in bf16 fit on 80 GB? Somebody says it is 65 GB")
    assert "Not in this format" not in answer.text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("为什么混合精度训练要留一份 fp32 主权重？省掉行不行", "**优化器真正更新的是这份 fp32 主权重"),
        (
            "do we really need fp32 master weights when training in bf16?",
            "**The fp32 copy is what the optimizer updates",
        ),
        ("推导一下 LoRA 的可训练参数量公式，r(d+k) 怎么来的", "**LoRA 把 d × k 矩阵的改动写成"),
        ("where does r(d+k) for LoRA come from?", "**LoRA writes the change of a d × k matrix"),
        ("论文里每层激活 sbh(34+5as/h) 是怎么推的？开梯度检查点又变成多少", "**它是 GPT 结构每层激活的字节数"),
        (
            "Where does the 34 in s*b*h*(34+5as/h) come from, with flash attention?",
            "**It is bytes of activations per layer",
        ),
    ],
)
def test_a_reason_or_a_formula_opens_without_asking_for_a_model(
    assistant: Assistant, question: str, opens: str
) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(opens), answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "unknown", "size"),
    [
        ("What's the KV per token of Mistral-Nebula-55B at 32k?", "Mistral-Nebula-55B", "55B"),
        ("How much VRAM for Llama-5-Titan-90B-Instruct in bf16 and int4?", "Llama-5-Titan-90B", "90B"),
        ("Qwen-Comet-120B 8bit 推理要多少显存", "Qwen-Comet-120B", "120B"),
    ],
)
def test_a_name_of_a_family_s_own_is_unknown(assistant: Assistant, question: str, unknown: str, size: str) -> None:
    answer = assistant.ask(question)
    assert unknown in answer.text
    assert size in answer.text
    assert "Mistral-7B" not in answer.text
    assert "near:" not in answer.text


def test_a_tune_of_a_known_size_stays_that_model(assistant: Assistant) -> None:
    assert "Mistral-7B" in assistant.ask("Mistral-Dolphin-7B Q4 on 8GB?").text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Can 4x H100 80GB hold a 1M-token prompt of Llama 4 Scout in bf16, it advertises 10M? I get 192 GB for the cache alone", "192 GB is not right; the cache of 1,000,000 tokens takes 46.9 GiB"),
        ("Qwen2.5-72B AWQ 两张 A6000 48G，32k 和 128k 能开哪个？我算 32k 的 KV 要 10G", "10 GB 是对的，按 GiB 计，即 32,768 token 的缓存"),
    ],
)  # fmt: skip
def test_of_several_lengths_a_cache_is_held_against_the_one_that_it_is_of(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("KV of DeepSeek-V2-Lite: I get 270 KiB a token, a friend says 30. Which?", "**30 KB is right for the cache of one token: 30.38 KiB.** **270 KB is the cache without its compression**"),
        ("DeepSeek-V2-Lite 每token的KV，同事说30KiB，我算的是270KiB，谁对", "**270 KB 是没有压缩时的缓存**"),
        ("I get 1,600 KiB per token for DeepSeek-V3's KV cache, right?", "1.6 MB is not right"),
        ("Llama-3-8B KV cache: 131,072 bytes or 524,288 bytes per token?", "131.072 KB is right for the cache of one token"),
    ],
)  # fmt: skip
def test_figures_of_a_token_are_read_whole_and_in_the_unit_beside_them(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("An AI told me full fine-tuning 8B with Adam needs 32 GB (8B x 4 bytes), does a 48GB card do it?", "one copy of the weights in fp32"),
        ("有人告诉我全参微调 14B 用 Adam 是 56GB,一张 80G 够了,对吗", "只够一份 fp32 权重"),
    ],
)  # fmt: skip
def test_four_bytes_for_each_parameter_are_no_training(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in "".join(text.split("\n\n")[:2]), text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Where do ZeRO's 60 GB of activations for GPT-2 1.5B at 1K and batch 32 come from?", "= 60.4 GB"),
        ("how does the ZeRO paper get 30 GB of activations for GPT-2 1.5B at batch 16, seq 1024?", "= 30.2 GB"),
        ("按 ZeRO 论文 12*hidden*batch*seq*layers 算,llama2-13b seq 2048 batch 4 激活多少", "12 × 隐藏维度 5120"),
        ("Biggest model I can fully fine-tune on one 24GB card?", "at 1.61B parameters"),
        ("一张 48G 最大能全参微调多大的模型", "3.22B 参数时仅状态就占满"),
    ],
)  # fmt: skip
def test_a_rule_that_is_quoted_comes_with_its_numbers(question: str, says: str) -> None:
    text = answer_to(question).replace("\uff0c", ",")
    assert says in text, text


def test_a_mixture_is_no_product_of_its_name() -> None:
    text = answer_to("LLaMA-Factory lists QLoRA 4-bit of 8x22B at 96 GB: how is that computed?")
    assert "not of 8 × 22 = 176B" in text, text

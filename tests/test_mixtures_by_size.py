"""A mixture of experts that is told by its sizes is the one of the tables that has them; of others it is said what is counted."""

import pytest

from chat.reads.grammar import read
from kb.standin import mixture_of
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("Can a 12 GB card with 32 GB of RAM run a 30B MoE, 3B active?", "Qwen/Qwen3-30B-A3B"),
        ("235B 的 MoE,激活 22B,fp8 要几张 H100", "Qwen/Qwen3-235B-A22B"),
        ("a mixture of experts with 117B total and 5.1B active on one H100?", "openai/gpt-oss-120b"),
        ("QLoRA on a 30B mixture-of-experts, 24GB", "Qwen/Qwen3-30B-A3B"),
    ],
)
def test_the_sizes_name_it(question: str, model: str) -> None:
    found = read(question).facts
    assert found["model"] == (model,)
    assert "params" not in found


def test_beside_a_dense_one_both_are_kept() -> None:
    found = read("30B MoE or 14B dense on a 4090, which is faster?").facts
    assert found["model"] == ("Qwen/Qwen3-30B-A3B",)
    assert found["params"] == (14e9,)


@pytest.mark.parametrize(
    "question",
    ["Mixtral 8x7B is a 47B MoE with 13B active: 24GB at 4 bit?", "a 32B in 4 bit on a 24GB card", "is MoE cheaper to serve than a dense 70B?"],
)  # fmt: skip
def test_a_named_or_dense_one_is_no_other(question: str) -> None:
    assert "mixture_by_sizes" not in read(question).extras


def test_what_it_is_counted_as_is_told_behind_the_verdict() -> None:
    text = answer_to("LoRA on a 30B MoE, one A100 80GB?")
    assert text.startswith("**Qwen3-30B-A3B")
    assert "Counted as Qwen3-30B-A3B, the mixture of the tables that has this size" in text
    assert "按表中大小相同的混合专家模型 Qwen3-30B-A3B 计算" in answer_to("30B 混合专家模型做 LoRA,一张 A100 80G 行吗")


def test_of_other_sizes_it_is_told_what_differs() -> None:
    assert mixture_of(100e9, 30e9) is None
    assert "a dense 100B is counted" in answer_to("an MoE with 100B total, 30B active, in 4 bit: how many 3090s?")


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("llama 3.1 8b or 70b on a 4090, how many tokens/s each?", ("Llama-3.1-8B-Instruct, bf16 about", "Llama-3.1-70B-Instruct, Q4_K_M: about 42 of 80 layers on the card")),
        ("Qwen3-32B 和 Qwen3-14B 在 4080 上哪个快,各多少 token/s", ("Qwen3-32B：约 47/64 层放在卡上", "Qwen3-14B 约 33")),
    ],
)  # fmt: skip
def test_the_speed_of_one_that_the_card_does_not_hold_is_told_beside_the_others(
    question: str, both: tuple[str, str]
) -> None:
    opens = answer_to(question).split("\n")[0]
    assert all(one in opens for one in both), opens


@pytest.mark.parametrize(
    "question",
    [
        "gpt-oss-120b 激活不是才5B吗，24G不够装？",
        "gpt-oss-120b激活的也就5B，4090够了吧",
        "Qwen3-Next-80B 激活参数不就3B吗，一张3060能跑不",
        "GPT-OSS-20B active params are 3.6B, will it fit on an 8GB card?",
        "GLM-4.5-Air activates just 12B per token, so two 4090s?",
    ],
)
def test_what_a_named_mixture_activates_is_no_other_model(question: str) -> None:
    facts = read(question).facts
    assert "params" not in facts
    assert len(facts["model"]) == 1


def test_a_size_of_another_model_beside_a_mixture_stays() -> None:
    assert len(read("GLM-4.5-Air 激活12B，和 Qwen3-14B 比哪个更省显存？").facts["model"]) == 2


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many H100s for Kimi-K2 in FP8? It only activates 32B", "**At least 16 cards"),
        ("GLM-4.5-Air 激活才12B，FP8 要几张 4090？", "**8 张卡"),
        ("Qwen3-235B-A22B FP8 on 4x H100 80GB, only 22B active so it should be easy, right?", "**Qwen3-235B-A22B, inference, FP8, 4 cards, H100 80 GB: fits"),
        ("一张 A100 40G 能不能装下 Qwen3-30B-A3B 的 bf16？激活才3B", "**不行：全部 30.5B 参数都要存下"),
        ("为什么 Qwen3-30B-A3B 激活才3B，Q4 却要 18G 显存？", "**全部 30.5B 参数都要存下"),
    ],
)  # fmt: skip
def test_what_was_asked_of_a_mixture_comes_before_what_is_stored(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Qwen3-30B-A3B full fine-tuning: only 3B are active, so one 80GB card will do?",
            ("Over 8 such cards (ZeRO-3 or FSDP) 61.1 GB (56.9 GiB) of them lie on each", "on attention alone: LoRA 61.9 GiB, QLoRA 4-bit 20.6 GiB"),
        ),
        (
            "Qwen3-30B-A3B全参微调，只激活3B，一张80G够吧？",
            ("切分到 8 张同样的卡，每卡分到 61.1 GB（56.9 GiB）", "适配器只加在注意力层：LoRA 61.9 GiB、QLoRA 4 位 20.6 GiB"),
        ),
        (
            "Qwen3-30B-A3B full fine-tuning on 8x H200: only 3B are active, so like a 3B?",
            ("Sharded over these 8 cards (ZeRO-3 or FSDP) it fits, 68.9 GiB on each in all.", "On these 8 cards adapters"),
        ),
    ],
)  # fmt: skip
def test_of_all_that_train_it_is_told_what_holds_them(question: str, parts: tuple[str, ...]) -> None:
    assert all(part in answer_to(question).split("\n\n")[0] for part in parts)


def test_without_a_card_no_number_of_them_is_told() -> None:
    told = answer_to("Mixtral-8x7B only activates 13B, so full fine-tuning needs memory for 13B?")
    assert "trains and stores all" in told.split("\n\n")[0]
    assert "such cards (" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full SFT of Qwen3-235B-A22B: 22B active, so 16x H100 80GB were rented. Enough? If not how many", ("235 GB (218.9 GiB) on each of 16 cards even if all is sharded", "not enough; the states alone fill 44 such cards", "On these 16 cards adapters on attention alone", "8-bit 17.4 GiB a card, fits")),
        ("全参微调 DeepSeek-V3，激活才 37B，16 张 H800 够吗？不够要几张", ("单是状态就要 126 张", "就用这 16 张卡", "16 位每卡 89.2 GiB,放不下", "4 位每卡 25.5 GiB,放得下")),
        ("Mixtral-8x7B full fine-tune: 13B active only, fits one A100 80GB?", ("On one card with adapters on attention alone",)),
    ],
)  # fmt: skip
def test_active_ones_are_held_against_the_cards_that_are_told(question: str, says: tuple[str, ...]) -> None:
    first = opening(question).replace("，", ",")
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full SFT of DeepSeek-V3 on 16x H800 80G. Is it enough? If not how many", "**16 are not enough: 192 cards"),
        ("DeepSeek-V3 全参微调，16 张 H800 够吗？不够要几张？", "**16 张不够，要 192 张卡"),
        ("How many H100 80GB for full fine-tuning Qwen3-235B-A22B?", "**64 cards (8 machines of 8)**"),
    ],
)
def test_of_a_mixture_too_those_that_are_there_are_judged(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-30B-A3B only activates 3B, why can't I run it on my 8GB GPU?", "the card needs 2.29 GiB only, and the RAM Q4_K_M 16.6 GiB"),
        ("Why won't Mixtral 8x7B run on 12GB when only 13B are active?", "--n-cpu-moe, -ot exps=CPU"),
        ("qwen3-30b-a3b激活才3B，为什么我8G显存跑不动？", "卡上只要 2.29 GiB，内存要 Q4_K_M 16.6 GiB"),
    ],
)  # fmt: skip
def test_experts_in_ram_are_told_of_the_file_that_is_run_at_home(question: str, says: str) -> None:
    assert says in opening(question), opening(question)


def test_where_16_bit_is_told_no_other_file_is() -> None:
    assert "Q4_K_M" not in opening("Qwen3-30B-A3B in bf16 only activates 3B, why not on 8GB?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # nobody said in how many bits
        ("Can 4x 3090 run GLM-4.5-Air? Only 12B are active.", "**In 4 bits yes (GPTQ, or a GGUF file in llama.cpp), 14.8 GiB of 24.0 GiB per card; in 16 bits no: all 107B parameters"),
        ("4张2080Ti 22G魔改卡跑得动GLM-4.5-Air吗，激活才12B，上下文32k", "**4 位可以（GPTQ，或用 llama.cpp 跑 GGUF），每卡 16.3 GiB，可用 20.2 GiB；16 位不行"),
        ("Mixtral 8x7B 一张4090能跑吗，激活参数才13B", "**不行，只靠显卡 4 位也放不下：全部 46.7B 参数"),
        ("Can two 3090s run Qwen3-30B-A3B in bf16? it only activates 3B", "**No: all 30.5B parameters must be stored, 56.9 GiB as they are here"),
    ],
)  # fmt: skip
def test_few_active_parameters_open_with_the_bits_that_fit(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:300]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qwen3-30b-a3b激活才3B,单张3090 24G跑得动bf16吗", "4 位放得下，16.9 GiB，可用 24.0 GiB；缓存每 token 96 KiB（32,768 token 就是 3.00 GiB）"),
        ("Qwen3-30B-A3B has only 3B active, so bf16 runs on a single 3090, right?", "In 4 bits it fits, 16.9 GiB of 24.0 GiB; the cache takes 96 KiB a token (3.00 GiB at 32,768 tokens)"),
    ],
)  # fmt: skip
def test_of_a_format_that_does_not_fit_the_next_that_does_is_told_with_its_cache(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_what_a_mixture_activates_is_no_activation_memory() -> None:
    told = answer_to("GLM-4.5-Air量化后两张5090(64G)放得下吗，激活才12B是不是很省显存")
    assert "激活 0." not in told
    assert "全部 107B 参数都要存下" in told

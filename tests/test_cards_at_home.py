"""What owners of a few consumer cards ask: cards put together, what Windows lends, an hour's price, a way out of a failure."""

import pytest

from chat.reads.grammar import read
from kb.cases import parse_given, spread
from kb.outcome import outcome
from kb.rates import Decoding, HostMemory
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("家里一张P40 24G一张3060 12G,能拼一起跑qwen3 32b q6吗,还差多少", 2),
        ("双显卡 3080 10G 和 3060 12G 能叠加显存跑gemma3 27b q4吗", 2),
        ("4080加一张闲置的2060 6g,lmstudio能一起用吗,跑qwen3 14b q8", 2),
        ("I own one P40 24GB and one 2080 Ti 11GB, pooled, is Qwen3-32B Q6_K all right?", 2),
        ("一张5080 16G一张4080 16G,选哪张跑14b", None),
    ],
)
def test_cards_with_their_memories_in_a_row_are_one_machine(question: str, cards: int | None) -> None:
    facts = read(question).facts
    if cards is None:
        assert len(facts["gpu"]) == 2
    else:
        assert len(facts["gpu"]) == 1
        assert facts["n_gpus"] == (cards,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("任务管理器 专用GPU内存 7.9/8.0 GB 共享GPU内存 3.1/15.9 GB,4060跑qwen3 8b q4_k_m巨慢", "专用加共享共 11.0 GiB"),
        ("dedicated gpu memory 11.7/12 GB, shared gpu memory 2.3/15.8 GB, qwen3 14b q4_k_m on a 3060 12GB crawls", "together are 14.0 GiB"),
    ],
)  # fmt: skip
def test_what_spills_is_held_against_the_need(question: str, said: str) -> None:
    told = answer_to(question)
    assert said in told
    assert "融合损失" not in told
    assert "fused loss" not in told


@pytest.mark.parametrize(
    ("question", "price"),
    [
        ("4090 一小时1块88,qwen2.5 7b lora 8000条每条600token 2轮 要多少钱", "1.88 元"),
        ("3090两块三一小时 qlora 14b 5000条*800token*3轮大概多少钱", "2.3 元"),
        ("租A100 7块多一小时 lora 14b 2万条 1024长度 2epoch 花多少钱", "7.5 元"),
        ("四块一小时的A800 lora 14b 1万条每条1000token 训练1轮多少钱", "4 元"),
    ],
)
def test_a_price_by_the_hour_as_it_is_spoken(question: str, price: str) -> None:
    assert f"每卡时 {price}" in answer_to(question)


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("4090 lora qwen2.5 7b 2万条*400token*2轮要多久", "16M token"),
        ("A100 lora qwen3 8b 6000条 500token 3epoch 要多久", "9M token"),
        ("qlora qwen3 8b on a 4090, 6k samples x 500 tokens x 3 epochs, how long", "9M token"),
    ],
)
def test_a_data_set_is_told_as_a_product(question: str, tokens: str) -> None:
    assert tokens in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("lora微调qwen3 14b 3090爆显存,换成4bit会好吗", "**有用：QLoRA（4 位"),
        ("LoRA on qwen3 14b runs out of memory on my 3090, would 4-bit help?", "**Yes: QLoRA (4-bit)"),
        ("qwen2.5 14b lora 4090 OOM了,用8bit量化可以解决吗", "**有用：QLoRA（8 位"),
        ("qwen3 8b lora bs4 4096长度 3090一直爆显存,换4bit有没有用还是租张A100 80G", "**只是少一些：QLoRA（4 位、RTX 3090"),
    ],
)  # fmt: skip
def test_fewer_bits_are_a_way_out_of_a_lora_that_failed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize("question", ["4bit lora 微调 14b 3090 爆显存怎么办", "LoRA 7B 3090 爆显存,4bit加载也爆,咋办"])
def test_fewer_bits_that_failed_too_are_no_way_out(question: str) -> None:
    assert read(question).facts["method"] == ("qlora",)


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("adding a second P40 to my 3060 12GB: 32B Q4 speed?", ("P40 + RTX 3060 12 GB",)),
        ("adding another RTX 2060 12GB to my 3080 10GB, how fast is a 27B Q4?", ("RTX 2060 12 GB + RTX 3080 10 GB",)),
        ("我有4070，再加一张3060 12G，32B Q4能跑多快", ("RTX 4070 + RTX 3060 12 GB",)),
        ("adding a second 3090 to my 3090 for a 70B, how fast?", ("RTX 3090",)),
        ("I added two P40 to my 4090: 70B speed?", ("2 × P40 + RTX 4090",)),
    ],
)  # fmt: skip
def test_a_second_card_of_another_kind_is_one(question: str, cards: tuple[str, ...]) -> None:
    assert read(question).facts["gpu"] == cards


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("a used P100 16GB for 150 or two 2060 12GB for 300, which for a 14B?", (2,)),
        ("found a 3090 24GB for 650, and a 7900 XTX for 750, for 32B models?", (1,)),
        ("3060 12GB for 200 users?", None),
    ],
)
def test_a_price_counts_no_cards(question: str, counts: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("n_gpus") == counts


def test_each_machine_keeps_its_count() -> None:
    said = answer_to("V100 32GB x2 or a single 4090 for 70B Q4, which is faster and what context?")
    assert "2 cards, V100 32 GB: **" in said
    assert "2 × V100 32 GB" in said
    assert "2 × RTX 4090" not in said
    assert "2 cards, RTX 4090" not in said


@pytest.mark.parametrize("count", [2, 4, 8])
def test_a_step_reads_each_weight_once_however_many_cards(count: int) -> None:
    where = outcome(spread(parse_given({"params": 70e9, "method": "inference", "engine": "llama.cpp", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 3090", "n_gpus": count}))[0])  # fmt: skip
    assert Decoding(where, HostMemory.of()).weight_bytes == pytest.approx(41.3e9, rel=0.01)


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("ollama跑qwen3:14b怎么只占一张卡,我插了两块3090", True),
        ("我有2张4060ti 16G,ollama的gemma3 27b能跑,另一张卡一直闲着正常吗", True),
        ("Why does ollama only use one of my two 3090s with Mistral Small 24B?", True),
        ("Ollama with qwen3:8b on two 4070s, the second GPU sits idle", True),
        ("I only use one GPU, a 3090, with ollama: does qwen3:32b fit?", False),
        ("我只用一张3090跑ollama的qwen3:32b,够吗", False),
    ],
)
def test_a_program_that_leaves_a_card_alone_is_told_how_to_spread(question: str, leads: bool) -> None:
    answer = answer_to(question)
    assert answer.startswith(("**Ollama 在一张卡", "**Ollama takes one card")) == leads, answer[:300]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("满血R1 w8a8用8卡910B 64G的机器部署要几台", "**16 张卡（2 台 8 卡机）**"),
        ("GLM-4.6 bf16用8卡A800 80G的服务器得买几台", "**16 张卡（2 台 8 卡机）**"),
    ],
)
def test_machines_are_counted_where_they_are_asked_for(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("my 4080 (laptop) runs out of memory with a 15GB gguf, a colleague's 4080 does not", "**A laptop's RTX 4080 has 12 GB, the desktop card 16 GB"),
        ("the 4090 in my laptop will not load a 19 GB gguf, why?", "**A laptop's RTX 4090 has 16 GB, the desktop card 24 GB"),
        ("笔记本4090加载22G的gguf爆显存,台式机的4090正常,为什么", "**笔记本的 RTX 4090 只有 16 GB"),
    ],
)  # fmt: skip
def test_a_laptop_has_less_than_the_card_of_its_name(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_desktop_card_is_no_laptop_because_of_another() -> None:
    facts = read("a friend with a laptop runs a 20GB gguf, will it run on my desktop 4090?").facts
    assert facts["gpu"] == ("RTX 4090",)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("which Qwen3 models does a 48GB card hold at 64k context?", "The 65,536 tokens asked for are more than"),
        ("一张 48G 显卡本地跑 Qwen3,上下文 64k,能跑多大的", "要的 65,536 token 超过"),
    ],
)
def test_a_length_beyond_what_models_declare_is_said(question: str, said: str) -> None:
    assert said in answer_to(question)

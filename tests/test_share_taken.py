"""What a server was seen to take beside another model is its share of the card; and one machine of several may be enough."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("vLLM跑Qwen3-14B-AWQ把4090占了22G,bge-reranker-v2-m3起不来,权重不是才10G吗", "**22 GB 不是 Qwen3-14B 的实际需要", "gpu_memory_utilization 调低"),
        ("sglang拉起Qwen2.5-3B,L20占掉40G,bge-large-zh沒顯存可用,3B不是才6G嗎", "**40 GB 不是 Qwen2.5-3B-Instruct 的实际需要", "其实都放得下"),
        ("vLLM serves Llama-3.1-8B AWQ and holds 44 GB of the L40S, bge-m3 will not start next to it. Why so much?", "**44 GB is not what Llama-3.1-8B-Instruct needs", "Lower it for the language model"),
        ("bge-m3 and Qwen3-8B-AWQ on one 24 GB card, does that fit?", "**Yes: the weights take", "KV cache"),
        ("Qwen3-8B 用 transformers 跑 bf16 占 16G,4090 上再放 bge-m3 行吗", "**可以", "bge-m3"),
    ],
)  # fmt: skip
def test_a_share_is_no_need(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert says in text


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("两台8卡A800全参Qwen2.5-32B zero3,有人说一台就够,真的吗", (16, 8)),
        ("四台8卡H100跑Llama-3.1-405B fp8,单机能不能放下", (32, 8)),
        ("full fine-tuning of a 32B with ZeRO-3 on 2 nodes of 8x A100 80GB; would one node be enough?", (16, 8)),
        ("3 machines with 8 L40S each for a 70B in fp8: can a single machine do it?", (24, 8)),
        ("两台8卡A800全参Qwen2.5-32B zero3,每台内存1T,够吗", (16,)),
        ("2 nodes of 8x A100: one node has 1 TB of RAM, does a 32B full fine-tune fit?", (16,)),
    ],
)
def test_one_machine_of_several_is_asked_about(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-14B bf16 in vLLM takes 70 GB, should be 28 GB", "vLLM takes a fixed share"),
        ("llama3-8b 用vllm跑占了72G，不是应该16G吗", "vLLM 启动时按固定比例占用显存"),
    ],
)
def test_a_share_is_told_without_a_card_too(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "KV cache of Mistral-Nemo, 8 requests of 32k: I took hidden 5120 x 40 layers and get ~200 GiB which can't be right",
        "Mistral-Nemo 8 路 32k 的 KV cache，我按 hidden 5120 × 40 层算出来 200 GiB，肯定不对吧",
    ],
)
def test_a_cache_that_was_worked_out_is_no_share(question: str) -> None:
    assert "vLLM" not in answer_to(question).split("\n")[0]


def test_a_program_that_takes_no_share_is_told_of_none() -> None:
    assert "fixed share" not in answer_to("Qwen2.5-7B with transformers takes 40 GB, should be 15 GB")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vllm gpu_memory_utilization what should i set for llama 3.1 70b fp8 on one h100 at 8k", "**gpu_memory_utilization 0.95, more than the default"),
        ("vllm 单卡H100 llama-3.1-70b fp8 8k，gpu_memory_utilization 设多少", "**gpu_memory_utilization 设 0.95，比默认值高"),
        ("what gpu_memory_utilization for qwen2.5-72b awq on one 48g card", "**gpu_memory_utilization 0.9 is the least"),
    ],
)  # fmt: skip
def test_a_share_above_the_default_is_told_where_the_default_does_not_hold_it(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("cpu_offload_gb 20 with 70b awq on 24gb works?", "**It works, and it is slow: 20 GiB"),
        ("vllm --cpu-offload-gb 10 llama 3 8b bf16 on 16gb card ok?", "at most 2.9 tokens a second"),
        ("4090 用 vllm 跑 Qwen2.5-32B int8 加 --cpu-offload-gb 16 行不行", "**能用，但很慢：有 16 GiB"),
    ],
)
def test_weights_that_wait_in_host_memory_are_told_with_their_price(question: str, opens: str) -> None:
    told = Assistant().ask(question)
    assert opens in told.text.split("\n\n")[0]
    assert not told.notices


def test_what_it_is_and_a_server_without_it_have_no_price() -> None:
    for question in ("what is cpu_offload_gb in vllm", "llama 3 8b bf16 with vllm on a 24gb card ok?"):
        assert "read over the slot" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen2.5-14B bf16 on one 4090 with vllm --cpu-offload-gb 10 makes 2 tok/s. Is my PCIe slot broken or is that normal?", "**2 tokens/s is expected, and no fault of the slot", "10.7 GB ÷ 31.5 GB/s"),
        ("vLLM with cpu offload 30 GB, Mistral-Small-24B bf16 on a 3090: 1 token/s, is the PCIe link the bottleneck?", "**1 tokens/s is expected", "**Better: fewer bits and no offload: 4-bit (AWQ, GPTQ) takes"),
        ("单卡4090用vllm --cpu-offload-gb 10跑Qwen2.5-14B bf16,每秒不到2个token,正常吗,是不是PCIe有问题", "**2 token/秒是正常的，不是插槽坏了", "27.5 GiB 权重里有 17.5 GiB 在卡上"),
        ("Qwen2.5-7B fp16 with vLLM --cpu-offload-gb 10 on a 4090, 2 tok/s: is that normal?", "**2 tokens/s is expected", "**Better: no offload: fp16 takes 14.2 GiB of weights"),
        ("vLLM 在 4090 上跑 Qwen2.5-7B FP16,cpu_offload_gb 设 10,只有 2 token/s,正常吗?", "**2 token/秒是正常的，不是插槽坏了", "**更好的设置：不卸载：fp16，权重 14.2 GiB"),
    ],
)  # fmt: skip
def test_a_rate_over_the_slot_is_expected_and_fewer_bits_need_none(question: str, opens: str, says: str) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(opens), told.text[:300]
    assert says in told.text
    assert not told.notices


@pytest.mark.parametrize(
    "question",
    [
        "is PCIe x8 a problem for tensor parallel of a 70B AWQ on 2x 3090?",
        "Qwen2.5-14B bf16 两张3090 tp=2，PCIe x8 会影响速度吗",
    ],
)
def test_ranks_that_exchange_sums_are_told_of_the_link(question: str) -> None:
    assert "no fault of the slot" not in (text := answer_to(question))
    assert "不是插槽坏了" not in text
    assert "PCIe 4.0 x8" in text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("vLLM with Qwen2.5-1.5B-Instruct shows 20.3GB of my A10G, HF transformers needed 4GB. A leak? I want another model on the card", "**No leak: vLLM takes", ("**So yes, another service goes on the card: gpu_memory_utilization 0.3", "28 KiB of cache for a token (0.88 GiB for one of 32,768)", "as counted (4.07 GiB)")),
        ("Is it normal that vLLM takes 21 GB for Qwen3-4B on a 3090? With HF generate it was 9 GB.", "**Yes, that is normal, and no leak: vLLM", ("at 0.5 it takes 12.0 GiB", "The 9 GB of the other program")),
        ("Qwen2.5-0.5B in vLLM: 42180MiB / 46068MiB on the L40S. It is a 1GB model, transformers took 2GB", "**No leak: vLLM", ("41.2 GiB are that share of 45.0 GiB", "gpu_memory_utilization: at 0.15")),
        ("SGLang takes 40GB of my L40S for Qwen2.5-3B. Ollama used 3GB. What is wrong?", "**No leak: SGLang", ("of a file in 4 bits",)),
        ("Qwen2.5-0.5B in vLLM takes 21GB on my A10G, the same model in transformers takes 2GB. Memory leak?", "**No leak: vLLM takes", ("The 2 GB of the other program",)),
        ("同一个Qwen2.5-1.5B，transformers只占4G，vLLM在L40S上占了40G，是不是内存泄漏", "**不是泄漏：vLLM", ("另一个程序的 4 GB",)),
        ("用vLLM部署Qwen3-0.6B,3090显存占了21.5G,不是才1.2G吗,transformers加载只要2G", "**不是泄漏：vLLM", ("另一个程序的 2 GB", "设为 0.25 时")),
        ("3090 上 vllm 起 Qwen2.5-7B-AWQ 占 22G,怎么降下来给 rerank 模型留点", "**不是泄漏：vLLM", ("所以可以再放一个服务", "gpu_memory_utilization 设为 0.4")),
    ],
)  # fmt: skip
def test_a_share_beside_what_another_program_took_is_explained_and_not_compared(
    question: str, opens: str, says: tuple[str, ...]
) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(opens), told.text[:300]
    assert all(one in told.text for one in says), told.text[:900]
    assert "no usual change" not in told.text
    assert "常见设置都得不到它" not in told.text
    assert not told.notices


@pytest.mark.parametrize(
    "question",
    [
        "Why does vLLM need more than transformers for Qwen2.5-7B? 17GB vs 15.5GB on a 4090",
        "vLLM vs transformers memory for Llama-3.1-8B on an A100 80GB?",
        "Qwen2.5-7B 在 4090 上用 vllm 和 transformers 各要多少显存",
    ],
)
def test_two_programs_that_are_compared_stay_two(question: str) -> None:
    assert read(question).facts["engine"] == ("vllm", "transformers")


def test_whether_a_model_goes_is_no_share_that_is_wondered_at() -> None:
    assert "fits" in read("Qwen2.5-3B 用 vllm 占了 4090 的 21.8G,权重 6G,再换成 14B 放得下吗").intents


@pytest.mark.parametrize(
    "question",
    [
        "Before the first token vLLM already shows 70GB on my A100 80G with Qwen2.5-7B. is that the prompt?",
        "vllm起Qwen2.5-7B，A100 80G，还没发请求就显示占了70G，这是提示词占的吗",
    ],
)
def test_what_a_server_shows_before_any_request_is_its_share(question: str) -> None:
    assert answer_to(question).startswith(("**No leak: vLLM takes a fixed share", "**不是泄漏：vLLM 启动时按固定比例"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("4090 vllm部署R1-Distill-Qwen-1.5B，才1.5B怎么占了21G显存", "最大长度也要设到这个数以内：不设就是模型的 131,072"),
        ("vLLM takes 37GB on a 40GB A100 for Llama-3.2-3B-Instruct, how do I make it use less?", "set the maximum length within that, too: unset it is the model's 131,072"),
    ],
)  # fmt: skip
def test_with_a_lower_share_the_length_is_lowered_too(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        # a length that is told, a cache that holds the model's own, and a program that starts all the same
        "vLLM 跑 Qwen3-4B --max-model-len 8192, 4090 显存占了 21.6G，为什么",
        "Why does vLLM take 22 GB on my 4090 for Qwen2.5-0.5B-Instruct?",
        "SGLang takes 37GB on a 40GB A100 for Llama-3.2-3B-Instruct, how do I make it use less?",
    ],
)
def test_a_length_that_the_cache_holds_stays(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "the maximum length within that" not in first
    assert "最大长度也要设" not in first

"""What programs and models have beside weights, asked about by name: whether it takes memory, and which."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "meaning"),
    [
        ("Will torch.compile increase VRAM usage?", "compile"),
        ("Does keeping an EMA copy take more GPU memory?", "ema"),
        ("dataloader 的 num_workers 调大会占显存吗", "workers"),
        ("do system prompts take VRAM?", "system_prompt"),
        ("深度思考会更占显存吗", "thinking"),
        ("does chunked prefill reduce memory?", "chunked_prefill"),
        ("does ECC take VRAM on an L40S?", "ecc"),
        ("sliding window attention 能省缓存吗", "window"),
        ("Does GQA save memory?", "grouped_heads"),
        ("MLA 能省多少显存", "latent_cache"),
        ("does DDP use more memory than a single GPU", "ddp"),
        ("does the vocabulary size affect memory?", "vocabulary"),
        ("does tensor parallelism add memory overhead?", "tensor_split"),
        ("张量并行会增加显存开销吗", "tensor_split"),
        ("how much memory does a CUDA context take per process?", "cuda_context"),
        ("cuda上下文占多少显存", "cuda_context"),
        ("Does TP split the KV cache?", "cache_on_ranks"),
        ("is the KV cache divided by tensor parallelism?", "cache_on_ranks"),
        ("TP 会切分 KV 缓存吗", "cache_on_ranks"),
        ("KV 头 8 个,张量并行 12 行吗", "heads_on_ranks"),
        ("is NVLink needed for training?", "links"),
        ("没有NVLink能训练吗", "links"),
        ("MoE 训练显存按总参数还是激活参数", "active_in_training"),
        ("How much VRAM does Windows use on a 16GB card?", "desktop"),
        ("mixed precision uses the same memory as fp32, why?", "precision_saves"),
        ("does memory grow with the number of layers?", "layers_scale"),
        ("解释一下峰值显存", "peak_steady"),
        ("重计算为什么是根号 n", "sqrt_n"),
        ("what is the 5as term?", "scores_term"),
        ("显卡真正可用的显存有多少", "usable"),
        ("Why is only one of the two GPUs used by transformers?", "one_used"),
        ("两张卡为什么只用了一张", "one_used"),
        ("can a single layer be split over two cards?", "split_a_layer"),
        ("显卡必须一样吗", "same_cards"),
        ("does loading take twice the memory?", "load_peak"),
        ("What happens when I run out of VRAM on Windows?", "spills"),
    ],
)
def test_the_thing_is_what_is_asked_about(question: str, meaning: str) -> None:
    assert f"meaning:{meaning}" in read(question).cues
    assert answer_to(question).startswith("**")


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3-8B full fine-tuning with DDP on 2x A100 80GB, fits?",
        "Qwen3-8B in thinking mode on a 4090 at 32k: does it fit?",
        "GPT-OSS 20B on a Windows PC with a 4070 Ti, how much VRAM?",
        "A10 with ECC on: does a 13B in int8 fit?",
        "只用一张 4090 能训多大的模型",
    ],
)
def test_a_case_is_not_taken_for_it(question: str) -> None:
    assert not [cue for cue in read(question).cues if cue.startswith("meaning:")]


@pytest.mark.parametrize("question", ["does gradient clipping take memory?", "weight decay 会占显存吗"])
def test_what_takes_none_is_said_to_take_none(question: str) -> None:
    said = answer_to(question)
    assert "no tensor on the card depends on" in said or "没有任何张量" in said or said.startswith("**不")


def test_a_thing_is_told_within_a_conversation_and_the_case_goes_on() -> None:
    assistant, conversation = Assistant(), Conversation()
    told = [
        assistant.ask(one, conversation)
        for one in ("Qwen3-8B LoRA on a 4090", "what about torch.compile, does it take more?", "and on a 3090?")
    ]
    assert told[1].text.startswith("**torch.compile changes no weights")
    assert told[2].given["model"] == told[0].given["model"]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("KV 头 8 个,张量并行 12 行吗", "**启动不了：8 个 KV 头没法分到张量并行 12"),
        ("键值头只有 4 个，张量并行 8 会怎么样", "**可以跑，但缓存最多切成 4 份"),
        ("8 KV heads, is tensor parallel 12 ok?", "**It does not start: 8 KV heads do not go over tensor parallel 12"),
        ("more tensor parallel ranks than KV heads, ok?", "**More ranks than KV heads is fine where they are a multiple of them"),
    ],
)  # fmt: skip
def test_whether_ranks_and_heads_divide_is_said_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How much VRAM does torch.compile / CUDA graphs add in vLLM for a 32B on TP2?", "**A CUDA graph keeps the buffers of every batch size"),
        ("CUDA graph 在 vLLM 里占多少显存？", "**CUDA graph 要为每个捕获的批大小保留缓冲"),
        ("Qwen2.5-14B 在 vLLM 里 CUDA graph 占多少显存", "**CUDA graph 要为每个捕获的批大小保留缓冲"),
    ],
)  # fmt: skip
def test_what_graphs_take_is_told_beside_a_model_too(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("用 4bit 加载 14B 模型为什么加载过程中显存峰值到 20G 然后才降到 10G", "**这是加载过程本身"),
        ("Loading a 14B in 4bit with bitsandbytes peaks at 20GB and then drops to 10GB, why?", "**That is the loading: weights are read in 16 bit, 29.5 GB"),
        ("为什么 transformers generate 时显存随着 max_new_tokens 涨，而 vLLM 一开始就占满", "**两者存的是同样 token 的 K、V"),
        ("Why does memory grow during generate in transformers but vLLM takes everything at the start?", "**Both hold keys and values of the same tokens"),
        ("Why does vLLM take everything at the start?", "**No leak"),
        ("vllm 起 8 个 7B 副本，每个占 0.1，A100 80G 放得下吗", "**0.1 的份额不够"),
        # the file of an Ollama name, where it is asked how all of it stays on the card
        ("我用 ollama 跑 qwen2.5:14b，num_ctx 32768，显存 16G 不够被卸载到 CPU 了，怎么设置能全放显卡", "**上下文 32,768 token 时能全部放进去"),
    ],
)  # fmt: skip
def test_what_a_program_holds_when_is_told_as_it_is_asked(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("I bought a second 3090, llama.cpp now shows 20GB on card 0 and 4GB on card 1 for a 24GB model. why not split evenly", "**llama.cpp divides the layers by what each card has free"),
        ("llama.cpp 双 3090，卡0 占 20G，卡1 只占 4G，为什么不平均分", "**llama.cpp 加载时按每张卡的空闲显存分层"),
        # of a model, too, before its figures
        ("llama.cpp puts more of Qwen2.5-32B Q4_K_M on card 0 than on card 1 of my two 3090s. Why is it not split evenly?", "**llama.cpp divides the layers by what each card has free"),
        ("双 3090 用 llama.cpp 跑 Qwen2.5-32B Q4_K_M，为什么两张卡分得不平均？", "**llama.cpp 加载时按每张卡的空闲显存分层"),
        ("为什么 vLLM 的 KV cache 用量显示 100% 了还不报 OOM，只是变慢", "**满的是缓存池，不是显卡"),
        ("vLLM log says GPU KV cache usage: 99.8% and requests get slow, but no OOM. Why?", "**The cache is full, not the card"),
    ],
)  # fmt: skip
def test_what_is_seen_on_cards_and_in_a_pool_has_its_cause(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("I get 'RuntimeError: CUDA error: out of memory' immediately at model.to('cuda') for a 3B model on a 24GB card. nvidia-smi shows 22GB used by python of another user", "**The other process is the cause: of the card's 24.0 GiB its 22 GB"),
        ("别人的进程占了 20G，我在 24G 卡上加载 7B bf16 报 CUDA out of memory", "**原因就是另一个进程"),
        # beside one of so little it would fit
        ("My RTX 3090 says out of memory running Llama-3.1-8B in 16 bit, another process holds 2 GB on the card. Why?", "**What was told takes 16.5 GiB of 24.0 GiB and would fit"),
        ("别人的进程占了 2G，我在 24G 卡上加载 7B bf16 报 CUDA out of memory", "**所说的设置只要 15.5 GiB，卡上 24.0 GiB，本应放得下"),
        # a quoted need is no budget
        ("ValueError: To serve at least one request with the models's max seq len (32768), (6.00 GiB KV cache is needed, which is larger than the available KV cache memory (2.71 GiB). Qwen2.5-14B-AWQ on 16GB. What is the max length then?", "**Set --max-model-len to at most 14,800"),
        ("显存碎片导致 OOM，PYTORCH_CUDA_ALLOC_CONF 设 max_split_size_mb 还是 expandable_segments，有什么区别", "**它们是 PyTorch 分配器"),
    ],
)  # fmt: skip
def test_what_takes_the_room_is_named(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("如何估算 vLLM 部署 Qwen3-32B 需要的显存，给我公式和数字，上下文 32k 并发 16", "**推理显存 = 权重 + KV 缓存 + 激活 + 运行时"),
        ("EMA of weights in full training of 3B: extra memory?", "**An average of the weights is one more copy of them"),
        ("全参训 3B 加 EMA 要多多少显存", "**权重的滑动平均就是再多一份权重"),
    ],
)  # fmt: skip
def test_a_formula_and_a_copy_are_told_of_a_case(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_how_a_case_is_estimated_opens_with_its_figure() -> None:
    assert "共约 190.5 GiB" in opening("怎样估计 vLLM 部署 Qwen3-32B 的显存，上下文 32k 并发 16")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("把 Qwen2.5-7B 的词表从 152k 裁到 50k 能省多少显存（训练 seq 4k bs 4）", "**首先是 logits：16,384 token × 词表 × 4 字节，50,000 时一份 fp32 是 3.28 GB"),
        ("QLoRA 训练中 paged optimizer 有什么用，能省多少", "**峰值只超一点时有用"),
        ("What does the paged optimizer do in QLoRA and how much does it save?", "**It helps where a peak is only just too much"),
        ("H100 94GB NVL vs 80GB for Mixtral-8x7B fp16: does it fit on one?", "**Yes. Mixtral-8x7B-Instruct-v0.1, inference, fp16, H100 NVL 94 GB: fits, but it is tight"),
    ],
)  # fmt: skip
def test_a_vocabulary_cut_and_paged_states_are_read_in_further_words(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)

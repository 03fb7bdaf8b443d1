"""A training that runs out, told in a line and of no model: the symptom is answered, and no list of everything."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("oom, 12 GiB reserved by pytorch but unallocated", "**It is memory that PyTorch holds and no tensor uses"),
        ("the error says reserved but unallocated is large, how to fix", "**It is memory that PyTorch holds"),
        ("显存保留但未分配有8g怎么办", "**这是 PyTorch 留着、却没有张量在用的显存"),
        ("reserved but unallocated is 9 GB, Qwen2.5-7B LoRA on a 24GB card, oom", "**It is memory that PyTorch holds"),
        ("works on one gpu, OOM on 4 gpus with ddp", "**More cards give no room by themselves"),
        ("runs fine on a single GPU but out of memory on two gpus", "**More cards give no room by themselves"),
        ("单卡能跑双卡就oom", "**加卡本身不会多出容量"),
        ("only rank 0 runs out of memory in ddp", "**What only the first card has"),
        ("rank0显存爆了其他rank没事", "**只有第一张卡多出来的"),
        ("rank 3 oom others fine", "**Weights and states are the same on every rank"),
        ("训练时rank 5爆显存了 其他rank正常", "**每个 rank 的权重和状态都一样"),
        ("cublas error during training is it oom", "**ALLOC_FAILED of cuBLAS or cuDNN"),
        ("训练时cublas报错 是显存不够吗", "**cuBLAS、cuDNN 的 ALLOC_FAILED"),
        ("is vram rising every step a leak", "**Two numbers after each step"),
        ("training memory creeps up over epochs, leak?", "**Two numbers after each step"),
        ("zero3训练每个epoch显存都上升", "**是不是泄漏，看每步之后的两个数"),
        ("resized the embeddings for new special tokens and lora training ooms", "**What costs is modules_to_save"),
        ("lora加了新token训练embedding后oom", "**费显存的是 modules_to_save"),
        ("gradient checkpointing is on and I still get oom, what else", "**With checkpointing on"),
        ("重计算已经打开了训练仍然爆显存 还能怎么办", "**重计算已开"),
        ("grpo oom how do I know which phase runs out, generation or update", "**The traceback tells"),
        ("怎么判断是rollout爆显存还是更新actor时爆", "**看报错堆栈"),
        ("grpo with vllm on the same gpu runs out of memory", "**Two programs stand on the one card"),
        ("grpo vllm同卡 爆显存", "**一张卡上有两个程序"),
        ("pytorch reserved 20gb but only 11 allocated and it still ooms", "**It is memory that PyTorch holds"),
        ("only one gpu ooms in multi gpu training", "**Weights and states are the same on every rank"),
        ("loss fine but oom at epoch 2", "**The first epoch went through"),
        ("第2个epoch爆显存了", "**第一个 epoch 跑完了"),
        ("adding a second gpu gives oom", "**More cards give no room by themselves"),
        ("2张卡训练反而爆显存", "**加卡本身不会多出容量"),
        ("oom on gpu 0 only, 8 gpus", "**What only the first card has"),
        ("cuda error: CUBLAS_STATUS_EXECUTION_FAILED, is it memory?", "**As a rule no lack of memory"),
        ("CUDNN_STATUS_INTERNAL_ERROR 是显存问题吗", "**一般不是显存不够"),
        ("gpu memory keeps growing during training until oom", "**Two numbers after each step"),
        ("显存越训越多最后爆了", "**是不是泄漏，看每步之后的两个数"),
        ("added special tokens and now lora needs way more memory", "**What costs is modules_to_save"),
        ("verl训练oom是rollout还是update", "**看报错堆栈"),
    ],
)  # fmt: skip
def test_a_symptom_is_answered_without_a_model(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("chatbot memory goes up every message, leak?", "Two numbers after each step"),
        ("oom with vllm on 2 gpus, how to fix", "More cards give no room"),
        ("CUDA OOM on 8 gpus full fine-tuning", "More cards give no room"),
        ("libcublas.so.12: cannot open shared object file", "ALLOC_FAILED"),
        ("reserved 18 GB and allocated 11 GB, what is the rest?", "and yet it did not serve the request"),
        ("vllm memory keeps growing with every request", "Two numbers after each step"),
        ("we added new tokens to the tokenizer, how much does the embedding grow", "What costs is modules_to_save"),
        ("added another GPU with DDP, still OOM", "More cards give no room"),
        ("gpu 0 oom, others fine", "What only the first card has"),
        ("lora oom, added more tokens to the prompt", "What costs is modules_to_save"),
        ("sft oom what should I try", "With checkpointing on"),
        ("GRPO 7B on 8x H100 with vLLM colocated, does it fit", "Two programs stand on the one card"),
        # which fills the card by itself
        (
            "CUDA out of memory, 2.1 GiB reserved but unallocated, 24GB 4090 Qwen2.5-7B LoRA seq 4096",
            "and yet it did not serve the request",
        ),
    ],
)
def test_another_report_is_answered_otherwise(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "amount"),
    [
        ("cuda oom at step 300 but not at step 1, lora 8b seq 2048", "**A setting alone would fail at the first", "19.9 GiB"),
        ("qwen2.5-7b qlora 训练到500步突然oom", "**单是设置不对，头几步就会爆", "10.5 GiB"),
        ("every rank loads the model and cpu ram blows up, 70b on 8 gpus", "**Each of the 8 processes reads", "1,104 GB"),
        ("70B 8卡 每个rank都加载模型 内存爆了", "**8 个进程各自把完整一份读进内存", "1,104 GB"),
    ],
)  # fmt: skip
def test_a_model_that_is_named_brings_its_figure(question: str, opens: str, amount: str) -> None:
    told = opening(question)
    assert told.startswith(opens)
    assert amount in told


def test_what_is_in_use_is_not_advised() -> None:
    told = opening("gradient checkpointing is on and I still get oom with qlora, what else")
    assert "With checkpointing on" in told
    assert "QLoRA (a 4-bit base)" not in told
    assert "QLoRA (a 4-bit base)" in opening("gradient checkpointing is on and I still get oom, what else")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("显存够但是报CUDA out of memory, reserved比allocated大很多怎么回事", "expandable_segments"),
        ("reserved is much larger than allocated and I get CUDA out of memory, why", "expandable_segments"),
        ("vllm启动时提示max seq len大于kv cache能存的token数 怎么办", "--max-model-len"),
    ],
)
def test_a_message_in_other_words_has_its_own_answer(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("fine-tuning always OOMs, do I need more cards?", "**Only if the model is sharded over them: with DDP each card keeps a whole copy"),
        ("My training keeps running out of memory. Would adding more GPUs fix it, and how many?", "**Only if the model is sharded over them"),
        ("微调一直爆显存，多加两张显卡有用吗", "**切分了才有用：DDP 每张卡都放完整的一份"),
        ("训练爆显存，是不是得加卡", "**切分了才有用"),
        ("推理老是OOM，再加一张卡有用吗", "**几张卡共同放一个模型才有用"),
    ],
)  # fmt: skip
def test_whether_more_cards_are_the_cure_is_told_first(question: str, opens: str) -> None:
    assert opening(question).startswith(opens), opening(question)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("训练OOM，怎么省显存", "切分了才有用"),
        ("Why does adding a second GPU not help? Training still OOMs.", "Only if the model is sharded over them"),
        ("加了一张卡训练还是OOM，为什么", "切分了才有用"),
    ],
)
def test_cards_that_were_added_are_no_cure_that_is_asked_for(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How much GPU memory to pretrain Pythia-1.4B, Adam bf16, micro batch 16, seq 2048? 16 bytes rule says 22 GB, one A100 80GB OOMs",
         ("With gradient checkpointing it takes 42.2 GiB", "without it, and it was not told, 96.3 GiB", "58.3 GB (54.3 GiB) of activations", "eager attention keeps its scores", "micro-batch of 12")),
        ("pre-training pythia-1b in bf16 with AdamW, batch 32 and 2048 tokens, runs out of memory on an A100 80GB", ("With gradient checkpointing", "of activations for the backward pass")),
        ("从头预训练 Pythia-1.4B，Adam bf16，micro batch 16，序列 2048，一张 A100 80G 却 OOM", ("开激活重计算只要 42.2 GiB", "没开（问题里没说）就要 96.3 GiB", "每个约 36 字节")),
    ],
)  # fmt: skip
def test_with_checkpointing_it_fits_and_without_it_does_not(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first
    assert "GB that you see are less" not in answer_to(question)  # a rule's sum was not seen


@pytest.mark.parametrize(
    "question",
    [
        "pre-training Pythia-1.4B with gradient checkpointing, micro batch 16, seq 2048, OOMs on an A100 80GB",
        "pretrain Pythia-1.4B, micro batch 4, seq 2048, OOM on an H100 80GB",  # nor does it overflow without
    ],
)
def test_checkpointing_that_is_told_or_decides_nothing_is_no_cause(question: str) -> None:
    assert not opening(question).startswith("**With gradient checkpointing")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Our vLLM server OOMs under load, do more GPUs help?",
            "**Hardly, against an out of memory, for the KV cache is not",
        ),
        ("SGLang runs out of GPU memory at peak, would a second card help?", "**Hardly, against an out of memory"),
        ("vLLM部署，并发高了就OOM，加一张卡有用吗", "**对 OOM 本身帮助不大"),
        ("vLLM CUDA out of memory when many users connect", "**It is hardly the KV cache"),
        ("TGI 高并发时 OOM 怎么办", "**多半不是 KV 缓存"),
        ("请求一多，vLLM 就OOM了，怎么办", "**多半不是 KV 缓存"),
    ],
)
def test_a_server_that_fails_under_load_is_told_what_grows(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "推理老是OOM，再加一张卡有用吗",
        "vLLM fails at start: No available memory for the cache blocks",
        "vLLM loads slowly under load, why",
        "TGI OOMs, what's the max concurrency?",
        "vLLM部署 OOM，并发能开多大",
        "sglang 爆显存，请求多大合适",
    ],
)
def test_what_is_no_load_of_a_server_is_answered_otherwise(question: str) -> None:
    assert not opening(question).startswith(("**Hardly", "**It is hardly the KV", "**对 OOM 本身", "**多半不是 KV"))


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        ("QLoRA训练OOM怎么办", "只有适配器有优化器状态", "全参可用"),
        ("LoRA fine-tuning runs out of memory, what can I do?", "then QLoRA (a 4-bit base;", "for full fine-tuning"),
        ("全参微调爆显存怎么办", "再用 8 位 AdamW", "只有适配器"),
        ("My training runs out of memory, what can I do?", "for full fine-tuning 8-bit AdamW", "only the adapter"),
    ],
)
def test_what_makes_a_training_smaller_goes_with_its_method(question: str, says: str, unsaid: str) -> None:
    first = opening(question)
    assert says in first
    assert unsaid not in first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vLLM fails to start, do more GPUs help?", "**Only where the weights, or beside them the cache of one request"),
        ("SGLang OOMs at start, would a second GPU help?", "**Only where the weights"),
        ("vLLM起不来，加卡有用吗", "**只有权重放不下"),
        ("vLLM启动就OOM，多加几张卡行不行", "**只有权重放不下"),
        # what tells more, or is no start, keeps its own
        ("vLLM does not start: No available memory for the cache blocks. Do more GPUs help?", "**The weights fit the card"),
        ("vLLM OOMs under load, would a second GPU help?", "**Hardly, against an out of memory"),
        ("vLLM fails to start with Qwen2.5-32B on a 4090, do more GPUs help?", "**Qwen2.5-32B-Instruct, inference"),
        ("训练爆显存，再加一张卡行吗", "**切分了才有用"),
    ],
)  # fmt: skip
def test_whether_cards_let_a_server_start_is_answered_of_any_model(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)

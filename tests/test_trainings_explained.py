"""Ways of training asked about by name and of no model: what freezing, buckets, a teacher, chunks and rings keep."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how can i reduce the memory of the logits in training", "**By never making them all at once"),
        ("logits占显存太多怎么优化", "**办法是不一次性生成全部 logits"),
        ("Is gradient checkpointing useful with LoRA?", "**Yes, it works with LoRA"),
        ("do I need gradient checkpointing for LoRA on llama 3 8b", "**Yes, it works with LoRA"),
        ("用QLoRA时开重计算有没有用", "**有用，能和 LoRA 一起开"),
        ("If I freeze the first 16 layers, how much memory do I save?", "**Less than their share"),
        ("training only the last few layers, how much vram does it save", "**Less than their share"),
        ("冻结一半的层能省一半显存吗", "**省得比层数的比例少"),
        ("只训练顶层几层显存能少多少", "**省得比层数的比例少"),
        ("how much does freezing lm_head save", "**A frozen embedding saves"),
        ("冻结词嵌入能省多少显存", "**冻结词嵌入省的是"),
        ("is there a kv cache when fine-tuning", "**Training has no KV cache"),
        ("does kv cache matter for training Qwen2.5-7B", "**Training has no KV cache"),
        ("微调为什么不用算kv cache", "**训练没有 KV 缓存"),
        ("how much memory do DDP gradient buckets take", "**DDP's buckets hold every gradient once more"),
        ("DDP的梯度桶占多少显存", "**DDP 的桶把全部梯度再存一份"),
        ("how does GradCache work with large contrastive batches", "**By never keeping the graph"),
        ("对比学习大batch怎么省显存", "**关键是任何时刻只保留一小块的计算图"),
        ("ring attention or ulysses: which uses less memory", "**In memory about the same"),
        ("Ulysses和ring attention显存有什么区别", "**显存差不多"),
        ("what does activation offloading save", "**With checkpointing it moves the input"),
        ("激活offload到cpu能省多少显存", "**配合重计算，它把每层保留的输入"),
        ("in distillation does the teacher also need vram", "**Only where it teaches"),
        ("蒸馏时教师模型也要占显存吗", "**只有边训练边由教师打分时才要"),
        ("Does QAT need more memory than normal fine-tuning?", "**Quantisation-aware training saves nothing"),
        ("量化感知训练 Qwen2.5-7B 显存", "**量化感知训练在训练时一点不省"),
        ('is device_map="auto" fine for training on 4 GPUs or slow', "**It is slow"),
        ("device_map auto 训练为什么这么慢", "**慢"),
    ],
)
def test_a_way_of_training_is_explained(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("gemma 3 27b qat on a 3090", "saves nothing while it trains"),
        ("how much kv cache does llama 3 8b need at 32k", "Training has no KV cache"),
        ("GRPO 7B training kv cache size for rollouts", "Training has no KV cache"),
        ("distill 70b teacher into 8b student", "Only where it teaches"),
        ("LoRA on Llama-3-8B with frozen embeddings, 24 GB enough?", "A frozen embedding saves"),
        ("Qwen2.5-7B LoRA gradient checkpointing off vs on", "it works with LoRA"),
        ("device_map auto oom training 2x3090", "it is slow"),
        ("ZeRO-2 reduce bucket size memory", "DDP's buckets"),
    ],
)
def test_a_case_is_no_way_of_training_at_large(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("train only last 4 layers of llama 8b memory", "**Llama-3.1-8B-Instruct, freeze tuning"),
        ("fine-tune only the top 8 layers of Mistral 7B vram", "**Mistral-7B-v0.1, freeze tuning"),
        ("Qwen2.5-7B 只训练最后4层要多少显存", "**Qwen2.5-7B-Instruct · 冻结微调"),
        ("只微调 Llama-3-8B 的后6层显存", "**Meta-Llama-3-8B-Instruct · 冻结微调"),
        ("LoRA on only the last 8 layers of llama 3 8b memory", "**Meta-Llama-3-8B-Instruct, LoRA"),
    ],
)
def test_the_last_layers_alone_are_freeze_tuning(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "amount"),
    [
        ("freezing half the layers of llama 8b saves how much", "**Less than their share", "64.9 GB"),
        ("冻结Qwen2.5-7B一半的层能省多少", "**省得比层数的比例少", "60.9 GB"),
        ("freeze the embeddings of Qwen2.5-7B, how much does it save", "**A frozen embedding saves", "7.63 GB"),
        ("Qwen2.5-7B logits怎么省显存", "**办法是不一次性生成全部 logits", "1.25 GB"),
        ("kv cache size in training of llama 3 8b seq 4096", "**Training has no KV cache", ""),
        ("logits memory for 151k vocab at 8192 tokens", "**Tokens × vocabulary × 4 B", "4.95 GB"),
        ("logits显存 词表15万 长度8192", "**token 数 × 词表 × 4 字节", "4.92 GB"),
        ("does paged adam help with oom", "**It helps where a peak is only just too much", ""),
        ("分页优化器能避免oom吗", "**峰值只超一点时有用", ""),
        ("had nan loss with 8bit adam before, now: is paged adamw useful against oom", "**It helps where a peak", ""),
        ("GRPO 训练显存每一步都在涨", "**最可能的是：策略越学，回答越长", ""),
    ],
)  # fmt: skip
def test_what_is_asked_beside_it_is_answered_with_its_figure(question: str, opens: str, amount: str) -> None:
    told = opening(question)
    assert told.startswith(opens)
    assert amount in told


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("kv cache of my fine-tuned llama 3 8b at 8k", "Training has no KV cache"),
        ("微调后的Llama-3-8B kv cache多大", "训练没有 KV 缓存"),
        ("nan loss after switching to paged adamw 8bit", "It helps where a peak"),
        ("paged_adamw_8bit 和 adamw_8bit 显存区别", "峰值只超一点时有用"),
        ("Qwen2.5-7B 只训练最后4层要多少显存", "省得比层数的比例少"),
    ],
)
def test_what_is_none_of_it_is_answered_otherwise(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Baichuan2-7B freeze微调只训最后2层，一共32层只训1/16，为什么还要22G，全参的1/16不是才7.5G吗", ("405M × 14 字节 = 5.67 GB", "与您看到的 22 GB 相符", "连冻结的权重都放不下", "QLoRA 把冻结的基座存成 4 位")),
        ("Freeze tuning Llama-2-7B, only last 2 of 32 layers trained, still takes 20GB, why?", ("The last 2 of 32 layers are 405M × 14 B", "about the 20 GB that you see")),
        ("Freeze-tuning the last 4 layers of Qwen2.5-7B takes 30 GB, shouldn't it be 1/7 of full fine-tuning?", ("The last 4 of 28 layers", "about the 30 GB that you see")),
        ("Qwen2.5-14B 只训最后3层，显存还要41G，比lora还多，为什么", ("最后 3 层（共 48 层）", "与您看到的 41 GB 相符")),
        ("冻结前30层只训后2层，llama2-7b，显存为什么没降到1/16", ("最后 2 层（共 32 层）",)),
    ],
)  # fmt: skip
def test_why_a_few_layers_take_more_than_their_share(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text.split("\n\n")[0] for one in says), text
    assert "没有读懂" not in text
    assert "ot understood" not in text


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Freeze tuning the last 4 layers of Qwen2.5-14B vs full fine-tuning, how much less?", ("freeze", "full")),
        ("Qwen2.5-14B 只训最后3层，和lora比哪个省", ("lora",)),
    ],
)
def test_what_freezing_is_held_against_stays_a_method(question: str, methods: tuple[str, ...]) -> None:
    assert set(methods) <= set(read(question).facts["method"])


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA论文说65B单张48G能微调，我A6000上llama-65b长度2048，r=64就OOM，论文怎么做到的", "**靠的是短样本和更省的适配器"),
        ("The QLoRA paper fine-tunes 65B on a single 48GB GPU. My A6000 OOMs with llama-65b at 2048 tokens, r=64. How did they do it?", "**By small samples and light adapters"),
        ("How does the QLoRA paper fit a 65B model on one 48 GB card?", "**By small samples and light adapters"),
        ("QLoRA 作者是怎么在 48G 上微调 65B 的？", "**靠的是短样本和更省的适配器"),
        ("Why could the QLoRA paper train llama-65b on 48 GB when my A6000 runs out?", "**By small samples and light adapters"),
        ("为什么QLoRA论文里48G就能训llama-65b，我的A6000却爆了", "**靠的是短样本和更省的适配器"),
    ],
)  # fmt: skip
def test_how_the_authors_of_qlora_did_it_opens_with_their_settings(question: str, opens: str) -> None:
    told = opening(question)
    assert told.startswith(opens), told
    assert "42.2 GiB" in told  # 34.5 GB of base, 800M adapters at 2 + 2 + 8 B, activations of 528 tokens, the runtime


@pytest.mark.parametrize(
    "question",
    [
        "Does QLoRA of a 65B fit a 48 GB card, as in the paper?",
        "QLoRA paper says NF4 is 4.127 bits, how?",
        # of another thing in the paper
        "How does double quantization in the QLoRA paper save memory when I QLoRA Llama-3.1-8B?",
        "QLoRA paper claims no quality loss; why does my QLoRA Qwen2.5-14B on a 4090 OOM at 4096 tokens?",
        "QLoRA论文里的双重量化为什么省显存，我训Qwen2.5-7B",
        "llama-65b QLoRA on an A6000 OOMs at 2048 tokens, r=64, why?",
        "Why does QLoRA on a 70B go OOM on my 24 GB card? I followed a paper on paged optimizers.",
        "The QLoRA paper says 65B fits on 48 GB. How does NF4 save memory?",
        "论文里用QLoRA微调7B，怎么估算我24G的卡能放多长？",
    ],
)
def test_of_no_paper_or_asked_otherwise_it_is_not_told(question: str) -> None:
    text = answer_to(question)
    assert "By small samples and light adapters" not in text
    assert "靠的是短样本和更省的适配器" not in text

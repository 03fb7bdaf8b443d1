"""Short questions of no model whether one thing or another is better, and whether a habit takes memory; how all of a model gets on a card, what more sequences hold, and a card that looks full."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("can normal ram be used as vram?", "**Only as offload: RAM does not become VRAM"),
        ("how do I extend my vram with system ram", "**Only as offload: RAM does not become VRAM"),
        ("内存能当显存用吗", "**只能当卸载用：内存变不成显存"),
        ("does longer training need more vram", "**Epochs and steps cost time and no memory"),
        ("how many epochs fit on a 24gb card", "**Epochs and steps cost time and no memory"),
        ("epochs 5 vs 2, vram?", "**Epochs and steps cost time and no memory"),
        ("16g显存能跑几个epoch", "**轮数和步数只花时间，不占显存"),
        ("should i take 8-bit or 4-bit for qlora?", "**Seldom worth it: a base in 8 bits"),
        ("lora底座用8bit还是4bit", "**一般不值得：8 位底座"),
        ("offload to ram or buy a second gpu, what is better", "**A second card, if there is a slot"),
        ("是加内存offload还是再加一张卡", "**有插槽和预算就加第二张卡"),
        ("is one big gpu better than two smaller ones", "**One large card, at the same memory in all"),
        ("一张大显存卡和两张小卡选哪个", "**总显存相同就选一张大卡"),
        ("with 4-bit weights, are activations still 16-bit?", "**Yes, that is W4A16"),
        ("4位推理时激活还是16位吗", "**对，这就是 W4A16"),
        ("after merging the lora, is there any extra memory at inference?", "**None: merging adds B·A"),
        ("adapter合并以后推理还要额外显存吗", "**不多占：合并就是把 B·A"),
        ("is there any reason to run inference in fp32?", "**No: fp32 takes 4 B of each parameter"),
        ("部署时需要用fp32吗", "**没必要：fp32 每个参数 4 字节"),
        ("can I train and serve on the same gpu at the same time?", "**Yes, if both fit together"),
        ("一张卡上边微调边推理行吗", "**可以，只要两者加起来放得下"),
        ("my samples are 300 tokens on average, does cutoff_len 8192 waste memory?", "**No, as long as a batch is padded to its own longest"),
        ("样本大多很短，cutoff_len 设 8192 会浪费显存吗", "**不会，只要按每批最长的样本补齐"),
        ("left padding vs right padding memory", "**No: on either side the tensor"),
        ("左填充和右填充显存有区别吗", "**没有影响：补在哪一侧"),
        ("packing or padding, which takes more memory", "**Per step packing takes batch × max_length always"),
        ("ddp on 4 gpus, every gpu shows the same 30gb, memory isn't shared, why?", "**That is plain data parallel (DDP)"),
        ("多卡训练每张卡都占一样多，没有平分，为什么", "**这是普通数据并行（DDP）"),
        ("what if I switch to an 8-bit optimizer?", "**8-bit AdamW: it stores both moments"),
        ("torch.compile memory overhead", "**torch.compile changes no weights"),
        ("do all gpus need the same vram for tensor parallel?", "**They need not be of one kind"),
        ("what is the rule of thumb for gb of vram per 1b params", "**For each billion parameters"),
        ("每1b参数大概几个g显存", "**每 10 亿（1B）参数"),
        ("bs2 seq 2048 to bs1 seq 4096, memory stays, why?", "**Twice the length and twice the batch take the same"),
        ("memory doubles during eval, training is stable", "**Most likely the logits"),
        ("验证的时候显存突然涨，训练很稳", "**最可能是 logits"),
        ("is the kv cache smaller for an awq model?", "**No. The cache is no part of the model's file"),
        ("模型量化后kv缓存会变小吗", "**不会变小。KV 缓存不在模型文件里"),
        ("can a gptq model be used with an fp8 kv cache?", "**Yes: the two are independent settings"),
        ("int4权重和fp8 kv缓存能同时用吗", "**可以：两者是独立的设置"),
        ("weights 70% and kv cache 30% of the card, is that ok?", "**It is neither right nor wrong as a share"),
        ("权重占75%，kv缓存占25%，正常吗", "**比例本身没有对错"),
        ("vllm log: weights take 15.0GiB, activation peak 3.2GiB, kv cache 2.5GiB, how can i make the kv cache bigger", "**The pool is no setting of its own"),
        ("vllm 日志：权重 15.0g，激活 3.2g，kv cache 2.5g，怎么把缓存变大", "**缓存池没有单独的大小设置"),
        ("how many copies of the model are loaded for 20 users?", "**One: all users of a server share the weights"),
        ("多人同时用，模型要加载几份", "**一份：同一个服务的所有用户共用权重"),
    ],
)  # fmt: skip
def test_asked_in_few_words_is_answered_in_the_first(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


_OPENS = (
    "Only as offload", "只能当卸载用", "Epochs and steps", "Seldom worth", "A second card", "One large card", "Yes, that is W4A16", "None: merging", "No: fp32",
    "Yes, if both fit", "No, as long as a batch", "No: on either side", "Per step packing", "plain data parallel", "普通数据并行", "For each billion", "Yes: the two are", "One: all users", "The pool is no setting",
)  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "can i use 64gb of system ram as vram for a 70b q4 on a 4090",
        "can a mac use unified memory as vram",
        "how long do 3 epochs of a 7b take on a 4090",
        "memory grows every epoch, why",
        "two 3090 or one a6000 48gb",
        "merging a lora needs how much ram",
        "grpo training and vllm rollouts on the same card, how is memory shared",
        "vllm max_model_len 4096 but prompts average 500 tokens, does that waste vram",
        "can i run a 7b in fp32 on a 24gb card",
        "does packing save memory",
        "does training with a longer context use more memory",
        "14b lora 8bit vs 4bit on 24gb",
        "can qwen2.5-14b awq with fp8 kv cache fit a 16gb card",
        "how many users can one 8b server hold on a 4090",
        "how much vram does a 1b model need",
        "weights take 15 GiB and the kv cache 2 GiB, is my sum right?",
        "1B 模型要多少显存",
    ],
)
def test_a_case_of_its_own_is_none_of_these(question: str) -> None:
    assert not any(one in opening(question) for one in _OPENS)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how do i get all of qwen2.5 14b on the gpu in ollama, 12gb card", "**It goes in whole at 4,096 tokens of context, 9.79 GiB of 12.0 GiB"),
        ("ollama only puts 30 of 49 layers of qwen2.5 14b on my 3060 12gb, how can i get all on the gpu", "**It goes in whole at 4,096 tokens of context, 9.79 GiB of 12.0 GiB"),
        ("4060ti 16g 用 ollama 跑 qwen2.5 14b，怎么全部放到显卡上", "**上下文 4,096 token 时能全部放进去，9.79 GiB / 16.0 GiB"),
    ],
)  # fmt: skip
def test_how_all_of_it_gets_on_the_card(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "how do i get all of llama 3.3 70b on the gpu in ollama, 24gb card",
        "qwen2.5 14b on a 3060 12gb in ollama, does it run?",
    ],
)
def test_what_does_not_go_in_or_is_not_asked_is_not_told_so(question: str) -> None:
    assert "It goes in whole" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("7B 模型推理，batch 从 1 加到 32，显存涨了 20 多 G，是权重被复制了吗", "**没有复制：权重只有一份，共 13.5 GB（12.6 GiB）"),
        ("Inference with Llama-3-8B: going from 1 to 16 users memory rose by 30 GB. Are the weights loaded once per user?", "**No: the weights are there once, 16.1 GB"),
        ("When I raise batch size in inference, is the model duplicated for every sequence?", "**One: all users of a server share the weights"),
        ("并发从 4 提到 16，显存多了 10G，模型是不是加载了多份？", "**一份：同一个服务的所有用户共用权重"),
        # of cards it is another question
        ("DDP on 4 cards, batch 8: are the weights copied to each card?", "**No. Data parallel divides nothing but the batch"),
    ],
)  # fmt: skip
def test_more_sequences_hold_no_further_weights(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("训练时 nvidia-smi 显示 78G/80G 但没报错，是不是马上要炸了？还能不能加大 batch", "**本身没有问题"),
        ("Training runs fine but nvidia-smi shows 79GB of 80GB used. Is it about to OOM? Can I raise the batch?", "**No problem by itself"),
        ("显存占用 23.5/24G 但训练没报错，会不会炸", "**本身没有问题"),
        ("My fine-tuning run uses 23.4 of 24 GB and works. Is that safe?", "**No problem by itself"),
        # one that failed, and a server's share, have answers of their own
        ("Training OOMs at 79 of 80 GB. Is it normal?", "**Whatever the model, in this order"),
        ("vLLM shows 78G/80G, is it about to crash?", "**Weights and cache are not what lacks"),
    ],
)  # fmt: skip
def test_a_card_that_looks_full_while_the_run_goes_on(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)

"""Short questions with no case in them, as people type them first: why something saves memory, what a meter counts."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why does LoRA save memory?", "**LoRA: it trains small adapters"),
        ("how does lora reduce VRAM", "**LoRA: it trains small adapters"),
        ("LoRA为什么省显存", "**LoRA：它只训练小适配器"),
        ("How does quantization affect VRAM?", "**Quantising stores weights in fewer bits"),
        ("量化为什么能省显存", "**量化是用更少的位数存权重"),
        ("Does tensor parallel double my usable VRAM?", "**Two cards hold a model nearly twice as large"),
        ("张量并行能省显存吗", "**能，每张卡都少。张量并行把每个矩阵切到各卡"),
        ("why does gradient checkpointing save memory", "**Gradient checkpointing: it keeps each layer's input alone"),
        ("梯度检查点为什么能省显存", "**重计算（gradient checkpointing）：它只保留每层输入"),
        ("ZeRO-3 为什么能省显存", "**ZeRO 和 FSDP 把普通数据并行"),
        ("Is nvidia-smi memory accurate?", "**For what the card has handed out it is exact"),
        ("nvidia-smi显示的显存准吗", "**就显卡已分出去的显存而言它是准的"),
        ("Why is a 4-bit model bigger than params/2?", "**Not everything is in 4 bits"),
        ("为什么4位量化后的模型比参数量的一半还大", "**不是所有东西都是 4 位"),
        ("Why does Adam take so much memory?", "**Because it remembers two numbers of every parameter"),
        ("What happens if I set max_model_len too high in vLLM?", "**Where the cache of one sequence of that length"),
        ("vllm 的 max_model_len 设太大会怎么样", "**这么长的一条序列若放不进缓存池"),
        ("Do gradients take as much memory as weights?", "**In 16 bit yes"),
        ("梯度和权重占的显存一样大吗", "**16 位时一样"),
        ("Why is inference memory higher than model size?", "**A file holds the weights alone"),
        ("为什么24G的卡只能用22G多", "**标 24 GB 的卡能用约"),
        ("what's the memory overhead of CUDA context", "**0.5 to 1 GiB of every process"),
        ("cuda上下文占多少显存", "**每个进程在它打开的每张卡上占 0.5 到 1 GiB"),
        ("Does my motherboard RAM matter for running LLMs on GPU?", "**A GPU computes at its own speed only from its own memory"),
        ("bf16训练为什么还要fp32的参数", "**优化器真正更新的是这份 fp32 主权重"),
        ("vLLM KV cache usage 99% and requests preempted, do I need more GPUs?", "**The cache is full, not the card"),
        ("vllm 日志 preempted 很多，是不是显存不够", "**满的是缓存池，不是显卡"),
        ("Why does Ollama use CPU when model is 9GB and my GPU has 12GB?", "**Because more than the file must go in"),
        ("ollama 模型才9G，12G的显卡为什么还用了CPU", "**因为要放进去的不只是文件"),
        ("How much smaller is the MLA cache than GQA?", "**They differ in what each layer keeps of a token"),
        ("MLA 比 GQA 省多少 KV cache", "**MLA 每层每个 token 只存一个压缩向量"),
        ("Does Qwen3-30B-A3B need VRAM for 30B or 3B?", "**All 30.5B parameters must be stored"),
        ("Qwen3-30B-A3B 显存按30B算还是3B算", "**全部 30.5B 参数都要存下"),
        ("what is the difference between vram and unified memory for llms", "**Unified memory is one memory for CPU and GPU"),
        ("Mac的统一内存和显存有什么区别", "**统一内存是 CPU 和 GPU 共用的一份内存"),
        ("my gguf file on disk is 4GB, why does it need 6GB vram", "**A file holds the weights alone"),
        ("how to know how many layers to offload to gpu", "**It is how many of the model's layers stand on the card"),
        ("llama.cpp 的 ngl 怎么设", "**它是放到显卡上的层数"),
        ("what does reserved memory mean in pytorch", "**Reserved is all that PyTorch's allocator has taken"),
        ("显存占用里的reserved是什么", "**reserved 是 PyTorch 分配器向驱动要来并留着的全部"),
        ("why is memory uneven across my gpus with device_map auto", "**Split by layers"),
        ("多卡推理显存为什么不均衡", "**按层切分"),
        ("why does memory not drop when I add more GPUs", "**Cards do not add up under data parallel"),
        ("how to avoid memory fragmentation in pytorch", "**It is memory that PyTorch has reserved"),
        ("pytorch显存碎片怎么解决", "**它是 PyTorch 已经保留"),
        ("why is my lora using as much memory as full finetuning", "**By its states it should take far less"),
        ("为什么LoRA和全参显存一样", "**按状态算它应该少得多"),
        ("Adam优化器为什么要占那么多显存", "**因为它要为每个训练的参数记住两个数"),
    ],
)  # fmt: skip
def test_what_is_asked_of_no_case_is_explained_first(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("nvidia-smi shows 21 GB for Qwen2.5-7B in bf16, is that right?", "For what the card has handed out"),
        ("Does LoRA save memory for Qwen2.5-7B on a 3090?", "(Llama-2-7b-hf"),
        ("Qwen3-32B 4 位为什么比 16 GB 大", "不是所有东西都是 4 位"),
        ("8-bit Adam did not save memory with LoRA, why?", "Because it remembers two numbers"),
        ("offloaded 20/49 layers to GPU, what does that mean", "stand on the card"),
        ("Qwen3-32B Q4_K_M on a 3090: how many layers to offload to gpu?", "It is how many of the model's layers"),
        ("reserved 18 GB and allocated 11 GB, what is the rest?", "Reserved is all that"),
        ("Why is the memory uneven across experts in my MoE training?", "Split by layers"),
    ],
)
def test_a_case_that_is_told_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How much memory does LoRA rank 64 add to Llama 3 8B?", "**The adapters by themselves add 2.68 GB"),
        ("Llama-3-8B 的 LoRA r=64 额外占多少显存", "**适配器本身增加 2.68 GB"),
    ],
)
def test_what_adapters_add_is_told_by_itself(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize("question", [
    "How much VRAM does rank 128 add compared to rank 16 for Llama 3 8B LoRA?",
    "How much does LoRA add over inference for Llama 3 8B?",
])  # fmt: skip
def test_another_rank_or_use_is_compared(question: str) -> None:
    assert "The adapters by themselves" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("What batch size for Qwen2.5-7B LoRA on A100 80GB at 2048?", "**Up to batch 12"),
        ("what per_device_train_batch_size for Llama-3.1-8B QLoRA on a 4090 seq 2048", "**Up to batch 3"),
        ("recommended batch size for full fine-tuning of a 1.5B on A100 80GB, 4k context", "**Up to batch 5"),
        ("Qwen2.5-7B LoRA 在 A100 80G 上 2048 长度用多大 batch size", "**稳妥的上限是批大小 12"),
    ],
)  # fmt: skip
def test_a_batch_that_is_wanted_is_solved_first(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_a_batch_that_is_told_is_none_that_is_wanted() -> None:
    assert "fits" in opening("Is Qwen2.5-7B LoRA with the recommended batch size of 4 at 2048 ok on a 4090?")


@pytest.mark.parametrize(
    "question", ["单机8卡和两机16卡显存有区别吗", "8 GPUs or 16 GPUs for a 7B, what do they hold in all?"]
)
def test_cards_of_no_name_are_held_against_nothing(question: str) -> None:
    told = answer_to(question)
    assert "/ –" not in told
    assert ",;" not in told.replace("，", ",").replace("；", ";")


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("你好", "可以问"),
        ("您好", "可以问"),
        ("hello", "Ask how much"),
        ("好的", "不客气"),
        ("thanks", "You are welcome"),
    ],
)
def test_a_greeting_is_no_thanks(said: str, opens: str) -> None:
    assert answer_to(said).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "amount"),
    [
        ("derive the memory of full fine-tuning a 7B", "**Training takes weights + gradients", "102.0 GiB"),
        ("推导一下7B全参训练显存", "**训练显存 = 权重 + 梯度", "102.0 GiB"),
        ("推导 Qwen2.5-7B LoRA 的显存", "**训练显存 = 权重 + 梯度", "19.6 GiB"),
        ("derive the KV cache of Llama-3-8B", "Each layer keeps for every token", "128 KiB per token"),
    ],
)  # fmt: skip
def test_a_derivation_tells_the_sum_and_what_it_comes_to(question: str, opens: str, amount: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert amount in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("16 bytes per param, explained please", "**16 B per parameter = 2"),
        ("Explain the 16x rule of training memory", "**16 B per parameter = 2"),
        ("16字节每参数", "**每参数 16 字节 = 16 位权重 2"),
        ("Is the 16x rule right?", "**Right for the states of Adam"),
        ("Is it true that training takes 20 times the parameters?", "**Right as a rule of thumb"),
        ("训练显存是参数量的16倍对吗", "**对，指混合精度 Adam 的状态"),
        ("Is the document right that training takes 20x the parameters?", "**Right as a rule of thumb"),
        ("Is the 20x of the document correct?", "**As a rule of thumb it is right: 20 x"),
        ("文档说的碎片30%对吗", "**对：30 %成立"),
    ],
)  # fmt: skip
def test_a_multiple_of_the_parameters_is_derived_and_judged(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question", ["16x H100, 70B parameters, does ZeRO-3 fit?", "what does the document say about 20x?"]
)
def test_another_sixteen_is_no_multiple(question: str) -> None:
    assert not answer_to(question).startswith(("**Right", "**As a rule of thumb", "**16 B"))


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does pipeline parallel save VRAM?", "**Yes, on each card. Tensor parallel"),
        ("does FSDP increase memory?", "**No, on each card it is less. ZeRO"),
        ("Will beam search use more memory?", "**Yes. Beam search"),
        ("Does GQA reduce memory?", "**Yes, in the cache. Grouped-query"),
        ("Does LoRA increase memory?", "**No. LoRA"),
        ("GQA能减少显存吗", "**能，省的是缓存。"),
        ("Are gradients as large as the weights?", "**In 16 bit yes"),
        ("does tensor parallel double the memory", "**Two cards hold a model nearly twice as large"),
        # a setting whose effect is told in figures: the other way round is no yes
        ("Does FlashAttention increase memory?", "**No: the whole goes down"),
        ("FlashAttention会增加显存吗", "**不会：总显存下降"),
        ("Does 8-bit Adam save memory?", "**Yes. 8-bit AdamW"),
        # neither is asked, or both are
        ("How does GQA reduce memory?", "**Grouped-query"),
        ("Does gradient checkpointing increase or reduce memory?", "**Gradient checkpointing"),
    ],
)  # fmt: skip
def test_a_yes_or_no_that_is_asked_for_comes_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)

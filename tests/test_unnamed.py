"""A symptom that is told without a model gets its general cause, and no question back for a model."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("torchrun was killed with ctrl-c, nvidia-smi still shows 18GB used on every gpu", "A process that was not seen to end"),
        ("训练任务 kill 掉之后显存还占着不释放", "还有没真正退出的进程"),
        ("re-ran the training cell in my notebook and it OOMs, the first time was fine", "The first run's model"),
        ("colab 里重新跑一次单元格就 OOM，第一次没事", "第一次运行的模型"),
        ("all 4 ranks land on cuda:0 and OOM, the other cards stay empty", "Every rank has opened the first card"),
        ("DataLoader num_workers=12, container OOMKilled over night, GPU is fine", "the DataLoader's workers take it"),
        ("num_workers=16，训练几小时后容器被 OOMKilled", "主要是 DataLoader 的 worker"),
        ("training is fine but saving the checkpoint under FSDP runs out of GPU memory", "Saving gathers what training keeps divided"),
        ("ZeRO-3 训练正常，保存模型的时候爆显存", "保存时会把训练中切分的东西聚合起来"),
        ("forward and backward pass, then optimizer.step() goes OOM, why there?", "only when the optimizer first steps"),
        ("前向反向都过了，optimizer.step() 就爆显存", "优化器第一次 step 时才分配"),
        ("resuming from a checkpoint OOMs, a fresh start does not", "beside those that were just built"),
        ("eval 到一半爆显存，eval batch 已经是 1，用了 compute_metrics", "最可能是 logits"),
        ("total_loss += loss in my loop and memory keeps growing until OOM", "keeps the graph"),
        ("NCCL eats 2 GB extra on each GPU with 16 nodes, is that a leak?", "for each communicator"),
        ("vllm grabs all of my VRAM for a tiny model, leak?", "takes a share of the card at its start"),
        ("vllm 启动后显存占满，是泄漏吗", "启动时不管模型多大"),
        ("device_map=auto fills gpu 0 and leaves gpu 1 half empty, then OOM", "balances the weights alone"),
        ("V100 没法用 flash attention，长文本就 OOM", "eager 注意力会把分数矩阵写出来"),
        ("raised gradient accumulation from 2 to 16, memory did not go down", "the micro-batch does"),
        ("accumulation 1 to 32 changes nothing in memory but per-device batch 1 to 32 OOMs. Isn't it the same effective batch?", "the micro-batch does"),
        ("gradient_accumulation_steps从1改到16显存一点没变，per_device_train_batch_size从1改到16就炸，不都是等效batch 16吗", "micro-batch 才决定"),
        ("added another GPU with DDP, still OOM", "Cards do not add up under data parallel"),
        ("ZeRO-3 从 4 卡加到 8 卡还是 OOM", "从不切分"),
        ("nvidia-smi shows 30GB but torch memory_allocated says 19GB, who has the rest?", "they count different things"),
        ("flask API with transformers: GPU memory creeps up for days, empty_cache after each request does not help", "Two things grow in a service"),
        ("推理服务显存每天慢慢涨，empty_cache 也没用", "服务里会涨的有两样"),
        ("LoRA run dies of OOM after 800 steps, same batch size all along, leak?", "the first really long batch"),
        ("llamafactory sft刚开始显存30G，跑了几百步慢慢涨到70多G，是不是内存泄漏", "多半不是泄漏"),
        ("full fine-tuning: memory rises at the first step from 30 to 90 GB, a leak?", "two moments are allocated only when"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.32 GiB. plz help how to fix my training", "2.32 GiB is only the last request"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. help pls!!", "neither what the run needs in all nor what is lacking"),
        ("爆显存了 Tried to allocate 3.46 GiB，只差3.46G吗？", "既不是总需求，也不是还差的量"),
        ("CUDA out of memory. Tried to allocate 1.16 GiB (GPU 0; 23.69 GiB total capacity; 21.9 GiB already allocated; 700 MiB free; 22.1 GiB reserved in total by PyTorch)", "1.16 GiB is only the last request"),
        ("CUDA error: out of memory", "micro-batch 1 with accumulation, gradient checkpointing"),
        # what changes no memory
        ("does a higher learning rate use more vram?", "No: no tensor on the card depends on the learning rate"),
        ("weight decay 和 seed 对显存有影响吗", "不影响：卡上没有一个张量取决于"),
        ("which lr scheduler is best for sft?", "Which value to take is no question of memory"),
        ("my LoRA training OOMs on 2 GPUs. why?", "micro-batch 1 with accumulation"),
        ("我这有两张显卡，微调大模型一直爆显存，是不是显存不够？需要多大的才行", "取决于模型和方法：训练一条 2,048 token 的序列，7B 要 QLoRA 6–11 GiB、LoRA 15–20 GiB、全参 102–115 GiB"),
        ("OOM again. 24gb card. what should i change??", "Whatever the model, in this order"),
        ("又爆显存了，3090，怎么办", "什么模型都适用，依次试"),
        ("OOM although nvidia-smi shows 7GB free", "What is free is less than the one piece"),
        ("batch size 1 and it still runs out of memory while training, what else?", "At batch 1 what is left"),
    ],
)  # fmt: skip
def test_a_symptom_without_a_model_gets_its_cause(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text[:200], answer.text
    assert "Which model" not in answer.text
    assert "哪个模型" not in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "LoRA of Qwen2.5-7B on a 24GB card dies after 800 steps",
        "Qwen2.5-7B 全参，optimizer.step() 就爆显存，4 张 A100",
        "nvidia-smi says 24564 MiB and torch 23.65 GiB, which is 24 GB?",
    ],
)
def test_what_is_told_of_a_model_or_asked_of_units_keeps_its_figures(question: str) -> None:
    assert [name for name, _ in plan(read(question))][:1] != ["remarks"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("The per-token KV figure of my script is wrong, what is the right formula with GQA?", "**Bytes per token = 2"),
        ("我算的每 token KV 缓存不对,用了 GQA 之后公式应该怎么写?", "每 token 字节数 = 2"),
        ("sglang: one page says raise mem-fraction-static on OOM, another lower it. Which?", "It depends on when"),
        ("sglang 的 mem-fraction-static,OOM 时到底该调大还是调小?", "看在什么时候"),
    ],
)
def test_what_holds_of_any_model_stands_before_an_example(question: str, first: str) -> None:
    answer = answer_to(question)
    assert first in answer.split("\n\n")[0]


def test_of_general_levers_only_what_was_not_told_is_asked_for() -> None:
    assert "length and batch, and the cards" in answer_to("still out of memory, how do I fix this?")
    assert "length and batch, and each" in answer_to("OOM on my 4090, what should I change?")


@pytest.mark.parametrize(
    "question",
    [
        "How many 3090s do I need to self-host GPT-4o or Claude Sonnet at home in 4 bit?",
        "Does Claude 3.5 Sonnet run on two 4090s?",
        "How much VRAM does GPT-5 need?",
        "Can I fine-tune o3-mini on 8 A100s?",
        "Gemini 2.5 Pro 本地部署要几张H100",
        "gpt4 多大,我的4090能跑吗",
        "Qwen-Max 可以本地部署吗,要多少显存",
        "ChatGPT 本地部署要多少显存",
        "Can my 4090 run GPT-4o or Qwen3-32B in 4 bit?",
    ],
)
def test_a_model_without_published_weights_is_told_to_be_one(question: str) -> None:
    told = answer_to(question)
    assert "neither weights nor size" in told or "没有公开权重" in told
    assert not {one for one in ("gpt2", "Not understood", "没有读懂") if one in told}
    cards = bool(read(question).facts.get("gpu"))
    assert cards == ("largest" in told or "最大" in told or "Qwen3-32B" in told)


@pytest.mark.parametrize(
    "question",
    [
        "ChatGPT says a 7B needs 14 GB in fp16, is that right?",
        "QLoRA of Qwen3-8B on GPT-4 generated data, 16 GB card ok?",
        "想跑个接近GPT-4水平的模型,两张3090能跑什么",
        "我问了ChatGPT,说7B要28G,对吗",
        "Is gpt-oss-20b ok on a 16GB card?",
        "gpt2-xl on a GTX 1060?",
    ],
)
def test_a_closed_model_that_only_speaks_or_is_the_measure_is_none_to_run(question: str) -> None:
    assert not read(question).unknown_models


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("vLLM will not start: no available memory for the cache blocks", ("pool", "--max-model-len", "--kv-cache-dtype fp8", "nvidia-smi")),
        ("vllm runs out of memory at start although the model fits my card", ("pool", "--max-num-seqs")),
        ("vllm 提示显存不足，可模型明明放得下", ("缓存池", "--max-model-len", "nvidia-smi")),
        ("用 vllm 部署报 no available memory for the cache blocks", ("缓存池", "--enforce-eager")),
    ],
)  # fmt: skip
def test_a_server_without_room_for_a_cache_is_told_what_its_pool_is(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert text.startswith(("**The weights fit the card", "**权重放得下")), text
    for one in says:
        assert one in text.lower() if one == "pool" else one in text


def test_a_server_with_a_model_is_told_its_own_figures() -> None:
    assert "By the formulas" in answer_to("Qwen2.5-7B on 24GB with vllm: no available memory for the cache blocks")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("why does GPU memory grow while a model generates?", "**The KV cache grows"),
        ("why does vram go up the longer I chat with it in transformers", "**The KV cache grows"),
        ("推理时显存为什么越来越大", "**增长的是 KV 缓存"),
        ("聊天越久显存越大，用的 transformers，正常吗", "**增长的是 KV 缓存"),
        # set aside at the start
        ("does vram usage grow during a long chat in ollama", "**No: llama.cpp and Ollama set the cache"),
        ("ollama 聊久了显存会涨吗", "**不会：llama.cpp 和 Ollama"),
        ("vllm memory keeps growing during inference", "**It is not the KV cache that grows"),
        # of days, and of a training
        ("our inference service's GPU memory grows every day", "**Two things grow in a service"),
        ("LoRA training memory grows while generating eval samples", "**Most likely the logits"),
    ],
)
def test_what_grows_as_it_generates_is_told_by_the_program(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("bs=1 and my training still OOMs", ("gradient checkpointing", "logits of tokens × vocabulary")),
        ("batch size 已经是 1 了训练还是爆显存", ("梯度检查点", "max_length", "词表 × 4 字节")),
    ],
)
def test_beside_a_batch_of_one_the_length_is_told_first(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in says:
        assert one in text, text

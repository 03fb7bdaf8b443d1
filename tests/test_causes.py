"""A run that failed: the answer opens with the likeliest cause and its figure, and what is generic is left out beside it."""

import pytest

from chat.agent import Assistant
from chat.plans.to_remarks import told
from chat.reads.grammar import read
from tests.talking import answer_to, answers

_PROCESSES = (
    "Tried to allocate 896.00 MiB. GPU 0 has a total capacity of 23.64 GiB of which 412.31 MiB is free. Process 2817 has "
    "9.91 GiB memory in use. Including non-PyTorch memory, this process has 13.30 GiB memory in use."
)
_POOL = "The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache (38624)"


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # no shortage of memory, whatever is asked
        ("RuntimeError: CUDA error: an illegal memory access was encountered, llama3 8b lora on 2x3090. is it running out of memory?", "no shortage of memory", "per card"),
        ("CUDA error: device-side assert triggered，微调 Qwen2.5-7B 加了新 token，是显存不够吗", "不是显存不足", "每张卡"),
        ("Watchdog caught collective operation timeout, 8xA100 70B zero3. Is this an OOM in disguise?", "by itself no shortage of memory", "GiB"),
        ("8 卡训 72B，NCCL timeout，是不是 OOM", "本身不是显存不足", "GiB"),
        # host memory: 13e9 × 16 B = 194 GiB
        ("训练进程直接 exit code -9，deepspeed zero3 offload 全参 13B，内存 128G，4 张 3090", "208 GB（194.0 GiB），而机器只有 128 GB", "CUDA graph"),
        ("merge_and_unload of my 70B LoRA adapter gets killed, machine has 128 GB RAM and one 48GB A6000", "138 GB (128.5 GiB), more than the 128 GB", "per card:"),
        ("merge lora 权重的时候内存爆了被 kill，72B，机器 128G 内存", "超过机器的 128 GB", "每张卡约需"),
        ("ollama run qwen2.5:72b: model requires more system memory (44.9 GiB) than is available (30.1 GiB), I have two 24GB cards", "Ollama does not use the card", "vLLM"),
        ("ollama run qwen2.5:72b 报 model requires more system memory (44.9 GiB) than is available (30.1 GiB)，我有两张 24G 显卡呀", "Ollama 没有用上显卡", "vLLM"),
        # what the message says
        (f"{_PROCESSES} QLoRA on Llama-3-8B, bs 2, seq 2048, 4090", "Another process holds 9.91 GiB", "logits of 1831"),
        (f"{_POOL} -- llama 3.1 8b on a 24gb A10G", "--max-model-len to at most 38,624", "takes its share"),
        ("loading Mistral-7B with from_pretrained('mistralai/Mistral-7B-v0.1').cuda() on a 24 GB 3090: CUDA out of memory. Tried to allocate 224.00 MiB", "loaded in fp32", "logits of"),
        ("llama.cpp 报 failed to allocate CUDA0 buffer of size 22548578304，qwen2.5 32b q5_k_m，4090，上下文 32k", "缓冲就是权重", "vLLM"),
        # 812 GB of 16-bit weights on 640 GB
        ("TensorRT-LLM with Llama-3.1-405B FP8 on 8xA100 80GB: out of memory, people run it on 8xH100 80GB", "has no FP8 units", "gpu_memory_utilization"),
        ("TensorRT-LLM 在 8 张 A100 80G 上跑 Llama-3.1-405B FP8 显存不足，H100 80G 却可以", "没有 FP8 单元", "gpu_memory_utilization"),
        ("Free memory on device (14.33/23.52 GiB) on startup is less than desired GPU memory utilization (0.9, 21.17 GiB). Qwen2.5-7B bf16 on a 4090, vllm", "Another process holds 9.19 GiB", "takes its share"),
        ("vllm 启动报 Free memory on device (9.8/47.4 GiB) on startup is less than desired GPU memory utilization (0.9, 42.66 GiB)，A6000 跑 14B", "另有进程占着 37.6 GiB", "放得下**"),
        ("llama-server -m Qwen2.5-14B-Instruct-Q4_K_M.gguf -c 0 on a 3090: KV buffer size = 24576.00 MiB ... ggml_cuda out of memory", "cache of 131,072 tokens", "marketed"),
        ("CUDA out of memory with plenty free: Tried to allocate 1.95 GiB (GPU 0; 23.69 GiB total capacity; 4.12 GiB already allocated; 18.9 GiB free)", "18.9 GiB against 1.95 GiB", "defect"),
        ("loss 变成 nan，V100 fp16 训 7B，是显存问题吗", "与显存无关", "放得下"),
        ("TypeError: 'NoneType' object is not subscriptable in my trainer, 7B lora 4090. out of vram?", "error of the program", "fits"),
        ("NCCL error unhandled system error，两台机器训 32B，是不是显存不够", "通信故障", "GiB"),
        # moments
        ("Full finetune of Qwen2.5-7B on one H100 80GB, forward and backward ok then OOM in optimizer.step(), why", "60.9 GB (56.7 GiB)", "vocabulary"),
        ("zero3 全参 8B，8 卡 A100 40G，训练每卡 31G 很稳，一到 save_checkpoint 就 OOM", "随即移到 rank 0 的主机内存", "没有设置批大小"),
        ("Full FT of Mistral-Nemo-12B with FSDP on 8xA100-40GB trains happily at ~32GB, then rank 0 goes OOM when the checkpoint gets saved", "12.2B × 4 B = 49.0 GB (45.6 GiB) in fp32", "at the edge"),
        ("8卡A100 40G FSDP全参Qwen2.5-7B，训练好好的，step 500 存 ckpt 时 rank0 OOM", "7.62B × 4 字节 = 30.5 GB", "没有设置批大小"),
        ("Qwen3-8B full on 2x H100 with FSDP, loss goes down nicely, CUDA OOM while writing the checkpoint", "come together on every card (so FULL_STATE_DICT", "at the edge"),
        ("Full FSDP tuning of Qwen3-8B on 4x A100 80G, rank 0 goes OOM as the checkpoint is saved", "come together on one card, rank 0's", "every card (so"),
        ("QLoRA 7B on a 3090 saves checkpoint at step 200 -> OOM, stable 12 GB before", "Saving by itself takes next to nothing", "longest sample"),
        ("epoch 1 跑完就 OOM，llama3-8b qlora 3090，中间一直 17G", "一个 epoch 结束时做的不是训练步", "没有设置批大小"),
        ("Qwen2.5-7B LoRA on a 4090: OOM while loading, before any step, shards 3/4", "nothing but weights lies on the card", "8 sequences"),
        ("qwen2.5-14b lora，3090，加载模型到一半就 OOM 了，还没开始训", "仅基座就超过这张卡", "没有设置批大小"),
        ("predict_with_generate OOMs in evaluation, training is fine. Llama-3-8B LoRA 4090", "8 sequences × 2,048 tokens × 128 KiB = 2.00 GiB", "compute_metrics"),
        ("when I resume from checkpoint-500 it OOMs, fresh run is fine. Qwen2.5-7B full zero3 4xA100 80G", "61.6 GiB of 80.0 GiB", "checkpoint-500"),
        ("GPU memory keeps climbing each iteration, I do total_loss += loss, Llama 3.2 3B LoRA on 3090, OOM", "keeps the graph", "No batch is told"),
        ("微调 Llama3-8B LoRA，4090，评估的时候显存爆了，训练 18G", "评估比训练更占显存", "没有说到"),
        ("Gradio app, each next message takes a bit more VRAM, OOM on 12GB after 9 turns, 7b int8. Leak?", "Most likely no leak", "eager attention"),
        ("Yi-34B-Chat AWQ with transformers on a 24GB 3090: the first answers are fine, after a long chat it OOMs", "the cache grows with it, 240 KiB per token", "aside the cache"),
        ("聊着聊着就爆显存了：Qwen1.5-14B-Chat-GPTQ-Int4，3060 12G，前几句正常", "KV 缓存随之增长，每 token 800 KiB", "全长预留"),
        ("Mistral-7B fp16 on RTX 4060 Ti 16GB: okay at first, later in the conversation CUDA out of memory", "something that was not told", "0 KiB per token"),
        ("OOM when resuming from checkpoint, but training from scratch worked. Llama-3-8B full ft, zero2, 8xA100 80GB", "Resuming reads the saved optimizer states", "default"),
        ("保存模型的时候进程被杀 exit 137，zero3，72B，gather_16bit_weights 开着，内存 256G", "145 GB", "加载时权重先进内存"),
        ("用 autoawq 量化 72B 时 A100 80G 爆显存，量化完不是才 40G 吗", "量化要从 16 位权重开始", "所说的设置只要"),
        # settings
        ("device_map='auto' on 2x 4090, Llama-2-13B LoRA: GPU 0 OOMs while GPU 1 has 8GB free", "device_map divides the weights evenly", "All ranks"),
        ("双卡 3090 DDP QLoRA 13B 爆显存，单卡反而没事，为什么", "差别在启动方式", "没有设置批大小"),
        ("verl GRPO qwen2.5-7b 8xH100, max_prompt_length 1024, max_response_length 8192, ppo_micro_batch_size_per_gpu=4 OOM in update_policy", "36,864 tokens", "8 sequences"),
        ("packing=True: same script w/o packing uses 18 GB and now OOM on 24GB. Mistral 7B QLoRA, max_seq_length 8192", "Packed, every sequence has the maximum length", "vocabulary of"),
        ("QLoRA llama3-8b, 24GB, no packing, OOM at random steps", "longest sample", "Packing fills"),
        ("gradient_accumulation 从 1 调到 16 还是 OOM，batch 8，长度 4096，Qwen2.5-7B LoRA，A100 40G", "micro-batch 才决定", "算不了"),
        ("HF generate() with num_beams=8 on Llama-2-13B fp16 A100 40GB OOM, greedy works", "keeps 8 sequences", "vLLM"),
        # the sum itself, one layout
        ("Llama-3.2-1B on 4x V100 16GB with litgpt, full fine-tuning: every GPU climbs to 16GB then OOM", "1.24B × 16 B = 19.8 GB", "eager attention"),
        ("4 卡 V100 16G 用 litgpt 全参微调 Llama-3.2-1B，每张卡都爆显存", "1.24B × 16 字节 = 19.8 GB", "eager"),
        ("SGLang DeepSeek-R1 on 8x H800 80GB FP8 OOM at startup", "weights alone take nearly all there is", "vLLM by default"),
        ("Windows 上训练共享 GPU 内存占了 20G，速度特别慢，4060Ti 16G，7B lora", "改用系统内存", "没有设置批大小"),
    ],
)  # fmt: skip
def test_an_answer_opens_with_the_cause(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # merging: 16-bit weights, whatever it was trained in
        ("Trained Qwen2.5-14B with QLoRA on a 16GB 4080, merge_and_unload goes out of memory", "14.8B × 2 B = 29.5 GB (27.5 GiB), more than the card's 16.0 GiB", "checkpointing"),
        ("LLaMA-Factory 导出合并后的模型时爆显存，qwen2.5-14b，3090", "14.8B × 2 字节 = 29.5 GB（27.5 GiB），超过卡上的 24.0 GiB", "激活重计算"),
        ("merge qwen2.5-14b adapter OOM on a 16GB 4080, ram 24GB", "With that RAM: add swap", "checkpointing"),
        ("merge qwen2.5-14b adapter OOM on a 16GB 4080, ram 64GB", "the 64 GB of RAM hold it", "swap"),
        ("显存随着对话轮数一直涨，最后OOM，qwen2.5-7b transformers 3090 24G，怎么办", "应截断或总结历史", "fp32"),
        ("chatglm3-6b fp16多轮聊天，显存从13G慢慢涨到20G，对话结束了也不降，是不是显存泄漏", "截断或总结历史，限制输入和生成的长度", "放不下"),
        ("qlora 训完 llama3-8b 一合并就 OOM，12G 的 3060", "超过卡上的 12.0 GiB；训练放得下", "batch"),
        ("Is a 24GB card enough to merge the LoRA of a 14B back into the base?", "**No: merging loads the base in 16 bit", "| part |"),
        ("3090 能合并 7B 的 LoRA 吗", "**可以：合并要按 16 位加载基座", "| 构成 |"),
        # how much is no yes or no; several cards are held against it together: 32.8e9, 14.8e9, 72.7e9 × 2 B
        # 4 B × 32.8e9, beside 96 GB; what is saved in shards
        ("How much RAM to merge a LoRA into Qwen2.5-32B? 96GB RAM and a 4090", "in fp32 it would be 131 GB (122.1 GiB), which they do not", "does not fit"),
        ("把 LoRA 合并进 Qwen2.5-32B 要多少内存？机器内存 96G", "分片保存", "放得下**"),
        ("How much memory does merging a QLoRA adapter into Qwen2.5-32B take? Trained on 2x 3090, the export OOMs", "**Merging loads the base in 16 bit whatever it was trained in: 32.8B × 2 B = 65.5 GB (61.0 GiB), more than the 24.0 GiB of one card, and more than the 48.0 GiB of all 2", "No: merging"),
        ("两张 4090 QLoRA 训完 Qwen2.5-72B，合并要多少内存？导出时爆显存", "也超过 2 张卡合计的 48.0 GiB", "不行"),
        ("Can two 4090s merge my QLoRA adapter into Qwen2.5-14B?", "**Not on one card: merging", "No: merging"),
        # an evaluation has a batch of its own
        ("LoRA of Qwen2.5-7B on an A100 40GB trains at 25GB, validation crashes with OOM, eval_batch_size 16, length 1024", "16 sequences here, 16 × 1,024 tokens", "does not fit"),
        ("Qwen2.5-7B LoRA trains at 55GB on an A100 80G, then OOMs as soon as evaluation starts. per_device_eval_batch_size is the default 8, 2048 tokens", "8 sequences here, 8 × 2,048 tokens", "From 8 tokens"),
        ("A100 80G 上 Qwen2.5-7B lora 训练正常，一评估就爆显存，per_device_eval_batch_size默认8，长度2048", "8 × 2,048 token", "放不下"),
        ("训练好好的，验证时 OOM，qwen2.5-7b lora，4090，验证批大小 4，长度 512", "这里是 4 条，4 × 512 token", "放不下"),
        # each server takes a share of the whole card
        ("I start two vLLM instances of Llama-3.1-8B on one A100 80GB and the second fails: No available memory for the cache blocks", "**No leak, and no lack of memory: each server takes its share", "enforce-eager"),
        ("一张 A6000 上跑两个 vllm 服务，都是 Qwen2.5-7B，第二个起不来显存不足", "每个服务启动时都按整张卡的比例占用", "泄漏**："),
        ("Do three vLLM instances of Qwen2.5-3B go on one L40S?", "**Yes: 3 × 7.36 GiB = 22.1 GiB of 45.0 GiB", "| part |"),
        # what stands still, and what the growth is worth
        ("Full fine-tuning of Qwen2.5-1.5B on a 48GB A6000 starts at 30GB, after 500 steps it has climbed to 44GB and runs out. Leak?", "1.54B × 16 B = 24.7 GB (23.0 GiB) here", "kept, and nothing"),
        ("Llama-3.2-3B 的 LoRA，显存从 12G 慢慢涨到 22G 然后 OOM，3090，bs 2，内存泄漏吗", "从 12 到 22 涨的 10 GB", "第一次更新时才分配"),
        # the machine's memory, told as a sum and without the card's logits
        ("Full fine-tuning of Qwen2.5-14B, ZeRO-3 with CPU offload on 4 A100 40GB, 128GB RAM, the launcher says exitcode -9", "14.8B × 16 B = 236 GB (220.1 GiB) there, and the machine has 128 GB", "logits"),
        ("zero2 卸载优化器，全参 Qwen2.5-7B，2 张 A100 40G，内存 64G，进程被 kill", "7.62B × 14 字节 = 107 GB", "由 logits 决定"),
    ],
)  # fmt: skip
def test_a_moment_that_is_no_training_step_is_answered_alone(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("QLoRA of Qwen2.5-7B on a 3090, export CUDA_VISIBLE_DEVICES=0, OOM", "merging"),
        ("mergekit merging two 7B models runs out of memory", "merging"),
        ("vLLM on the second card of my two 3090s", "several_servers"),
    ],
)
def test_what_is_no_such_moment_is_read_as_none(question: str, cue: str) -> None:
    assert cue not in read(question).cues


@pytest.mark.parametrize(
    "question",
    ["LoRA of Llama-3-8B on an A100 80GB is out of memory, why?", "A100 80G 上 LoRA 微调 Llama-3-8B 爆显存，为什么"],
)
def test_what_fits_by_the_formulas_is_said_to(question: str) -> None:
    """19.9 GiB of 80 are no cause: what was not told is, and every such case is told to programs too."""
    answer = Assistant().ask(question)
    first = answer.text.split("\n\n")[0]
    assert "19.9 GiB" in first
    assert "80.0 GiB" in first
    result = answer.json()
    assert result["verdict"] == "conditional"
    assert all(case["memory"]["best_gib"] > case["capacity_gib"] for case in result["cases"][1:])


def test_the_figures_of_a_message_are_read_and_are_no_facts() -> None:
    reading = read(f"{_PROCESSES} QLoRA on Llama-3-8B, 4090")
    assert told(reading)["log"] == ["total 23.64", "free 0.402646", "own 13.3", "others 9.91", "processes 1"]
    assert "n_gpus" not in reading.facts


def test_others_that_a_message_counts_are_no_copies_of_the_run() -> None:
    two = _PROCESSES.replace("Including", "Process 2901 has 1.50 GiB memory in use. Including")
    first = answer_to(f"QLoRA on Llama-3-8B, bs 2, seq 2048, 4090: {two} Why?").split("\n\n")[0]
    assert "11.4 GiB" in first
    assert "at once" not in first


def test_what_a_program_prints_is_in_no_language() -> None:
    assert read(f"vllm 启动：{_POOL}，单卡 4090 跑 Qwen2.5-14B").language == "zh"
    assert read(f"{_POOL}, what now?").language == "en"


@pytest.mark.parametrize(
    ("question", "feared"),
    [
        ("I raised the batch from 4 to 32 and it is OOM, Llama-3-8B LoRA, A100 40GB", False),
        ("Will raising the batch lead to OOM, Llama-3-8B LoRA, A100 40GB?", True),
        ("4090 24G 跑 32B 量化版会爆吗", True),
        ("4090 跑 32B 量化版为什么会爆", False),
    ],
)
def test_a_setting_that_was_changed_is_no_fear(question: str, feared: bool) -> None:
    assert ("might_fail" in read(question).cues) is feared


def test_a_run_that_failed_where_another_runs_is_no_comparison() -> None:
    said = (
        Assistant()
        .ask("A 70B AWQ OOMs with TP 8 on A10G while TP 4 works fine. More GPUs should have more memory?")
        .text
    )
    assert said.startswith("**Weights and cache are not what lacks")
    assert "less (" not in said


def test_bits_of_a_file_tell_of_a_program_that_sets_the_whole_cache_aside() -> None:
    said = answer_to("Out of memory from a 2.4bpw 70B on a 46GB GPU")
    assert "The likeliest cause: no length is told" in said


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # the symptom tells the cause, whatever the model
        ("Windows 11, 3060 12GB: LoRA training shows no OOM but task manager says 6 GB of shared GPU memory, what is it?", "goes on in system RAM", "Which model"),
        ("WSL2 上微调，没报错，但从 1.5s/it 变成 30s/it，3080 10G，怎么回事", "sysmem fallback", "是哪个模型"),
        ("Training a MoE with EP=4, only rank 2 goes OOM now and then, after a restart another rank does", "load of the experts", "Which model"),
        ("训 MoE，EP=16，偶尔某个 rank 爆显存，重启后换一个 rank 爆", "专家负载不均衡", "是哪个模型"),
        ("my fastapi chat service: VRAM leaks, memory keeps growing every turn until OOM, torch.cuda.empty_cache() does nothing", "is the history", "Which model"),
        ("Qwen2.5-7B chat in gradio with transformers, VRAM slowly climbs until OOM, empty_cache doesn't help", "is the history", "nvidia-smi"),
        ("多轮对话服务显存一直涨，每轮 empty_cache 也没用，最后炸掉", "涨的是历史", "是哪个模型"),
        ("llama.cpp with -ts 1,1 on two 24GB cards, a 30 GB model: the first GPU fills up and cudaMalloc fails, second has 4 GB free", "-ts divides", "7B"),
        ("两张 3060 12G 跑 llama.cpp -ts 1,1，16G 的模型，第一张先满报 cudaMalloc failed，第二张还剩 2G", "-ts 平分的只是", "7B"),
        # what a file holds
        ("Why is the Llama-3.1-8B Q4_K_M gguf file 4.9 GB, 4 bits should be 4 GB?", "scales", "nvidia-smi"),
        ("Llama-3.1-8B 的 Q4_K_M 文件 4.9G，4bit 不应该是 4G 吗，为什么多出来", "缩放系数", "nvidia-smi"),
        ("DeepSeek-V3 is 671B, times 2 bytes that is 1.3 TB, why is the repo 690 GB?", "published in FP8", "nvidia-smi"),
        ("DeepSeek-V3 有 671B，乘 2 字节该是 1.3TB，为什么仓库才 690G", "发布的权重本来就是 FP8", "nvidia-smi"),
    ],
)  # fmt: skip
def test_a_symptom_is_told_its_cause(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which context windows fit an 8B on 24 GB, and is 128k 10x slower?", "shared_gpu"),
        ("Mixtral MoE with EP=8, only rank 0 goes OOM", "uneven_experts"),
        ("llama.cpp: does the first GPU need more than the second one?", "first_card_fills"),
    ],
)
def test_what_is_no_such_symptom_is_read_as_none(question: str, said: str) -> None:
    assert said not in read(question).cues


def test_whether_it_will_overflow_is_answered_by_the_verdict_and_no_cause() -> None:
    for question, verdict in [
        ("vllm 上 4090 跑 Qwen2.5-14B-Instruct-AWQ 32k 上下文会炸吗", "RTX 4090\uff1a放得下**"),
        ("4090 用 bf16 跑 Qwen2.5-32B-Instruct 会爆显存吗", "RTX 4090\uff1a放不下**"),
        ("Will Qwen2.5-14B-Instruct-AWQ at 32k go OOM on a 4090 with vLLM?", "RTX 4090: fits**"),
    ]:
        said = answer_to(question).split("\n")[0]
        assert verdict in said, said
        assert not said.startswith(("**可以", "**Yes"))


def test_what_preferences_add_is_the_reference_where_it_is_a_model_of_its_own() -> None:
    whole = answer_to("DPO 全参微调 Llama-2-7b OOM，SFT 没问题，A100 80G 单卡")
    assert whole.startswith("**除策略模型外还多放一份冻结的参考模型")
    assert "用融合损失" not in whole.split("\n\n")[0]  # the peak is at the optimizer's step
    adapters = answer_to("DPO LoRA of Llama-3-8B OOMs on my 4090 while SFT ran")
    assert adapters.startswith("**Each pair is two sequences")


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Llama-3.1-8B in a HF chat loop, up to 8k: memory climbs with every turn and stays there. Leak?", "Most likely no leak, but peaks that are kept", "128 KiB a token, 1.00 GiB at 8,192; before 4.45 transformers made fp32 logits of the whole prompt, 4.20 GB"),
        ("transformers 跑 Qwen2.5-14B 多轮聊天，最长8k，显存越聊越高，是泄漏么", "峰值被留了下来", "8,192 token 时共 1.50 GiB"),
        # a chat that came to its length on a card with room, and the weights seen before it
        ("Qwen2.5-7B in plain transformers on a 3090: 15 GB after loading, after many turns, 12k tokens, it sits at 20 GB and never goes down. Memory leak?", "Most likely no leak, but peaks that are kept", "fp32 logits of the whole prompt, 7.30 GB"),
        ("3090 上 transformers 跑 Qwen3-8B，加载完16G，多轮对话到6k涨到20G，结束了也不掉，泄漏了吗", "峰值被留了下来", "整段提示算 fp32 logits"),
        ("GLM-4-9B-chat 4090 上 transformers 推理，多轮聊到8k爆显存了，是泄漏吗", "不是 KV 缓存", "26.7 GiB"),
        ("vLLM Qwen2.5-7B 多轮对话，显存一直涨，泄漏了吗", "涨的不是 KV 缓存", "启动时就一次预留"),
        ("LoRA of Llama-3-8B: the memory rises a bit each step, is that a leak?", "Most likely no leak: from the first optimizer step", "the longest batch so far"),
        ("微调 Qwen2.5-7B（LoRA）时显存每步都涨，泄漏了吗", "多半不是泄漏：从第一次优化器更新之后", "迄今最长的批次"),
    ],
)  # fmt: skip
def test_what_rises_is_told_where_a_leak_is_feared(question: str, opens: str, says: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert opens in first[:90]
    assert says in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full fine-tune of Llama-3.2-3B on a 4090 gives CUDA out of memory, why? It's only 3B", "is 8 B a parameter, 25.7 GB (23.9 GiB), and does not fit either"),
        ("4090全量微调Qwen2.5-7B OOM了，为什么", "是每参数 8 字节，60.9 GB（56.7 GiB），也放不下"),
        ("用AutoModel加载Baichuan2-7B显存占了30G，文件才15G，怎么回事", "8 位权重 8.54 GB（7.95 GiB）、4 位 5.42 GB"),
    ],
)  # fmt: skip
def test_what_fails_wide_is_told_in_fewer_bytes(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_what_a_message_says_that_the_card_has_is_no_share_that_is_taken() -> None:
    text = (
        "Llama-2-7B, transformers generate with a 16384 token prompt, A100-80GB, fp16\n\n"
        "CUDA out of memory. Tried to allocate 16.00 GiB (GPU 0; 79.15 GiB total capacity; 24.1 GiB already allocated)\n\n"
        "What is this 16??"
    )
    told = answer_to(text)
    assert "fixed share" not in told
    assert "not understood" not in told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Llama-2-13B AWQ on a 12GB card in transformers: OOM after a long chat of 4000 tokens", "4,000 tokens are 3.05 GiB of cache, 11.3 GiB of 12.0 GiB in all; that would still go in"),
        ("Qwen1.5-14B-Chat-GPTQ-Int4，12G显卡，多轮对话到4000 token就OOM", "4,000 token 的缓存是 3.05 GiB，共 13.1 GiB / 12.0 GiB"),
    ],
)  # fmt: skip
def test_of_a_chat_that_fails_what_its_length_takes_is_told(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize("question", ["Which chat model fits 12GB?", "Llama-2-13b-chat with a long chat template OOMs on 12GB", "The first run is fine, the second OOMs"])  # fmt: skip
def test_a_chat_model_is_no_chat_that_grew(question: str) -> None:
    assert "chat_turns" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "told", "unsaid"),
    [
        ("accelerate launch with FSDP on 8 GPUs, Qwen2.5-72B: ranks get SIGKILL while loading, 1TB RAM", "fsdp_sync_module_states: true, and rank 0 alone reads the 145 GB", "zero.Init"),
        ("8卡FSDP加载Llama-3-70B，内存1T，加载时进程被kill，显存还是空的", "切到 8 张卡，每张只放 16 位权重的 17.6 GB", "zero.Init"),
        ("DeepSpeed ZeRO-3 4 GPUs, Llama-3-70B, killed with exit code -9 while loading, 256GB RAM", "zero.Init", "fsdp_sync_module_states"),
        ("QLoRA Qwen2.5-7B, compute_metrics, evaluation OOM, 2000 eval samples of 1024", "2,000 × 1,024 × 152,064 × 4 B", "grows with the set"),
        ("LoRA Qwen2.5-7B 评估时OOM，有compute_metrics，长度1024，eval共800条", "800 × 1,024 × 152,064 × 4 字节", "随验证集增长"),
        ("LoRA Qwen2.5-7B 评估时OOM，有compute_metrics，长度1024，评估每卡4条", "随验证集增长", "4 × 1,024 × 152,064 × 4"),
        ("Llama-3.2-1B LoRA trains fine on a 3090, evaluating on 800 samples of 1024 tokens with compute_metrics runs OOM", "800 × 1,024 × 128,256 × 4 B = 420 GB", "grows with the set"),
        ("Qwen2.5-3B LoRA 训练没问题，评估一开 compute_metrics（600条，每条1024）就OOM，为什么", "600 × 1,024 × 151,936 × 4 字节", "随验证集增长"),
        ("Qwen2.5-3B LoRA on 5000 samples of 1024 tokens trains, compute_metrics OOMs in evaluation", "grows with the set", "5,000 ×"),
        ("Full fine-tuning of Yi-34B on 8x A100, ZeRO-3 with offload_optimizer, 640GB RAM; saving with stage3_gather_16bit_weights_on_model_save=true gets it killed by signal 9", "34.4B × 14 B = 481 GB", "on the card"),
        ("Qwen2.5-14B全参 zero3 优化器offload，内存300G，保存时进程被kill -9，gather_16bit_weights开着", "加上聚合的权重共 236 GB", "卡上"),
        ("Qwen2.5-72B full fine-tuning, ZeRO-3, 8x H100, killed with exit code -9 while saving the checkpoint", "145 GB", "Beside them"),
        ("ZeRO-3 with offload_optimizer and offload_param, Llama-3.1-8B full fine-tuning, batch 4 of 4096, RTX 4090 still OOM. Aren't the parameters in RAM?", "8.03B × 16 B = 128 GB", "Beside them"),
        ("zero3 参数和优化器都offload到CPU了，Llama-3.1-8B全参 bs8 2048长度，3090还是OOM，为什么", "搬到内存的只有模型状态", "50.9"),
        ("Mixtral 8x7B Q4_K_M gguf OOMs on a 24GB card though only 13B are active", "experts into RAM: --n-cpu-moe 7 takes 22.5 GiB on the card", "not known"),
        ("ollama跑qwen3:30b-a3b，12G显卡，只激活3B为什么一半跑到CPU上", "只把专家放进内存：llama.cpp --n-cpu-moe 22", "llama.cpp 用 llama.cpp"),
    ],
)  # fmt: skip
def test_the_way_out_is_told_by_its_switch(question: str, told: str, unsaid: str) -> None:
    text = answer_to(question)
    assert told in text, text[:900]
    assert unsaid not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-2-7B LoRA on a 3090, Tried to allocate 1.20 GiB (24.00 GiB total capacity; 16.5 GiB already allocated; 0.5 GiB free; 20.9 GiB reserved). reserved is far above allocated, why OOM?",
         "**Fragmentation: the message asks for 1.20 GiB while 4.40 GiB are reserved"),
        ("4090 lora微调Qwen2.5-7B，报错 Tried to allocate 1.16 GiB (23.64 GiB total capacity; 17.0 GiB already allocated; 0.6 GiB free; 21.8 GiB reserved)，reserved里还有好几个G，为啥OOM",
         "**这是碎片：报错要申请 1.16 GiB"),
    ],
)  # fmt: skip
def test_what_is_reserved_is_read_without_in_total(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-7B LoRA with the HF Trainer and compute_metrics, max length 2048, per_device_eval_batch_size 4: memory grows about 5GB per eval step until OOM",
         "4 × 2,048 × 152,064 × 4 B = 4.98 GB"),
        ("Qwen2.5-7B LoRA 训练没事，一到eval显存每步涨约10G直到OOM，compute_metrics，per_device_eval_batch_size=4，cutoff_len 4096", "正是您看到的每步 10 GB"),
    ],
)  # fmt: skip
def test_what_a_step_of_an_evaluation_leaves_behind_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2-VL-7B LoRA: text trains in 20 GB, with 4032x3024 photos it OOMs at batch 1 although each file is only 3 MB", "**Each picture of 4032 × 3024 is about"),
        ("Qwen2.5-VL-3B lora，换成3840x2160的截图bs=1就爆显存，图片文件才1M", "**每张 3840 × 2160 的图约"),
    ],
)  # fmt: skip
def test_pictures_that_fill_a_card_open_where_no_card_is_named(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Trained a 70B QLoRA adapter on one A6000 48GB. How much memory do I need to merge it?",
        "My QLoRA run of Qwen2.5-32B on a 4090 is finished. How much RAM does merging the adapter take?",
        "QLoRA微调的Qwen2.5-32B，4090上训完了，合并adapter需要多少内存",
    ],
)
def test_what_was_trained_before_a_merge_is_not_judged_again(question: str) -> None:
    text = answer_to(question)
    assert "--enable-lora" in text
    assert "QLoRA, 4-bit, " not in text
    assert "QLoRA · 4 位" not in text
    assert "fits with 4-bit" not in text


def test_a_training_asked_beside_a_merge_is_answered() -> None:
    text = answer_to("Is a 24GB 4090 enough to QLoRA train Qwen2.5-32B and to merge the adapter?")
    assert "QLoRA, 4-bit, RTX 4090" in text

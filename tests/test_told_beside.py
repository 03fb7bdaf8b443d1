"""What belongs beside a verdict: FP8 between 16 and 4 bits, requests that wait, a reference model that is loaded by itself,
what several processes read before anything is offloaded, and what a card says of a model."""

import pytest

from chat.reads.grammar import read
from kb.estimator import estimate
from tests.talking import answer_to, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-72B on 4x L40S, bf16 or int4?", "Between them is FP8: 19.4 GiB per card; this card has units for it."),
        ("qwen2.5-72b，4张L20 48G能跑bf16吗还是得int4", "两者之间还有 FP8：每张卡"),
        ("单张A100 80G用vllm部署Qwen3-8B bf16，每个请求大概4k token，最多能同时跑多少并发", "再多的请求排队或被退回重算，不会 OOM"),
        ("How many concurrent users at 16k can vLLM hold for Llama-3.1-8B on one H100?", "waits in the queue or is preempted and computed again"),
        ("How much VRAM for Mixtral 8x22B in fp16 / int8 / 4-bit? I have 4x A6000 48GB, only 39B are active", "All 141B parameters must be stored"),
        ("两张2080Ti 22G跑得动Qwen3-32B吗，int4还是int8", "没有 bf16、FP8 单元和 FlashAttention-2"),
        ("Batch 16 OOMs so I use batch 1 with gradient_accumulation 16. Does accumulation itself cost memory?", "where one sequence at a time already runs out, accumulation cannot help"),
        ("微调时显存一直慢慢涨，开始40G跑到后面nvidia-smi显示70多G，是显存泄漏吗", "nvidia-smi 显示的只涨不降"),
        ("How much VRAM does Mistral-Small-24B need? The README says 55GB in bf16.", "55 GB is the weights in 16 bit, 23.6B × 2 B = 47.1 GB (43.9 GiB), and 17 % for cache"),
        ("qwen2.5 0.5b和1.5b全参微调各要多少显存，4060 8G够不够", "Qwen2.5-1.5B-Instruct：参数和优化器都放在内存"),
        ("Full fine-tuning of Qwen2.5-0.5B and 1.5B on an 8GB 4060: how much each, enough?", "Qwen2.5-1.5B-Instruct: parameters and optimizer in host memory"),
        ("两张3090用vllm能跑Qwen2.5-32B fp16 8k上下文吗？kv cache量化有用吗？", "改变的是 KV 缓存 1.00 GiB → 0.50 GiB"),
        ("MoE模型8x7B量化到4位要多少显存，和13B比呢", "Llama-2-13b-chat-hf 约 10.9 GiB"),
        ("Can I serve 3 LoRA adapters of Llama-3.1-8B on a 24GB card with vLLM?", "3 of them 240 MiB"),
        ("deepseek-v3 kv cache按128头×128维算32k要122G，实际没这么大，mla怎么算", "按所有头各存 K、V 算是 2 × 61 × 128 × 128 × 2 B = 3.812 MiB"),
        ("DeepSeek-V3 cache: 128 heads x 128 gives me 122GB at 32k, it takes far less. How is MLA counted?", "Keys and values of all heads would be"),
        ("Unsloth QLoRA Llama-3.1-8B trains fine on a Colab T4 but save_pretrained_merged (merged_16bit) runs out of memory", "Or save the adapter alone"),
        ("LLaMA-Factory那个表里30B的QLoRA 8bit和4bit各是多少？一张48G卡选8bit稳不稳", "QLoRA（8 位） 余量不大，QLoRA（4 位） 更稳"),
    ],
)  # fmt: skip
def test_it_is_told_beside_the_verdict(question: str, says: str) -> None:
    assert says.replace(" ", "") in answer_to(question).replace(" ", "")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("DPO on Llama-3-8B OOMs on A100 40GB, SFT with the same LoRA config (bf16, bs 2, 2048) runs. Why?", "a reference model loaded by itself, 15.0 GiB more (45.9 GiB)"),
        ("FSDP full fine-tune of Llama-2-13B with cpu_offload on 4x 3090, 128GB RAM: killed with signal 9 while loading, GPUs nearly empty", "each of 4 processes reads the whole checkpoint"),
        ("Does Falcon-40B inference fit on one A100 80GB? README says at least 85-100GB", "78.3 GiB in all at 2,048 tokens, all but 1.68 GiB of the 80.0 GiB there are"),
        ("Falcon-40B推理说要85-100GB，两张A100 40G行吗", "比可用的 36.8 GiB 多"),
        ("两张2080Ti 22G跑得动Qwen3-32B吗，int4还是int8，上下文能开多少", "INT4（10.3 GiB，最长约 40,960 token）"),
        ("How much extra does a Llama-3.2-1B draft model cost for speculative decoding of Llama-3.3-70B, 32k?", "adds 3.30 GiB at 32,768 tokens"),
        ("Qwen3-32B AWQ on one RTX 5090 32GB, what max_model_len can I set?", "Up to 36,576 tokens for sure"),
        ("2x 3090 (no NVLink), want to tune Qwen2.5-32B at 2k. QLoRA with DDP, FSDP-QLoRA or plain LoRA?", "ost likely fits: 4-bit QLoRA (sharded"),
        ("两张3090微调Qwen2.5-32B，QLoRA+DDP、FSDP+QLoRA还是LoRA", "QLoRA（切分（ZeRO-3/FSDP））"),
        ("sbh(34 + 5as/h) per layer: what is left with FlashAttention and full checkpointing? Llama-3.1-8B, 8k", "32 × 8,192 × 4,096 × 2 B = 2.15 GB (2.00 GiB)"),
        ("sbh(34+5as/h) 公式，开了 FlashAttention 和全量重计算还剩多少？Llama-3.1-8B，8k", "只剩各层输入 32 × 8,192 × 4,096 × 2 B"),
        ("Command-R 35B (v01) 4-bit at 32k runs out on 48GB, Yi-34B 4-bit is fine. Both are ~20GB of weights, no?", "c4ai-command-r-v01 has no GQA"),
        ("llama-factory那个表30B lora、qlora 8bit/4bit写的多少，我两张3090一共48G能按哪档来", "30B LoRA（16 位）64 GB"),
    ],
)  # fmt: skip
def test_it_opens_the_answer(question: str, says: str) -> None:
    assert says in opening(question) or says in answer_to(question).split("\n\n")[0]


def test_full_is_a_method_at_the_end_of_a_list_of_them() -> None:
    asked = read("Free Colab T4 (16GB). Llama-3.1-8B at 2k context: QLoRA, LoRA, GaLore or full with 8-bit Adam?")
    assert set(asked.facts["method"]) == {"qlora", "lora", "galore", "full"}
    assert "full" not in read("Llama-3.1-8B on vLLM, LoRA adapters, or full precision?").facts.get("method", ())


def test_a_further_number_of_another_setting_is_no_batch() -> None:
    asked = read("Qwen2.5-14B QLoRA 4090,batch 8,梯度累积 2 爆显存,让我把累积调大,改到 16 还是一样爆")
    assert asked.facts["batch_size"] == (8,)


def test_a_reference_that_is_said_to_be_loaded_stands_beside_adapters() -> None:
    case = {"model": "meta-llama/Meta-Llama-3-8B-Instruct", "method": "lora", "algo": "dpo", "seq_len": 2048}
    without, beside = (estimate(**case, **more).outcomes[0].best for more in ({}, {"ref_model": True}))
    assert (beside - without) / 2**30 == pytest.approx(14.96, abs=0.1)


def test_a_setting_of_one_server_names_it_where_nothing_else_does() -> None:
    assert read("Qwen3-32B AWQ on one 5090, what max_model_len can I set?").facts["engine"] == ("vllm",)
    assert read("GRPO with TRL, Qwen2.5-7B, max_model_len 4096: how much?").facts["engine"] == ("trl",)
    assert "engine" not in read("Qwen2.5-7B Q4_K_M max_model_len 32768 on an 8GB card?").facts


@pytest.mark.parametrize(
    ("question", "fact", "values"),
    [
        ("what does LoRA rank 128 instead of 16 cost on Llama-3.1-8B?", "lora_rank", (128, 16)),
        ("How much more memory does batch size 8 instead of 4 take for LoRA on Qwen2.5-7B?", "batch_size", (8, 4)),
        ("What do I save with seq_len 2048 instead of 8192, QLoRA Llama-3-8B?", "seq_len", (2048, 8192)),
        ("Qwen2.5-7B LoRA 秩64而不是16会多占多少显存", "lora_rank", (64, 16)),
        ("Qwen3-8B LoRA，batch 4而不是1，多占多少显存", "batch_size", (4, 1)),
        # nothing is asked of what was there before
        ("Qwen2.5-14B QLoRA on a 3090: I use cutoff_len 2048 instead of 4096 now. Still OOM, why?", "seq_len", (2048,)),
        ("I need LoRA on Qwen2.5-7B, 上下文不是4k,是32k", "seq_len", (32768,)),
    ],
)  # fmt: skip
def test_what_is_asked_in_place_of_another_is_set_against_it(question: str, fact: str, values: tuple[int, ...]) -> None:
    assert read(question).facts[fact] == values


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does ZeRO-2 reduce memory per GPU for LoRA on Llama-3-8B, 4x 3090?", "It saves 0.34 GiB"),
        ("does zero2 save memory with lora? Llama-3-8B, 4x 3090", "It saves 0.34 GiB"),
        ("4张3090 LoRA Llama-3-8B，zero3能降低每卡显存吗", "省 9.22 GiB"),
        ("does gradient checkpointing help with lora? Qwen2.5-7B, 3090", "Yes: activations go 12.8 GiB → 1.13 GiB"),
        ("开梯度检查点对LoRA有用吗，Qwen2.5-7B，3090", "12.8 GiB → 1.13 GiB"),
        ("Does flash attention help me fit Mistral-7B LoRA on a 3090?", "Against eager attention it saves"),
        ("Does packing increase VRAM? QLoRA Mistral-7B at 4096 on a 3090", "Packing does not raise the most"),
        ("How many tokens of KV cache fit on the remaining 10 GB of my 4090 for Qwen3-14B AWQ?", "10.0 GiB of KV cache hold 65,536 tokens"),
        ("qwen3-14b awq在4090上还剩10G，能放多少token的KV", "10.0 GiB 的 KV 缓存可放 65,536 个 token"),
    ],
)  # fmt: skip
def test_the_effect_of_a_setting_opens_where_it_is_asked(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ZeRO2-offload、ZeRO3、ZeRO3-offload怎么选？是不是zero3会损失精度", "ZeRO 只改变状态放在哪里，不改变数值计算"),
        ("Does ZeRO-3 lose accuracy compared with ZeRO-2, and which one should I pick?", "no stage costs precision"),
        ("Qwen2.5-14B 全参，8 张 H100，CP=8，128K 还是 OOM，显存不是应该除以 8 吗", "所以显存不会除以 8"),
        ("lora微调为什么显存占用这么大：qwen2-7b rank8 seqlen1024 bs1 17.9G，2048要26.1G，bs2 28-32G，我算出来只要15.4G", "冻结的基座照样在卡上"),
    ],
)  # fmt: skip
def test_what_was_asked_comes_before_what_is_near_it(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("RTX 5090 32GB: Qwen2.5-Coder-32B Q8_0 or Q6_K, I want 16k context", "Q6_K leaves 2.29 GiB: for more room a cache in q8_0 (-fa on) takes 1.88 GiB less, or Q5_K_M takes 26.3 GiB in all."),
        ("5090 32G 跑 Qwen2.5-32B，Q8_0 还是 Q6_K，16k 上下文", "Q6_K 只剩 2.29 GiB：想宽裕些，缓存用 q8_0（-fa on）再少 1.88 GiB，或换 Q5_K_M，共 26.3 GiB。"),
    ],
)  # fmt: skip
def test_a_file_that_hardly_goes_in_is_told_with_what_gives_more_room(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_a_wider_file_that_fits_needs_no_more_room() -> None:
    assert "for more room" not in answer_to("RTX 4090: Qwen3-14B Q8_0 or Q6_K at 8k?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("DPO on Mistral-7B, 4x A100 40GB with ZeRO-3. Does the reference model double the memory? LoRA or full?", "In full fine-tuning it takes 3.62 GB (3.37 GiB) of each of 4 cards where it is sharded as well, 40.7 GiB in all, of 40.0 GiB; left whole on every card it takes 14.5 GB (13.5 GiB), and all is 50.8 GiB."),
        ("Mistral-7B做DPO，4张A100 40G，ZeRO-3，参考模型会让显存翻倍吗？用LoRA还是全参", "全参时参考模型若一并切分，4 张卡每张占 3.62 GB（3.37 GiB），连同其余共 40.7 GiB，卡上 40.0 GiB；若每卡放整份则占 14.5 GB（13.5 GiB），共 50.8 GiB。"),
    ],
)  # fmt: skip
def test_a_reference_where_all_weights_train_is_told_beside_adapters(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_of_adapters_alone_nothing_is_told_of_a_full_training() -> None:
    told = answer_to("DPO LoRA on Mistral-7B, 4x A100 40GB with ZeRO-3: does the reference model double the memory?")
    assert "left whole on every card" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("My config says max_position_embeddings 131072, does that use memory if I only send 2k prompts in transformers?", "Not in transformers: the cache grows with the tokens that are there"),
        ("模型支持128k上下文，我只发2k的提示，会占128k的显存吗", "缓存随实际的 token 增长"),
        ("How big is the optimizer checkpoint on disk for a 7B full fine-tune?", "The weights of a checkpoint are 6.74B × 2 B = 13.5 GB"),
        ("GPTQ vs AWQ vs bitsandbytes 4-bit memory for Qwen2.5-32B", "NF4"),
        ("Qwen2.5-32B 4位用GPTQ、AWQ还是bitsandbytes省显存", "NF4 占 21.4 GiB"),
        ("I get OOM at 4k but not at 2k with Qwen2.5-14B QLoRA on 24GB, what grows?", "from 2,048 tokens to 4,096 tokens the need goes from 15.6 GiB to 20.3 GiB"),
        ("Would switching from AdamW to Lion let me full fine-tune Llama-3.2-3B on a 48GB card?", "Most likely fits: Lion (37.9 GiB); does not fit: AdamW (49.8 GiB)"),
        ("Can I offload only the optimizer for Qwen2.5-14B full SFT on 2x A100 80GB?", "a copy per card 35.6 GiB"),
        ("A100 80G 全参微调3B够不够，要不要offload", "不卸载要 49.8 GiB"),
        ("Is one A100 80GB enough for full fine-tuning a 7B or do I need offload?", "nothing offloaded is not enough: 102.0 GiB"),
        ("7B模型int8量化后推理还要13G，是不是没量化成功", "多半没有量化成功：13 GB 是 16 位的大小"),
        ("My 7B in int8 still takes 13GB, was it not quantized?", "Most likely it is not quantised"),
        ("What does enforce-eager save on a 4090?", "--enforce-eager saves the buffers of CUDA graphs"),
        ("梯度检查点开了以后激活还剩多少，13B 4k", "激活 35.8 GiB → 2.70 GiB"),
        ("ollama ps shows 45%/55% CPU/GPU for qwen2.5:32b on my 3090, slow. Why?", "The file is not all"),
        ("ollama runs qwen2.5:32b slowly and only half of my 3090's VRAM is used", "The file is not all"),
        ("ollama跑32b只用了一半显存，速度很慢", "有一部分跑在 CPU 上"),
        ("llama.cpp on my 96GB Mac: recommendedMaxWorkingSetSize = 77309.41 MB. Is that 77 or 72GB, and does a 75.2GB GGUF fit?", "Both: 77.3 GB (10^9 B) are 72.0 GiB (2^30 B), 75% of its 96 GiB"),
        ("我的96G Mac，llama.cpp打印recommendedMaxWorkingSetSize = 77309.41 MB，到底是77G还是72G？", "77.3 GB（10^9 字节）就是 72.0 GiB"),
        ("Does a 96GB Mac run a 75.2GB GGUF?", "75.2 GB = 70.0 GiB of 72.0 GiB (what the GPU is let have of 96 GB by default)"),
        ("V100 32G用vllm跑Qwen2.5-14B，bf16报不支持，改成float32就炸显存了", "应改成 float16（--dtype half），而不是 float32"),
        ("Qwen2.5-7B on a T4 in vLLM: bf16 isn't supported so I set --dtype float32, now OOM", "Take float16, not float32: --dtype half"),
        ("deepspeed's zero3 estimator says 0.49GB per GPU for llama2 7B with cpu offload, my 3090 sits at 21GB (bs 2, seq 2048). Is it broken?", "You see 21.0 GiB, more than that"),
        ("lora微调glm-4-9b-chat，刚开始28G，跑几百步涨到60多G，是显存泄漏吗", "多半不是泄漏"),
        ("LoRA on Mistral-7B: starts at 20GB, climbs to 45GB over 500 steps. Memory leak?", "Most likely no leak"),
        ("How many A100 40GB for full SFT of gemma-2-27b? 8 with FSDP full shard OOM", "8 are not enough: 24 cards"),
        ("全参Qwen2.5-32B要几张A100 40G？8张用zero3还是爆", "8 张不够，要 24 张卡"),
    ],
)  # fmt: skip
def test_what_was_seen_or_printed_is_answered_first(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tune gemma-2-9b at 4k: I get 9.2 x 16 = 148 GB. Are 2x H100 80G enough?", "What these 2 hold, per card: the optimizer in host memory 30.0 GiB; pure bf16 with 8-bit Adam 38.7 GiB; LoRA, a copy on each 37.1 GiB."),
        ("全参微调 Llama-3.1-8B：8×16=128G，两张 A100 40G 够吗", "这 2 张卡放得下的（每卡）：优化器放内存"),
    ],
)  # fmt: skip
def test_a_sum_of_states_that_is_too_much_is_told_with_what_the_cards_hold(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_where_the_states_go_in_nothing_else_is_offered_beside_their_sum() -> None:
    told = answer_to("Full fine-tune of Llama-3.1-8B: 8 x 16 = 128 GB. Do 8x A100 80GB do?")
    assert "What these 8 hold" not in told


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Do I multiply the KV cache by the 8 experts for Mixtral 8x22B? I get 112 GiB at 64k and that looks off", "it is multiplied by the 8 experts, which have no keys and values"),
        ("Mixtral-8x7B的KV缓存32k我乘8个专家得32GiB,对吗", "乘了 8 个专家"),
        ("transformers 4.40跑llama3-8b,权重16G,输入一上8k显存就涨到30G,kv cache有这么大吗", "基本不是 KV 缓存"),
        ("Llama-3-8B with transformers 4.40: weights take 16 GB, but once the prompt is 8k memory jumps to 30 GB. Is the KV cache that big?", "No, hardly the KV cache"),
        ("Qwen3-30B-A3B激活才3B,是不是8G显存就能跑", "不行,只靠显卡 4 位也放不下"),
        ("Llama-3.2-3B full finetune with ZeRO-1 on 4x 4090 still OOM. I thought sharding the optimizer is enough for a 3B", "ZeRO-2 divides the gradients too, 2 + 14/4 B: 17.7 GB"),
        ("Mistral Nemo 12B Q4_K_M is a 7.5 GB file but llama.cpp wants 27+ GB on my 3090 when I don't set -c. Broken?", "131,072 tokens × 160 KiB = 20.0 GiB: with 6.96 GiB of weights 27.0 GiB"),
        ("Llama-3.1-8B Q4_K_M,llama.cpp不设-c就占了21G,文件才4.9G,正常吗,A6000 48G", "正常,没有坏:没有设置上下文长度"),
        ("internlm2.5-20b is 39.7GB on HF, my A100 40GB loads it and torch reports 37.0 GB. Which is it?", "All of them are right"),
        ("zero3的offload_optimizer和offload_param各能省多少显存?2张A100 80G想全参Qwen3-14B", "只 offload 优化器先省 98.3 GiB"),
        ("两张3090想全参微调Qwen2.5-3B,普通AdamW放不下,zero3、8bit Adam、GaLore选哪个", "选 全量微调"),
        ("Full fine-tuning Qwen2.5-3B on two 3090s: plain AdamW does not fit. ZeRO-3, 8-bit Adam or GaLore?", "Take full fine-tuning (8-bit AdamW)"),
        ("LoRA fine-tuning Llama-2-13B in litgpt loads ~50GB while PEFT takes ~20GB. Did I miss something?", "your 50 GB for LitGPT is what it takes with a base in fp32 (52.2 GiB)"),
        ("7B 4bit DPO,A6000 48G最长能开多少长度?我设的32768", "同尺寸、词表 152,064 的 Qwen2.5-7B-Instruct 最长约 10,319 token"),
        ("How many L40S (48GB) to serve Llama-3.3-70B FP8 for 20 concurrent users at 8k each?", "3 would do, but its 64 heads are not divided by 3"),
        ("8卡3090 zero3全参7B每卡还差2G左右,stage3_max_live_parameters、bucket_size这些调小能省多少", "每卡最多约 2.8 GB"),
        ("Llama-3.1-8B full with ZeRO-2 on 8x A100: what does a smaller allgather_bucket_size and reduce_bucket_size save?", "With overlap_comm they take 4.5 times that"),
        ("QLoRA of a 7B runs on one 3090, but with torchrun on two 3090s it OOMs. Shouldn't two cards halve it?", 'each process must load onto its own card (device_map={"": local_rank}'),
        ("internlm2-20b 用vllm部署,就几个人用,两张A10 24G够吗", "16 位同时只能放 3 条"),
    ],
)  # fmt: skip
def test_the_cause_that_was_told_opens(question: str, said: str) -> None:
    assert said in narrow_opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How much VRAM does Command R 35B (the first v01) need in fp16 with 32k context? Somebody says that the cache alone is 40 GB, that can't be right", ("40 GB is right", "about 107.4 GiB in all")),
        ("command r v01 35B fp16 32k上下文要多少显存?有人说光KV缓存就40G,对吗", ("107.4 GiB",)),
        ("Minimum requirements for Qwen1.5 72B: how many A100/A800s for full, LoRA and QLoRA?", ("56 cards (7 machines of 8) most likely do",)),
        ("Does Gemma 3 27B QLoRA at 4096 tokens fit on a 4090 24GB? Axolotl OOMs at the loss", ("checkpointing, a fused loss and at most 2,651 tokens", "fused loss (no full logits) + gradient checkpointing: 22.7 GiB")),
    ],
)  # fmt: skip
def test_the_whole_is_told_beside_its_part(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(one in told for one in says)


def test_what_no_length_explains_is_not_called_normal() -> None:
    told = answer_to("Mistral Nemo 12B Q4_K_M, llama.cpp takes 45 GB on my A6000 when I don't set -c. Broken?")
    assert "nothing is broken" not in told

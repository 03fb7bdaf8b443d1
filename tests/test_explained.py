"""Answers that explain: what was asked stands in the first sentence, with the asker's own figures judged or worked with."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to


def opened(assistant: Assistant, question: str, opens: str, says: tuple[str, ...]) -> None:
    """The answer opens so, and says all of these."""
    answer = assistant.ask(question).text
    assert answer.startswith(opens), answer[:300]
    for one in says:
        assert one in answer, answer


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 64 × 2 × 8 × 128 × 2 B = 256 KiB; 40 query heads instead of 8: five times
        ("Qwen2.5-32B kv: 2 * 64 layers * 5120 * 2 bytes = 1.31MB/token, so 32k ctx = 40 GiB? a colleague says it's 8. who is right",
            "**8 GiB is right for the cache of 32,768 tokens", ("5 times too much; it is 256 KiB per token", "8 KV heads × 128 = 1024")),
        ("网上说 Qwen2.5-14B 每token KV要 480KB，我算出来是192KB，谁对", "**192 KB 是对的", ("480 KB 不对", "少乘了一个 2")),
        ('a blog: "KV of Llama 3 70B is 2.5MB a token, so 8k context is 20GB". I get 320KB. who\'s off?',
            "**320 KB is right", ("20 GB and 2.5 MB are not right", "8 times fewer")),
        # 2 × 28 × 4 × 128 × 2 B = 56 KiB: 28 times less, 7 by the heads and 4 by the bytes
        ("KV of Qwen2.5-7B per token: 2*3584*28*8 = 1.53 MB so 4.59 GB for 3072 tokens, but I measure 0.16 GB. Which part is wrong?",
            "**Not right: 28 times too much (7 × 4); it is 56 KiB per token.**", ("4 KV heads × 128 = 512", "8 is bits, not bytes", "**0.16 GB is right")),
        ("我算Qwen2.5-14B的KV：48*40*5120*2*2，哪里错了？实际4096 token才0.75G", "**不对：大了 200 倍，正确的是每 token 192 KiB。**", ("把头数算了两次", "**0.75 GB 是对的")),
        # AWQ weights are what the 0.5 is mistaken for, no format to compare
        ("Llama-2-13B AWQ int4: KV per token = 2 * 40 * 5120 * 0.5 = 204.8 KB. Is it right? Weights are 4 bit.",
            "**Not right: 4 times too little; it is 800 KiB per token.**", ("stay 16 bit",)),
        ("is 2*n_layers*n_heads*hidden_size*2 the kv cache formula under GQA?", "**Bytes per token = 2 (keys and values) × layers × KV heads",
            ("counts the heads twice", "for Llama-3-8B it gives 128 times too much", "= 512 KiB; Llama-3-8B (GQA) 2 × 32 × 8 × 128 × 2 B = 128 KiB")),
        ("KV缓存的公式我写成 2*层数*KV头数*头维度*2 对吗", "**您的公式是对的", ("**每 token 字节数 = 2（K 与 V）× 层数 × KV 头数",)),
        ("galore badam lora 都号称省显存，7B训练时各省的是哪一块？", "**与全量微调相比，各方法省的部分如下", ("优化器状态 75.3 GiB → 1.95 GiB", "梯度 12.6 GiB → 0.15 GiB")),
        ("LoRA vs QLoRA for 13B: which part does each save?", "**Against full fine-tuning each saves these parts", ("weights 24.2 GiB → 6.71 GiB", "LoRA: gradients 24.2 GiB → 0.23 GiB")),
        ("LLaMA-Factory README says full 70B is 600GB pure bf16 and 1200GB AMP. Why the factor of two?", "**They are bytes for each of 70B parameters", ("16 B, 1,120 GB", "8 B, 560 GB")),
        # what each 12 and 16 B consist of
        ("The QLoRA paper says 65B full finetuning takes more than 780GB. Why 780 and not 1040?", "**Neither is wrong", ("without an fp32 copy", "16 B = 1,040 GB")),
        ("7B模型训练：7B*2 + 7B*2 + 7B*8 = 84GB，为什么都说要112GB？", "**少了一项：fp32 主权重", ("112 GB", "没有算错")),
        ("13B full finetune: 26 + 26 + 52 = 104 GB with Adam, why does everyone say 208?", "**Right for pure bf16", ("16 B, 208 GB",)),
        ("Qwen2.5-7B 8卡 ZeRO1/2/3 每卡模型状态各多少，不算激活", "**混合精度 Adam 的模型状态，8 张卡每张", ("（2 + 14/8 = 3.75 B）× 7.62B = 28.56 GB",)),
        ("ZeRO-2 on 4 GPUs for 13B, model states only, what per GPU?", "**ZeRO-2 leaves 71.5 GB (66.6 GiB) of states on each of 4 cards", ("(2 + 14/4 = 5.5 B) × 13B",)),
        ("Does LLaMA-Factory's 64 GB for LoRA 30B hold for Qwen2.5-32B too?", "**No: the row's 64 GB would not even hold the weights", ("65.5 GB",)),
        ("LLaMA-Factory 写 70B LoRA 16bit 要 160GB，Qwen2.5-72B 也适用吗", "**大致成立：表里的 160 GB", ("72.7B",)),
        ("what does LLaMA-Factory's table say for LoRA of Qwen2.5-32B?", "**LLaMA-Factory's table has no 32B column", ("the 30B column's 64 GB",)),
        ("MHA、GQA、MLA 的 KV cache 差多少", "**区别在于每层为每个 token 存什么", ("512 KiB", "128 KiB", "68.62 KiB")),
        # 70 × 2 × 112 × 128 × 2 B; a fourteenth of it with 8 heads
        ("推导 KV cache 公式，用 BLOOM-176B 算 2048 长度；改成 8 个 kv 头呢", "后面的 token 要看前面所有 token", ("3.828 MiB", "1/14", "280 KiB")),
        ("what would the kv cache of llama-2-7b be if it had only 4 kv heads?", "**KV cache: 2", ("8 times less: 64 KiB per token",)),
        ("Qwen1.5-72B 的 KV cache 为什么比 Qwen2-72B 大那么多，32k", "**Qwen1.5-72B 没有 GQA，每 token 的 KV 缓存是 Qwen2-72B（GQA）的 8 倍", ("MHA", "64 个查询头共用 8 份")),
        ("falcon-7b uses multi-query: KV per token, and how does it compare to llama-7b's?", "**llama-7b has no GQA, so a token's cache takes 64 times as much", ("512 KiB against 8 KiB", "MQA")),
    ],
)  # fmt: skip
def test_a_cache_is_judged_or_compared_in_the_first_sentence(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    opened(assistant, question, opens, says)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("grad accumulation 1 -> 8 changed nothing in vram, wasn't it supposed to save memory? batch 8 with accum 1 oomed", "**The number of accumulation steps does not change", ("about 1/B",)),
        ("梯度累积开到16显存一点没降，不是说省显存吗", "**累积步数不改变单步显存", ("1/B",)),
        ("is doubling the sequence length the same as doubling the batch, memory wise (training)?", "**Twice the length and twice the batch take the same", ("length²",)),
        ("训练时激活显存是不是随长度平方增长", "**激活与 logits 随长度线性增长", ("eager",)),
        ("what does gradient checkpointing throw away, and why are activations kept at all?", "**The backward pass needs them", ("a third more computing",)),
        ("MoE 每次只激活几个专家，能不能按需从硬盘加载用到的专家", "**所有专家都必须随时可用", ("带宽",)),
        ("with ZeRO-3 on 8 gpus memory is cut 8x, activations also get sharded, right?", "**Not quite: ZeRO-3 divides weights", ("its own batch",)),
        ("is FSDP full shard the same as ZeRO-3 memory-wise?", "**By what they divide they are the same", ("FULL_SHARD is ZeRO-3",)),
        ("LoRA 冻结的层也要存激活吗，为什么激活显存没省", "**冻结的层也要保存激活", ("7B 为例",)),
        ("用 FP8 训练全参显存能减半吗", "**不会减半", ("主权重",)),
    ],
)  # fmt: skip
def test_how_a_thing_works_is_told_without_a_model(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    answer = assistant.ask(question).text
    assert answer.startswith(opens), answer[:300]
    assert "|---|" not in answer
    assert "document says" not in answer
    for one in says:
        assert one in answer, answer


def test_the_formula_of_activations_is_explained_with_the_numbers_told(assistant: Assistant) -> None:
    # OPT-13B: 34 × 2048 × 5120 = 0.357 GB, 5 × 40 × 2048² = 0.839 GB, × 40 layers = 47.8 GB
    answer = assistant.ask(
        "walk me through sbh(34 + 5as/h) for OPT-13B, s=2048, b=1. what goes away with flash attention?"
    ).text
    for one in ("34·s·b·h = 0.36 GB", "5·a·s²·b = 0.84 GB", "47.8 GB", "14.3 GB", "34 = 11 in attention"):
        assert one in answer, answer
    assert "Not understood" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Which paper has sbh(34+5as/h)? Apply it to GPT-3 at 2048 tokens, batch 1.",
        "sbh(34+5as/h) 出自哪里?GPT-3 175B,s=2048,b=1 算一下",
    ],
)
def test_the_formula_of_activations_names_its_paper_and_knows_gpt_3(assistant: Assistant, question: str) -> None:
    # 2048 × 12288 × 34 + 5 × 96 × 2048² = 2.87 GB, × 96 layers = 275 GB; without the scores 82.1; 2·s·b·h·L = 4.83
    answer = assistant.ask(question).text
    for one in ("2205.05198", "2.87 GB", "275 GB", "82.1 GB", "4.83 GB"):
        assert one in answer, answer


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 7.24B × 2 B = 14.48 GB = 13.49 GiB; 14,300 MiB = 13.96 GiB, 0.47 more
        ("mistral 7b v0.1 safetensors are 14.5GB, memory_allocated shows 13.5 and nvidia-smi 14.3k MiB, is something compressed?",
            "**Nothing is lost or compressed", ("14.48 GB", "13.49 GiB", "0.47 GiB more", "1.074 GB")),
        ("Llama-3-8B的safetensors是16.06GB，加载后torch显示14.96，nvidia-smi是15.6GiB，少的哪去了", "**什么都没少，这些数都对", ("16.06 GB", "14.96 GiB", "0.64 GiB")),
        # 24,564 MiB = 25.76 GB, less 24 GB
        ("my 4090 shows 24564MiB in nvidia-smi, the files of the model sum to 24.0 GB. does it fit?", "**On paper they fit, in practice it is too tight, with 1.64 GiB (1.76 GB) left", ("24 GB = 22.35 GiB of files", "vLLM, at its default share of 0.92, does not load them", "take a smaller quant")),
    ],
)  # fmt: skip
def test_figures_in_different_units_are_reconciled(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    opened(assistant, question, opens, says)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 900 ÷ 46.7 = 19.3, 400 ÷ 46.7 = 8.57, 8 × 46.7 = 374
        ("llama factory 表里 8x7B AMP 全参 900GB、16bit 全参 400GB，这些数怎么来的", "**LLaMA-Factory 的表写的是：8x7B Full（混合精度）900 GB、8x7B Full（16 位）400 GB",
            ("每参数 19.3 字节", "每参数 8.57 字节", "374 GB")),
        ("in the llama-factory readme table what are the LoRA numbers for 13B and 30B, and is that per gpu or total? I want to buy cards by it", "**LLaMA-Factory's table says: 13B LoRA (16-bit) 32 GB; 30B LoRA (16-bit) 64 GB",
            ("one whole copy, not a card's share", "leave room")),
    ],
)  # fmt: skip
def test_cells_of_the_table_are_told_with_what_they_consist_of(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    opened(assistant, question, opens, says)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 4 × 7 + 12 × 7 ÷ 8 = 38.5; 2 × 7 + 14 × 7 ÷ 8 = 26.25
        ("check my table for a 7B on 8 GPUs, Adam mixed precision: ZeRO-0 112 GB, ZeRO-1 38.5 GB, ZeRO-2 26.25 GB, ZeRO-3 14 GB per GPU. correct?",
            "**Right: ZeRO-0 112 GB", ("(4 + 12/8 = 5.5 B) × 7B = 38.5 GB", "come on top")),
        ("my colleague says lora rank has no effect on vram, r=8 or r=256 same thing. Llama-2-7B. true?", "**Only at low ranks", ("rank 256",)),
        ("optimizer state of a 7B: AdamW, 8bit AdamW, Lion, Adafactor, just the state", "**The optimizer's own states: AdamW", ("7B × 8 B = 56 GB", "7B × 2.03 B = 14.2 GB", "7B × 4 B = 28 GB")),
        ("70B full FT: weights bf16 140 GB, grads bf16 140 GB, fp32 master + Adam m, v: 12 B x 70 = 840 GB, sum 1120 GB, ZeRO-3 over 16 A100 80GB, batch 8 x 4096. which line is wrong?",
            "**Right: 16 B per parameter", ("But it does not fit", "optimizer 840 GB: right")),
        ("评论区说30B-A3B激活才3B，6G显存就能跑fp16，靠谱吗", "**不行。Qwen3-30B-A3B · 推理 · fp16 · 6 GB 显卡：放不下", ("全部 30.5B 参数都要存下", "决定速度，不决定大小")),
    ],
)  # fmt: skip
def test_a_claim_is_judged_with_its_arithmetic(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    opened(assistant, question, opens, says)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("My LoRA run on Qwen2.5-0.5B takes more memory than full fine-tuning at 8k tokens, is that normal?", "Adapters save gradients and optimizer states alone"),
        ("为什么我用 LoRA 微调 Qwen2.5-0.5B 比全参微调占的显存还大?长度 8k", "适配器省的只是梯度和优化器状态"),
        ("8x 3090, QLoRA of Llama-3.1-70B with zero2, CUDA OOM already during from_pretrained. why", "The base alone is too much for a card"),
        ("8 张 3090,zero2 + QLoRA 微调 Llama-3.1-70B,加载模型时就 OOM,为什么", "仅基座就超过一张卡"),
    ],
)  # fmt: skip
def test_what_adapters_do_not_save_opens_the_answer(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("How much VRAM do Llama-2-7b and Llama-2-13b need at 4 bit, 4096 tokens?", "| 3.62 GiB | 2.00 GiB (512 KiB"),
        ("Llama-2-7b 和 Llama-2-13b 4 位推理各要多少显存,4096 token?", "| 3.62 GiB | 2.00 GiB（每 token 512 KiB）"),
    ],
)
def test_of_several_models_each_has_its_weights_and_cache(question: str, row: str) -> None:
    assert row in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DPO with QLoRA 4-bit of a 7B on a 24 GB card, 4k tokens, fits?", "those of twice the batch"),
        ("7B 用 4 位 QLoRA 做 DPO,24G 显卡,长度 4k,放得下吗", "按两倍批大小计"),
        ("LoRA of Llama-2-13B in litgpt takes 50GB, PEFT takes 27GB, why?", "--precision bf16-true"),
        ("LoRA 微调 Llama-2-13B,litgpt 占 50GB,peft 占 27GB,为什么差这么多", "--precision bf16-true"),
    ],
)
def test_pairs_and_a_float32_base_are_told(question: str, said: str) -> None:
    assert said in answer_to(question)


# ── a formula that is quoted, a mistake that is looked for, what is left of a card ─────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 70 × 4/8 × 1.2; 2 × 80 × 8 × 128 × 2 B = 320 KiB a token
        ("The rule P*4B/(32/Q)*1.2 gives 42 GB for 70B at 4 bit. What is in the 1.2, and can I use it with 128k context?",
            "**The arithmetic is right: 70 × 4/8 × 1.2 = 42 GB.**", ("0.5 B for each parameter", "does not cover 131,072 tokens", "320 KiB × 131,072 = 40.0 GiB")),
        ("公式 M=(P×4B)/(32/Q)×1.2,70B 16bit 算出 168GB,128k 上下文也够?", "**算术没错：70 × 16/8 × 1.2 = 168 GB。**", ("每参数 2 字节", "131,072 token 不够", "超过公式的 168 GB")),
        ("An article says params * bits/8 * 1.2, so a 13B at 8 bit is 15.6 GB. Is that right?", "**The arithmetic is right: 13 × 8/8 × 1.2 = 15.6 GB.**", ("a flat 20 %", "rule of thumb")),
        ("32B 4bit 按 32*4/8*1.2=19.2GB 算对吗?", "**算术没错：32 × 4/8 × 1.2 = 19.2 GB。**", ("经验法则",)),
        ("Rule: (P * 4B)/(32/Q) * 1.2. For an 8B in fp16, does it cover 8 users at 16k?", "**By the rule: 8 × 16/8 × 1.2 = 19.2 GB; counted, it takes ", ("does not cover 8 × 16,384 tokens", "Count instead: weights + cache a token × tokens × users")),
        # 5,120 ÷ (8 × 128) = 5, not the 4 of its 32 query heads
        ("KV cache of Mistral-Nemo, 8 requests of 32k: I took hidden 5120 x 40 layers and get ~200 GiB which can't be right",
            "**You are right to doubt it: 200 GiB is not right; the cache of 8 × 32,768 tokens takes 40.0 GiB", ("hidden size 5120", "8 × 128 = 1024", "5 times fewer", "A cache in fp8 takes 20.0 GiB")),
        ("deepseek-v3的kv cache我按128头*128*2*61层*2字节算，每token将近4MB，128k要500多G，这不可能吧？哪里错了",
            "**不对：大了 56.9 倍，正确的是每 token 68.62 KiB", ("按每个头各存 K 和 V", "512 + 64", "MLA")),
        ("For Mistral Nemo I used 5120 as the width and got 800 KB/token of KV. Where's the error?", "**800 KB is not right; the cache of one token takes 160 KiB**", ("5 times fewer",)),
        ("I get 64 KiB per token for the KV cache of Llama-3-8B. What did I forget?", "**64 KB is not right; the cache of one token takes 128 KiB**", ("keys or values alone",)),
        # 79.65 GiB − 70.6 GB = 65.75 GiB
        ("nvidia-smi says 81559MiB for my H100 '80GB', the fp8 70B checkpoint is 70.6 GB. So is my headroom 9, 11 or 15 GB?",
            "**They fit, with 13.90 GiB (14.92 GB) left", ("9 GB subtracts GB of files from GiB of the card", "15 GB is right, in GB")),
        ("4090 nvidia-smi 24564MiB,模型文件 17.2GB,还剩多少显存?6.8 还是 8.6?", "**放得下，剩 7.97 GiB（8.56 GB）", ("单位混了", "8.6 GB 是对的")),
        # 13B × 16 B of full training; a frozen base has 2 B
        ("LoRA on 13B: I figured 13B x 16 bytes = 208 GB, but people do it on one 40GB card. Where's the error?",
            "**The mistake is the bytes per parameter: 16 B", ("full training", "the base is frozen")),
        ("I computed 70B * 4 bits = 280 GB for a 4-bit 70B. What did I do wrong?", "**4 is the number of bits, not of bytes: a byte has 8", ("a byte has 8, so the weights are 70B × 4 ÷ 8 = 35.0 GB",)),
        ("我按 7B*4字节=28GB 算推理显存,实际 ollama 只用了 5GB,我哪里算错了", "**错在每参数的字节数：4 字节", ("fp32 权重",)),
        ("RTX 4090 24GB: I load 16.1 GB of weights. Do I have 8 GB free or less?", "**They fit, with 8.99 GiB", ("mixes the units",)),
    ],
)  # fmt: skip
def test_the_asker_s_own_arithmetic_is_judged_as_written(
    assistant: Assistant, question: str, opens: str, says: tuple[str, ...]
) -> None:
    opened(assistant, question, opens, says)


@pytest.mark.parametrize(
    ("question", "opens", "not_said"),
    [
        ("What is the per-token KV of DeepSeek-V2-Lite with MLA, and how much would it be as ordinary MHA (16 heads)?", "**KV cache: 27 layers × (512 + 64)", "| weights |"),
        ("Per-token KV of Qwen3-32B and of Llama-3.1-70B, which is bigger and why?", "**A token's cache takes 1.25 times as much in Llama-3.1-70B-Instruct", "| weights |"),
        ("每 token 的 KV:Qwen2.5-7B 和 Llama-2-7B 各是多少,为什么差这么多", "**Llama-2-7b-hf 没有 GQA，每 token 的 KV 缓存是 Qwen2.5-7B-Instruct（GQA）的 9.14 倍", "| 权重 |"),
        # that 52 ÷ 2 is 26 is right, and no answer
        ("Command R+ (104B) at 4 bit on two 3090s. I was told 4 bit = half a byte so 52/2 = 26 per card, can I squeeze it?", "**No.", "arithmetic itself"),
    ],
)  # fmt: skip
def test_what_was_not_asked_does_not_come_first(assistant: Assistant, question: str, opens: str, not_said: str) -> None:
    answer = assistant.ask(question).text
    assert answer.startswith(opens), answer
    assert not_said not in answer


@pytest.mark.parametrize(
    ("question", "says", "not_said"),
    [
        ("readme 里 Full pure_bf16 7B 是 60GB。单张A800 80G用pure_bf16全参qwen2.5-7b行不行", "| 44.5 GiB | 14.2 GiB | 放得下 | – |", "| 44.5 GiB | 14.2 GiB | 放得下 | 60 GB"),
        ("GaLore vs LoRA for a 7B on a 24GB card: both are listed with 16GB in a table. What is kept in memory?", "true of layer-wise updates with 8-bit states only", ""),
    ],
)  # fmt: skip
def test_a_cell_of_the_table_stands_beside_its_own_settings_alone(
    assistant: Assistant, question: str, says: str, not_said: str
) -> None:
    answer = assistant.ask(question).text
    assert says in answer, answer
    assert not not_said or not_said not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ('device_map="auto" spills a 22 GB model to CPU though my card has 24 GB. Why?', "Of 24 GB that is 21.6 GB"),
        ('device_map="auto" 把 22GB 的模型放了一部分到 CPU,可我的卡有 24G,为什么?', "只拿空闲显存的 90 % 放权重"),
    ],
)
def test_a_map_keeps_room_on_a_single_card(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_a_card_that_overflows_beside_an_empty_one_is_another_matter() -> None:
    told = answer_to('device_map="auto" OOMs on card 0 while card 1 has room. Why?')
    assert "balances the weights alone" in told


def test_a_cache_without_groups_is_told_with_what_lowers_it() -> None:
    told = answer_to("Why does command-r 35B Q4 need more memory at 32k than Llama 3.3 70B Q4?")
    assert "What helps: a q8_0 cache (680 KiB a token), a shorter context" in told
    assert "缓解:" not in answer_to("Qwen2.5-7B 和 Llama-3-8B 的每 token KV 哪个大").replace("：", ":")


def test_the_cache_of_latent_attention_is_told_at_a_long_length() -> None:
    told = answer_to("DeepSeek-V3 KV per token: 128 heads x 128 gives about 4 MB, others say 70 KB. Which?")
    assert "488.0 GiB against 8.58 GiB for a sequence of 131,072 tokens" in told
    assert "data-parallel attention divides the sequences" in told
    assert "一条 131,072 token 的序列是" in answer_to("DeepSeek-V3 每 token KV 是 4 MB 吗？128个头，每头128")

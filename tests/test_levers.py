"""What one setting does to memory: asked of any setting and any term, in both languages, and told to have changed nothing."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, embedded, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does flash attention reduce the KV cache?", r"\*\*No: the KV cache stays as it is"),
        ("flash attention 会减少 KV 缓存吗", r"\*\*不会：KV 缓存不变"),
        ("Does Liger kernel reduce optimizer states?", r"\*\*No: the optimizer states stay as they are"),
        ("does quantizing to int4 also reduce the kv cache?", r"\*\*No: the KV cache stays as it is"),
        ("开启重计算会降低优化器状态吗", r"\*\*不会：优化器状态不变"),
        ("Will gradient checkpointing reduce activations for a 13B at 4k?", r"\*\*Yes: the activations go [\d.]+ GiB → "),
        ("Will a larger batch size increase the KV cache of Llama-3-8B in vLLM?", r"\*\*Yes: the KV cache goes "),
        ("开 flash attention 会占用更多显存吗", r"\*\*不会：总显存下降"),
        ("数据量大小会影响显存吗", r"\*\*不影响：卡上没有一个张量取决于数据量"),
        ("OOM with Qwen2.5-7B LoRA on 4090 at 4096 tokens, does gradient checkpointing help?", r"\*\*It helps, and brings it to the edge of the card: 50.1 GiB → 23.7 GiB of 24.0 GiB"),
        ("OOM with Qwen2.5-7B LoRA on a 24GB card with ZeRO-2, why does offloading the optimizer not help?", r"\*\*As counted here the card holds it without, too: 20\.6 GiB → 20\.3 GiB of 24\.0 GiB"),
        ("Llama-3-8B 全参 A100 80G 爆显存，用8位优化器有用吗", r"\*\*有用，这样就放得下：121.4 GiB → 46.8 GiB，卡上 80.0 GiB"),
        ("OOM in full finetuning of a 13B on an A100 80GB, would Liger kernel help?", r"\*\*Hardly"),
        ("14B lora 40G A100 OOM，开 flash attention 能解决吗", r"\*\*几乎不影响"),
        ("OOM on 4090 with LoRA 13B, would lowering lr or epochs help?", r"\*\*No: no tensor on the card depends on the number of epochs or steps or the learning rate"),
        ("数据集从1万条加到10万条，显存会变大吗？Qwen2.5-7B LoRA", r"\*\*不影响：卡上没有一个张量取决于数据量"),
        ("max_steps 从 1000 改成 5000 会不会爆显存，8B qlora 24G", r"\*\*不影响：卡上没有一个张量取决于训练轮数或步数"),
        ("What learning rate should I take for LoRA on Qwen3-8B? My loss goes to NaN after 40 steps", r"\*\*Which value to take is no question of memory.*LoRA of Qwen3-8B takes about 20.9 GiB"),
        ("Does twice the batch mean twice the memory when I fine-tune?", r"\*\*No: with twice the batch the whole goes "),
        ("Is VRAM proportional to the context length?", r"\*\*No: with twice the length the whole goes "),
        ("if the context window doubles, does the KV cache double as well? Qwen3-8B", r"\*\*Yes, of the KV cache: "),
        ("LoRA 的秩翻倍，显存会翻倍吗", r"\*\*不会：秩翻倍，总显存 15\.1 GiB → "),
        ("并发加倍，显存是不是也要加倍？Qwen3-14B", r"\*\*不会：并发翻倍，总显存 "),
        ("does doubling the number of GPUs halve the memory of each card with ZeRO-3? 13B full", r"\*\*No, not half: with ZeRO-3 or FSDP it is .*The states do halve"),
        ("does weight decay change GPU memory usage?", r"\*\*No: no tensor on the card depends on weight decay"),
    ],
)  # fmt: skip
def test_what_a_setting_does_to_a_term_is_decided_first(question: str, opens: str) -> None:
    assert re.match(opens, opening(question))


def test_a_direction_is_told_by_both_sides() -> None:
    before, after = re.findall(r"the activations go ([\d.]+) GiB → ([\d.]+) GiB", opening("Will gradient checkpointing reduce activations for a 13B at 4k?"))[0]  # fmt: skip
    assert float(after) < float(before)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "I enabled flash attention 2 for Qwen2.5-7B LoRA training but memory usage is the same as before. Why?",
            "SDPA",
        ),
        ("打开 gradient checkpointing 显存没有下降，为什么？Qwen2.5-7B LoRA", "没有生效"),
        ("降低 batch size 从 4 到 1 显存几乎没变，vllm 部署 Qwen2.5-14B", "按比例占满显存"),
        (
            "Enabled Liger for full fine-tuning of Llama-2-7B, memory did not change. Why?",
            "That is to be expected: here it changes",
        ),
    ],
)
def test_a_setting_that_was_not_felt_is_explained(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Can I LoRA a 7B on a 4090 with gradient checkpointing and flash attention?",
        "Can I keep Llama-3.1-8B and Qwen2.5-7B in 8 bit loaded in memory at the same time on a 16GB card?",
        "Why does the 8-bit model use more VRAM than expected? Loaded Mistral-7B load_in_8bit and nvidia-smi says 9.3GB",
        "What batch size fits a 7B LoRA on 24 GB?",
        "Gradient checkpointing is on and I still get OOM with a 13B on a 3090",
        "Llama-3.1-8B, KV cache in fp8 against bf16 at 128k, how many GB each?",
        "8 卡 A100 全参 70B，开 flash attention、重计算、liger，能跑吗",
    ],
)
def test_settings_of_a_run_are_no_question_about_one(question: str) -> None:
    assert not [cue for cue in read(question).cues if cue.startswith("lever")]


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 2 × 60 × 8 × 128 × 2 B × 32,768 = 7.5 GiB; the scores of a layer are 56 × 32,768² × 2 B
        ("I turned on flash_attention_2 expecting the KV cache to shrink but Yi-34B at 32k still grows by the same ~7.5GB. What does FA save then?",
            "**No: the KV cache stays as it is (7.50 GiB, just the 7.5 GB that you saw).**", ("56 × 32,768² × 2 B = 112.0 GiB", "an 8-bit cache")),
        ("以为开了 flash attention KV 缓存会变小,Qwen2.5-32B 32k 还是涨了 8G,那它到底省了什么?", "**不会：KV 缓存不变（8.00 GiB，正是您看到的 8 GB）。**", ("8 位 KV 缓存",)),
        ("I quantised Llama-3.1-8B to AWQ 4-bit and thought the KV cache would shrink as well, but at 64k it is still 8 GB. What shrinks it?", "**No: the KV cache stays as it is", ("weights alone",)),
        ("按理说开了 gradient checkpointing 优化器状态也应该变小吧,7B 全参,为什么没有", "**不会：优化器状态不变", ("8 位 Adam",)),
        ("本以为 QLoRA 能把激活也降到 4 位,结果 8k 长度激活还是很大,那 QLoRA 省的是什么?Qwen2.5-14B", "**不会：激活不变", ("冻结的基座存成 4 位", "权重 27.5 GiB → 9.25 GiB")),
        ("Enabled ZeRO-3 hoping activations would be sharded as well, 8 GPUs 13B 4k, but they aren't. What does it shard?", "**No: the activations stay as they are", ("divided by no stage",)),
        ("Since FlashAttention 2 the KV cache is zero, so Llama-3.1-8B with 8 requests of 128k fits my 24GB 4090, correct?", "**No: the KV cache stays as it is (128.0 GiB).**", ("never stores the attention scores", "does not fit")),
        ("NVIDIA confirmed FlashAttention removes the KV cache, so Llama-3.3-70B fp16 at 128k is exactly 141GB.", "**No: the KV cache stays as it is (40.0 GiB).**", ("never stores the attention scores",)),
        ("听说开了FlashAttention就没有KV缓存了,那Llama-3.3-70B 128k是不是只要141GB", "**不会：KV 缓存不变（40.0 GiB）。**", ("分数矩阵",)),
        ("Since I use flash attention there is no KV cache any more, right? Qwen2.5-14B at 32k on a 24GB card.", "**No: the KV cache stays as it is (6.00 GiB).**", ("never stores the attention scores",)),
        ("因为开了 flash attention，KV缓存为零，所以 Qwen2.5-7B 跑 128k 上下文只要权重的显存对吧？", "**不会：KV 缓存不变（7.00 GiB）。**", ("分数矩阵",)),
        ("With gradient checkpointing activations are zero, so a 7B LoRA at 8k needs just the weights, correct?", "**No, not to nothing: the activations go ", ()),
    ],
)  # fmt: skip
def test_what_was_expected_of_a_setting_is_decided_first(question: str, opens: str, says: tuple[str, ...]) -> None:
    answer = embedded().ask(question)
    assert answer.text.startswith(opens), answer.text
    assert all(one in answer.text for one in says), answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("If I swap AdamW for adamw_bnb_8bit on Qwen2.5-7B full finetune, how much do I save? My colleague says it halves the total memory (mixed precision, fp32 master)",
            r"\*\*No, not by 50 %: .* 37 % less\.\*\*", ("16 B → 4 + 4 + 2 = 10 B", "6 B per parameter")),
        ("同事说换成 8-bit Adam 全参 8B 显存直接减半,是真的吗?", r"\*\*不对，没有 50%：.*只少 37%。", ("= 10 字节",)),
        ("A blog claims gradient checkpointing cuts total memory by 70% for full fine-tuning a 7B at 4k. Is that realistic?", r"\*\*No, not by 70 %: ", ("optimizer states 75.3 GiB", "The 70% is said of the activations")),
        ("Someone said going from bf16 to int8 weights halves the memory of serving Llama-3.1-8B with 64k context. True?", r"\*\*No, not by 50 %: ", ("KV cache 8.00 GiB",)),
        ("听说 ZeRO-2 8 卡能把每卡显存降到 1/8,7B 全参,对吗?", r"\*\*不对，降不到 1/8：", ("每卡仍有完整权重",)),
        ("My friend claims fp8 KV cache halves the KV cache of a 70B at 8k. Right?", r"\*\*Yes, about: the KV cache ", ()),
    ],
)  # fmt: skip
def test_what_somebody_claims_of_a_setting_is_judged(question: str, opens: str, says: tuple[str, ...]) -> None:
    answer = embedded().ask(question)
    assert re.match(opens, answer.text), answer.text
    assert all(one in answer.text for one in says), answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "My colleague says QLoRA needs 8 GB for a 7B, is that right?",
        "I expected LoRA of a 7B to fit my 3090, batch 4, 2k tokens. Does it?",
        "文章说 7B LoRA 要 16GB,对吗?",
    ],
)
def test_a_claimed_amount_is_no_effect(question: str) -> None:
    assert not [cue for cue in read(question).cues if cue.startswith("lever")]


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("Llama-3.1-70B at 32k: compare bf16 KV, fp8 KV and int4 KV.", {"bf16", "fp8", "int4"}),
        ("AWQ weights, int4 KV, Qwen2.5-72B at 64k on 2x3090", {"int4"}),
        ("KV cache 4 位 和 8 位,Qwen2.5-32B 32k 各多少?", {"int4", "int8"}),
        ("4-bit KV cache and 8-bit weights for Llama-3.1-8B at 128k?", {"int4"}),
    ],
)
def test_formats_of_a_cache_are_none_of_weights(question: str, formats: set[str]) -> None:
    facts = read(question).facts
    assert set(facts["kv_format"]) == formats
    assert not formats & {str(one) for one in facts.get("weight_format", ())}
    assert 4 not in facts.get("bits", ())


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does q8_0 KV really halve it, and does Qwen2.5-32B Q4_K_M at 32k then fit on a 24GB card?", "53 % of a 16-bit cache is left, here 8.00 GiB → 4.25 GiB"),
        ("Does fp8 KV halve the KV cache of Llama-3.1-70B at 64k?", "**Yes: fp8 takes 8 bits"),
        ("q4_0 的 KV 真的能省四分之三吗?Qwen3-14B Q4_K_M 64k 16G 卡够吗?", "q4_0 每个数占 4.5 位"),
    ],
)  # fmt: skip
def test_the_part_that_a_narrow_cache_leaves_is_judged(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why is FlashAttention not reducing my memory? 7B LoRA, seq 512", "**That is to be expected"),
        ("why doesn't gradient checkpointing lower memory for my 7B QLoRA at 512 tokens", "**It should be felt"),
        ("梯度检查点为什么不省显存,7B QLoRA,长度 512", "**按理应有变化"),
    ],
)
def test_why_a_setting_does_not_save_is_asked_of_what_was_not_felt(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does gradient checkpointing save on Mistral-7B, full, seq 4096, batch 2, in GB, and what does it cost?",
         ("32 × 8,192 × 196 KiB = 49.0 GiB", "32 × 8,192 × 4,096 × 2 B = 2.00 GiB", "It lowers neither the logits", "about a third more computing")),
        ("How many GB does checkpointing free for Qwen2.5-14B LoRA at 2k tokens, and how much slower is it?",
         ("**It saves ", "48 × 2,048 × 232 KiB", "48 × 2,048 × 5,120 × 2 B", "about half more computing")),
        ("Qwen2.5-7B LoRA 4096长度，重计算开和关激活各多少？慢多少？", ("28 × 4,096 × 3,584 × 2 B", "logits（一份 2.49 GB", "适配器约一半")),
        ("13B 全参按16字节208G，开了梯度检查点是不是能降到一半也就是100G左右", ("重计算只减少激活", "8 位 Adam（10 字节，121.2 GiB）", "按卡数切分")),
    ],
)  # fmt: skip
def test_what_checkpointing_keeps_stands_in_products(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []
    assert "GPU-hours" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does gradient_accumulation_steps 8 take more VRAM than 1?", ("2 B for each trained parameter", "as large for 2 steps as for 8", "1 × 8 = 8 here", "(For example ")),
        ("13B 全参 zero2 4卡，梯度累积 32 步会不会多占显存", ("每个可训练参数 2 字节，切分到各卡", "1 × 32 × 4 = 128", "代价是时间")),
    ],
)  # fmt: skip
def test_accumulation_tells_its_buffer_and_the_batch(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize(
    ("question", "unfelt"),
    [
        ("I raised the LoRA rank from 8 to 64 on Llama-3-8B and memory is almost the same, why?", True),
        ("Qwen2.5-7B lora rank 从 8 改到 64 显存没怎么变，正常吗", True),
        ("LoRA r=16 to r=256 on Qwen2.5-7B, memory should be about the same?", False),
        ("rank 8 改成 64，显存应该差不多吧？Qwen2.5-7B LoRA", False),
    ],
)
def test_what_is_only_expected_to_stay_the_same_was_not_seen_to(question: str, unfelt: bool) -> None:
    assert ("lever_unfelt" in read(question).cues) == unfelt


@pytest.mark.parametrize(
    ("question", "rank"),
    [
        ("LoRA r=16 on Qwen2.5-7B, turned on ZeRO-2 offload and memory did not drop at all. Is it broken?", False),
        ("lora微调qwen2.5-7b r=32，开了zero2 offload显存一点没降，是没生效吗", False),
        ("With ZeRO-2 I set rank 64 for LoRA on Qwen2.5-7B and the memory stayed the same. Why?", True),
    ],
)
def test_offload_behind_a_rank_is_what_was_turned_on(question: str, rank: bool) -> None:
    assert ("lever:rank" in read(question).cues) == rank
    first = answer_to(question).split("\n\n")[0].lower()
    assert ("a larger lora rank" in first or "更大的 lora 秩" in first) == rank


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Mistral-7B QLoRA, bs 2, seq 512: 9.1GB with gradient_checkpointing=True, 9.1GB with False, after prepare_model_for_kbit_training. Is it broken?", "**It is not broken: prepare_model_for_kbit_training turns"),
        ("用 prepare_model_for_kbit_training 之后，Qwen2.5-14B QLoRA 长度1024，gradient_checkpointing 开和关都是 15.3G，是不是没用", "**并没有坏：prepare_model_for_kbit_training"),
        ("Mistral-7B LoRA bf16 seq 4096, batch 1: with checkpointing on or off it shows 28 GB. Why?", "**It should be felt, "),
        ("Qwen2.5-7B QLoRA bs 1 长度512，开不开 gradient_checkpointing 都是 7.4G", "**按理应有变化"),
    ],
)  # fmt: skip
def test_one_amount_with_it_and_without_it_was_not_felt(question: str, opens: str) -> None:
    answer = embedded().ask(question)
    assert answer.text.startswith(opens), answer.text
    assert not re.search(r"\*\*(?:Yes\.|能。)", answer.text)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3-8B QLoRA: is a 24GB 4090 with gradient checkpointing on better than a 24GB 3090 without it?",
        "Qwen2.5-7B LoRA takes 31GB with gradient checkpointing off and 17GB with it on, does that fit 24GB?",
        "24G 显卡开不开梯度检查点都能训 7B QLoRA 吗",
    ],
)
def test_two_amounts_or_two_cards_are_nothing_unfelt(question: str) -> None:
    assert "lever_unfelt" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how much VRAM does flash attention save in full fine-tuning of a 7B?", "against SDPA, which transformers and PyTorch take by default, nothing more.**"),
        ("does flash attention 2 reduce VRAM at inference?", "**Against eager attention it saves"),
        ("flash attention 训练省多少显存", "**相对 eager 注意力省 1.20 GiB"),
    ],
)  # fmt: skip
def test_what_flash_attention_saves_is_told_against_each_kernel(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("int4量化后显存没变成四分之一 为什么", "只有线性层的权重缩到四分之一"),
        ("量化成8位显存没减半 为啥", "只有线性层的权重缩到一半"),
        ("weights went to 4 bit but memory didn't drop to a quarter, why?", "only the weights of the linear layers go to a quarter"),
        ("why is my 4 bit model not a quarter of the memory", "only the weights of the linear layers go to a quarter"),
        ("why is the AWQ of Qwen2.5-7B not a quarter of the bf16 memory?", "only the weights of the linear layers go to a quarter"),
        ("Llama-3.1-8B 的 gguf 量化成 Q4_K_M 后显存没变成四分之一,为什么", "文件里的权重不会正好缩到四分之一"),
        ("Qwen2.5-7B fp8 量化显存没减半 为啥", "只有线性层的权重缩到一半"),
    ],
)  # fmt: skip
def test_a_saving_that_is_less_than_the_bits_is_explained(question: str, said: str) -> None:
    assert said in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "int8量化后显存没变化 为什么",
        "显存一直没减半 训练时 batch 从8降到4 为什么",
        "two GPUs but memory per card is not half for Llama-3-70B awq, why",
        "两张卡跑 Llama-3-70B awq 每张卡没减半 为什么",
    ],
)
def test_no_change_at_all_is_no_smaller_saving(question: str) -> None:
    told = answer_to(question)
    assert "线性层的权重缩到" not in told
    assert "of the linear layers go to" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("都说梯度检查点能省60%-80%显存，我internlm2.5-7b lora，bs=1长度1024，开了之后20G变16G，是没生效吗", ("**已经生效：您看到的 20 → 16 GB 少了 4 GB（20%）", "所说的 60% 指激活（6.45 GiB → 0.57 GiB", "8,192 token 时是")),
        ("everyone says gradient checkpointing saves 60-80%, my Qwen2.5-7B LoRA bs1 seq 1024 only went from 22GB to 18GB. is it not working?", ("**It is at work: your 22 → 18 GB is 4 GB less (18 %)", "The 60% is said of the activations")),
    ],
)  # fmt: skip
def test_a_share_that_holds_of_activations_is_said_to(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("开启梯度检查点后显存从50G降到24G，Qwen2.5-7B lora 长度4096，正常吗", "**正常：您说的从 50 GB 降到 24 GB 与理论相符"),
        ("开启梯度检查点后显存从38G降到18G，Qwen2.5-7B lora 长度4096，正常吗", "**Qwen2.5-7B-Instruct · LoRA：开启重计算需要约 23.7 GiB，比关闭重计算（50.1 GiB）少 26.4 GiB"),
        ("gradient checkpointing dropped my Mistral-7B qlora at 4096 from 23GB to 9GB, is that expected?", "**Yes, that is normal: from 23 GB to 9 GB is what theory says"),
    ],
)  # fmt: skip
def test_what_was_seen_to_fall_comes_before_how_it_works(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("LoRA and DoRA on a 7B both took 18 GB, which should take less?", "**7B: LoRA needs about"),
        ("LoRA和DoRA在7B上都占18GB，哪个应该更省？", "**7B：LoRA 需要约"),
        ("LoRA and QLoRA on a 7B both took 18 GB, shouldn't QLoRA take less?", "**7B: 4-bit QLoRA needs about"),
        ("full fine-tuning and LoRA on a 1B both took 18 GB, which should take less?", "**1B: LoRA needs about"),
        ("Why does DoRA need more memory than LoRA with the same rank?", "**DoRA takes more than LoRA"),
        ("I turned on gradient checkpointing with DoRA, memory stayed the same", "**It should be felt"),
    ],
)
def test_methods_that_are_set_against_each_other_open_with_their_difference(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)

"""A setting that was raised before a run failed is its cause, before and after by formula; shares side by side are each worked out."""

import pytest

from chat.agent import Assistant
from chat.plans.around import clause_around
from chat.reads.grammar import read
from tests.talking import answer_to, answers, opening


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # 24 GiB × 0.9, × 0.95
        ("vLLM Qwen2.5-7B on one 4090: raised gpu_memory_utilization from 0.9 to 0.95 and now it is out of memory, why?", "at 0.9 the engine took 21.6 GiB of the card and 2.40 GiB stayed free", "no length is told"),
        ("vLLM 部署 Qwen2.5-7B，单张 24G 的 4090，把 gpu_memory_utilization 从 0.9 提到 0.95 以后就 OOM 了，为什么？", "0.9 时引擎占 21.6 GiB", "没有设置上下文长度"),
        ("vLLM with Mistral-7B on an L4: --gpu-memory-utilization 0.97 gives CUDA out of memory during graph capture; with 0.90 it ran", "The larger share is the likeliest cause", "Not understood"),
        # 512 × 128,256 × 4 B = 0.24 GiB: the pool does not grow with it
        ("I raised max_num_seqs from 64 to 512 in vLLM for Llama-3.1-8B on a RTX 4090 and it dies with CUDA out of memory at startup", "0.03 GiB → 0.24 GiB", "batch 512:"),
        ("vLLM 服务 Qwen2.5-14B-AWQ，4090，max_num_seqs 原来 32 正常，改成 256 之后 OOM", "0.02 GiB 到 0.15 GiB", "没有读懂"),
        ("LoRA on Mistral-7B, A100 40GB, seq 2048: batch size 4 was fine, after I set batch size 16 I get CUDA OOM", "from batch 4 to batch 16 the need goes from 20.1 GiB to 36.2 GiB", "from batch 16"),
        ("Qwen2.5-7B LoRA 单卡 24G，batch 原来 2 正常，改成 8 之后 OOM", "批大小 2 → 批大小 8", "没有读懂"),
        ("raised lora rank from 16 to 256 on Llama-3.1-8B QLoRA, RTX 3090, now OOM. why?", "from rank 16 to rank 256 the need goes from 10.3 GiB", "no batch is told"),
        # of two set-ups the one that fails: 128.5 GB of states over 8 cards and over 2
        ("Llama3-8B全参zero3 bf16，8卡A800每卡才30G出头，我把卡数改成2张，同样配置直接80G爆了，显存不是应该差不多吗？", "8 张卡每张 15.0 GiB，2 张卡每张 59.8 GiB", "即 fp32 权重"),
        ("Qwen2.5-7B full ft with zero3: 8x A100 40GB works (about 26GB each), same script on 2x A100 40GB OOMs. Shouldn't memory per gpu be the same?", "No, not the same: what is sharded", "something that was not told"),
        ("14B 全参 16卡A800 zero3 没问题，缩到 4 卡 OOM，每卡原来 38G", "现在同样多出这些就是 80.0 GiB", "应放得下"),
        ("7B全参，zero3 4卡A100 80G能跑，换成zero2就爆了，为什么", "需求从 35.4 GiB 升到 43.7 GiB", "本应放得下"),
        ("LoRA of Qwen2.5-14B works on my A100 40GB, full finetuning OOMs", "from LoRA to full fine-tuning the need goes from 33.8 GiB to 222.6 GiB", "would fit, so something"),
        ("qlora能跑，lora就爆，qwen2.5-14b，3090，为什么", "QLoRA → LoRA，需求从 15.6 GiB 升到 33.8 GiB", "本应放得下"),
        ("llama-3-8b full: works on 1x H200 but OOM on 2x A100 80GB with DDP, I have more memory in total!", "Each card counts by itself", "something that was not told"),
        ("adamw_8bit 能跑，换成 adamw 就 OOM，Qwen2.5-3B 全参 4090", "8 位 AdamW → AdamW", "本应放得下"),
        ("Qwen2.5-7B LoRA bs=2 8卡正常，单卡bs=2就OOM？4090", "8 张卡时多半切分了模型", "本应放得下"),
        # one card of several is no other set-up
        ("4x RTX 3060 12GB, 70B Q4_K_M, llama.cpp goes OOM on one card at 8k. The total is enough, no?", "Enough in all", "divided by the number of cards"),
        # a value that is only asked about was never run
        ("QLoRA Qwen2.5-7B on 4090 with batch 8 OOMs, will batch 4 fit?", "It takes less, but it is borderline: batch 4 takes 22.9 GiB of 24.0 GiB", "The change is"),
        # what failed with the smaller value too was not run with it
        ("LoRA of Llama-3.1-8B at batch size 4 on a 3090 OOMs. I set batch size 8 by mistake and it OOMs too.", "", "The change is"),
        ("Mistral-7B LoRA on a 3090 dies already with batch size 4. Then I changed it to batch size 8, it dies as well.", "", "The change is"),
        ("Qwen2.5-7B LoRA 单卡 24G，batch 4 就爆，改成 batch 8 也爆，为什么 OOM", "", "最可能的原因就是这次改动"),
        ("Qwen2.5-7B LoRA 单卡 24G，batch 4 没爆，改成 batch 8 之后 OOM", "批大小 4 → 批大小 8", "没有读懂"),
    ],
)  # fmt: skip
def test_what_was_raised_is_the_cause(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("Qwen2.5-14B on an A100 80GB in vLLM: gpu_memory_utilization 0.9 vs 0.5, how many tokens of KV cache does each leave?", ("0.9 takes 72.0 GiB", "0.5 takes 40.0 GiB")),
        ("vLLM 里 gpu_memory_utilization 设 0.9 和 0.5 有什么区别？Qwen2.5-7B 跑在 4090 上", ("0.9 占 21.6 GiB", "0.5 占 12.0 GiB")),
        ("mem-fraction-static 0.85 or 0.95 for Llama-3.1-8B on an A100 80GB with SGLang, what does it change?", ("0.95 takes", "0.85 takes")),
    ],
)  # fmt: skip
def test_shares_side_by_side_are_each_worked_out(question: str, each: tuple[str, str]) -> None:
    first = Assistant().ask(question)
    assert not first.notices
    assert all(one in first.text.split("\n\n")[0] for one in each)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("gpu_memory_utilization 0.9, temperature 0.7, vllm 0.8", (0.9,)),
        ("gpu-memory-utilization=0.9 或 0.8，dropout 0.5", (0.9, 0.8)),
        ("显存利用率从 90% 调到 95%", (0.9, 0.95)),
        ("gpu_memory_utilization 0.9, min_p .5, 8k context", (0.9,)),
        ("gpu_memory_utilization 0.9, min-p 设 0.5, rope scaling 0.5", (0.9,)),
        ("显存利用率 0.9，采样阈值 0.5，8k 上下文", (0.9,)),
        ("gpu_memory_utilization 0.85, 0.9 and 0.95: which?", (0.85, 0.9, 0.95)),
        ("gpu_memory_utilization 0.95 OOMs, at 0.9 it works", (0.95, 0.9)),
        ("gpu_memory_utilization 0.95 OOMs, then lowered it to 0.8 and it still OOMs", (0.95, 0.8)),
        ("gpu_memory_utilization 设 0.95 报错，0.9 正常", (0.95, 0.9)),
        ("显存利用率 0.95 爆了，再降到 0.85 还是爆", (0.95, 0.85)),
        ("显存利用率 0.9 还是 0.8 好", (0.9, 0.8)),
        ("mem_fraction_static 0.9 crashes, I tried 0.8, still crashes", (0.9, 0.8)),
    ],
)  # fmt: skip
def test_a_bare_share_is_no_other_setting(text: str, shares: tuple[float, ...]) -> None:
    assert read(f"Qwen2.5-7B {text}").facts["gpu_memory_utilization"] == shares


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("it ran, with a share of 0.95 it died. What now?", " with a share of 0.95 it died"),
        ("显存利用率 0.95 时爆了，0.90 正常", "显存利用率 0.95 时爆了"),
    ],
)
def test_the_point_of_a_number_ends_no_clause(text: str, clause: str) -> None:
    at = text.index("0.95")
    assert text[slice(*clause_around(text, (at, at + 4)))] == clause


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LoRA r=8 on Qwen2.5-7B ran on my 24GB card at seq 512, with rank 256 it is out of memory. Aren't adapters tiny?", "parameters, each with 16 B in fp32"),
        ("Qwen2.5-7B LoRA 24G卡 长度512，rank 16 能跑，改成 256 就 OOM，适配器不是很小吗", "适配器参数与秩成正比"),
    ],
)  # fmt: skip
def test_a_raised_rank_is_told_with_its_parameters(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("bs从1加到4 显存翻倍了正常吗", "**可以是正常的：权重、梯度、优化器状态不变"),
        ("batch size 1 to 4 doubled my memory, is that normal?", "**It can be: weights, gradients"),
        ("Qwen2.5-7B LoRA bs从1加到4 显存翻倍了正常吗", "**从批大小 1 到批大小 4"),
    ],
)
def test_a_batch_that_doubled_the_need_is_a_trainings(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_a_servers_batch_is_no_trainings() -> None:
    assert "It can be: weights" not in opening("vllm batch from 1 to 4 doubled the memory, normal?")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Mistral-7B QLoRA on all linear layers: r=16 fine, r=256 OOM on a 3090. The adapter file is only 1.3 GB", ("from rank 16 to rank 256", "1.34 GB in 16 bit", "with paged 8-bit AdamW", "without gradient checkpointing")),
        ("Llama-3-8B QLoRA on a 48GB A6000: rank 64 works, rank 256 OOMs", ("from rank 64 to rank 256", "1.34 GB in 16 bit")),
        ("Qwen2.5-7B LoRA，rank 8 能跑，rank 128 就 OOM，4090 24G，为什么？adapter 文件才 1G 多", ("秩 8 → 秩 128", "保存的文件只有权重", "用分页的 8 位 AdamW")),
    ],
)  # fmt: skip
def test_a_rank_that_was_raised_tells_what_a_file_leaves_out_and_what_is_lighter(
    question: str, parts: tuple[str, ...]
) -> None:
    told = opening(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    ("question", "ranks"),
    [
        ("8B QLoRA on a 4090: rank 64 works, rank 256 fails", (64, 256)),
        ("8B QLoRA on a 4090: rank 256 OOMs", (256,)),
        ("8B QLoRA on 8 cards: rank 3 OOMs", None),
        ("8B full on 8 cards, [rank 16]: OOM", None),
    ],
)
def test_a_rank_of_adapters_that_fails_is_no_process(question: str, ranks: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("lora_rank") == ranks


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-14B 全参，8卡A100 40G，ZeRO-2爆显存，ZeRO-3能跑但慢，能不能继续用ZeRO-2？", "**最可能的原因就是这次改动"),
        ("Llama-2-13B full fine-tuning on 8x A100 40G: ZeRO-2 OOMs, ZeRO-3 works but is slow. Any way to stay on ZeRO-2?", "**The change is the likeliest cause"),
        ("Qwen2.5-14B 全参，8卡A100 40G，ZeRO-2爆显存，换ZeRO-3能跑吗？", "**只是少一些"),
    ],
)  # fmt: skip
def test_a_stage_that_runs_with_a_drawback_is_not_the_one_asked_about(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-2-13B full fine-tuning on 8x A100 40G: ZeRO-2 OOMs, ZeRO-3 works but is slow. Any way to stay on ZeRO-2?", "So no smaller batch or shorter length helps"),
        ("13B 全量微调 8x A100 40G，ZeRO-2 爆了，想留在ZeRO-2有办法吗", "所以减小批大小或长度没有用"),
    ],
)  # fmt: skip
def test_states_beyond_the_card_are_told_to_be_there_at_any_batch(question: str, said: str) -> None:
    assert said in answer_to(question)

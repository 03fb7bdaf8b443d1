"""Reinforcement training as it is asked about: whose ranks are whose, which phase fails, which models stand on the cards."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, answers, opening


@pytest.mark.parametrize(
    ("question", "shards"),
    [
        ("verl GRPO Qwen2.5-32B on 8 H20, rollout with vllm tp4", False),
        ("GRPO 全参 Qwen2.5-14B，8 张 A100 80G，sglang rollout，tp=2", False),
        ("PPO of a 70B in verl with megatron tp 8 on 16 H100 80GB, rollout by vllm", True),
        ("serve Qwen2.5-72B with vllm tp 4 on 4 A100 80GB", True),
    ],
)
def test_ranks_beside_rollouts_are_the_engines(question: str, shards: bool) -> None:
    found = read(question)
    assert ("tp" in found.facts) is shards
    assert ("log_rollout_tp" in found.extras) is not shards


def test_a_policy_is_divided_over_all_cards_and_the_engine_over_its_ranks() -> None:
    text = answer_to("verl GRPO, Qwen2.5-14B full, 8 H100 80GB, rollout vllm tp 2: does it fit?")
    # 14.8e9 × 12 B ÷ 8, and 27.5 GiB ÷ 2 of the engine's copy
    assert "| optimizer states | 20.6 GiB |" in text, text
    assert "27.5 GiB ÷ TP 2 = 13.8 GiB" in text, text
    assert "GRPO has no critic" in text, text


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # 14.8e9 × 16 B ÷ 8
        # so many answers to a prompt are a group's; cards of the engine are none of the training's
        ("my vllm rollouts OOM with n=16 and response length 8k, verl 7B 8xA100 80G gpu_memory_utilization 0.8", "rollout engine", "3.78 GiB"),
        ("8卡H100，4张跑vllm server做rollout，4张训练，TRL GRPO Qwen2.5-14B 全参，训练卡爆显存", "ZeRO-3 切分后每卡 68.1 GiB", "8 张卡"),
        # TRL's colocated engine holds a whole copy on each card by default, 27.5 GiB in 0.3 of 45 GiB
        ("trl GRPO + LoRA训Qwen2.5-14B，4张L40S 48G，vllm colocate模式，一开始就爆，显存到底怎么分的", "vllm_tensor_parallel_size 不设就是 1", "÷ TP 4"),
        ("TRL GRPO full finetune Qwen2.5-7B on 4x A100 40GB with use_vllm colocate, OOM at startup. why?", "14.2 GiB, a whole one on each card", "share each card"),
        ("verl GRPO, Qwen2.5-14B, 8xH100 80GB, FSDP, gpu_memory_utilization 0.6, rollout passes, OOM in update_actor", "14.8B × 16 B ÷ 8 cards = 27.5 GiB", "| total"),
        ("verl GRPO 训 Qwen2.5-14B，8 张 H100 80G，rollout 正常，一到 actor 更新就 OOM，gpu_memory_utilization 0.6", "14.8B × 16 字节 ÷ 8 张卡 = 27.5 GiB", "合计**"),
        ("GRPO with TRL, LoRA on Qwen2.5-7B, one A100 80GB, vllm colocate 0.5, answers are generated, then the backward pass goes OOM", "must be given back by then", "÷"),
        ("PPO in verl with Qwen2.5-7B on 8 A100 80GB, OOM during the critic update", "as much again for the critic", "wakes"),
        # an engine that stays awake leaves a step of 8 sequences too little, though one goes in: 0.7 × 79.6, 0.65 × 80 GiB
        ("TRL GRPO of Llama-3.1-8B with LoRA, one H100 80GB, colocated vLLM at 0.7; nvidia-smi shows 58 GB before training, then OOM when the logits are computed", "it holds 55.8 GiB of 79.6 GiB from its start (your 58 GB)", "As it loads"),
        ("GRPO in trl, Qwen2.5-3B LoRA, A100 40GB, vllm_mode colocate, vllm_gpu_memory_utilization 0.6, crashes OOM in the backward pass", "share is the cause: it holds 24.0 GiB", "must be given back by then"),
        ("单卡A100 80G 用 TRL 跑 GRPO，Qwen2.5-7B LoRA，vllm colocate，gpu_memory_utilization 0.65，一到算 loss 就爆显存", "它一启动就占住 52.0 GiB", "没有设置批大小"),
        ("TRL GRPO Qwen2.5-7B LoRA 单张H100 80G，vllm colocate 0.7，第一步还没跑就占了 56G，算 loss 时 OOM", "就是您看到的 56 GB", "没有设置批大小"),
        ("TRL GRPO of Qwen2.5-7B with LoRA, 1x H100 80GB, colocate 0.7 with vllm_enable_sleep_mode=True, OOM in the loss", "must be given back by then", "share is the cause"),
        ("TRL GRPO of Qwen2.5-7B with LoRA, 1x H100 80GB, colocate 0.7, vllm_enable_sleep_mode=False, OOM in the loss", "share is the cause", "must be given back by then"),
        ("TRL GRPO of Qwen2.5-0.5B with LoRA, 1x H100 80GB, colocate at 0.3, OOM in the loss", "must be given back by then", "share is the cause"),
    ],
)  # fmt: skip
def test_an_update_that_fails_is_told_what_the_update_holds(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("PPO with four Llama-3.2-3B models on one A100 80GB, full: why not, 4 x 6.4GB is only 26GB", "26 GB would be four copies of the weights, 4 × 6.43 GB", "pure bf16, 8 B"),
        ("四个 Llama-3.2-3B 做全参 PPO，A100 80G 一张放不下？4 × 6.4G 才 26G", "26 GB 只是四份权重", "纯 bf16，每参数 8"),
        ("PPO of Qwen2.5-7B, full, on 8 A100 80GB with ZeRO-3: does it fit?", "no critic (GRPO, RLOO: ", "four copies"),
    ],
)  # fmt: skip
def test_the_models_of_ppo_are_told_which_train(question: str, said: str, unsaid: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text
    assert unsaid not in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize("text", [
    "PPO, policy, critic, reference and reward all 8B, 16 H100 80GB: how much memory is it in all? Which of them may be offloaded?",
    "8B 的 PPO,策略、critic、参考、奖励都是 8B,16 张 H100,一共要多少显存?哪些能 offload?",
])  # fmt: skip
def test_what_may_be_offloaded_is_no_offload(text: str) -> None:
    reading = read(text)
    assert "offload" not in reading.facts
    answer = answer_to(text)
    assert "257 GB" in answer
    assert "289 GB" in answer
    assert any(one in answer for one in ("first reference and reward", "只跑一次前向的 reference 与 reward"))


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("Why is reward model training of Qwen2.5-7B lighter than SFT at 4096 tokens although every sample is a pair?",
         "**A reward model has no logits over the vocabulary", "4,096 × 152,064 × 4 B = 2.49 GB"),
        ("3B 的奖励模型训练显存比SFT少吗？head 换成了一维输出", "**3B", "激活也翻倍"),
    ],
)  # fmt: skip
def test_a_reward_model_is_told_against_supervised_training(question: str, opens: str, said: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert said in text
    assert "没有读懂" not in text


def test_an_engine_that_is_switched_off_takes_no_share() -> None:
    text = answer_to("GRPO Qwen2.5-3B full on 2x A100 80GB, trl, use_vllm: false, num_generations 8: fits?")
    assert "rollout engine" not in text


def test_the_share_of_a_card_is_no_utilisation_of_its_arithmetic() -> None:
    text = answer_to("GRPO 3B 全参 8x4090 colocate gpu_memory_utilization 0.5 一训练就OOM，利用率该设多少")
    assert text.startswith("**原因是引擎的份额太大")
    assert "token/秒" not in text


@pytest.mark.parametrize(
    "question",
    [
        "GRPO of Qwen3-8B with LoRA on a single A100 80GB, vllm colocate, the engine gets 0.85, then the update runs out of memory",
        "单卡 A100 80G 跑 GRPO,Qwen3-8B LoRA,vllm 占了 0.85,训练一开始就爆",
    ],
)
def test_a_told_share_is_the_cause_and_the_one_that_fits_is_said(question: str) -> None:
    head = answer_to(question).split("**")[1]
    assert "0.65" in head
    assert "36.7 GiB" in head  # the cache that stays


def test_a_version_of_the_engine_is_no_share() -> None:
    assert "gpu_memory_utilization" not in read("upgraded vllm to 0.9, GRPO of Qwen3-8B LoRA on one H100 ooms").facts


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 28 KiB × 1,536 × 4 and × 8; 1.54 B × 16 B
        ("Qwen2.5-1.5B full fine-tuning with TRL GRPO, completions of 1536, A100 80GB: does going from 4 to 8 generations per prompt double the memory?", "**Memory does not go with num_generations: what stands still, 24.7 GB (23.0 GiB)", "0.16 GiB → 0.33 GiB"),
        ("GRPO on Llama-3.2-1B LoRA, group size 12 instead of 6, how much more VRAM on a 4090?", "**Memory does not go with num_generations", "is the same at 6 and at 12"),
        ("grpo采样数由4加到16，7B lora显存会涨多少", "**显存不随 num_generations 成倍变化", "在 4 和 16 时一样"),
    ],
)  # fmt: skip
def test_a_larger_group_takes_cache_and_no_states(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer
    assert says in answer
    for unread in ("ot understood", "没有读懂"):
        assert unread not in answer


@pytest.mark.parametrize(
    "question",
    [
        "GRPO with 8 generations per prompt on Qwen2.5-3B LoRA, fits on a 4090?",
        "GPTQ group size 64 instead of 128 for Qwen2.5-7B: how much more VRAM?",
        "GRPO of Qwen2.5-1.5B on an A100 80GB: num_generations from 8 to 16 gives CUDA out of memory",
    ],
)
def test_one_group_and_groups_of_weights_are_no_raise(question: str) -> None:
    assert "**Memory does not go with num_generations" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        # 36 layers × 2 × 2 heads × 128 × 2 B = 36 KiB a token, 8 answers of 2,048; 3.09e9 × 2 B
        ("is a 24GB card enough for GRPO of Qwen2.5-3B with LoRA?", ("8 answers to a prompt (TRL's default) need 0.56 GiB", "16-bit copy of its own, 5.75 GiB"), "rollout engine on the same cards"),
        ("RLOO, QLoRA, Qwen2.5-7B, single RTX 4090", ("8 answers to a prompt (TRL's default) need 0.88 GiB", "so it must sleep meanwhile (vllm_enable_sleep_mode): then 23.4 GiB"), "rollout engine on the same cards"),
        ("一张 3090 上用 PPO 加 LoRA 训 Qwen2.5-3B 行吗", ("这里算的是更新", "自己的一份 16 位权重 5.75 GiB"), "同卡的 rollout 引擎占"),
        ("Qwen2.5-3B GRPO LoRA,48G 单卡,num_generations 16,不用 vllm", ("每个提示 16 条回答在这个长度要 1.12 GiB",), "同卡的 vLLM"),
        ("GRPO of Qwen2.5-7B with QLoRA in unsloth on 24GB", ("reads the trainer's own weights",), "16-bit copy of its own"),
        # an engine that is told is counted
        ("GRPO of Qwen2.5-3B with LoRA, vllm colocate, one RTX 4090", ("The rollout engine on the same cards takes",), "This is the update"),
        ("DPO of Qwen2.5-3B with LoRA on one RTX 4090", ("RTX 4090",), "This is the update"),
    ],
)  # fmt: skip
def test_who_generates_is_counted_where_it_is_not_said(question: str, says: tuple[str, ...], unsaid: str) -> None:
    text = answer_to(question).replace("\uff08", "(").replace("\uff09", ")").replace("\uff0c", ",")
    for one in says:
        assert one in text, text
    assert unsaid not in text, text


def test_what_pairs_hold_besides_opens_before_by_how_much_they_differ() -> None:
    told = Assistant().ask(
        "DPO full fine-tune of Llama-3-8B on 4x A100 80GB, ZeRO-2, bs 4, 2048 tokens OOMs. SFT with the same config sits at ~62GB. Where do the other 20GB come from?"
    )
    first, second = told.text.split("\n\n")[:2]
    assert first.startswith("**Beside the policy a frozen reference model is held"), first
    assert "precompute_ref_log_probs" in first, first
    assert "54.7 GiB less" in second, second


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 8 × 2,048 tokens × 151,936 × 4 B are 9.27 GiB a copy, three at once 27.8
        ("GRPO of Qwen3-8B with unsloth on one 3090, num_generations 8, completion 2048, is 24GB enough?", ("all 8 at once would be", "27.8 GiB of it logits, more than 24.0 GiB: at most 2 in a micro-batch")),
        ("单卡4090跑Qwen3-8B GRPO QLoRA，num_generations=8，completion 2048，24G够不够", ("8 条一次算则共", "micro-batch 最多")),
        ("GRPO LoRA on Llama-3.1-8B with a single A100 80GB, 16 generations, 1024 completion tokens, enough?", ("all 16 at once would be",)),
        ("How much VRAM do I save by going from PPO to GRPO for a full 7B?", ("Without a critic each prompt needs a group of answers",)),
        ("PPO 改 GRPO，7B 全参能省多少显存", ("没有 critic 就要每个提示采样一组回答",)),
    ],
)  # fmt: skip
def test_a_group_of_answers_is_counted(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in says:
        assert one in text, text


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 16 × 1,024 × 151,936 × 4 B; 36 KiB × 1,024 × 16
        ("GRPO on Qwen2.5-3B: raising num_generations from 8 to 16 (completion 1024) took 12 GB more. Is it the KV cache?", "**Hardly the KV cache", "16 × 1,024 × 151,936 × 4 B = 9.27 GiB"),
        ("GRPO of Qwen2.5-1.5B, group size 16 instead of 8, memory jumped. Because of the KV cache?", "**Hardly the KV cache", "set per_device_train_batch_size back"),
        ("grpo训qwen2.5-3b num_generations从8改16，completion 1024，显存多了十几G，是KV cache涨的吗", "**主要不是 KV 缓存", "16 × 1,024 × 151,936 × 4 B = 一份 fp32 9.27 GiB（8 条时 4.64 GiB）"),
        ("Qwen2.5-7B grpo lora，采样数由4调8，显存涨了很多，是因为KV缓存吗", "**主要不是 KV 缓存", "融合损失（Liger）或分块算 logprob"),
        # what the cache takes is asked, and it is blamed for nothing
        ("GRPO Qwen2.5-3B full: num_generations 8 vs 16, how much does the KV cache grow?", "**Memory does not go with", "0.56 GiB → 1.12 GiB"),
    ],
)  # fmt: skip
def test_a_cache_that_is_blamed_for_a_larger_group_is_weighed_against_the_logits(
    question: str, opens: str, says: str
) -> None:
    first = opening(question)
    assert first.startswith(opens), first
    assert says in first
    assert "没有读懂" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-3-8B full SFT works on 8x A100 80G ZeRO-3 (seq 4096, bs 2), DPO with the same settings is OOM. Why?", "1.87 GiB of weights, divided as the policy is; kept whole it is 15.0 GiB on every card"),
        ("Qwen2.5-7B全参SFT能跑，4张A100 80G zero3 长度4096 bs4，换成DPO就OOM", "不切分则每张卡都放整份 14.2 GiB"),
    ],
)  # fmt: skip
def test_a_reference_that_is_divided_is_told_whole_as_well(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("verl GRPO Qwen2.5-3B full on 2x 4090, rollout gpu_memory_utilization=0.6, OOM in update_actor. Can it work at all?", ("**No, not as it is: the update alone takes 36.0 GiB of 24.0 GiB", "param_offload", "or with LoRA (21.0 GiB")),
        ("verl跑GRPO，Qwen2.5-3B全参，两张4090，update_actor阶段OOM，这配置到底能不能跑", ("**照现在这样不行：仅更新阶段每张卡就要 36.0 GiB", "LoRA（每卡")),
        ("verl GRPO Qwen2.5-3B full on 2x 4090, OOM in update_actor", ("**It does not go as it is",)),
    ],
)  # fmt: skip
def test_an_update_beyond_the_card_says_so_first(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []


def test_an_update_that_fits_is_no_such_one() -> None:
    first = answer_to("verl GRPO Qwen2.5-1.5B full on 2x A100 80G, OOM in update_actor").split("\n\n")[0]
    assert first.startswith("**In the update the trainer's own part counts")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many H20 (96GB) do I need to train Qwen 7B with GRPO? 4 fail",
         ("**4 are enough for the update alone", "**With vLLM on the same cards", "it is 5 cards**", "sleeps through the update", "4 have no room for one that stays")),
        ("how many A100 80GB for full GRPO of Qwen2.5-7B?", ("**3 cards**", "a rollout engine is not in it", "it is 6 cards**")),
        ("Qwen2.5-7B GRPO 4张H20不行，要几张", ("只算更新、不含生成用的引擎，4 张够", "是 5 张卡**", "4 张放不下一直不休眠的引擎")),
        ("Qwen2.5-32B GRPO 全参要几张H100 80G", ("不含 rollout 引擎", "更新时让它休眠是 24 张卡")),
        # the engine is counted: its sum is told, with a margin that is narrow
        ("How many A100 80GB for GRPO full fine-tuning of Qwen2.5-7B with vLLM rollouts?", ("**6 cards**", "with a margin of only 6.84 GiB")),
    ],
)  # fmt: skip
def test_a_count_for_grpo_holds_the_engine_or_says_that_it_does_not(question: str, says: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    first = answer.text.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "GRPO of Qwen2.5-7B with verl, full fine-tuning: how many A100 80GB?",
        "GRPO Qwen2.5-7B on A100 80GB without vLLM, full, how many cards?",
        "how many A100 80GB for full DPO of Qwen2.5-7B?",
    ],
)
def test_no_further_engine_is_told_where_it_is_counted_or_there_is_none(question: str) -> None:
    assert "With vLLM on the same cards" not in Assistant().ask(question).text

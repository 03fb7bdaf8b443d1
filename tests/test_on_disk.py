"""The size of an adapter, of a checkpoint or of a merged model is told with its product, beside a need or alone."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "place", "says"),
    [
        # 41.9M × 4 B; 8.03B × 2 B
        ("I fine-tune Llama-3.1-8B with LoRA rank 16. How big is the adapter file, and how large will the merged model be?", 0, ("41.9M × 4 B = 168 MB", "8.03B × 2 B = 16.1 GB")),
        ("LoRA 微调 Llama-3.1-8B，r=8，只训 q_proj v_proj，lora 权重文件大概多大？", 0, ("3.41M × 4 字节 = 13.6 MB",)),
        ("Qwen2.5-7B 用 QLoRA 微调要多少显存？合并后的模型有多大？", 1, ("7.62B × 2 字节 = 15.2 GB",)),
        ("Full fine-tuning of Qwen2.5-7B with AdamW on 4 A100 80GB: does it fit, and how big is each checkpoint on disk?", 1, ("7.62B × 12 B = 91.4 GB", "together 107 GB")),
        # no copies beside weights that are fp32 themselves; moments of the weights' type in pure bf16
        ("Full fine-tuning of Qwen2.5-7B in fp32: how big is a checkpoint?", 0, ("7.62B × 4 B = 30.5 GB in 32 bit", "7.62B × 8 B = 60.9 GB", "together 91.4 GB")),
        ("纯 bf16 全参微调 Qwen2.5-7B，一个 checkpoint 多大？", 0, ("7.62B × 4 字节 = 30.5 GB", "共 45.7 GB")),
        ("全参微调 Qwen2.5-14B，8 张 A100 80G 够吗？每个 checkpoint 多大？", 1, ("共 207 GB",)),
        ("QLoRA on Qwen2.5-32B r=64, one 48GB card. Does it fit, how large are the checkpoints and what size is the merged model?", 1, ("537M × 12 B = 6.44 GB", "65.5 GB")),
    ],
)  # fmt: skip
def test_a_file_is_told_with_its_product(question: str, place: int, says: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    assert not answer.notices
    assert all(one in answer.text.split("\n\n")[place] for one in says), answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Can I merge a LoRA adapter into Llama-3.1-70B on a machine with one A100 80GB?",
        "Qwen2.5-7B 全参微调从 checkpoint 续训要多少显存？",
        "How large a batch can I use for LoRA on Qwen2.5-7B on a 4090?",
    ],
)
def test_no_file_is_told_where_none_is_asked(question: str) -> None:
    answer = Assistant().ask(question)
    assert not any(
        one in answer.text
        for one in (
            "adapter alone",
            "checkpoint to resume",
            "weights of a checkpoint",
            "续训的 checkpoint",
            "checkpoint 里 16 位",
        )
    )


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("What does Llama-3.1-70B take on disk in FP8?", "**Llama-3.1-70B-Instruct FP8: about 72.7 GB (67.7 GiB) on disk"),
        ("What does a LoRA checkpoint of Llama-3.1-8B take on disk?", "**Llama-3.1-8B-Instruct, LoRA: about"),
        ("How large are the Q5_K_M and Q8_0 files of Llama-3.1-8B?", "**Llama-3.1-8B-Instruct Q5_K_M: about 5.72 GB (5.33 GiB), Q8_0 8.53 GB (7.95 GiB) on disk"),
    ],
)  # fmt: skip
def test_what_a_model_takes_on_disk_is_its_file_and_no_run(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B Q4_K_M is 4.9 GB, yet 8B x 4 bits is 4 GB. Why, and what are Q5_K_M and Q8_0?", ("4 GB counts 4 bits a weight", "which is the file", "The others: Q5_K_M", "= 5.72 GB (5.33 GiB)", "= 8.53 GB (7.95 GiB)")),
        ("Mistral-7B的Q4_K_M是4.37G，可7B×4位=3.5G，为什么多？Q6_K呢", ("3.5 GB 是按每权重 4 位算的", "正是文件的大小", "Q6_K 7.24B × 6.56 ÷ 8 = 5.94 GB")),
    ],
)  # fmt: skip
def test_why_a_file_is_more_than_its_bits_opens_with_the_files_asked_beside_it(
    question: str, says: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


def test_which_of_two_formats_is_told_before_why_the_one_is_larger() -> None:
    asked = "Qwen2.5-7B AWQ vs GPTQ on a 3090 with 32k context: which, and why is AWQ not 3.8 GB?"
    assert answer_to(asked).startswith("**By memory there is nothing to choose")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Checkpoint of Qwen2.5-3B (HF Trainer, adamw_torch, bf16=True): model.safetensors 12.3 GB, optimizer.pt 24.7 GB. Is all of that in VRAM during training?",
            ("**Yes, from the optimizer's first step on", "3.09B × 8 B = 24.7 GB", "3.09B × 4 B = 12.3 GB", "16 B per parameter, 49.4 GB (46.0 GiB)"),
        ),
        ("Why is optimizer.pt 12.4 GB for Qwen2.5-1.5B full fine-tuning with HF Trainer? Is it on the GPU too?", ("**Yes", "1.54B × 8 B = 12.3 GB")),
        ("What is inside a 107 GB checkpoint of my full SFT of Qwen2.5-7B? The model itself is only 15 GB", ("**107 GB is 16-bit weights, their fp32 copy",)),
        ("Qwen2.5-7B全参训练保存的checkpoint有91G，里面都是什么，训练时这些都在显存里吗", ("**是，从第一次", "7.62B × 12 字节 = 91.4 GB", "每参数 16 字节，共 122 GB")),
        ("ZeRO-3全参Llama-3.1-8B，8张A100，checkpoint里optim_states共96G，训练时都占显存吗", ("fp32 主权重加 Adam 两个动量", "8 张卡上每张 16.1 GB")),
    ],
)  # fmt: skip
def test_what_saved_files_hold_is_told_with_what_a_card_holds_of_it(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B full fine-tuning from a checkpoint of 15 GB, how much VRAM?",
        "LoRA checkpoint adapter 160MB, optimizer.pt 320MB for Llama-3.1-8B, why then 18GB VRAM?",
        "Qwen2.5-7B全参训练，显存占用91G，为什么这么大",
    ],
)
def test_no_saved_file_is_explained_where_none_is_asked_about(question: str) -> None:
    text = answer_to(question)
    assert "which no file keeps" not in text
    assert "梯度不存盘" not in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("My Qwen2.5-3B checkpoint: model 12.3 GB, but optimizer.pt 24.7 GB. Why is it twice the model?", ("12.3 GB is the weights in fp32", "24.7 GB is Adam's two moments in fp32 (two numbers of 4 B for each parameter), 3.09B × 8 B", "the moments 12.3 GB", "MB of it states", "only for resuming: delete the file")),
        ("Can I delete optimizer.pt of my checkpoint? It is 25.7 GB, Llama-3.2-3B", ("**Yes, the optimizer's file can go unless the run is to be resumed: 25.7 GB is Adam's two moments",)),
        ("Why is optimizer.pt so much bigger than model.safetensors? Qwen2.5-7B, full fine-tuning", ("**The optimizer's file holds two numbers for each parameter, Adam's moments, both in fp32: 7.62B × 8 B = 60.9 GB", "15.2 GB in 16 bit, so it is four times")),
        ("1.5B 的 checkpoint：模型 6.2G，optimizer.pt 12.4G，怎么是两倍", ("6.2 GB 是 fp32 权重", "12.4 GB 是 Adam 的两个 fp32 动量（每个参数两个数、各 4 字节）", "只有续训才用得到")),
        ("Qwen2.5-7B 全参训练存的优化器文件为什么比模型大这么多，只做推理能删吗", ("**可以删，除非还要续训：优化器文件里每个参数存两个数", "权重每个参数只有一个数：fp32 是 30.5 GB，所以大一倍")),
    ],
)  # fmt: skip
def test_the_file_of_the_states_is_told_beside_that_of_the_weights(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


@pytest.mark.parametrize(
    "question",
    [
        "My optimizer.pt is missing and resuming fails with an error, Qwen2.5-7B",
        "Llama-3.1-8B LoRA: the adapter has 80 MB and optimizer.pt 160 MB, why is it larger?",
        "Does a larger model need a bigger optimizer? Qwen2.5-7B full fine-tuning",
    ],
)
def test_of_no_such_file_no_states_are_deleted(question: str) -> None:
    assert "only for resuming" not in answer_to(question)

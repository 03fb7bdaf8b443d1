"""What somebody supposes gets its verdict first, whichever way it is put: a claim that denies something is true where it is not so."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is it true that LoRA doesn't reduce activation memory?", "**True: LoRA and its like leave activations"),
        ("true or false: lora shrinks the activations", "**False: LoRA and its like leave activations"),
        ("LoRA 不会减少激活显存，对吗", "**对：适配器基本不改变激活"),
        ("判断对错：QLoRA 能降低激活", "**不对：适配器基本不改变激活"),
        ("does lora reduce activation memory", "**LoRA and its like leave activations"),
        ("true or false: fsdp saves activation memory", "**False: ZeRO and FSDP do not divide activations"),
        ("t/f: zero-3 doesn't shard activations", "**True: ZeRO and FSDP do not divide activations"),
        ("判断对错：ZeRO-3 能减少激活显存", "**不对：ZeRO 和 FSDP 不切分激活"),
    ],
)
def test_true_and_false_go_by_what_is_claimed(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("a friend says LoRA on a 13B takes 13*16=208 GB, is that right?", "**Wrong: 208 GB is full fine-tuning, 13B × 16 B."),
        ("gemini told me a 32B LoRA needs 512gb, bullshit?", "**Wrong: 512 GB is full fine-tuning, 32B × 16 B."),
        ("同事说7B的LoRA要7*16=112G，对吗", "**不对：112 GB 是全参微调的算法"),
        ("LoRA trains 0.5% of the parameters so the memory should be 0.5% of full fine-tuning, right?", "**The mistake: the share"),
        ("lora只训练千分之五，也就是0.5%的参数，那显存应该也是全参的0.5%，错在哪", "**错在：训练参数的比例"),
    ],
)  # fmt: skip
def test_what_full_training_keeps_is_no_need_of_adapters(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("does lora reduce memory", "leave activations"),
        ("8B full fine-tuning is 8*16=128GB, how much is lora?", "the 16-bit weights of 8 models"),
        ("13B LoRA took 30 GB on my card, is that right?", "is full fine-tuning"),
        ("why does zero3 not reduce memory on one gpu", "do not divide activations"),
        ("trainable params: 0.59%, is that normal for LoRA?", "The mistake"),
    ],
)
def test_other_matters_of_adapters_stand_as_they_are(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("someone told me fine-tuning needs 4x the model's size, true?", "**4 times holds for AdamW in pure bf16 (2 + 2 + 4) and for fp32"),
        ("full fine-tuning needs 8x model weights right?", "**Yes, with AdamW in mixed precision."),
        ("is training 6 times the size of the model?", "**Not 6 times."),
        ("网上说训练显存等于模型大小的8倍，靠谱吗", "**对，指混合精度 AdamW"),
        ("训练显存=3倍模型大小 对不对", "**3 倍对纯 bf16 加 8 位 AdamW"),
    ],
)  # fmt: skip
def test_times_the_model_itself_is_times_inference(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_a_file_that_is_to_be_run_is_no_multiple_of_a_training() -> None:
    assert opening("显存是不是等于模型大小").startswith("**文件里只有权重")
    assert "times holds" not in opening("Can 4x A100 80GB do inference and fine-tuning of Llama-2-70B?")
    assert "times" not in opening("training was 4x faster with a model of that size, how much memory for a 7B?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("70B with ZeRO-3 on 8 H100: 70*16/8=140 GB each so it doesnt fit, correct?", "**Yes."),
        ("A full fine-tune of 7B can't fit on one A100 80GB, am I right?", "**Yes."),
        ("QLoRA 7B doesn't fit a 24GB card, right?", "**No."),
        ("70B全参 8张A100 80G 放不下，对吧", "**对。"),
        ("一张4090做不了13B的QLoRA微调，对吗", "**不对。"),
        ("Does QLoRA 7B fit a 24GB card, right?", "**Yes."),
        ("7B QLoRA 一张3090行不行", "**可以。"),
        ("32B bf16 runs on a single 4090, right?", "**Not as it stands"),
    ],
)
def test_that_it_does_not_fit_is_confirmed_by_a_yes(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("13e9*18/1e9 = 234 GB so 4 a100s will do, right?", "**13B × 18 B = 234 GB (217.9 GiB) is what full fine-tuning keeps"),
        ("so 34b*16=544gb/80=7 gpus enough?", "**34B × 16 B = 544 GB (506.6 GiB) is what full fine-tuning keeps"),
        ("13B*2=26G 一张4090够微调了吧", "**13B × 2 字节 = 26.0 GB（24.2 GiB）只是 16 位权重"),
        ("13B*16=208G 所以一张A100不行 对不", "**对。13B · 全量微调"),
        ("7B in fp16: 7*16=112GB, does it fit on two A100 80GB?", "**Yes. 7B, inference, fp16"),
    ],
)  # fmt: skip
def test_a_sum_of_sixteen_bytes_is_of_a_training(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_cards_that_a_sum_comes_to_hold_the_states_alone() -> None:
    told = answer_to("so 65b*16=1040gb/80=13 gpus enough?")
    assert "74.5 GiB on each of 13" in told
    assert "16 cards hold the whole" in told
    assert "16 is the number of bits" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("is it true that full fine-tuning needs 20 bytes per parameter", "**Right as a rule of thumb"),
        ("somebody told me training is 18 bytes per param, true?", "**Right where gradients are kept in fp32"),
        ("老师说训练每个参数要16字节 对不对", "**对，指混合精度 Adam 的状态"),
        ("全参微调为什么要16倍参数量显存 不是2倍吗", "**每参数 16 字节 = 16 位权重 2"),
        ("why does full fine-tuning take 16x the params?", "**16 B per parameter = 2"),
        ("lora 16 bytes per param?", "**LoRA keeps the frozen base alone, 2 B"),
    ],
)  # fmt: skip
def test_a_claimed_count_of_bytes_has_its_verdict(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ('"full fine tune of a 13b takes 110gb" is that right', "**Too little for mixed precision"),
        ("网上说13B全参微调要120G就够，是真的吗", "**偏小（按混合精度）"),
        ("reddit says a 7b lora takes 16gb, true?", "**Plausible"),
        ("my 7B full fine-tune takes 60GB, is that right?", "**What you see is near"),
    ],
)
def test_what_is_said_of_any_run_was_not_seen(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_an_account_in_pure_bf16_is_held_against_the_card_as_such() -> None:
    told = answer_to("my calc: 13B bf16 = 26gb, grads 26gb, adam 52gb => 104gb fits in one h200. right?")
    assert told.startswith("**Right for pure bf16, 8 B per parameter (104 GB")
    assert "And that fits" in told
    told = opening("8B: weights 16GB, grads 16GB, adam 96GB = 128GB, so two A100 80GB hold it, right?")
    assert told.startswith("**Right: 16 B per parameter")
    assert "sharded over them (ZeRO-3/FSDP) it does" in told


@pytest.mark.parametrize(
    "question",
    [
        "a blog says 24gb can full finetune an 8b. how",
        "how do people full finetune 7B on a single 4090?",
        "有人说24G能全参微调7B 怎么做到的",
    ],
)
def test_how_all_weights_train_in_little_is_told(question: str) -> None:
    before_the_table = answer_to(question).partition("|")[0]
    assert all(one in before_the_table for one in ("LOMO", "GaLore"))


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ppo needs 4 models right? 7b how many a100", "**Yes, 4: actor and critic train"),
        ("PPO要四个模型对吧 7B几张A100", "**对，4 个："),
        ("ppo loads three models, true?", "**Not 3 but 4:"),
    ],
)
def test_the_models_of_ppo_are_counted(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_pure_bf16_tells_what_a_fused_step_takes() -> None:
    assert "51.8 GiB" in answer_to("pure bf16 adam 7b fits 80gb?")

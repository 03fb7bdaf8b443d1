"""Pictures and frames become tokens by their pixels: read from a question, counted by the model's patches."""

import re

import pytest

from chat.agent import Assistant
from chat.figures.images.pictures import tokens_of_pictures
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "size", "count"),
    [
        ("10 screenshots of 3840x2160 each", (3840, 2160), 10),
        ("8 张 4K 图片", (3840, 2160), 8),
        ("a video, 64 frames at 720p", (1280, 720), 64),
        ("images are 1920×1080", (1920, 1080), 1),
        ("how many tokens is a 1280x720 image?", (1280, 720), 1),
        ("基本是4K扫描件", (3840, 2160), 1),
        ("图片基本都是4K的，一张3090够吗", (3840, 2160), 1),
        ("my images are mostly 4K", (3840, 2160), 1),
        ("照片分辨率一般2K", (2560, 1440), 1),
        ("1080p截图,一次8张,3090够吗", (1920, 1080), 8),
        ("A4 scans at 300 dpi", (2480, 3508), 1),
        ("12MP phone photos", (4000, 3000), 1),
        ("1200万像素照片", (4000, 3000), 1),
    ],
)
def test_the_size_and_the_count_of_pictures_are_read(question: str, size: tuple[int, int], count: int) -> None:
    extras = read(question).extras
    assert (extras["log_width"][0], extras["log_height"][0]) == size
    assert extras["log_pictures"][0] == count
    assert not read(question).not_understood


@pytest.mark.parametrize(
    "question", ["Llama-3.1-8B with 4k context", "Qwen2.5-7B, matrix of 4096x4096", "上下文 4K 够吗"]
)
def test_a_length_is_no_size_of_a_picture(question: str) -> None:
    assert "log_width" not in read(question).extras


@pytest.mark.parametrize(
    ("model", "log", "tokens"),
    [
        # 3840 ÷ 28 = 137.1, 2160 ÷ 28 = 77.1: 137 × 77 = 10,549 each
        ("Qwen2-VL-7B", ["width 3840", "height 2160", "pictures 10"], 105_490),
        # two frames become one: 32 × (46 × 26)
        ("Qwen2.5-VL-7B", ["width 1280", "height 720", "pictures 64", "video 1"], 38_272),
        # patches of 16, two by two: 1920 ÷ 32 = 60, 1080 ÷ 32 = 33.75
        ("Qwen3-VL-8B", ["width 1920", "height 1080", "pictures 1"], 2_040),
        # what its processor admits at most: 274 × 154 would be 42,196
        ("Qwen2.5-VL-7B", ["width 7680", "height 4320", "pictures 1"], 16_384),
        ("Llama-3.1-8B", ["width 1920", "height 1080", "pictures 1"], None),
    ],
)
def test_tokens_go_with_the_pixels_and_the_patches_of_the_model(model: str, log: list[str], tokens: int | None) -> None:
    assert tokens_of_pictures(model, {"log": log}) == tokens


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2-VL-7B bf16 on a 3090, ten 4K screenshots OOM, why?", "about 10,549 tokens"),
        ("Qwen2.5-VL-7B 4090 推理，一次 8 张 4K 图片爆显存，为什么", "8 张共 84,392 个"),
        # 4000 ÷ 28 = 142.9, 3000 ÷ 28 = 107.1: 143 × 107 = 15,301
        ("LoRA of Qwen2.5-VL-7B takes 20 GB on text and 60 GB with one 4000x3000 picture, why?", "about 15,301 tokens"),
        ("qwen2.5-vl-7b lora 纯文本 20G，加一张 4000x3000 的图就 60 多 G，为什么", "约 15,301 个 token"),
        ("llava-1.5-13b 在 24G 卡上 fp16 加载到一半就爆", "仅权重就太大"),
    ],
)
def test_pictures_are_named_as_the_cause_only_where_they_are(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text[:300], answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-VL-7B lora微调大概要多少显存？每条一张图，max_pixels 1280*28*28，bs1",
        "Qwen2-VL-7B LoRA, max_pixels=1003520, how much VRAM?",
        "Qwen2.5-VL-7B LoRA, min_pixels 256*28*28 and max_pixels=1280*28*28, how much VRAM?",
    ],
)
def test_the_most_pixels_of_a_setting_are_a_picture_and_no_sum(question: str) -> None:
    reading = read(question)
    assert not reading.equations
    assert not reading.not_understood
    assert reading.extras["log_width"][0] * reading.extras["log_height"][0] == 1280 * 28 * 28
    assert tokens_of_pictures("Qwen2.5-VL-7B", {"log": ["width 1120", "height 896", "pictures 1"]}) == 1280


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 0.677B × 14 B
        ("How much does freezing the vision tower of Qwen2.5-VL-7B save in full fine-tuning?", "677M parameters take 14 B each more trained than frozen, 9.47 GB"),
        ("How much does freezing the vision tower of Qwen2.5-VL-7B save in full fine-tuning in pure bf16?", "677M parameters take 6 B each more trained than frozen, 4.06 GB"),
        ("Qwen2.5-VL-7B全参，把ViT冻结能省多少显存", "677M 参数训练比冻结每参数多 14 B，共 9.47 GB"),
        ("gemma-3-12b-it 全量图文微调，SigLIP 不训练省多少", "421M 参数训练比冻结每参数多 14 B"),
        ("if I unfreeze the image encoder of Qwen2.5-VL-3B in full tuning, how much more VRAM?", "669M parameters take 14 B"),
        ("Qwen2-VL-7B LoRA: does freezing the ViT save anything?", "saves next to nothing: its 676M parameters are frozen"),
        # the family's towers are not counted apart
        ("how much does freezing the vision tower of Llama-3.2-11B-Vision save?", "each parameter of a vision tower takes 14 B more"),
    ],
)  # fmt: skip
def test_what_a_frozen_tower_saves_is_a_product(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in "\n".join(answer.text.split("\n\n")[:2]), answer.text[:600]
    assert "freeze" not in read(question).facts.get("method", ())
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "Full SFT of Qwen3-VL-8B on 4x A100 80GB with the ViT frozen, zero3: fits?",
        "Qwen2.5-VL-7B全参sft一张80G卡够吗？冻结vit能省多少",
    ],
)
def test_what_a_frozen_tower_saves_comes_after_the_verdict_that_is_asked_first(question: str) -> None:
    parts = answer_to(question).split("\n\n")
    assert "GiB" in parts[0]
    assert "14 B" not in parts[0]
    assert "14 B" in "".join(parts[1:3])


def test_a_resolution_is_told_in_tokens_where_no_picture_is() -> None:
    said = answer_to("Qwen2.5-VL-7B full SFT, how much VRAM, and does image resolution matter?")
    assert "1,024 × 1,024 about 1,369" in said  # 37 × 37
    assert "about 1,369" not in answer_to("Llama-3.1-8B full SFT, how much VRAM for images?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2.5-VL-7B做OCR,图片基本是4K扫描件,bf16推理得多少显存?为啥有人16G的卡说能跑", "**别人在这样的卡上能跑，是用了别的办法：8 位权重（11.0 GiB）、4 位权重（8.08 GiB）或 26 层放在卡上"),
        ("Why can people run Llama-3.3-70B on a single 24GB card when the weights are 140GB?", "**Those who run it on such a card do it otherwise: a 4-bit file (Q4_K_M) with 42 layers on the card"),
        ("网上大家都说4090能跑Qwen2.5-72B,怎么做到的?fp16不是要145G吗", "**别人在这样的卡上能跑，是用了别的办法：4 位文件（Q4_K_M）"),
    ],
)  # fmt: skip
def test_how_others_run_what_does_not_fit_is_told(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_a_smaller_picture_is_no_remedy_where_it_is_the_weights() -> None:
    told = answer_to("Why do people say Qwen2.5-VL-7B runs on 16GB? my 4080 OOMs with 4K screenshots in bf16")
    assert "What makes it fit, the cheapest first: 8-bit weights" in told
    assert "Cap the pixels" not in told


def test_a_picture_of_one_size_takes_its_own_tokens() -> None:
    assert "A picture is always 256 tokens for this model" in answer_to(
        "Gemma-3-12b with 720p frames, fits 16GB in 4bit?"
    )


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("RTX 4090: Qwen2.5-VL-7B-Instruct in bf16 with vLLM, images of about 8k visual tokens. enough?", "8,192 tokens in the language model"),
        ("4060 Ti 16G 跑 Qwen2.5-VL-7B 的 AWQ，短视频大概 1.6 万视觉 token，够不够", "16,000 个 token 计算"),
    ],
)  # fmt: skip
def test_what_the_card_leaves_to_the_vision_tower_stands_beside_the_verdict(question: str, counted: str) -> None:
    text = answer_to(question)
    assert counted in text
    assert re.search(r"GiB are left for it|给它留下的是", text)


@pytest.mark.parametrize(
    ("question", "width"),
    [
        ("Qwen2.5-VL-7B LoRA on a 24GB card: a 1024x1024 picture trains, a 4K picture goes OOM. Why?", 3840),
        ("Qwen2.5-VL-7B: 4K images resized to 1024x1024, how many tokens?", 1024),
        ("Qwen2.5-VL-7B 4K图片缩到1280x720,24G够吗", 1280),
    ],
)
def test_of_several_sizes_the_largest_decides_that_a_picture_keeps(question: str, width: int) -> None:
    assert read(question).extras["log_width"] == (width,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how much memory does the vision tower of Qwen2.5-VL-7B take?", "is 677M of 8.29B parameters: × 2 B = 1.35 GB (1.26 GiB) in 16 bit"),
        ("size of the image encoder in gemma-3-12b?", "is 421M of 12.2B parameters"),
        ("Qwen2-VL-2B的视觉编码器占多少显存", "是 2.21B 参数中的 665M，16 位（2 字节）占 1.33 GB（1.24 GiB）"),
        ("Qwen2-VL-7B的ViT要多少显存", "（视觉塔、投影层）是 8.29B 参数中的"),
        ("how many tokens is a 1920x1080 image in Qwen2.5-VL-7B and what does it cost in KV cache?", "is about 2,691 tokens"),
        ("how much do 4 images of 1080p cost with Qwen2.5-VL-7B?", "4 of them are 10,764**: 0.57 GiB of cache"),
        ("3张4K截图在Qwen2.5-VL-7B里是多少token", "3 张共 31,647 个"),
    ],
)  # fmt: skip
def test_the_tower_and_the_pictures_are_told_where_they_are_asked_about(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Fine-tuning Qwen2-VL-7B runs out of memory on high-resolution images; how do I work out what a picture takes?", "Tokens = pixels ÷ (28 × 28): 1,024 × 1,024 are 1,369, 3,840 × 2,160 are 10,549."),
        ("Qwen3-VL-8B 微调,大图就爆显存,一张图占多少 token 怎么算", "token 数 = 像素 ÷（32 × 32）：1,024 × 1,024 约 1,024 个"),
    ],
)  # fmt: skip
def test_how_many_tokens_a_picture_is_stands_with_the_cause(question: str, says: str) -> None:
    text = answer_to(question)
    assert says in text.split("\n")[0]
    assert "half a byte" not in text
    assert "0.5 字节" not in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-VL-7B on a 24GB card: how many 1024x1024 pictures fit in one prompt?", "A request holds about 93 of them: not the memory ends it but the 128,000 tokens"),
        ("Qwen2-VL-2B，8G显存，一张1920x1080的截图多少token，最多放几张", "一次请求最多约 12 张：先到上限的不是显存，而是模型能读的 32,768 个 token"),
        ("Qwen2.5-VL-72B-AWQ 单卡A100 80G 一次能传几张2k图？", "按缓存算，一次请求最多约 27 张"),
    ],
)  # fmt: skip
def test_how_many_pictures_a_card_holds_is_no_number_of_cards(question: str, says: str) -> None:
    assert read(question).asks == ()
    assert says in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    ["跑Qwen2.5-VL-72B要几张卡，图片是1080p的", "Qwen2.5-VL-72B 几张80G的卡够", "处理1080p图片,Qwen2.5-VL-72B需要几张"],
)
def test_cards_beside_pictures_are_counted(question: str) -> None:
    assert read(question).asks == ("n_gpus",)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # 3840 × 2160 is 10,549 tokens, 42,196 patches: × itself × 16 heads × 2 B
        ("Qwen2.5-VL-7B with transformers dies on a single 4K screenshot, A100 40GB: CUDA out of memory. Tried to allocate 53.06 GiB", "**The 53.06 GiB that could not be allocated are no weights and no cache"),
        ("transformers 跑 Qwen2-VL-2B，单张 3840x2160 截图在 24G 卡上报 Tried to allocate 53.06 GiB，是什么占的", "**没能分配的 53.06 GiB 不是权重也不是 KV 缓存"),
    ],
)  # fmt: skip
def test_a_request_that_is_the_square_of_a_tower_s_patches_is_told_as_that(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:300]
    assert "42,196²" in said


@pytest.mark.parametrize(
    ("question", "square"),
    [
        (
            "Qwen2.5-VL-7B in transformers on a 24GB 4090: OOM with a 1920x1080 screenshot, tried to allocate 2.00 GiB",
            True,
        ),
        ("vllm Qwen2.5-VL-7B on a 24GB 4090: OOM with a 1920x1080 screenshot", False),
        ("Qwen3-VL-8B transformers 24G 4090 一张 1920x1080 截图爆显存", False),
    ],
)
def test_the_square_is_told_where_a_script_may_write_it_out_and_is_the_cause_only_where_it_matches(
    question: str, square: bool
) -> None:
    said = answer_to(question)
    assert ("10,764² patches" in said) is square
    assert "no weights and no cache" not in said
    assert "不是权重也不是" not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "QLoRA of Qwen2.5-VL-7B takes 14GB on text, but with a 4000x3000 picture it OOMs at 48GB. My LoRA rank is 16.",
            ("Each picture of 4000 × 3000 is about 15,301 tokens", "61,204 patches, 4 to a token", "without checkpointing it is", "adapters of rank 16 take"),
        ),
        ("Qwen2.5-VL-7B LoRA,纯文本20G,加一张4000x3000的图80G就爆", ("每张 4000 × 3000 的图约 15,301 个 token", "不开重计算是", "61,204² 个图块 × 16 头")),
    ],
)  # fmt: skip
def test_pictures_with_which_a_run_failed_open_and_what_else_overflows_is_told(
    question: str, said: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 28 layers × 2 × 4 heads × 128 × 2 B = 56 KiB a token, × 16,384 and × 1,280
        ("Does a smaller max_pixels save VRAM with Qwen2.5-VL-7B?", ("0.88 GiB of KV cache at 56 KiB a token", "at most 1,280, 0.07 GiB")),
        ("What impact has the image resolution on GPU memory?", ("for example, by default up to 16,384 tokens", "Gemma 3: always 256")),
        ("how does picture size affect memory usage for Qwen2-VL", ("Of Qwen2-VL-2B-Instruct by default", "÷ (28 × 28)")),
        ("调低 max_pixels 显存能降多少", ("默认每张最多 16,384 个 token", "Gemma 3 每张固定 256")),
        ("Qwen2.5-VL 训练时图片分辨率对显存影响有多大", ("÷(28 × 28)", "logits")),
    ],
)  # fmt: skip
def test_a_bound_on_pixels_is_told_in_tokens_and_what_they_take(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question).replace("\uff08", "(").replace("\uff09", ")")
    assert text.startswith("**max_pixels"), text
    for one in says:
        assert one in text, text


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-VL-7B with max_pixels 1003520 on a 24GB card, does it fit?",
        "gemma-3-12b image resolution vram impact",  # whose pictures are all of one size
        "Qwen2.5-VL-7B LoRA on a 4090 runs out of memory, does max_pixels help?",
        "does a larger vocabulary affect memory?",
        "Qwen2.5-VL-7B 全参要多少显存,图片分辨率影响大吗",
    ],
)
def test_pictures_of_a_case_are_counted_there(question: str) -> None:
    assert not answer_to(question).startswith("**max_pixels")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen2.5-vl-72b awq, 2x a6000, 6 images per request, vllm", ("1920 × 1080 is about 2,691 tokens", "6 of them are 16,146")),
        ("qwen2-vl 7b 每个请求12张图 4090", ("12 张共 32,292 个", "没说尺寸")),
        ("qwen2.5-vl-7b with 4 images of 4k on a 3090", ("3840 × 2160 is about 10,549", "4 of them are 42,196")),
    ],
)  # fmt: skip
def test_pictures_of_a_prompt_are_counted_whose_size_nobody_tells(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(one in told for one in says), told


@pytest.mark.parametrize(
    "question", ["lora qwen2.5-vl-7b, 4 images per sample, on a 4090", "train qwen2-vl-7b on 20 images, a100 80gb"]
)
def test_pictures_that_are_trained_on_have_the_trainers_size(question: str) -> None:
    assert "no size is told" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("qwen2-vl 7b oom on long videos, what can I lower?", "**Give it fewer and smaller frames"),
        ("Qwen2.5-VL-7B 处理视频时显存不够，怎么办", "**减少帧数、缩小每帧"),
    ],
)
def test_a_video_that_is_too_much_has_fewer_and_smaller_frames(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "32,768" in answer_to(question)
    assert "1.75 GiB" in answer_to(question)


def test_a_video_is_not_the_cause_where_the_weights_are_too_much() -> None:
    assert "smaller frames" not in opening("qwen2.5-vl-72b bf16 video oom on a 4090")


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("QLoRA of Llama-3.2-11B-Vision on a T4 16GB, one image a sample: does it fit?", "cross-attention layers read them", "Images become tokens"),
        ("T4 上 QLoRA 微调 Llama-3.2-11B-Vision，每个样本一张图，放得下吗", "由交叉注意力层读取", "图片会变成 token"),
        ("QLoRA of gemma-3-12b on a T4 16GB, one image a sample: does it fit?", "always 256 tokens", "Images become tokens"),
        ("LoRA of Llava-1.5-7B on a 3090, one image each, OOM at batch 8. how many tokens does an image take?", "always 576 tokens", "large pictures"),
        ("gemma-3-12b QLoRA 微调，每个样本两张图，4090 够吗", "每张图固定是 256 个 token", "max_pixels"),
        ("can i run llama 3.2 11b vision on a 3080 10gb in 4 bit?", "cross-attention layers read them", "become tokens"),
        ("4060 Ti 16G能跑 Llama-3.2-11B-Vision 8bit吗，一次传三张图", "由交叉注意力层读取", "变成几百到上万个 token"),
        ("Qwen2.5-VL-7B in 4 bit on a 12GB card, does it fit with one image?", "mages", "cross-attention layers read them"),
        ("Llama-3.2-11B-Vision LoRA on a 4090 OOM with 4 images per sample", "cross-attention layers read them", "Images become tokens"),
    ],
)  # fmt: skip
def test_pictures_that_layers_attend_to_are_no_tokens(question: str, said: str, unsaid: str) -> None:
    text = answer_to(question)
    assert said in text, text
    assert unsaid not in text, text


@pytest.mark.parametrize(
    "question", ["KV cache of Llama-3.2-11B-Vision at 8k?", "Llama-3.2-11B-Vision 8k 的 KV 缓存多大"]
)
def test_layers_that_attend_to_pictures_keep_nothing_of_the_text(question: str) -> None:
    text = answer_to(question)
    assert "32 l" in text.split("\n\n")[0] or "32 层" in text.split("\n\n")[0], text
    assert "Its cross-attention layers are not counted" in text or "交叉注意力层没有计入" in text, text

"""Pictures that are cut into tiles: how many tiles by their aspect, and what so many tokens take."""

import pytest

from chat.reads.grammar import read
from chat.reads.requests.picture_tiles import tiles_of
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("most", "aspect", "area", "tiles"),
    [
        (12, 4 / 3, None, 13),  # 4 × 3 and a thumbnail
        (6, 4 / 3, None, 7),  # 3 × 2
        (12, 1.0, 448.0**2, 1),  # 1 × 1, 2 × 2 and 3 × 3 are as near: no larger than twice the picture
        (12, 1.0, 1000.0**2, 10),
        (12, 2.0, None, 9),  # 4 × 2
        (6, None, None, 7),
        (1, 4 / 3, None, 1),
    ],
)
def test_a_picture_is_cut_by_its_aspect(most: int, aspect: float | None, area: float | None, tiles: int) -> None:
    assert tiles_of(most, aspect, area) == tiles


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("InternVL2-8B lora微调 单卡4090，max_dynamic_patch=12，一张图能跑，两张图的样本直接OOM，都是4:3的图", (6656,)),
        ("InternVL2_5-8B LoRA, max_dynamic_patch 6, 4 images per sample", (7168,)),
        ("xtuner internvl2-4b 全参 max_dynamic_patch 6 文档图 16:9", (768,)),
        ("InternVL2-8B 微调，图片约 800 token 一张，每条 4 张，LoRA 要多少显存", (3200,)),
        ("Fine-tune InternVL2-8B LoRA on 24GB without images, text only", ()),
        ("LoRA of Qwen2-VL-7B with 4 images of 1024x768 a sample", ()),
    ],
)
def test_a_sample_is_as_long_as_its_tiles(question: str, length: tuple[int, ...]) -> None:
    assert read(question).facts.get("seq_len", ()) == length


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("InternVL2-8B lora微调 单卡4090，max_dynamic_patch=12，一张图的样本能跑，两张图的样本直接OOM，都是4:3的图", "**每张图 13 块 × 256 = 3,328 个 token，2 张共 6,656 个：", ("max_dynamic_patch 设为 6", "只有一张图时", "4 位 QLoRA")),
        ("InternVL2-8B LoRA on a 4090, max_dynamic_patch 12, two 4:3 images per sample, OOM", "**13 tiles × 256 = 3,328 tokens a picture, 2 of them 6,656: ", ("scaled up to that grid", "max_dynamic_patch 6 makes it")),
        ("How many tokens is one image in InternVL2.5 with max_dynamic_patch=6?", "**7 tiles × 256 = up to 1,792 tokens a picture.**", ("448 × 448",)),
        ("InternVL2-8B 推理，一张1024x768的图占多少token", "**每张图 13 块 × 256 = 3,328 个 token：占 KV 缓存", ("4 × 3 = 12 块",)),
        ("InternVL3-8B LoRA 微调，max_dynamic_patch 从12降到6能省多少显存", "**每张图 13 块 × 256 = 最多 3,328 个 token：", ("1,792 个 token", "，省 ")),
    ],
)  # fmt: skip
def test_the_tokens_of_tiles_are_told_first(question: str, opens: str, said: tuple[str, ...]) -> None:
    assert opening(question).startswith(opens), opening(question)
    assert all(one in answer_to(question) for one in said), answer_to(question)


def test_square_pictures_square_no_length() -> None:
    question = "InternVL2.5-26B QLoRA, A100 80GB, square 1000x1000 images, 2 per sample, fits?"
    assert "grow linearly with the length" not in answer_to(question)

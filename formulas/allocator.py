"""What the caching allocator keeps beside what is allocated: where sizes repeat little, where lengths vary much."""

from formulas.formula import Formula
from formulas.programs import engine_peak
from formulas.quantity import Choice, Quantity, Words, byte, greatest, least, one
from formulas.sources import CUDA_CACHING
from formulas.tuning import other_models
from formulas.vocabulary import buffers, card_memory, runtime, task, varying, workspace

lengths = Choice(
    "lengths",
    ("constant", "varying"),
    Words(
        "every batch of one length (packed, or padded to it), or as long as its longest sample", "批次长度固定还是变化"
    ),
)
card_named = Choice("card_named", ("no", "yes"), Words("whether the card is known", "显卡是否已知"))
spare_share = Quantity(
    "spare_share",
    one,
    r"\sigma_{\mathrm{len}}",
    "share of the varying memory kept in blocks of other lengths",
    "因长度变化而留存的块占反复申请部分的比例",
    zero=True,
)
spare = Quantity(
    "spare",
    byte,
    r"M_{\mathrm{spare}}",
    "blocks kept for samples of other lengths",
    "为其他长度样本留存的块",
    zero=True,
)

_KEPT = CUDA_CACHING.at("Memory management: cached blocks are freed when an allocation would fail")
no_block_is_spare = Formula(
    spare,
    0 * varying,
    says="Batches of one length ask for the same sizes again.",
    zh="长度固定时每步申请的尺寸相同,块可复用。",
    source=_KEPT,
    when={lengths: "constant"},
    example=({}, 0),
)
blocks_of_other_lengths = Formula(
    spare,
    spare_share * varying,
    says="A longer sample needs larger blocks than are free; those of shorter ones stay, and fit no other size well.",
    zh="更长的样本需要更大的块;较短样本的块留存而难以复用。",
    source=_KEPT,
    when={lengths: "varying", card_named: "no", task: "train"},
    example=({spare_share: 0.9, varying: 2**30}, 0.9 * 2**30),
)
blocks_until_the_card_is_full = Formula(
    spare,
    greatest(
        0,
        least(spare_share * varying, card_memory - (engine_peak + buffers + other_models + workspace + runtime)),
    ),
    says="The same, until the card is full: then the allocator gives free blocks back before it fails.",
    zh="同上,但以显卡装满为限:分配失败之前会先归还空闲块。",
    source=_KEPT,
    when={lengths: "varying", card_named: "yes", task: "train"},
    example=(
        {
            spare_share: 1,
            varying: 30,
            engine_peak: 50,
            buffers: 0,
            other_models: 0,
            workspace: 0,
            runtime: 1,
            card_memory: 90,
        },
        30,
    ),
)

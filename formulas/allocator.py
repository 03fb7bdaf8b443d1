"""What the caching allocator keeps beside what is allocated: where sizes repeat little, where lengths vary much."""

from formulas.formula import Formula
from formulas.layouts import standing_gradients
from formulas.programs import engine_peak
from formulas.quantity import Choice, Quantity, Words, byte, greatest, least, one
from formulas.residence import held_peak
from formulas.sources import CUDA_CACHING
from formulas.vocabulary import (
    card_memory,
    gathered,
    logit_slack_share,
    logits,
    phase_optimizer_step,
    runtime,
    slack,
    slack_share,
    task,
    varying,
)

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
stuck = Quantity(
    "stuck", byte, r"M_{\mathrm{stuck}}", "free blocks that no size fits", "无合适尺寸可用的空闲块", zero=True
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
    spare_share * (varying - standing_gradients),
    says="A longer sample needs larger blocks than are free; those of shorter ones stay, and fit no other size well. Gradients that stand "
    "between micro-steps have one size whatever the length.",
    zh="更长的样本需要更大的块;较短样本的块留存而难以复用。微步之间保留的梯度大小与长度无关。",
    source=_KEPT,
    when={lengths: "varying", card_named: "no", task: "train"},
    example=({spare_share: 0.9, varying: 2**30, standing_gradients: 0}, 0.9 * 2**30),
)
blocks_until_the_card_is_full = Formula(
    spare,
    greatest(
        0,
        least(spare_share * (varying - standing_gradients), card_memory - (held_peak + stuck + runtime)),
    ),
    says="The same, until the card is full: then the allocator gives free blocks back before it fails.",
    zh="同上,但以显卡装满为限:分配失败之前会先归还空闲块。",
    source=_KEPT,
    when={lengths: "varying", card_named: "yes", task: "train"},
    example=(
        {spare_share: 1, varying: 30, standing_gradients: 0, held_peak: 50, stuck: 2, runtime: 1, card_memory: 90},
        30,
    ),
)
slack_of_the_allocator = Formula(
    slack,
    stuck + spare,
    says="Blocks that the caching allocator keeps beside what is allocated.",
    zh="缓存分配器在已分配之外保留的块。",
    source=CUDA_CACHING.at("Memory management, fragmentation"),
    example=({stuck: 3, spare: 4}, 7),
)
blocks_that_no_size_fits = Formula(
    stuck,
    slack_share * varying + logit_slack_share * logits,
    says="A share of what comes and goes, and more of the logits, whose few huge copies differ in size.",
    zh="反复申请部分的一定比例,以及尺寸各异的巨大 logits 的更高比例。",
    source=CUDA_CACHING.at("Memory management, fragmentation"),
    when={task: "inference"},
    example=({slack_share: 0.1, varying: 2**30, logit_slack_share: 0, logits: 2**29}, 0.1 * 2**30),
)
blocks_that_no_size_fits_in_a_step = Formula(
    stuck,
    slack_share * varying + logit_slack_share * logits + greatest(0, phase_optimizer_step + gathered - engine_peak),
    says="The same; and where the optimizer's step decides, the free blocks of gathered layers, too small for what it makes at once.",
    zh="同上;若峰值在优化器更新时,还有聚合层留下的空闲块,它们放不下更新时一次申请的张量。",
    source=CUDA_CACHING.at("Memory management, fragmentation"),
    when={task: "train"},
    example=(
        {
            slack_share: 0.1, varying: 2**30, logit_slack_share: 0, logits: 2**29, phase_optimizer_step: 20 * 2**30,
            gathered: 2**30, engine_peak: 20 * 2**30,
        },
        1.1 * 2**30,
    ),
)  # fmt: skip

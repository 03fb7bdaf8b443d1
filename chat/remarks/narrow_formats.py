"""What a card's generation does with 8-bit and 4-bit floats: units that compute in them, or kernels that only store them.

Asked of a card alone they are remarks of their own; asked beside a model ("NVFP4 on an H100, any good?") they come first.
"""

from collections.abc import Callable

from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import CUDA_RATES, GPTQ, LLM_COMPRESSOR_FP4, QUANTS, VLLM_ATTENTION, VLLM_HARDWARE
from kb.kernels import BEFORE_AMPERE, KEEPS_FP8, NVIDIA_WITH_FP4, NVIDIA_WITHOUT_FP8
from kb.names import gpu_row, names

_STORED_AS = {"fp8": ("fp8",), "fp4": ("nvfp4", "mxfp4")}
_OTHERS = frozenset(NVIDIA_WITHOUT_FP8) - set(BEFORE_AMPERE)


def generations(c: Asked) -> set[str]:
    """The generations of the NVIDIA cards that the one name can mean; empty of any other."""
    card = c.figures.given.get("gpu")
    rows = [gpu_row(one) for one in names().find_gpus(str(card))] if card else []
    return {str(row["architecture"]) for row in rows} if all(row.get("vendor") == "NVIDIA" for row in rows) else set()


def _has_units(kind: str, found: set[str]) -> bool | None:
    """Have all these generations, from Ampere on, units for 8-bit or 4-bit floats; None: some have, or it is not known."""
    if not found or not found.isdisjoint(BEFORE_AMPERE):
        return None
    lack = found - set(NVIDIA_WITH_FP4) if kind == "fp4" else found & _OTHERS
    return None if lack and lack != found else not lack


def _wide_or_few(c: Asked) -> bool:
    """Are 16 and 4 bits set side by side, and nothing between?"""
    formats = c.figures.log.get("format", ())
    return (
        len(formats) == len(_ENDS)
        and any(one in ("bf16", "fp16") for one in formats)
        and any("4" in one for one in formats)
    )


_ENDS = ("16", "4")


def _meant(name: str, kind: str, *, units: bool | None) -> Callable[[Asked], bool]:
    """Is it asked of a card alone that has such units, has none, or is of no one generation?"""
    return lambda c: c.any(f"meaning:{name}") and _has_units(kind, generations(c)) is units


def _stores(c: Asked, kind: str) -> bool:
    """Is it the format of the cache, or one of those of the weights?"""
    if kind == "fp8_cache":
        return str(c.k("kv_format")).startswith("fp8")
    formats = (c.k("weight_format"), *c.figures.log.get("format", ()))
    return any(str(one).startswith(_STORED_AS[kind]) for one in formats)


def _told(kind: str, *, units: bool) -> Callable[[Asked], bool]:
    """Is it asked beside a model that is served in such a format on such cards, whether the card runs it?"""

    def holds(c: Asked) -> bool:
        if not c.serving or c.failed or not c.any("kernels_asked") or _has_units(kind, generations(c)) is not units:
            return False
        return _stores(c, kind) or str(c.shape.get("quantization")).startswith(_STORED_AS.get(kind, ()))

    return holds


_ALIKE = 0.95  # of the larger of two figures that were read off a meter


def shown_alike(c: Asked) -> bool:
    """Was about the same seen with weights in two formats, nearly all of a card: the share that is taken, and no need?"""
    seen, formats = c.figures.told.get("observed_gb", ()), set(c.figures.log.get("format", ()))
    if len(seen) != 2 or len(formats) < 2 or not c.over("pool_seen", 1):
        return False
    return min(map(float, seen)) >= _ALIKE * max(map(float, seen))


def _in_both(
    key: str, kind: str, words: tuple[str, str], work: tuple[str, str], *, units: bool
) -> tuple[Remark, Remark]:
    """The remark on a format of weights or of the cache, of a card alone and beside a model."""
    return (
        Remark(f"meaning-of-{key}", 0, _meant(f"{kind}_on_card", kind, units=units), *words, work, ELSEWHERE),
        Remark(f"{key}-asked", 0, _told(kind, units=units), *words, work, FIRST),
    )


def _as_large(*, fp8: bool, modelled: bool) -> Callable[[Asked], bool]:
    """Is it asked why FP8 takes as much as 16 bit, of cards that have units for it or of those that have none?"""

    def holds(c: Asked) -> bool:
        found = generations(c) if c.any("fp8_as_16") and c.any("why_more") and not c.training else set()
        there = bool(found) and (
            found.isdisjoint(NVIDIA_WITHOUT_FP8) if fp8 else found <= frozenset(NVIDIA_WITHOUT_FP8)
        )
        return there and c.modelled == modelled

    return holds


_NOT_KEPT = (
    "**Because it is no FP8 on the card any more: these cards (Ampere or older) have no FP8 units, so a program without weight-only kernels turns the weights back into 16 bit as it loads them, 2 B of each{sizes}.** transformers does so with FP8 checkpoints; vLLM keeps 1 B of each on Ampere (Marlin, weights alone). Or take INT8, AWQ or GPTQ, which stay small here, or a card with FP8 units (Ada, Hopper and later). With a server look at its log for what the weights take: its share of the card is full in any format.",
    "**因为加载后已经不是 FP8 了:这一代卡(Ampere 及更早)没有 FP8 单元,没有“只量化权重”内核的程序会在加载时把权重还原成 16 位,每个 2 字节{sizes}。** transformers 加载 FP8 模型就是这样;vLLM 在 Ampere 上用 Marlin 可以保持每个 1 字节。也可以换 INT8、AWQ、GPTQ(在这里仍然小),或换有 FP8 单元的卡(Ada、Hopper 及以后)。用推理服务时看日志里权重占多少:它按比例占卡,不管什么格式都会占满。",
)
_STAYS_SMALL = (
    "**On this card FP8 weights stay at 1 B each, half of 16 bit{sizes}: what is as large as before is not the weights.** A server fills its share of the card (gpu_memory_utilization) in any format, and what the weights leave becomes KV cache: its log tells both. If the weights are as large, they were loaded otherwise (a dtype of 16 bit, or FP8 that is only a setting of the cache).",
    "**这张卡有 FP8 单元,FP8 权重每个 1 字节,是 16 位的一半{sizes}:占得一样多的不是权重。** 推理服务不管什么格式都按比例占满(gpu_memory_utilization),权重省下的变成 KV 缓存,看日志就知道。若权重真的一样大,就是没按 FP8 加载(dtype 指定了 16 位,或只把缓存设成 FP8)。",
)


def _why_as_large(key: str, words: tuple[str, str], *, fp8: bool) -> tuple[Remark, Remark]:
    """The remark with the weights of the model that is named, and without."""
    en, zh = words
    is_, is_not = ("{w8}", "{w16}") if fp8 else ("{w16}", "{w8}")
    return (
        Remark(f"{key}-weights", 0, _as_large(fp8=fp8, modelled=True), en.format(sizes=f" ({is_} and not {is_not})"), zh.format(sizes=f"({is_},不是 {is_not})"), VLLM_HARDWARE, FIRST),
        Remark(f"meaning-of-{key}", 0, _as_large(fp8=fp8, modelled=False), en.format(sizes=""), zh.format(sizes=""), VLLM_HARDWARE, ELSEWHERE),
    )  # fmt: skip


def _both_told(fp8: bool) -> Callable[[Asked], bool]:
    """Are FP8 and INT8 set against each other for a model that is served on cards from Ampere on, with FP8 units or without?"""

    def holds(c: Asked) -> bool:
        formats = set(c.figures.log.get("format", ()))
        if not c.serving or formats != {"fp8", "int8"}:
            return False
        found = generations(c)
        return bool(found) and (found.isdisjoint(NVIDIA_WITHOUT_FP8) if fp8 else found <= _OTHERS)

    return holds


_EIGHT_HERE = (
    "**Their memory is the same, 1 B of each quantised weight; on Ampere (A100, A40, RTX 30, A6000) INT8 is the faster: these cards have INT8 units and none for FP8.** FP8 weights run there as weights alone (Marlin unpacks them to 16 bit): faster than 16 bit for a few sequences, since half the bytes are read, not for long prompts and large batches. INT8 with activations in 8 bits, too (W8A8), computes at twice the rate of 16 bit; INT8 of weights alone (GPTQ 8-bit) is as FP8 there, and bitsandbytes' LLM.int8() is slower than 16 bit.",
    "**显存一样,每个量化的权重都是 1 字节;在 Ampere(A100、A40、RTX 30、A6000)上 INT8 更快:这些卡有 INT8 单元,没有 FP8 单元。** FP8 在这里只能当权重格式用(Marlin 解包成 16 位计算):少量序列时比 16 位快(读的字节减半),长提示和大批量不快。激活也是 8 位的 INT8(W8A8)算力是 16 位的两倍;只量化权重的 INT8(GPTQ 8 位)和那里的 FP8 一样,bitsandbytes 的 LLM.int8() 比 16 位还慢。",
)  # fmt: skip
_EIGHT_THERE = (
    "**Their memory is the same, 1 B of each quantised weight, and from Ada and Hopper on so is the rate: both have units, at twice the speed of 16 bit. There FP8 is the usual choice: hardly any loss without calibration, since a float keeps outliers that INT8 has to scale, and the servers' kernels are made for it.** For a few sequences both are about twice as fast as 16 bit, for half the bytes are read. INT8 counts where it must run on Ampere as well; bitsandbytes' LLM.int8() is slower than 16 bit.",
    "**显存一样,每个量化的权重都是 1 字节;从 Ada、Hopper 起速度也一样:两种都有硬件单元,算力是 16 位的两倍。这里通常选 FP8:几乎不用校准也不掉精度(浮点能保留离群值,INT8 得靠缩放),推理框架的内核也主要针对它。** 少量序列时两者都约为 16 位的两倍,因为读的字节减半。需要同时在 Ampere 上跑才选 INT8;bitsandbytes 的 LLM.int8() 比 16 位慢。",
)  # fmt: skip

_FP8_HERE = (
    "**It runs, as a way to store weights: 1 B of each instead of 2, so the memory is halved; Ampere has no FP8 units, and computes in 16 bit.** vLLM's Marlin kernels unpack the weights as they are read: for a few sequences that is faster than 16 bit, since half the bytes are read, for long prompts and large batches it is not. An FP8 cache saves its half as well. INT8 with activations in 8 bits (W8A8) does compute faster on these cards.",
    "**能跑,但只是权重的存储格式:每个 1 字节而不是 2 字节,显存减半;Ampere 没有 FP8 单元,仍按 16 位计算。** vLLM 的 Marlin 内核边读边解包:少量序列时比 16 位快(读的字节减半),长提示和大批量则不快。FP8 缓存同样省一半。想在这类卡上算得更快,用激活也是 8 位的 INT8(W8A8)。",
)  # fmt: skip
_FP8_THERE = (
    "**Yes: from Ada and Hopper on cards have FP8 units. FP8 halves the weights (1 B of each instead of 2) and computes at up to twice the rate of 16 bit**: for a few sequences because half the bytes are read, for long prompts and large batches because of the units. An FP8 cache is a setting of its own (--kv-cache-dtype fp8).",
    "**支持:从 Ada、Hopper 起的卡都有 FP8 单元。FP8 让权重减半(每个 1 字节而不是 2 字节),算力最高是 16 位的两倍**:少量序列时因为读的字节减半,长提示和大批量时靠 FP8 单元。KV 缓存用 FP8 要另外设(--kv-cache-dtype fp8)。",
)  # fmt: skip
_FP4_HERE = (
    "**It runs, as a way to store weights: FP4 units begin with Blackwell (B200, RTX 50, RTX PRO 6000 Blackwell), and before it vLLM unpacks NVFP4 and MXFP4 weights to 16 bit as it reads them (Marlin, from Ampere on).** So the memory is the format's, 4.5 bits a weight for NVFP4 and 4.25 for MXFP4, about half of FP8; faster it is only for a few sequences, since fewer bytes are read, and for large batches FP8 on a card with FP8 units is the faster. TensorRT-LLM takes NVFP4 on Blackwell alone. AWQ or GPTQ in 4 bits takes as much and runs everywhere.",
    "**能跑,但只是权重的存储格式:FP4 单元从 Blackwell(B200、RTX 50、RTX PRO 6000 Blackwell)才有,之前的卡由 vLLM 边读边解包成 16 位计算(Marlin,Ampere 起)。** 所以显存按格式算:NVFP4 每个权重 4.5 位,MXFP4 4.25 位,约为 FP8 的一半;只有少量序列时更快(读的字节少),大批量时有 FP8 单元的卡上 FP8 更快。TensorRT-LLM 的 NVFP4 只支持 Blackwell。4 位的 AWQ、GPTQ 一样大,而且到处能跑。",
)  # fmt: skip
_FP4_THERE = (
    "**Yes: from Blackwell on cards have FP4 units. NVFP4 stores 4.5 bits a weight, about half of FP8, and computes at up to twice its rate**: for a few sequences because fewer bytes are read, for long prompts and large batches because of the units (where the activations are in 4 bits, too). The KV cache is a setting of its own and stays in 16 bit unless told otherwise.",
    "**支持:从 Blackwell 起的卡有 FP4 单元。NVFP4 每个权重 4.5 位,约为 FP8 的一半,算力最高是 FP8 的两倍**:少量序列时因为读的字节更少,长提示和大批量时靠 FP4 单元(激活也要是 4 位)。KV 缓存另外设置,不设仍是 16 位。",
)  # fmt: skip
# https://github.com/vllm-project/vllm/issues/26431: Triton's kernels on an RTX 3090
_CACHE_HERE = (
    "**It runs, as a way to store the cache: 1 B of each number instead of 2, so twice the tokens; Ampere unpacks them to 16 bit as attention reads them, so it brings room and hardly speed.** The attention kernel must read it: vLLM's FlashAttention does on Hopper alone, so here it takes FlashInfer (--attention-backend FLASHINFER, if it does not by itself); Triton's kernels know no e4m3 before Ada (“fp8e4nv not supported”), --kv-cache-dtype fp8_e5m2 they do. FP8 weights want e4m3. Hardly any loss of quality; llama.cpp has -ctk q8_0 -ctv q8_0 on any card.",
    "**能用,只是缓存的存储格式:每个数 1 字节而不是 2 字节,能放的 token 翻倍;Ampere 在注意力读取时解包成 16 位,换来的是空间,几乎不提速。** 要有能读它的注意力内核:vLLM 的 FlashAttention 只在 Hopper 上支持,这里要用 FlashInfer(没有自动选中就加 --attention-backend FLASHINFER);Triton 内核在 Ada 之前不支持 e4m3(报 fp8e4nv not supported),可用 --kv-cache-dtype fp8_e5m2。FP8 权重的模型要用 e4m3。质量几乎无损;llama.cpp 任何卡都可以用 -ctk q8_0 -ctv q8_0。",
)  # fmt: skip
_CACHE_THERE = (
    "**Yes: --kv-cache-dtype fp8 halves a token's cache on these cards with hardly any loss, so the same pool holds twice the tokens.** On Hopper FlashAttention 3 computes attention in FP8, elsewhere FlashInfer or Triton read it; it is a setting of its own, whatever the weights are in.",
    "**支持:--kv-cache-dtype fp8 让每个 token 的缓存减半,几乎无损,同样的池能放两倍 token。** Hopper 上 FlashAttention 3 直接按 FP8 计算注意力,其他卡由 FlashInfer 或 Triton 读取;它与权重用什么格式无关,要单独设。",
)  # fmt: skip


def stays_fp8(c: Asked) -> bool:
    """Does the program that the asker names keep FP8 weights on a generation that has no units for them?"""
    told = set(KEEPS_FP8) & set(c.figures.log.get("engine_told", ()))
    return bool(told) and c.card.get("architecture") in _OTHERS


NARROW_FORMATS = (
    Remark("scales-left-out", 28, lambda c: c.serving and c.modelled and not c.failed and c.given("weight_format", "int4") and c.any("fits", "how_much", "how_many_gpus", "max_batch_ctx", "quant_gguf"),
        "{scales_counted}", "{scales_counted}", GPTQ),
    *_why_as_large("fp8-not-kept", _NOT_KEPT, fp8=False),
    *_why_as_large("fp8-stays-small", _STAYS_SMALL, fp8=True),
    Remark("meaning-of-eight-bits-here", 0, _meant("fp8_or_int8", "fp8", units=False),
        *_EIGHT_HERE, CUDA_RATES, ELSEWHERE),
    Remark("meaning-of-eight-bits-there", 0, _meant("fp8_or_int8", "fp8", units=True),
        *_EIGHT_THERE, CUDA_RATES, ELSEWHERE),
    Remark("also-eight-bits-here", 1, _both_told(fp8=False), *_EIGHT_HERE, CUDA_RATES, FIRST),
    Remark("also-eight-bits-there", 1, _both_told(fp8=True), *_EIGHT_THERE, CUDA_RATES, FIRST),
    Remark("meaning-of-eight-bits", 1, _meant("fp8_or_int8", "fp8", units=None),
        "**Their memory is the same, 1 B of each quantised weight; the speed goes with the card. Turing and Ampere (T4, A100, RTX 30) have units for INT8 and none for FP8: INT8 with activations in 8 bits computes at twice the rate of 16 bit there, FP8 is a way to store weights only (vLLM's Marlin kernels, from Ampere on). Ada, Hopper and Blackwell (RTX 40, L40S, H100) have both, at the same rate, and FP8 loses less without calibration.** For a few sequences either is faster than 16 bit because half the bytes are read; bitsandbytes' LLM.int8() is slower.",
        "**显存一样,每个量化的权重都是 1 字节;速度看卡。Turing、Ampere(T4、A100、RTX 30)有 INT8 单元而没有 FP8:激活也是 8 位的 INT8 算力是 16 位的两倍,FP8 只是存权重的格式(vLLM 的 Marlin 内核,Ampere 起)。Ada、Hopper、Blackwell(RTX 40、L40S、H100)两种都有、速度相同,而 FP8 不用校准也更不掉精度。** 少量序列时两者都比 16 位快,因为读的字节减半;bitsandbytes 的 LLM.int8() 反而更慢。", CUDA_RATES, ELSEWHERE),
    *_in_both("fp8-here", "fp8", _FP8_HERE, VLLM_HARDWARE, units=False),
    Remark("meaning-of-fp8-before", 0, lambda c: c.any("meaning:fp8_on_card", "meaning:fp4_on_card") and bool(generations(c)) and generations(c) <= set(BEFORE_AMPERE),
        "**No: cards before Ampere have no units for FP8 or FP4, and the kernels that keep such weights there (Marlin) begin with Ampere: a program that loads such a checkpoint turns it into 16 bit, 2 B of each.** What does save here: INT8, GPTQ or GGUF weights, at 1 B and about half a byte.",
        "**不能:Ampere 之前的卡没有 FP8 或 FP4 单元,能保持这类权重的内核(Marlin)也从 Ampere 起才有;程序加载这种模型时会转成 16 位,每个 2 字节。** 这里能省的是 INT8、GPTQ 或 GGUF 权重:每个 1 字节或约半个字节。", VLLM_HARDWARE, ELSEWHERE),
    *_in_both("fp8-there", "fp8", _FP8_THERE, VLLM_HARDWARE, units=True),
    *_in_both("fp8-cache-here", "fp8_cache", _CACHE_HERE, VLLM_ATTENTION, units=False),
    *_in_both("fp8-cache-there", "fp8_cache", _CACHE_THERE, VLLM_ATTENTION, units=True),
    Remark("meaning-of-fp8-cache", 1, _meant("fp8_cache_on_card", "fp8_cache", units=None),
        "**An FP8 cache needs no FP8 units, only an attention kernel that reads it: half the bytes a token, so twice the tokens in the same pool, hardly any loss.** In vLLM that is FlashInfer (from Ampere on; on Turing only before vLLM 0.24), Triton (e4m3 from Ada on, before it e5m2) or FlashAttention 3 on Hopper, which alone computes in FP8 as well; elsewhere it brings room and hardly speed. llama.cpp has -ctk q8_0 -ctv q8_0 on any card.",
        "**FP8 缓存不需要 FP8 单元,只要注意力内核能读:每个 token 字节减半,同样的池能放两倍 token,几乎无损。** vLLM 里是 FlashInfer(Ampere 起;Turing 只在 vLLM 0.24 之前可用)、Triton(e4m3 要 Ada 起,之前用 e5m2)或 Hopper 上的 FlashAttention 3,只有后者还按 FP8 计算;其余只省空间,几乎不提速。llama.cpp 任何卡都可用 -ctk q8_0 -ctv q8_0。", VLLM_ATTENTION, ELSEWHERE),
    *_in_both("fp4-here", "fp4", _FP4_HERE, LLM_COMPRESSOR_FP4, units=False),
    *_in_both("fp4-there", "fp4", _FP4_THERE, LLM_COMPRESSOR_FP4, units=True),
    Remark("fp8-kept-without-units", 11, lambda c: c.serving and not c.failed and (c.given("weight_format", "fp8") or "fp8" in c.figures.log.get("format", ())) and not c.any("kernels_asked") and stays_fp8(c),
        "This card has no FP8 units (they begin with Ada and Hopper), and vLLM keeps the weights at 1 B each all the same (Marlin, weights alone, {w8}) and computes in 16 bit: that saves memory, and time for a few sequences only.{room_in_four_bits}",
        "这张卡没有 FP8 单元(Ada、Hopper 起才有),但 vLLM 用 Marlin 内核只量化权重,仍是每个 1 字节({w8}),按 16 位计算:省显存,只有少量序列时更快。{room_in_four_bits}", VLLM_HARDWARE),
    Remark("formats-by-name", 9, lambda c: c.serving and c.modelled and not c.failed and c.any("largest_quant") and c.given("engine", "vllm", "sglang") and c.card.get("vendor") == "NVIDIA" and not c.said("weight_format"),
        "By name, for this server: {quant_names}.",
        "按格式名,在这类服务里:{quant_names}。", VLLM_HARDWARE),
    Remark("has-fp8", 40, lambda c: c.serving and c.modelled and not c.failed and not c.any("any_model") and (c.given("weight_format", "fp8") or "fp8" in c.figures.log.get("format", ())) and not c.any("kernels_asked") and _has_units("fp8", generations(c)) is True,
        "This card has FP8 units: FP8 weights stay at 1 B each and are computed as they are.{or_in_four_bits}",
        "这张卡有 FP8 单元:FP8 权重每个 1 字节,直接按 FP8 计算。{or_in_four_bits}", VLLM_HARDWARE),
    Remark("half-and-not-single", 1, lambda c: c.serving and c.modelled and c.given("weight_format", "fp32") and not generations(c).isdisjoint(BEFORE_AMPERE) and not c.reads_gguf and c.any("bf16_named", "oom_diagnosis"),
        "**Take float16, not float32: --dtype half. It is 2 B per parameter like bf16, and float32 doubles everything, {w32} of weights in place of {w16}.** {half_instead}",
        "**应改成 float16(--dtype half),而不是 float32:它和 bf16 一样每参数 2 字节,float32 什么都翻倍,权重 {w32},而不是 {w16}。** {half_instead}", VLLM_HARDWARE, FIRST),
    Remark("fp8-between", 40, lambda c: c.serving and c.modelled and not c.failed and not c.reads_gguf and not c.any("any_model", "kernels_asked") and _wide_or_few(c) and _has_units("fp8", generations(c)) is True,
        "Between them is FP8: {fp8_between}; this card has units for it.",
        "两者之间还有 FP8:{fp8_between};这张卡有 FP8 单元。", VLLM_HARDWARE),
    Remark("file-between", 12, lambda c: c.serving and c.modelled and not c.failed and c.reads_gguf and len(c.figures.log.get("format", ())) == 2,
        "{file_between}", "{file_between}", QUANTS),
    Remark("no-fp4", 11, lambda c: c.serving and not c.failed and _stores(c, "fp4") and not c.any("kernels_asked") and _has_units("fp4", generations(c)) is False and not c.reads_gguf,
        "This card has no FP4 units (they begin with Blackwell): vLLM keeps the weights in 4 bits and computes in 16 (Marlin), so they save memory here, and time for a few sequences only.",
        "这张卡没有 FP4 单元(Blackwell 起才有):vLLM 以 4 位存放权重、按 16 位计算(Marlin),省显存,只有少量序列时更快。", LLM_COMPRESSOR_FP4),
)  # fmt: skip

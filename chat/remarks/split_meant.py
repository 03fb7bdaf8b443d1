"""How programs split a model over cards: what to tell them, why it is slow, and why one card is full while another has room."""

from chat.remarks.features_meant import means
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Remark
from chat.remarks.unnamed import full_beside_empty, unnamed
from chat.works import BIG, LLAMACPP_CARDS, WEBUI

_FULL_BESIDE_EMPTY = (
    '**Room on one card does not help another: each holds only what the program puts there, so the split is at fault and not the sum.** If the other one is empty, the program uses one card: transformers wants device_map="auto", vLLM and SGLang --tensor-parallel-size, llama.cpp divides by itself unless -ts or CUDA_VISIBLE_DEVICES says otherwise. If it is partly full, whole layers were dealt by the weights alone: the first card also has inputs and buffers, the last the output layer and its logits, and each its part of the cache. Give the full one less: max_memory with device_map, a smaller number for it in -ts (llama.cpp) or --gpu-split (ExLlama), or leave the split to the loader. Tensor parallel divides every layer and fills the cards alike.',
    '**一张卡的空余帮不了另一张:每张卡只放程序分给它的部分,所以问题在切分,不在总量。** 另一张完全空着,说明程序只用了一张卡:transformers 要写 device_map="auto",vLLM、SGLang 要设 --tensor-parallel-size,llama.cpp 会自动分,除非被 -ts 或 CUDA_VISIBLE_DEVICES 限制。另一张用了一部分,说明整层只按权重分:第一张卡还要放输入和缓冲,最后一张还有输出层和 logits,各卡另有自己那部分缓存。让满的那张少分一些:device_map 配 max_memory,-ts(llama.cpp)或 --gpu-split(ExLlama)里把它的数调小,或交给加载器自动分。张量并行把每一层都切开,各卡占得一样多。',
)
SPLIT_MEANT = (
    Remark("meaning-of-split-values", 1, means("split_values"), "{split_values}", "{split_values}", LLAMACPP_CARDS, ELSEWHERE),
    Remark("split-values", 0, lambda c: c.serving and c.modelled and not c.failed and c.n > 1 and c.any("split_values") and not c.any("any_model"), "{split_values}", "{split_values}", WEBUI, FIRST),
    Remark("meaning-of-map-turns", 1, means("map_turns"), "{map_turns}", "{map_turns}", BIG, ELSEWHERE),
    Remark("map-takes-turns", 0, lambda c: c.serving and c.modelled and not c.failed and c.n > 1 and c.any("slow_on_map") and not c.said("zero_stage") and not c.any("any_model"), "{map_turns}", "{map_turns}", BIG, FIRST),
    Remark("full-beside-empty-unnamed", 1, lambda c: full_beside_empty(c) and unnamed(c), *_FULL_BESIDE_EMPTY, BIG, ELSEWHERE),
    Remark("full-beside-empty", 1, lambda c: full_beside_empty(c) and not unnamed(c) and c.serving and c.n > 1 and (c.fits or c.figures.base.capacity is None), *_FULL_BESIDE_EMPTY, BIG, CAUSE),
)  # fmt: skip

"""Blocks that PyTorch's allocator keeps of the longest step so far, where nothing but the weights is allocated."""

from chat.figures.named import GIB, Figures
from formulas.quantity import SILENT, Words
from kb.overheads import CONTEXT_GIB

# beside the weights: more than twice the usual context is no context and its kernels
CONTEXT_AT_MOST = 2 * CONTEXT_GIB[1] * GIB


def after_long_ones(figures: Figures, between: float) -> Words:
    """Whether what stands beside the weights is little more than a context, or blocks that the largest step so far has left."""
    if between < CONTEXT_AT_MOST:
        return Words(" They come once and do not grow by themselves.", "这部分只有一次,不会自己增长。")
    token = figures.amount("kv_token")
    low, high = (f"{one:g}" for one in CONTEXT_GIB)
    cache = (
        Words(
            f" The KV cache is not it: at {figures['kv_token']} a token so much would be {_round_tokens(between / token)} tokens, and it goes with its request.",
            f"主因不是 KV 缓存:每 token 只有 {figures['kv_token']},这么多要 {_round_tokens(between / token)} 个 token,而且请求结束就释放。",
        )
        if token
        else SILENT
    )
    return Words(
        f" What is beyond the context ({low} to {high} GiB) is blocks that the longest step so far has left: no leak, the next steps use them again, and torch.cuda.empty_cache() gives the free ones back (nvidia-smi lists what another process holds).{cache.en}",
        f"超出上下文({low}–{high} GiB)的部分,是跑过的最长一步留下的空闲块:不是泄漏,后面会复用,torch.cuda.empty_cache() 可以还给驱动(别的进程占的,nvidia-smi 会单独列出)。{cache.zh}",
    )


def _round_tokens(tokens: float) -> str:
    return f"{float(f'{tokens:.2g}'):,.0f}"

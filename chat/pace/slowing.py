"""Lines on a chat that answers slower with every turn: what grows with the history, and what does not."""

from chat.pace.lengths import longest_held
from chat.pace.served import Served
from chat.pace.words import Line, amount, between, line, share
from chat.works import GENERATION, GPT_FAST, OLLAMA_CONTEXT, VLLM_PREFIX
from kb.programs import reads_files, serves
from kb.rates import Decoding


def slowing_lines(asked: Served) -> list[Line]:
    """Why the same chat slows, by how its program keeps the cache; empty where no speed is known."""
    if not asked.worked:
        return []
    one, engine = asked.first, asked.first.there.situation.knob("engine")
    if one.host_bytes:
        return []  # slow from the start, and that is what the rates explain
    if reads_files(engine):
        return _of_files(one)
    return _of_a_server(one) if serves(engine) else _of_a_script(one)


def _held(one: Decoding) -> tuple[str, str]:
    """What the longest history on the card does to a token's speed."""
    longer = longest_held(one)
    if longer is None:
        return "", ""
    at, (now, then) = int(longer.facts["seq_len"].value), (one.rate, longer.rate)
    left = share(then[0] / now[0])
    return (
        f" With all of it on the card a history of {at:,} tokens leaves {left} of the speed, about {between(*then)} tokens/s.",
        f"全部在卡上时,历史到 {at:,} token 还有原来速度的 {left},约 {between(*then)} token/秒。",
    )


def _of_files(one: Decoding) -> list[Line]:
    held, held_zh = _held(one)
    most = one.there.longest or 0
    room, room_zh = (
        (f" This card holds about {most:,} tokens: keep -c, num_ctx within that.", f"这张卡约放得下 {most:,} token,-c、num_ctx 设在这以内。")
        if most > 0 else ("", "")
    )  # fmt: skip
    return [
        line(f"**It is not memory filling up as you chat: the cache is set aside for all of num_ctx as the model loads. What grows is the history that each turn reads.**{held}",
             f"**不是聊着聊着把显存占满的:缓存在加载时就按 num_ctx 全部预留,变长的是每轮要读的历史。**{held_zh}", GPT_FAST),
        line(f"First `ollama ps`: less than 100 % GPU means that layers lie in RAM, and the longer the history the slower the CPU is with it.{room} Ollama's own default goes by the card: 4k below 24 GiB, 32k to 48 GiB, then 256k, which may be more than fits; an 8-bit cache (-fa on --cache-type-k q8_0 --cache-type-v q8_0) halves it.",
             f"先看 `ollama ps`:不是 100% GPU 就有层在内存里,历史越长 CPU 算得越慢。{room_zh}Ollama 的默认值看显存:24 GiB 以下 4k,到 48 GiB 为 32k,再大 256k,可能超出放得下的;8 位缓存(-fa on --cache-type-k q8_0 --cache-type-v q8_0)减半。", OLLAMA_CONTEXT),
        line("At 100 % GPU, and it is the first word that comes late: beyond num_ctx the oldest messages are cut, so the cached beginning no longer matches and every turn reads the whole prompt anew instead of its new part. Raise num_ctx as far as it fits, summarise or begin a new chat, and keep thinking out of the history.",
             "100% GPU 而首字越来越慢:历史超过 num_ctx 后最早的消息被截掉,缓存的开头对不上,每轮都从头读整段提示,而不只读新的一轮。放得下就调大 num_ctx,否则总结历史或另开对话,思考过程不要留在历史里。"),
    ]  # fmt: skip


def _of_a_server(one: Decoding) -> list[Line]:
    held, held_zh = _held(one)
    return [
        line(f"**A server's memory does not fill up as you chat: the pool is taken as it starts. What grows is the history that each turn reads, and the part of the pool that it takes.**{held}",
             f"**服务的显存不会越聊越满:缓存池启动时就占好了,变长的是每轮要读的历史和它占的池。**{held_zh}", GPT_FAST),
        line("With prefix caching (vLLM's default) a turn reads its new part alone, as long as the history is still in the pool and its beginning is unchanged: a time in the system prompt, or cutting the oldest messages, makes it read all anew. Look at the log's KV cache usage: near 100 % requests wait, or are preempted and computed again; then an 8-bit cache (--kv-cache-dtype fp8), fewer sequences at once or shorter histories.",
             "开着前缀缓存(vLLM 默认)时每轮只读新增的部分,前提是历史还在池里、开头没变:系统提示里带时间、截掉最早的消息,都会让它从头重读。看日志里的 KV cache usage:接近 100% 时请求在排队,或被抢占后重算;这时用 8 位缓存(--kv-cache-dtype fp8)、减少并发或缩短历史。", VLLM_PREFIX),
    ]  # fmt: skip


def _of_a_script(one: Decoding) -> list[Line]:
    held, held_zh = _held(one)
    each = amount(one.cache / one.batch / int(one.facts["seq_len"].value) / 1024)
    return [
        line(f"**Each turn reads the whole history again, for `generate` keeps no cache between calls, and the cache grows by {each} KiB per token.**{held}",
             f"**每轮都要把整段历史重新读一遍(`generate` 两次调用之间不留缓存),缓存每 token 增加 {each} KiB。**{held_zh}", GENERATION),
        line("Pass the past_key_values on (the same DynamicCache) or take a server with prefix caching; on Windows the driver moves what no longer fits into shared memory, which is many times slower: see that `nvidia-smi` stays below the card's size.",
             "把 past_key_values(同一个 DynamicCache)传给下一轮,或改用有前缀缓存的服务;Windows 驱动会把放不下的挪到共享显存,慢很多倍:看 `nvidia-smi` 是否到顶。"),
    ]  # fmt: skip

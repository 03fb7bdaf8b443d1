"""What prefix caching saves where so many requests begin alike: that part is kept once."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words


def _prefix_saved(figures: Figures) -> Words:
    """Missing for a single request; where no prefix is told, all of the length would be shared, which nothing is."""
    many = int(figures.knob("batch_size") or 1)
    told = figures.logged_all("shared_prefix")
    if many < 2 or not told:
        raise Missing("shared_prefix")
    tokens, token = int(told[0]), figures.need("kv_token")
    if not token:  # a state of fixed size, of which no prefix is shared
        raise Missing("kv_token")
    once, each = tokens * token, tokens * token * many
    saved, own = each - once, max(0, int(figures.knob("seq_len")) - tokens)
    stays = (
        Words(f" The {own:,} tokens that each has of its own stay, {gib_words(many * own * token)} together.", f"每条自己的 {own:,} token 照旧,共 {gib_words(many * own * token)}。")
        if own
        else Words(f" What each reads and writes beyond them comes on top, {kib(token)} a token.", f"每条在此之外的输入和输出另算,每 token {kib(token)}。")
    )  # fmt: skip
    held = _with_it(figures, saved / (int(figures.knob("seq_len")) * many * token))
    return Words(
        f"**With prefix caching (vLLM's V1 engine and SGLang have it on by default) the {tokens:,} tokens that all {many} requests begin with are kept once, {gib_words(once)}, instead of {many} times, {gib_words(each)}: that saves {gib_words(saved)}.**{stays.en} It takes no memory of its own; a server's pool is as large as before, so what is saved is room for more requests or longer ones.{held.en}",
        f"**开了前缀缓存(vLLM V1、SGLang 默认开启),{many} 条请求开头相同的 {tokens:,} token 只存一份,{gib_words(once)},而不是 {many} 份的 {gib_words(each)},能省 {gib_words(saved)}。**{stays.zh}它本身不占显存;服务的缓存池大小不变,省下的是更多或更长请求的空间。{held.zh}",
    )


def _with_it(figures: Figures, share: float) -> Words:
    """What the fullest card then takes of what it has; silent where no card is named. `share`: of the cache that is saved."""
    room = figures.base.capacity
    if not room:
        return SILENT
    there, whole = gib_words(figures.base.best - share * figures.base.terms.get("kv_cache", 0.0)), gib_words(room)
    each = Words(" per card", "每张卡 ") if figures.n > 1 else SILENT
    return Words(
        f" With it the whole takes {there} of {whole}{each.en}, without it {gib_words(figures.base.best)}.",
        f"开启后{each.zh}共需 {there} / {whole},不开是 {gib_words(figures.base.best)}。",
    )


PREFIX_WORDS: dict[str, Callable[[Figures], Words]] = {"prefix_saved": _prefix_saved}

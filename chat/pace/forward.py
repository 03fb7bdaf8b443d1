"""Operations of a forward pass: of one token, or of all that are told, with what attention over them adds."""

from typing import Any

from chat.figures.named import Figures
from chat.pace.words import Line, amount, line, operations, share
from chat.works import SCALING_LAWS
from formulas.notation import size_words


def forward_lines(model: dict[str, Any], params: float, length: float | None) -> list[Line]:
    """2 operations of each weight for each token, and those of queries with keys and of scores with values.

    params    parameters that compute [1]
    length    tokens of the sequence [1]; None where none is told
    """
    each, name = 2 * params, size_words(params)
    if not length:
        return [
            line(f"**{amount(each / 1e9)} GFLOP for each token: 2 × {name} parameters**, one multiplication and one addition of each weight; prompts take the same for each of their tokens. Training takes 6: the backward pass is twice the forward.",
                 f"**每个 token {amount(each / 1e9)} GFLOP:2 × {name} 参数**,每个权重一次乘、一次加;提示里的每个 token 也一样。训练是 6:反向是前向的两倍。", SCALING_LAWS),
        ]  # fmt: skip
    whole = each * length
    figures = Figures(model)
    width = figures.fact("n_heads") * figures.fact("head_dim")
    layers = figures.fact("n_layers")
    scores = 2 * layers * width * length**2
    return [
        line(f"**About {operations(whole)} FLOP: 2 × {name} parameters × {length:,.0f} tokens**, {amount(each / 1e9)} GFLOP for each token, one multiplication and one addition of each weight.",
             f"**约 {operations(whole)} FLOP:2 × {name} 参数 × {length:,.0f} token**,每个 token {amount(each / 1e9)} GFLOP,每个权重一次乘、一次加。", SCALING_LAWS),
        line(f"Attention over the context comes on top: 2 × {layers:g} layers × {width:,.0f} × {length:,.0f}² = {operations(scores)} FLOP, {share(scores / whole)} more (causal; a kernel that computes what is masked too takes twice that).",
             f"对上下文的注意力另加 2 × {layers:g} 层 × {width:,.0f} × {length:,.0f}² = {operations(scores)} FLOP,多 {share(scores / whole)}(按因果掩码;连被掩掉的也算则翻倍)。"),
        line("The backward pass is twice the forward: training takes 6 for each parameter and token, 8 with full recomputation.",
             "反向是前向的两倍:训练每参数每 token 共 6,完全重计算是 8。"),
    ]  # fmt: skip

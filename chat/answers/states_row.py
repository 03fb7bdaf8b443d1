"""The states of a training of all weights as a row of its breakdown: their sum is what people reckon with, 16 B a parameter."""

from typing import Any

from chat.phrases import gib


def states_row(shown: list[dict[str, Any]], language: str) -> list[list[str]]:
    """Weights, gradients and optimizer states together, of one case with its product, of several with their amounts alone."""
    states = [one.get("states") for one in shown]
    if not any(states):
        return []
    zh = language == "zh"
    said = "(权重、梯度与优化器状态之和)" if zh else "(weights, gradients and optimizer states together)"
    amounts = [f"({gib(one['gib'])})" if one else "–" for one in states]
    first = states[0]
    return [[said, *amounts, *([str(first["zh" if zh else "says"])] if len(shown) == 1 and first else [])]]

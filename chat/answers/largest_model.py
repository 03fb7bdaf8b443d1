"""What stands beside the largest model that cards hold: how long a sequence it leaves, and which fits for sure."""

from typing import Any

from chat.phrases import VERDICTS, gib, in_words, pick


def beside_largest(solved: dict[str, Any], language: str, further: bool = False) -> str:
    """Of the largest model: whether it only just fits, how long a sequence it leaves, and what fits for sure."""
    zh = language == "zh"
    told = ""
    if solved.get("longest"):
        tokens = in_words("seq_len", solved["longest"], language)
        told += f",最长 {tokens}" if zh else f", up to {tokens}"
    if solved["quantity"] == "params" and solved.get("verdict") == "borderline":
        told += ",临界" if zh else ", borderline"
    if sure := solved.get("sure"):
        size, tokens = in_words("params", sure["params"], language), in_words("seq_len", sure["longest"], language)
        told += (
            f";稳妥的是 {size}:{gib(sure['gib'])},最长 {tokens}"
            if zh
            else f"; with room to spare {size}: {gib(sure['gib'])}, up to {tokens}"
        )
    if further and (beyond := solved.get("beyond")):
        size = in_words("params", beyond["params"], language)
        told += (
            f";再大一档 {size} 要 {gib(beyond['gib'])}"
            if zh
            else f"; the next size, {size}, takes {gib(beyond['gib'])}"
        )
    if lean := solved.get("leaner"):
        size, need = in_words("params", lean["params"], language), gib(lean["gib"])
        sure = "" if lean["leaning"] == "yes" else pick(VERDICTS[lean["leaning"]], language)
        need += (f",{sure}" if zh else f", {sure}") if sure else ""
        told += f";{lean['zh']}可到 {size}({need})" if zh else f"; with {lean['says']} up to {size} ({need})"
    return told

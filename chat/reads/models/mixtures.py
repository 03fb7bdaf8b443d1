"""A mixture of experts that is told by its sizes, all of it and what a token activates, and by no name."""

from chat.reads.lexicon import SIZE, SIZE_SCALES, compiled
from chat.reads.scan import Scan
from kb.standin import mixture_of

# "a 30B MoE", "MoE 30B", "30B 的混合专家模型"
_WORD = r"(?:moe|mixture[- ]of[- ]experts|sparse|混合专家|专家混合|稀疏)"
_BEFORE = rf"{_WORD}\s?(?:models?|模型)?\s?(?:of|with|,|的)?\s?$"
_BEHIND = rf"\s?(?:params?|parameters?|参数)?\s?(?:的|total|in all|总参数?)?\s?{_WORD}(?![a-z])"
# the model of the table that has these sizes, and a mixture whose sizes no model of the table has
BY_SIZES, OF_OTHER_SIZES = "mixture_by_sizes", "mixture_of_other_sizes"


def settle_mixture(scan: Scan) -> None:
    """State the mixture of the table that has the sizes, and note it; another size stays one of a dense model, as is noted."""
    sizes = [float(one) for one in scan.facts.get("params", ())]
    if {"model", "config"} & set(scan.facts) or not sizes:
        return
    active = [float(one) for one in scan.extras.get("active_params", ()) if float(one) < max(sizes)]
    size = sizes[0] if active and len(sizes) == 1 else _said(scan, sizes)
    if size is None:
        return
    name = mixture_of(size, active[0] if active else None)
    if name is None:
        scan.note(OF_OTHER_SIZES, size)
        return
    place = sizes.index(size)
    span = scan.spans["params"].pop(place)
    scan.facts["params"].pop(place)
    if not scan.facts["params"]:
        del scan.facts["params"], scan.spans["params"]
    scan.facts["model"], scan.spans["model"] = [name], [span]
    scan.note(BY_SIZES, name)


def _said(scan: Scan, sizes: list[float]) -> float | None:
    """The first of the sizes at which the word for such a model stands."""
    for found in scan.find(SIZE):
        size = float(found["n"]) * SIZE_SCALES[found["s"]]
        beside = compiled(_BEHIND).match(scan.text, found.end()) or compiled(_BEFORE).search(scan.text[: found.start()])
        if beside and size in sizes:
            return size
    return None

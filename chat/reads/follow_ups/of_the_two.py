"""Two cases that were spoken of one after the other and are now to be chosen between: "which of the two should I take?".

The question is read with both named before it, as somebody would who asks it alone.
"""

from collections.abc import Mapping
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

Facts = Mapping[str, tuple[Any, ...]]
# the extra with the case before the one at hand, and whether that was the last one
CASE_BEFORE = "case_before"
# what sets two cases apart, by what it is of, and the nouns of each
_GROUPS: dict[str, tuple[str, ...]] = {
    "card": ("gpu", "gpu_memory_gb", "n_gpus"),
    "model": ("model", "params", "bits", "weight_format"),
    "method": ("method",),
}
_NOUNS = {
    "card": r"\b(?:cards?|gpus?|machines?|setups?|rigs?)\b|卡|[张块](?!表)|机器|配置",
    "model": r"\bmodels?\b|模型",
    "method": r"\b(?:methods?|ways?)\b|方法|方式",
}
_SHORT = 80
_TWO_CARDS = ("n_gpus", (2,))  # as "the two cards" is read
_THE_TWO = (
    r"\b(?:the|those|these) (?:two|2)\b(?! (?:layers|copies|gpus together))|\bwhich (?:one )?of (?:them|those|these|both)\b|\bcompare (?:them|both|these|those)\b|\bside by side\b"
    r"|(?:这|那|前面|上面|刚才)?(?:这|那)?[两2](?:张|块|个|种|款|者|套|台)(?:卡|显卡|模型|方案|配置|机器)?(?:里|中|之间|都)?[^,;?]{0,6}(?:选|哪|对比|相比|比较|比一|谁|差|区别)|(?:对比|比较|比)一下(?:这|那)?(?:[两2]|\W*$)"
)
# of two cards, as one machine
_TOGETHER = r"\bboth(?: of (?:them|these|those))?(?: (?:cards|gpus))?(?: (?:at once|together|combined|in (?:one|the same|a) (?:box|machine|pc|rig)))|\b(?:use|run|put|combine|pool|have) (?:them|these|both)\b[^.?;]{0,16}\b(?:together|at once|combined)\b|(?:[两2][张块](?:卡)?|它们)(?:都)?(?:一起|同时|合起来|插在一起|组)"
# the machine at hand and another that is named
_WITH_THIS = (
    r"\bcompared? (?:to|with|against)\b[^?;]{0,40}\b(?:which|better|worse|how)\b|\b(?:which|better|worse|how)\b[^?;]{0,40}\b(?:compared? (?:to|with)|vs|versus|than)\b|^\W*(?:vs|versus)\b"
    r"|^[\s,.:;!?]*(?:那|这)?(?:和|跟|与|比起|相比|对比)[^,;?]{2,24}(?:比|相比|对比)[^;?]{0,6}(?:哪|谁|怎么样|如何|好|强|差)"
)
# in whose place both are named
_TWO = r"(?:\bof )?\b(?:the|those|these) (?:two|2)(?: cards| gpus| models| methods| setups)?\b|(?:这|那|前面|上面|刚才)*[两2](?:张|块|个|种|款|者|套|台)(?:卡|显卡|模型|方案|方法|配置|机器)?(?:里面?|中|之间)?"
# of what was spoken of just before
_WHICH = (
    r"\bwhich (?:one|card|gpu|model|setup)\b[^?;]{0,24}\b(?:better|take|buy|pick|choose|get|go (?:for|with)|rent|recommend|cheaper|faster|prefer)\b"
    r"|^[\s,.:;!?]*(?:所以|那|到底|那么|最后|应该|该|我)*(?:选|买|租|用|推荐)哪(?:张|块|款|个)|^[\s,.:;!?]*(?:所以|那|到底|那么)*(?:哪(?:张|块|款|个)(?:卡|模型)?|谁)(?:更|比较|最)?(?:好|合适|划算|快)"
)


def case_before(found: Reading, previous: Reading) -> dict[str, tuple[Any, ...]]:
    """The extra by which a reading knows the case before its own: the last that was another, and whether it is the last of all."""
    names = [name for group in _GROUPS.values() for name in group]
    if any(found.facts.get(name) != previous.facts.get(name) for name in names):
        return {CASE_BEFORE: (dict(previous.facts), True)}
    before = previous.extras.get(CASE_BEFORE)
    return {CASE_BEFORE: (before[0], False)} if before else {}


def naming_both(normal: str, reading: Reading, previous: Reading) -> str:
    """The question with both cases named before it; empty where no two are meant, or it names them itself."""
    if (
        len(normal) <= _SHORT
        and compiled(_WITH_THIS).search(normal)
        and set(reading.facts) <= {*_GROUPS["card"], "task"}
    ):
        sides = [_called(facts, _GROUPS["card"]) for facts in (previous.facts, reading.facts)]
        zh = previous.language == "zh"
        return (
            f"{sides[0]}{'还是' if zh else ' or '}{sides[1]}{',哪张卡更合适' if zh else ': which is better?'}"
            if all(sides)
            else ""
        )
    before = previous.extras.get(CASE_BEFORE)
    named = {name for group in _GROUPS.values() for name in group} - {"method"}
    told = any(name in reading.facts for name in named if (name, reading.facts.get(name)) != _TWO_CARDS)
    if not before or len(normal) > _SHORT or told or reading.unknown_models:
        return ""
    together = bool(compiled(_TOGETHER).search(normal))
    if not together and not compiled(_THE_TWO).search(normal) and not (before[1] and compiled(_WHICH).search(normal)):
        return ""
    group = _set_apart(before[0], previous.facts, normal)
    if together and group != "card":
        return ""
    sides = [_called(facts, _GROUPS[group]) for facts in (before[0], previous.facts)] if group else []
    if len({*sides}) < 2 or not all(sides):
        return ""
    zh = previous.language == "zh"
    between = " + " if together else "还是" if zh else " or "
    asked = compiled(_TWO).sub(" ", normal).strip(" ,")
    return f"{sides[0]}{between}{sides[1]}{',' if zh else ': '}{asked}"


def _set_apart(before: Facts, now: Facts, normal: str) -> str:
    """By what two cases differ: the one thing, or the one that the question names."""
    apart = [group for group, names in _GROUPS.items() if any(before.get(name) != now.get(name) for name in names)]
    named = [group for group in apart if compiled(_NOUNS[group]).search(normal)]
    found = named if len(named) == 1 else apart
    return found[0] if len(found) == 1 else ""


def _called(facts: Facts, names: tuple[str, ...]) -> str:
    """What a case is called by such facts, each of one value; empty where it has none, or several."""
    told = {name: facts[name] for name in names if facts.get(name)}
    if not told or any(len(values) != 1 for values in told.values()):
        return ""
    one = {name: values[0] for name, values in told.items()}
    if "gpu" in names:
        card = str(one.get("gpu", ""))
        size = f"{one['gpu_memory_gb']:g}GB" if "gpu_memory_gb" in one and not card.endswith("GB") else ""
        if not card:
            return f"{size} card" if size else ""
        count = int(one.get("n_gpus", 1))
        return f"{count}x " * (count > 1) + " ".join(part for part in (card, size) if part)
    if "method" in names:
        return str(one["method"])
    size = f"{float(one['params']) / 1e9:g}B" if "params" in one else ""
    model = str(one.get("model", size)).rpartition("/")[2]
    bits = f"{one['bits']:g} bit" if "bits" in one else str(one.get("weight_format", "")).removeprefix("gguf:")
    return " ".join(part for part in (model, bits) if part) if model else ""

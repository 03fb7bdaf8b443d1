"""Two cards between which a question chooses: "5090 or 4090 48GB for fine-tuning?", "推理和训练分别选哪个".

What is read becomes cues, `choose_card:<name>` for each and `choose_for:<use>` for what it is wanted for; `cards_differ` where
it is asked how they differ.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.reads.elsewhere import elsewhere
from chat.reads.lexicon import compiled
from kb.cards import is_again

CHOOSE_CARD, CHOOSE_FOR, CARDS_DIFFER = "choose_card:", "choose_for:", "cards_differ"
_CHOOSES = (
    r"\bwhich\b(?! (?:models?|quant|method))|\bbetter\b|\bversus\b|\bvs\b|\bworth\b|\bshould i (?:rent|buy|get|use|choose|pick|take)\b|\b(?:buy|rent|get)\b[^.?!]{0,40}\bor\b"
    r"|还是|选|哪(?:个|张|款|种|一)|买|租|更划算|划算"
)
# of two cards and no model it is asked how they differ: for whatever they are wanted
_DIFFER = r"\bdiffer\w*|区别|差别|差距|差多少(?![^,;?]{0,4}(?:上下文|token|长度|batch|并发))|差在哪|不同|不一样"
# of any cards, whatever is to run on them, where memory is put aside: "apart from VRAM", "除了显存"
_BESIDE_MEMORY = (
    r"\b(?:besides?|apart from|aside from|other than|except(?: for)?|beyond|in addition to|not counting|ignoring|leaving aside)\s(?:just |only |the |their |more |having )*(?:\d+ ?gb of )?(?:gpu |video )?(?:v?ram|memory)\b"
    r"|(?:除(?:了|开|去)?|抛开|不(?:看|算|考虑|谈|说)|撇开)[^,;?]{0,6}显存|显存(?:大小|容量)?(?:以外|之外)"
)
_OF_MEMORY = rf"显存[^,;?]{{0,8}}(?:一样|相同)|\bsame (?:amount of )?(?:gpu )?(?:v?ram|memory)\b|(?:\bv?ram\b|\bmemory\b|显存)[^,;?]{{0,12}}(?:{_DIFFER})|(?:{_DIFFER}) (?:(?:in|of) (?:\w+ ){{0,2}})?(?:v?ram\b|memory\b)"
_BETTER = rf"{_DIFFER}|\b(?:advantages?|better|faster|benefits?|else)\b|强|好|快|优势|提升"
# "5090 or 4090 for fine-tuning?": a choice where no card is asked whether it can
_OR = r"\bor\b"
_ABLE = r"\b(?:can|could|fits?|enough|able|possible|run on|runs on|fix(?:es)?|helps?|solves?|way)\b|能(?:不能|否)?|够|放得下|跑得"
_USES: tuple[tuple[str, str], ...] = (
    (
        "inference",
        r"\binferenc\w*|\bserv(?:e|es|ing)\b|\brun(?:ning)? (?:\w+ ){0,2}(?:llms?|models?)\b|\bgenerat\w+|推理|部署|跑(?:大?模型|llm)",
    ),
    ("train", r"\btrain\w*|\bfine-?tun\w*|\bfinetun\w*|\bq?lora\b|\bsft\b|训练|微调"),
)


def chosen_after(text: str, facts: Mapping[str, Sequence[Any]], intents: Sequence[str]) -> tuple[str, ...]:
    """The cues of a follow-up that chooses between the cards of the case before it, "which one should I take?"."""
    return read_cards_apart(text, facts, intents) if compiled(_CHOOSES).search(text) else ()


def side_by_side(before: Sequence[str], new: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Behind the question of how two cards differ two further ones are such cards too, and no machine of both."""
    pair = str((new.get("gpu") or ("",))[0]).split(" + ")
    if CARDS_DIFFER not in before or len(pair) != 2 or " × " in "".join(pair):
        return dict(new)
    return {**{name: one for name, one in new.items() if name != "n_gpus"}, "gpu": tuple(pair)}


def differ_again(before: Sequence[str], facts: Mapping[str, Sequence[Any]], intents: Sequence[str]) -> tuple[str, ...]:
    """The cues of a follow-up that names two other cards behind the question of how two differ, "and the H800 and H100?"."""
    return read_cards_apart("differ", facts, intents) if CARDS_DIFFER in before else ()


def read_cards_apart(text: str, facts: Mapping[str, Sequence[Any]], intents: Sequence[str]) -> tuple[str, ...]:
    """The cues of such a choice; none where machines of several cards are meant, or a run has failed."""
    every = [str(one) for one in facts.get("gpu", ())]
    # one that is told again without its size is the same
    cards = [one for one in every if not any(is_again(one, other) for other in every)]
    sizes = [f"{size:g}" for size in facts.get("gpu_memory_gb", ())]
    if len(cards) == 1 and len(sizes) == 2:  # one card in the two sizes it is sold in
        cards = [f"{cards[0]} {size} GB" for size in sizes]
    if len(cards) != 2 or set(facts.get("n_gpus", ())) - {1} or "oom_diagnosis" in intents or "units" in intents[:1]:
        return ()
    plainly = compiled(_OR).search(text) and not compiled(_ABLE).search(text)
    several = any(
        len(facts.get(name, ())) > 1 for name in ("method", "model", "params", "weight_format", "kv_format", "tp")
    )
    beside = compiled(_BESIDE_MEMORY).search(text) and compiled(_BETTER).search(text)
    of_memory = not beside and compiled(_OF_MEMORY).search(text)
    of_need = of_memory and {"model", "params", "config"} & set(facts)
    differ = not (several or of_need) and compiled(_DIFFER).search(text)
    apart = bool(differ or beside) and not elsewhere(text, facts)  # in frames a second
    if not (apart or ((plainly or compiled(_CHOOSES).search(text)) and len(every) > 1)):
        return ()
    uses = [name for name, one in _USES if compiled(one).search(text)] or list(facts.get("task", ()))
    if apart:
        uses = uses or [name for name, _ in _USES]
    told = (*(f"{CHOOSE_CARD}{one}" for one in cards), *(f"{CHOOSE_FOR}{one}" for one in uses))
    return (*told, CARDS_DIFFER) if apart and not of_memory else told

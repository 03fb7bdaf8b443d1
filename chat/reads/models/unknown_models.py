"""Names of models that no table has: said to be unknown, with what is near, and never replaced in silence."""

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from kb.name_parts import cut, tokens
from kb.names import Names

# Families whose name is also an everyday word: they count only beside a version, a size or a further word of the name.
_EVERYDAY_WORDS = """
step command solar north dots seed ring ling opt orca intern te aya yi phi helium trinity virtuoso glyph mamba open ui
falcon persimmon inkling nova sage arcee tiny gpt code math agent flex hy laguna bloom nosa flash ai stable supernova zephyr snowflake granite mai moonlight
galactica
"""
EVERYDAY = frozenset(_EVERYDAY_WORDS.split())

# Words beside which `word-7b` is not a model's name.
_PLAIN_WORDS = """
a an the of for on in with my and or to is it run train tune finetune lora qlora full freeze zero stage batch
seq ctx context rank int fp bf nf tf q bit bits model models llm param params parameters gpu gpus card cards x
tp pp cp ep dp max min top cuda torch pytorch version step steps epoch epochs layer layers token tokens length
size moe rtx gtx sxm sxm2 sxm3 sxm4 sxm5 pcie ddr hbm python transformers covid vllm v checkpoint ckpt iter global run seed gptq awq gguf utf sha iso
fa flash attention attn adam adamw ddp fsdp deepspeed peft trl llama-factory bf16 fp16 fp32 fp8 int8 int4
chatgpt claude gemini about around only under over than vs at from by per one single dual quad gb gib mb mib kv
cache super
"""
_NOT_A_MODEL = frozenset(_PLAIN_WORDS.split())
# endings that only names have
_NAMELIKE = re.compile(r"(?:stral|llama|lm|gpt|coder|seek|bert|former|mamba|vl\d?|llava)$", re.ASCII)
SLIP = "slip"
QUANTISED = re.compile(r"(?:int|fp|bf|nf|w|i?q)\d+\w*|gptq|awq|gguf|bnb|\d+bit|mxfp4|nvfp4|lora|qlora", re.ASCII)


@dataclass
class Models:
    """What the question says about which model."""

    names: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    families: list[tuple[str, ...]] = field(default_factory=list)  # those that stand for all of their members


# "星尘-32B-Ultra"; a verb that stands before a name is none of it
_CHINESE = r"(?P<said>[\u4e00-\u9fff]{2,8}[-_ ]?(?P<size>\d+(?:\.\d+)?b)(?P<tail>(?:[-_][a-z0-9.]+)*))(?![a-z0-9])"
_BEFORE_A_NAME = r"^.*(?:[用在跑训调署行载理选把给让和跟与比的想要是个款叫上下到对将换试微])"
# what may stand so before a size and is no name
_CHINESE_WORDS = r"(?:训练?|微调|跑|部署|推理|模型|参数|量化|版本?|大概|大约|多少|只有?|以上|以下|左右|一个|这个|那个|单卡|双卡|全参|全量|显存|激活|总共|需要|能|可以|或者?|还是|比如|例如|同样|这种|加载|运行|换成?|改成?|目前|现在|尝试|打算|准备|想|要)$"


def _chinese_names(scan: Scan, found: Models) -> None:
    for hit in scan.find(_CHINESE):
        joined = hit["tail"] or "-" in hit["said"] or "_" in hit["said"]
        word = hit["said"][: hit.start("size") - hit.start("said")].rstrip("-_ ")
        name = compiled(_BEFORE_A_NAME).sub("", word)
        if not joined or len(name) < 2 or compiled(_CHINESE_WORDS).search(word) or not scan.free(*hit.span("said")):
            continue
        said = hit["said"][len(word) - len(name) :]
        found.unknown.append(said)
        found.suggestions[said] = ()
        scan.take(hit.end("said") - len(said), hit.end("said"))
        scan.add("params", hit["size"].upper(), *hit.span("size"))


_SENTENCE = re.compile(r"(?:^|[.?!:;\n\"(])\s*$")


def _is_proper(scan: Scan, start: int, end: int) -> bool:
    """Is a word written like a name (`Orionis`), and not because a sentence begins with it?"""
    at, _ = scan.normal.original(start, end)
    word = re.match(r"[A-Z][a-z]+[A-Za-z]*", scan.original[at:])
    return bool(word) and len(word[0]) > 4 and not word[0].endswith("ing") and not _SENTENCE.search(scan.original[:at])  # type: ignore[index]


def read_unknown(scan: Scan, index: Names, found: Models) -> None:
    """Names with a number that no family of the table begins: said to be unknown, with what is near."""
    _chinese_names(scan, found)
    pattern = (
        r"(?<![a-z0-9/.-])(?P<said>(?P<head>[a-z]{2,30}[a-z0-9]{0,12}(?:\.\d+)?)"
        r"(?:[-_](?P<tail>(?:[a-z0-9.]+[-_])*[a-z]?\d+(?:\.\d+)?[a-z]?(?:[-_][a-z0-9]+|:(?:[a-z]|\d+b)[a-z0-9]*)*)|\s(?P<version>v\d+(?:\.\d+)?|\d(?:\.\d+)?(?=\s\d+(?:\.\d+)?b))(?:\s\d+(?:\.\d+)?b)?|\s?[\s:]\s?(?P<size>\d+(?:\.\d+)?b)))(?![a-z0-9])"
    )
    for hit in scan.find(pattern):
        head = re.match(r"[a-z]+", hit["head"])
        word = head[0] if head else ""
        if word in _NOT_A_MODEL or hit["head"] in _NOT_A_MODEL or len(word) < 3:
            continue
        if not scan.free(hit.start(), hit.end()) or QUANTISED.fullmatch(hit["head"]):
            continue
        typed = scan.text[hit.start() : hit.end()]
        near = _near(index, word, typed)
        resembles = bool(near) and any(_resembles(word, head) for head in index.heads)
        named = hit["tail"] is not None and bool(
            re.search(r"(?:lm|gpt|chat|bert|former|coder|\d+(?:\.\d+)?b(?:$|[-_:])|-\d{3,}$)", typed)
        )
        digits = hit["size"] and any(c.isdigit() for c in hit["head"])
        apart = (hit["size"] or hit["version"]) and not digits
        namelike = len(word) > 4 and (
            _NAMELIKE.search(word) is not None or (bool(hit["size"]) and _is_proper(scan, *hit.span("head")))
        )
        if (
            apart
            and not namelike
            and not any(
                (len(head) > _SHORTEST or (hit["version"] and len(word) > _SHORTEST)) and _resembles(word, head)
                for head in index.heads - EVERYDAY
            )
        ):
            continue  # "does 13B fit" and "need 4 7B models" name no model
        if not (named or resembles or (apart and namelike)):
            continue
        size = compiled(r"(\d+(?:\.\d+)?)b(?![a-z0-9])").search(typed)
        if not size and near and _is_slip(index, word, typed, near[0]):
            found.names.append(near[0])
            scan.note(SLIP, typed)  # so that the answer says how it was taken
            scan.add("model", near[0], hit.start(), hit.end())
            continue
        found.unknown.append(typed)
        found.suggestions[typed] = near
        scan.take(hit.start(), hit.end())
        if size:
            scan.add("params", f"{size[1]}B", hit.start() + size.start(), hit.start() + size.end())


def _near(index: Names, word: str, typed: str) -> tuple[str, ...]:
    """What a name is near to: first what it is with the slip in its family's name mended."""
    heads = [head for head in sorted(index.heads) if head != word and _resembles(word, head)]
    mended = [index.match_model(cut(tokens(typed.replace(word, head, 1)))) for head in heads]
    meant = [name for match in mended for name in ([match.name] if match.name else match.candidates)]
    return tuple(dict.fromkeys((*meant, *index.near_models(typed))))[:_NEAREST]


def _is_slip(index: Names, word: str, typed: str, near: str) -> bool:
    """Is it that name with one letter of its family amiss, and its version as it is?"""
    heads = {head for head in index.heads if head != word and _resembles(word, head)}
    numbers = [re.findall(r"\d+(?:\.\d+)?", one) for one in (typed, near)]
    return len(heads) == 1 and bool(numbers[0]) and numbers[0] == numbers[1] and len(word) > _SHORTEST


_SHORTEST = 4  # letters of a word that is no slip of another
_NEAREST = 4


def _resembles(word: str, head: str) -> bool:
    return len(head) >= 4 and abs(len(word) - len(head)) <= 1 and OSA.distance(word, head, score_cutoff=1) <= 1

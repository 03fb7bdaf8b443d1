"""Why one of two models generates faster on the same machine: the bytes that a token of each reads, against what each keeps."""

from chat.pace.served import Served
from chat.pace.words import Line, gigabytes, line
from chat.phrases import value
from chat.works import GPT_FAST
from kb.cards import GIB
from kb.rates import Decoding

_OF_BITS = ("Fewer bits a weight speed either up nearly in proportion.", "每个权重的位数越少,两者都几乎按比例加快。")
# of two formats the one in fewer bits has to be unpacked
_OF_FORMATS = (
    "Unpacking the bits is arithmetic that the card has to spare while it waits for memory; with many sequences at once, or over a long prompt, arithmetic decides and fewer bits gain little.",
    "反量化的计算用的是显卡等内存时闲着的算力;并发多或提示很长时由算力决定,位数少就没多少好处。",
)
_ALIKE = 1.25  # times as much: what differs by less is no reason


def each_reads(asked: Served) -> list[Line]:
    """One line where two models, or two formats of one, stand side by side; nothing where they read about as much."""
    cases = [one for one in asked.worked if one.batch == 1]
    if len(cases) != 2 or any(one.host_bytes and not one.without_card for one in cases):
        return []
    few, many = sorted(cases, key=_bytes)
    if _bytes(many) < _ALIKE * _bytes(few):
        return []
    times = f"{_bytes(many) / _bytes(few):.2g}"
    names = {language: [_name(one, language, cases) for one in (few, many)] for language in ("en", "zh")}
    kept = [f"{_kept(one) / 1e9:.1f} GB ({_kept(one) / GIB:.1f} GiB)" for one in (few, many)]
    mixture = few.single_share < 1 <= many.single_share
    why = " (of its experts only those that are chosen)" if mixture else ""
    why_zh = "(只读被选中的专家)" if mixture else ""
    bits, bits_zh = _OF_FORMATS if _format(few) != _format(many) else _OF_BITS
    a, b = names["en"]
    c, d = names["zh"]
    return [
        line(f"**{a} is faster because a token reads {gigabytes(_bytes(few))} of it{why}, of {b} {gigabytes(_bytes(many))}: {times} times as much, and generating is bound by memory bandwidth.** What is kept in memory is another matter: weights of {kept[0]} and {kept[1]}. All of it has to be held. {bits}",
             f"**{c} 更快,因为每个 token 只读它的 {gigabytes(_bytes(few))}{why_zh},{d} 要读 {gigabytes(_bytes(many))},是 {times} 倍,而生成速度由内存带宽决定。** 占用是另一回事:权重分别为 {kept[0]} 和 {kept[1]},都要全部放进内存或显存。{bits_zh}", GPT_FAST),
    ]  # fmt: skip


def _bytes(one: Decoding) -> float:
    """Bytes that a step reads in all places."""
    return one.weight_bytes + one.host_bytes + one.cache


def _format(one: Decoding) -> str:
    return str(one.there.situation.knob("weight_format"))


def _kept(one: Decoding) -> float:
    """Bytes of its weights, read or not."""
    return one.there.part_of_all("weights")


def _name(one: Decoding, language: str, cases: list[Decoding]) -> str:
    """The model, and its format where the models are one."""
    knob = one.there.situation.knob
    models = {str(case.there.situation.knob("model")) for case in cases}
    said = [value("model", knob("model") or "", language)]
    if len(models) < 2 or len({str(case.there.situation.knob("weight_format")) for case in cases}) > 1:
        said.append(value("weight_format", knob("weight_format"), language))
    return " ".join(said)

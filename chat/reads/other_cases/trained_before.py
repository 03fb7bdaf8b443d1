"""Training that is over: weights that were made by it are a file or served now, and it is no task of the question."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.former_spans import former
from chat.reads.reading import Span, within
from chat.reads.scan import Scan
from chat.reads.task_words import SERVED, TASK_TRAIN

# what is done with weights once they are there
_ON_FILES = (
    r"\b(?:convert\w*|quanti[sz]ed?|quantiz\w+|gguf|exported?|merged)\b|转(?:成|换|为|了)|量化(?:成|为|到|后|了)|导出"
)
_TUNED = r"(?:fine-?\s?tuned|(?:pre-?)?trained|tuned)"
_TUNING = r"(?:q?lora|sft|(?:pre-?)?train(?:ing)?|fine-?tun(?:e|ing)|tuning)"
_ZH = r"(?:训练?|预训练|微调|精调|sft|q?lora)"
OVER = (
    # "our fine-tuned 14B", "I just trained it", "LoRA is finished", "after tuning", "we SFT'd"
    rf"\b(?:our|my|this|the|your|their|an?|own|custom|in-?house|merged|fully|freshly) (?:own |custom |domain |in-?house )?(?:q?lora[- ])?{_TUNED}(?! (?:on|with|using|in|by|it|the|an?|for)\b)(?= [a-z\d])"
    rf"|\b(?:i|we|just|already|have|has|'ve) (?:\w+ly |just |already |have )?(?:q?lora[- ])?{_TUNED}\b|\b(?:sft|cpt)'d\b"
    rf"|\b{_TUNING}\b(?:[^.;?,]|(?<=\d)\.(?=\d)){{0,32}}\s(?:(?:is|was|has) (?:been )?(?:now |already )?)?(?:done|finished|over|complete\w*)\b"
    rf"|\b(?:finished|done|completed|after)\b[^.;?]{{0,24}}\b{_TUNING}\b"
    # "自己微调的32B", "训练好的模型", "LoRA 训完了", "做完微调"
    rf"|(?:自己|自家|我们?|公司|之前|刚刚?|已经?)[^,;?。想要打准能可会该先再]{{0,4}}?{_ZH}(?:(?:好|过|完|后|出来?)的?|了|的)\s?(?=[a-z\d]|模型|权重)"
    rf"|(?:q?lora|全参|全量)?\s?{_ZH}(?:好|过|完|后|出来)的?\s?(?=[a-z\d]|模型|权重|合并)"
    rf"|{_ZH}\s?(?:都|已经|已|刚)?(?:完成|完|好|出来)(?:了|之后|以后|后|的|\s?[,.;?]|$)|(?:完成|做完|跑完|搞定)(?:了)?\s?[^,.;?]{{0,8}}{_ZH}"
)
_OF_A_FILE = ("lora", "qlora", "full")
# a word for tuning that is no setting of a run
_BY_NAME = "sft"


def settle_past_training(scan: Scan, of_training: frozenset[str], served: bool) -> list[Span]:
    """Where training that is over is told, in a question of weights that are there; facts that tell only of it go.

    `of_training` are the facts that a run has, `served` says that a program is named which runs models. What trains now is
    no past: with settings of a run nothing is over.
    """
    places = [one.span() for one in compiled(OVER).finditer(scan.text)]
    before = _trained_and_served(scan, served)
    places += before
    spans = [scan.normal.original(*place) for place in before]
    runs = {name for name in of_training & set(scan.facts) if scan.facts[name] != [_BY_NAME]}
    past = {name for name in runs if all(within(place, spans) for place in scan.spans.get(name, [(-1, 0)]))}
    runs -= past
    kinds = [str(kind).startswith("gguf") for kind in scan.facts.get("weight_format", [])]
    there = served or any(kinds) or any(compiled(words).search(scan.text) for words in (_ON_FILES, SERVED))
    if not places or runs or not there:
        return []
    for name in past:  # ranks and stages of it
        del scan.facts[name], scan.spans[name]
    methods = scan.facts.get("method", [])
    if len(methods) == 1 and methods[0] in _OF_A_FILE:
        of_a_file = bool(kinds) and all(kinds)  # nothing trains on such a file
        goes_on = any(not within(one.span(), places) for one in scan.find(TASK_TRAIN))
        if of_a_file or (within(scan.spans["method"][0], places) and not goes_on):
            del scan.facts["method"], scan.spans["method"]
    if scan.facts.get("algo") == [_BY_NAME] and within(scan.spans["algo"][0], places):
        del scan.facts["algo"], scan.spans["algo"]
    return places


def _trained_and_served(scan: Scan, served: bool) -> list[Span]:
    """What is told of a former time, where a model is served outside of it: `last month QLoRA on 4 cards, now vLLM on one`."""
    places = [*former(scan.text)]
    present = served or any(not within(one.span(), places) for one in scan.find(SERVED))
    return places if present else []

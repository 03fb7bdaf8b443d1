"""Two vocabularies that are set against each other: `a vocab of 150k vs 32k`, `词表 15万 和 3.2万`. States the extra
"vocabularies"; they are no lengths. Of one that is extended, `from 32k to 48k`, or only `to 48k` where the model is named, the extra
"added_vocabulary" is what it grows by. One that is told beside a size alone is a fact of the model."""

from chat.reads.reading import Reading
from chat.reads.scan import Scan
from kb.names import model_row

VOCABULARIES, ADDED = "vocabularies", "added_vocabulary"
_LEAST = 1000
_SIZE = r"(?<![\d.a-z])(?P<{0}>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s?(?P<{1}>k|万)?(?!\.?\d|[a-z])"
_FIRST, _SECOND = _SIZE.format("n", "s"), _SIZE.format("m", "t")
_AGAINST = r"\s?(?:vs\.?|versus|or|and|to|than|against|instead of|over|->|→|比|和|与|还是|(?:扩(?:充|展|大)?|增加?|变|换|改|涨|裁|缩|减|砍|降|精简)?(?:小|少|剪|减)?(?:到|至|成)|变|换)\s?(?:a |an |one of |the )?"
_CALLED = r"\s?(?:token )?(?:的)?(?:vocab\w*|词表)"
_TWO = (
    rf"(?:\bvocab\w*|词表)(?:[ _-]?sizes?|大小)?[^.;?\d]{{0,16}}?{_FIRST}{_AGAINST}{_SECOND}",
    rf"{_FIRST}{_CALLED}{_AGAINST}{_SECOND}",
    rf"{_FIRST}{_AGAINST}{_SECOND}{_CALLED}",
    rf"{_FIRST}{_CALLED}[^.;?\d]{{0,32}}?(?:\bthan|\bover|比)\s?(?:a |an |one of )?{_SECOND}",
    # behind the size of the model, where nothing else has a length
    rf"^(?![\s\S]*(?:\bcontext|\bctx\b|\bseq|\blength|\btokens?\b|上下文|长度))[\s\S]*?(?:\bvocab\w*|词表)[^.;\d]{{0,40}}(?:\d+(?:\.\d+)?b\b(?:模型)?[,:]?\s?)?{_FIRST}{_AGAINST}{_SECOND}",
)
_GROWN = rf"(?:\bvocab\w*|\btokeni[sz]er|\bembeddings?|词表)(?:[^.;?]|\.(?=\d)){{0,40}}?(?:\bfrom|从|由)\s?{_FIRST}{_AGAINST}{_SECOND}"
_EXTENDED = r"\b(?:extend|expand|resiz|enlarg|add)\w*|扩|新增|增加"
# to how many, where from how many is not told
_OF_TOKENS = r"(?:\bvocab\w*|\btokeni[sz]er|\bembeddings?|词表)"
_GROWS = r"(?:\b(?:extend|expand|resiz|enlarg)\w*|\bgr[eo]wn?\b|扩(?:充|展|大)?|增大|增加)了?"
_TO = rf"\s?(?:\bto\b|到|至|成|为)\s?(?:about |around |大约|约)?{_FIRST}"
_GROWN_TO = (rf"{_GROWS}[^;?\d]{{0,12}}{_OF_TOKENS}[^;?]{{0,40}}?{_TO}", rf"{_OF_TOKENS}[^;?]{{0,32}}?{_GROWS}{_TO}")
_NEW_SIZE = "vocabulary_to"
_SCALES = {"k": 1e3, "万": 1e4, None: 1.0}


def read_vocabularies(scan: Scan) -> None:
    """Both sizes, the smaller first, where two are told; of one that is extended, whose new rows train, the difference."""
    extended = any(scan.find(_EXTENDED))
    for found in (one for pattern in ((_GROWN, *_TWO) if extended else (*_TWO, _GROWN)) for one in scan.find(pattern)):
        sizes = [float(found[n].replace(",", "")) * _SCALES[found[s]] for n, s in (("n", "s"), ("m", "t"))]
        if min(sizes) < _LEAST or not scan.free(found.start("n"), found.end()):
            continue
        if extended:
            scan.add(ADDED, round(max(sizes) - min(sizes)), found.start("n"), found.end(), extra=True)
            return
        for size in sorted(sizes):
            scan.note(VOCABULARIES, size)
        scan.take(found.start("n"), found.end())
        return
    for found in (one for pattern in _GROWN_TO for one in scan.find(pattern)):
        size = float(found["n"].replace(",", "")) * _SCALES[found["s"]]
        if size >= _LEAST and scan.free(*found.span("n")):
            scan.note(_NEW_SIZE, size)
            scan.take(found.start("n"), found.end())
            return


def settle_vocabulary(scan: Scan) -> None:
    """One vocabulary beside a size alone, `a 1.3B with a vocabulary of 32k`, is a shape of the model that stands for the size; of a
    model that is named one that it is extended to is what that adds to its own."""
    if VOCABULARIES in scan.extras and not {"task", "method", "engine"} & set(
        scan.facts
    ):  # which hardly differ in a run
        scan.add("task", "train", 0, 0, take=False)
    told = scan.extras.get("log_vocabulary", ()) or scan.extras.get(_NEW_SIZE, ())
    models = scan.facts.get("model", ())
    if len(models) == 1 and (new := scan.extras.pop(_NEW_SIZE, ())):
        grown = int(float(new[0])) - int(model_row(str(models[0]))["vocab_size"] or 0)
        if grown > 0:
            scan.note(ADDED, grown)
        return
    alone = len(scan.facts.get("params", ())) == 1 and not {"model", "config"} & set(scan.facts)
    if alone and len(told) == 1 and float(told[0]) >= _LEAST and not {VOCABULARIES, ADDED} & set(scan.extras):
        scan.add("vocabulary", int(float(told[0])), 0, 0, take=False)


def vocabulary_again(reading: Reading, previous: Reading) -> dict[str, tuple[int, ...]]:
    """`and with a vocabulary of 128k?`, of a size that was told before."""
    told = reading.extras.get("log_vocabulary", ()) or reading.extras.get(_NEW_SIZE, ())
    shapes = {"model", "config"} & {*reading.facts, *previous.facts}
    if len(told) != 1 or shapes or "params" in reading.facts or len(previous.facts.get("params", ())) != 1:
        return {}
    return {"vocabulary": (int(float(told[0])),)}

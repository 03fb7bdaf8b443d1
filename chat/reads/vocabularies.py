"""Two vocabularies that are set against each other: `a vocab of 150k vs 32k`, `词表 15万 和 3.2万`. States the extra
"vocabularies"; they are no lengths. Of one that is extended, `from 32k to 48k`, the extra "added_vocabulary" is what it grows by."""

from chat.reads.scan import Scan

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
)
_GROWN = rf"(?:\bvocab\w*|\btokeni[sz]er|\bembeddings?|词表)(?:[^.;?]|\.(?=\d)){{0,40}}?(?:\bfrom|从|由)\s?{_FIRST}{_AGAINST}{_SECOND}"
_EXTENDED = r"\b(?:extend|expand|resiz|enlarg|add)\w*|扩|新增|增加"
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

"""What was expected beside what was seen: `expected 28 GB, got 39 GB`, `算下来一张卡18G,实际跑到34G`. Neither is a card's memory."""

from chat.reads.scan import Scan

_AMOUNT = r"(?<![\d.a-z])(?P<{}>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z0-9])"
_LOOSE = r"(?<![\d.a-z])(?P<{}>\d+(?:\.\d+)?)\s?(?:gib|gb|g)?(?![a-z0-9%]|\.\d|\s?(?:cards?|gpus?|[张块]|tokens?|layers?|[*x]))"
_EXPECTED = r"(?:\b(?:expect(?:ed|ing)?|predict(?:ed|s)?|calculat(?:ed|es|ion)|estimat(?:ed|es|e|or)|budgeted|planned (?:for|on)|theor(?:y|etical(?:ly)?)|on paper|(?:should|ought to|supposed to) (?:only )?(?:be|take|need|use))\b|预期|预计|理论(?:上|值)?|算(?:下来|出来|着)|估(?:算|计)|本来应该|按理)"
_GOT = r"(?:\b(?:got|get(?:ting|s)?|see(?:ing)?|saw|measur(?:ed|ing|es?)|observ(?:ed|ing|es?)|actual(?:ly)?|in (?:practice|reality|fact)|real(?:ity)?|nvidia-smi|nvtop)\b|实际|结果|实测|跑起来|显示|看到|(?<!实)测(?:出来|下来|得))"
EXPECTED_AND_GOT = (
    rf"{_EXPECTED}[^.;?!\d]{{0,28}}(?:(?<=[a-z一-鿿 ])[1一每](?:张|块)卡)?[^.;?!\d]{{0,6}}{_AMOUNT.format('n')}"
    rf"[^.;?!\d]{{0,40}}?{_GOT}[^.;?!\d]{{0,32}}{_LOOSE.format('m')}"
)
_TAKES = r"(?:\b(?:takes?|took|uses?|used|using|needs?|shows?|is at|sits at|got|get|eats?|peaks? at)\b|占|要|吃|用)了?"
_AGAINST = r"(?:\b(?:i|we) (?:had |have )?(?:expected|thought|calculated|estimated|assumed|figured|computed)\b|\b(?:expected|instead of|not the)\b|我?(?:以为|预期|预计|算的?是?|算出来))"
GOT_AND_EXPECTED = (
    rf"{_TAKES}[^.;?!\d]{{0,16}}{_AMOUNT.format('n')}[^.;!\d]{{0,10}}?{_AGAINST}[^.;?!\d]{{0,16}}{_LOOSE.format('m')}"
)
# "sft单卡22G,换dpo要40多G": of one set-up and of another in its place
BECAME = (
    rf"{_AMOUNT.format('n')}\s?,?\s?(?:但|而)?换(?:成|到|了|用)?[^.;?!\d]{{1,16}}?(?:要|涨到|变成|到|占|用|吃|就)了?\s?{_AMOUNT.format('m').replace('gib|gb|g', '多?gib|多?gb|多?g')}"
    rf"|\b(?:takes?|took|uses?|used|peak(?:s|ed)?(?: at)?) (?:about )?{_AMOUNT.format('a')}[,;]? (?:and |but )?(?:switching|switched|changing|changed|going|moving) to [^.;?!\d]{{1,24}}?(?:takes?|needs?|uses?|it is|goes to|went to|to) (?:about )?{_AMOUNT.format('b')}"
)


def read_expected(scan: Scan) -> None:
    """Take both amounts as the asker's figures."""
    for found in (*scan.find(EXPECTED_AND_GOT), *scan.find(GOT_AND_EXPECTED), *scan.find(BECAME)):
        for one, number in found.groupdict().items():
            if number and scan.free(*found.span(one)):
                scan.claim(number, "gb", *found.span(one))

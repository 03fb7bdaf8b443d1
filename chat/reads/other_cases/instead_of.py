"""A setting that is asked about in place of another: `what does rank 128 instead of 16 cost?`, `秩64而不是16多占多少`."""

from chat.reads.scan import Scan

IN_PLACE_OF = "in_place_of"
_FACTS = ("lora_rank", "batch_size", "seq_len", "grad_accum", "output_len", "tp", "pp", "n_ubatch")
_NUMBER = r"\d[\d,]*(?:\.\d+)?k?"
_NOUN = r"(?:\s?(?:tokens?|sequences?|samples?|steps?|context|条|个|步))?"
_INSTEAD = (
    rf"(?<![\d.a-z])(?P<a>{_NUMBER}){_NOUN},?\s?(?:\b(?:instead of|rather than|in place of|as opposed to|compared (?:to|with)|against|over)\b|(?:而|并)?不是|相比|比起?|代替|取代)"
    rf"\s?(?:(?:the|a|an|only|just|my|default|usual|rank|batch(?: size)?|bsz?|length|r|of|at|with|默认的?|原来的?|秩|批(?:大小)?|长度)\s?)*(?<![\d.a-z])(?P<b>{_NUMBER})(?![\d.]|\s?(?:gi?b?|mi?b|bits?|b|%|位|张|块|卡|倍|x|times|minutes|hours)(?![a-z]))"
)
# what the one takes beside the other is asked; who only tells what was changed has one case
_ASKED = r"\b(?:costs?|saves?|savings?|saved|more|less|chang\w+|differ\w*|gain\w*|extra|additional|how much|worth|matters?|cheaper)\b|多|少|省|差|影响|变化|区别|划算|涨|降"


def read_instead(scan: Scan) -> None:
    """State it beside the value that is asked about."""
    if not any(scan.find(_ASKED)):
        return
    for found in scan.find(_INSTEAD):
        first = scan.normal.original(*found.span("a"))
        for fact in _FACTS:
            told = scan.spans.get(fact, [])
            if len(told) == 1 and told[0][0] <= first[0] and first[1] <= told[0][1] and scan.free(*found.span("b")):
                if scan.add(fact, found["b"].replace(",", ""), *found.span("b")):
                    scan.note(IN_PLACE_OF, scan.facts[fact][-1])
                break

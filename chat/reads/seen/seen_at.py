"""What a run was seen to take at another length than the one that is asked about: a reading beside the case, and no case."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_LENGTH = r"(?P<n>\d{3,6}|\d{1,3}\s?k)(?![\d.]|\s?(?:gi?b|mi?b|g|steps?|samples?|步|条)(?![a-z]))"
_AMOUNT = r"(?P<gb>\d{1,4}(?:\.\d+)?)\s?(?P<unit>gib|gb|g)(?![a-z])"
_SHORT = r"(?:(?!\b(?:but|while|and)\b|但|而)[^,;?!。.\d]|\.(?=\d)){0,28}?"
# "降到1024只有11G", "at 1024 it only takes 11 GB", "with 2k tokens I see 13GB"
_PATTERNS = (
    rf"(?:降|减|改|调|缩|截|缩短|换|设|开|加|升|提)(?:短|低|小|大|高)?(?:到|成|为|至)\s?{_LENGTH}(?:\s?(?:个?token|长度))?[,]?{_SHORT}{_AMOUNT}",
    rf"(?<![\d.a-z]){_LENGTH}\s?(?:个?token|长度)?\s?(?:时|的时候|下|的话)[,]?{_SHORT}{_AMOUNT}",
    rf"\b(?:at|with|(?:down |back |cut |lower\w* |reduc\w+ |dropp?\w* |short\w+ )(?:it )?to|to)\s(?:only |just |seq(?:_len)? |length |max_length )?{_LENGTH}(?:[ -]?(?:tokens?|ctx|context|seq\w*))?[,]?{_SHORT}{_AMOUNT}",
)
# any other length that is told
_LENGTHS = r"(?<![\d.])(?P<n>\d{3,6}|\d{1,3}\s?k)(?![\d.a-z])"
_LEAST, _OF = 256, 64


def _tokens(text: str) -> int | None:
    number = int(text.rstrip("k ")) * (1024 if text.endswith("k") else 1)
    return number if number >= _LEAST and number % _OF == 0 else None


# what is asked or expected is not seen
_NOT_SEEN = r"\b(?:should|would|expect\w*|need to|want|enough|fit|how much|card|gpu)\b|应该|估计|够|多少|能不能|可以吗|的卡|显卡"


# a run that fails at the length of the case; two readings that only rise are a line of their own
_FAILS = r"\boom\w*\b|out of memory|\bcrash\w*|\bfail\w*|\bdie[sd]?\b|爆|炸|溢出|显存不够|报错|崩"


# that a run took it, and no card has it
_TAKES = r"\b(?:takes?|took|uses?|used|using|only|just|see|saw|shows?|showed|sits?|sat|peaks?|peaked|is|was|about|around|at)\b|只|才|占|用|要|是|大概|约|左右|~|=|:"


def read_seen_at(scan: Scan) -> None:
    """The reading at another length than the one that fails, as `log_seen_length` and `log_seen_gb`; its length is none of the case."""
    if not any(scan.find(_FAILS)):
        return
    for pattern in _PATTERNS:
        for found in scan.find(pattern):
            between = scan.text[found.end("n") : found.start("gb")]
            if not compiled(_TAKES).search(between):
                continue  # an amount beside it is the card's, or the run's that fails
            length = _tokens(found["n"])
            end = min(len(scan.text), found.end() + 8)
            if (
                length is None
                or not scan.free(*found.span("n"))
                or compiled(_NOT_SEEN).search(scan.text[found.start() : end])
            ):
                continue
            others = {_tokens(one["n"]) for one in scan.find(_LENGTHS) if one.start() != found.start("n")}
            if not others - {None, length}:
                continue  # it is the length of the case
            scan.take(*found.span("n"))
            scan.extras["log_seen_length"], scan.extras["log_seen_gb"] = [float(length)], [float(found["gb"])]
            return

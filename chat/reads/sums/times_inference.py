"""Whether training is said or asked to take some times what inference, or the model itself, takes: a rule of thumb that
depends on the precision."""

from chat.reads.lexicon import compiled

_N = r"(?<![\d.])(?P<{}>\d{{1,2}}(?:\.\d)?)(?:\s?(?:-|~|–|to|or|到|至)\s?\d{{1,2}})?"
_TRAINING = r"(?:\b(?:full[- ])?(?:fine-?tun\w*|train\w*|sft)\b|训练|微调|全参|全量)"
_INFERENCE = r"(?:\binference\b|\bserving\b|推理)"
_FASTER = r"fast|slow|speed|quick|throughput|latency|tokens?/s|快|慢|加速|提速|吞吐|延迟|速度"
# "4x A100 do inference" counts cards
_NO_CARDS = r"(?! ?(?:\w+ )?(?:[ahlvbt]\d{1,4}s?\b|rtx\b|gtx\b|\d{4}\b|gpus?\b|cards?\b|mi\d{2,3}))"
# what the model itself takes: its size, its weights, its file
_SIZE = r"(?:(?:the |its |a )?(?:model'?s?|weights?'?|checkpoint'?s?) (?:(?:own |file |weight )?size|weights?|files?)|(?:the )?size of (?:the |its )?(?:model|weights)|(?:the )?(?:model )?weights)\b"
_SIZE_ZH = r"(?:模型|权重)(?:本身|自身|文件)?(?:的)?(?:大小|体积|尺寸|显存|权重|文件|本身)|权重"
_TIMES = (
    rf"(?:{_N.format('n')}|\bhow many|\bhow much)\s?(?:x|×|times)(?![a-z]){_NO_CARDS}(?:(?!{_FASTER})[^.;?!]){{0,24}}{_INFERENCE}"
    rf"|{_INFERENCE}(?:(?!{_FASTER})[^.;?!。]){{0,12}}?(?:{_N.format('m')}|几|多少)\s?(?:x|×|times|倍)(?![^,.;?!。]{{0,12}}(?:{_FASTER}))"
    rf"|{_TRAINING}[^.;?!]{{0,24}}{_N.format('w')}\s?(?:x|×|\*|times) (?:as much (?:memory |vram )?as )?{_SIZE}"
    rf"|{_TRAINING}[^.;?!,。]{{0,16}}?{_N.format('s')}\s?(?:倍|x|×|\*)\s?(?:的)?\s?(?:{_SIZE_ZH})"
    rf"|{_TRAINING}[^.;?!。]{{0,16}}?(?:{_SIZE_ZH})[^.;?!,。\d]{{0,6}}(?:{_N.format('t')}|几|多少)\s?倍"
)


def times_inference(text: str) -> bool:
    """Is training measured by what inference or the model itself takes? `text` is normalised."""
    return compiled(_TIMES).search(text) is not None and compiled(_TRAINING).search(text) is not None


def times_said(text: str) -> list[str]:
    """How many times are said, as `times_said 4`; of a range the lower end."""
    found = compiled(_TIMES).search(text) if times_inference(text) else None
    number = found and next((found[name] for name in "nmwst" if found[name]), None)
    return [f"times_said {number}"] if number else []

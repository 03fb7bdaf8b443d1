"""Whether training is said or asked to take some times what inference takes: a rule of thumb that depends on the precision."""

from chat.reads.lexicon import compiled

_N = r"(?<![\d.])(?P<{}>\d{{1,2}}(?:\.\d)?)(?:\s?(?:-|~|–|to|or|到|至)\s?\d{{1,2}})?"
_TRAINING = r"(?:\b(?:full[- ])?(?:fine-?tun\w*|train\w*|sft)\b|训练|微调|全参|全量)"
_INFERENCE = r"(?:\binference\b|\bserving\b|推理)"
_FASTER = r"fast|slow|speed|quick|throughput|latency|tokens?/s|快|慢|加速|提速|吞吐|延迟|速度"
_TIMES = (
    rf"(?:{_N.format('n')}|\bhow many|\bhow much)\s?(?:x|×|times)(?![a-z])(?:(?!{_FASTER})[^.;?!]){{0,24}}{_INFERENCE}"
    rf"|{_INFERENCE}(?:(?!{_FASTER})[^.;?!。]){{0,12}}?(?:{_N.format('m')}|几|多少)\s?(?:x|×|times|倍)(?![^,.;?!。]{{0,12}}(?:{_FASTER}))"
    rf"|{_TRAINING}[^.;?!]{{0,24}}{_N.format('w')}\s?(?:x|×|times) (?:the )?(?:model'?s? )?weights\b"
)


def times_inference(text: str) -> bool:
    """Is training measured by what inference takes? `text` is normalised."""
    return compiled(_TIMES).search(text) is not None and compiled(_TRAINING).search(text) is not None


def times_said(text: str) -> list[str]:
    """How many times are said, as `times_said 4`; of a range the lower end."""
    found = compiled(_TIMES).search(text) if times_inference(text) else None
    number = found and (found["n"] or found["m"] or found["w"])
    return [f"times_said {number}"] if number else []

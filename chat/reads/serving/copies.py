"""Servers and copies of a model that share a card: how many are told of, or whether their number is asked.

States the extras "log_servers" (their number) and the cues `several_servers` and `copies_asked`.
"""

import re

from chat.reads.cards.card_counts import node_counts
from chat.reads.lexicon import compiled
from chat.reads.number_words import ZH_COUNT, number
from chat.reads.scan import Scan

SEVERAL, ASKED = "several_servers", "copies_asked"
_N = rf"(?:{ZH_COUNT}|(?<![\d.])(?:1[0-6]|[2-9])(?![\d.]))"

_SERVERS = r"(?:servers?|instances?|engines?|vllms?|deployments?)\b"
_COPIES = r"(?:copies|instances|replicas)"
_RUN = r"\b(?:run\w*|serv\w*|host\w*|start\w*|vllm|sglang)\b[^.;?!,]{0,16}?"
_NO_SERVERS = r"(?!\s?(?:并行)?(?:slot|槽|并发|请求|线程|会话|对话|聊天|任务|智能体|连接|窗口|用户|人))"
_ON_A_CARD = r"\b(?:on|onto|in|into) (?:just |only )?(?:one|a|an|1|the same|a single|my|the)\b(?! (?:different|second|separate|other|node|cluster))"
# a model by a name or a size that ends in billions: "Qwen3-8B", "7B AWQ models"
_SIZED = r"(?:[a-z][\w.]*[ -]){0,3}?[\w.-]*\d(?:\.\d+)?b(?:-[\w-]+)?"
# what stands before such a count, and never before the number of a family: "gemma 2 9b"
_BEFORE = r"(?:^|[,.;:?!(] ?|\b(?:run|running|load|loading|keep|hold|host|serve|serving|fit|have|put|deploy|use|want|do|can|would|could|will|holds) (?:up to )?)"
_SIZED_ZH = r"(?:[a-z][\w.-]*[ -])?[\w.-]*\d(?:\.\d+)?b"
_AT_ONCE = r"\bat (?:the same time|once)\b|\bsimultaneously\b|\bside by side\b|\bloaded\b|\btogether\b"
_TOLD = (
    rf"(?<!into )\b(?P<n>{_N}) (?:(?!\d|(?:mig|gi?b|mi?b|gigs?|with|in|on|under|via|using|for|and|but|while|by)\b)\w+ ){{0,2}}?{_SERVERS}"
    rf"|(?:{_RUN}|\b)(?P<c>{_N}) (?:separate |independent |identical )?{_COPIES} of\b(?=[^.;?!]{{0,48}}?{_ON_A_CARD})"
    rf"|{_RUN}(?P<r>{_N}) copies of\b"
    rf"|{_BEFORE}(?P<s>{_N})(?! ?(?:gi?b?|mi?b|gigs?)\b)(?!(?: \w+){{0,2}} (?:q?loras?|adapters?)\b)(?: ?[x×](?= ))? (?:separate |independent |identical |small |big )?{_SIZED}(?:s\b| models?\b)?(?! (?:or|vs)\b)(?:(?=[^.;?!]{{0,32}}?{_ON_A_CARD})|(?=[^.;?!]{{0,64}}?(?:{_AT_ONCE})))"
    rf"|(?P<m>(?<![a-z0-9.]){_N})个?\s?(?:vllm|sglang|推理)?\s?(?:服务|实例|server|vllm|sglang)(?!器)"
    rf"|(?:起|开|跑|部署|启动|放|塞|加载)(?:了|下|上)?\s?(?P<k>{_N})(?:个|份|套){_NO_SERVERS}"
    rf"|(?P<z>{_N})(?:个|份|套)\s?{_SIZED_ZH}\s?(?:的?模型)?(?:实例)?(?=[^,;?!]{{0,6}}(?:同时|一起|都)|[^,;?!]{{0,4}}[放塞跑])"
)
_HOW_MANY = (
    rf"\bhow many (?:\w+ ){{0,2}}?{_COPIES}\b(?! (?:of|do) (?:the )?(?:weights|gradients|parameters|logits|layers))"
    rf"|\bhow many (?:{_SIZED}) (?:models?|servers?|{_COPIES})\b[^.;?]{{0,24}}?\b(?:load|run|fit|put|serve|host|keep|deploy)\b"
    rf"|(?:起|开|跑|部署|启动|放|塞|加载)(?:得)?(?:了|下|上)?(?:多少|几)(?:个|份|套)[^,;?!]{{0,24}}?(?:实例|服务|副本|模型|{_SIZED_ZH}){_NO_SERVERS}"
    r"|(?:多少|几)个(?:实例|副本)"
)
# several without a number: a second one, the first and the next
_VAGUE = (
    rf"(?<!into )\b(?:second|2nd|both|several|multiple|another) (?:(?!mig\b)\w+ ){{0,2}}?(?:vllm |sglang |tgi |lmdeploy |inference )?{_SERVERS}"
    rf"|\bone (?:vllm |sglang )?{_SERVERS}[^?]{{0,60}}\b(?:another|the other|a second)\b|(?:一|1)个\s?(?:vllm|sglang|服务|实例)[^?;]{{0,24}}另(?:外)?(?:一|1)?个"
    r"|\bfirst (?:one|server|instance)\b[^?]{0,60}\bsecond\b"
    r"|(?:多|几|第2|第二)个?\s?(?:vllm|sglang|tgi|lmdeploy|推理)?\s?(?:服务|实例|server|vllm|sglang|进程)"
    rf"|(?:起|开|跑|部署|启动)(?:了)?(?:多|几)(?:个|份){_NO_SERVERS}"
)


def read_copies(scan: Scan) -> None:
    """State how many servers or copies are told of; machines are none, nor are copies that a training holds."""
    machines = {one.start("a") for one in node_counts(scan)}
    for found in scan.find(_TOLD):
        group = next(name for name, one in found.groupdict().items() if one)
        if found.start(group) in machines or not scan.free(*found.span(group)):  # "2 servers, 8 cards each"
            continue
        scan.note("log_servers", number(found[group]))
        scan.take(*found.span(group))
        break


def copies_cues(scan: Scan) -> list[str]:
    """What is said of servers and copies on a card."""
    asked = _is(_HOW_MANY, scan.text) and "log_servers" not in scan.extras
    several = "log_servers" in scan.extras or asked or _is(_VAGUE, scan.text)
    return [*([SEVERAL] if several else []), *([ASKED] if asked else [])]


def _is(pattern: str, text: str) -> re.Match[str] | None:
    return compiled(pattern).search(text)

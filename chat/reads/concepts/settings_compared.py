"""Settings of servers that are named side by side: whether they are one thing, and what is to stay free beside a server."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.topics import TGI_POOL

SETTINGS_COMPARED = "settings_compared"
KEPT_FREE = "log_kept_free"
# the shares that programs take, each with the program whose setting it is
SHARES: dict[str, str] = {
    "vllm": r"gpu[-_ ]?memory[-_ ]utili[sz]ation",
    "sglang": r"mem[-_ ]fraction[-_ ]static",
    "tensorrt-llm": r"(?:kv[-_]cache[-_])?free[-_]gpu[-_](?:mem|memory)[-_]fraction",
    "lmdeploy": r"cache[-_]max[-_]entry[-_]count",
    "tgi": r"cuda[-_]memory[-_]fraction",
}
# what bounds requests, steps and lengths
LIMITS: dict[str, str] = {
    "max_model_len": r"max[-_]model[-_]len|context[-_]length",
    "max_num_batched_tokens": r"max[-_]num[-_]batched[-_]tokens|chunked[-_]prefill[-_]size|max[-_]batch[-_]prefill[-_]tokens",
    "max_num_seqs": r"max[-_]num[-_]seqs|max[-_]running[-_]requests",
    "max_batch_total_tokens": TGI_POOL,
    "max_total_tokens": r"(?<![a-z])max[-_]total[-_]tokens",
    "max_tokens": r"(?<![a-z])max[-_](?:new[-_])?tokens|n[-_]predict|num[-_]predict",
    "num_ctx": r"num[-_]ctx|ctx[-_]size",
}
_SAME = (
    r"\bsame\b(?! (?:time|moment))|\bidentical\b|\bequivalent\b|\bdiffer\w*|\b(?:what|which)(?:'s| is) the difference|\bmean the same|\bvs\b|\bversus\b"
    r"|一(?:回|码)事|一个意思|同一个?(?:东西|意思|参数)|(?:是|算)?一样(?:的)?(?:吗|么|东西)|区别|差别|不同|等价|相当于"
)
# "which of the two takes more?"
_MORE = (
    r"\b(?:which|what)(?: (?:one|setting|flag|of (?:the|these|those) (?:two|three)|of (?:them|these|those)|of (?:the )?\w+ settings))?\b[^.;?!]{0,24}\b(?:takes?|eats?|uses?|costs?|needs?|affects?|matters?|drives?|influences?|raises?)\b[^.;?!]{0,20}\b(?:more|most|memory|vram)\b"
    r"|(?:哪个|哪一个|谁|哪种)(?:参数|设置)?(?:对显存)?(?:的)?(?:影响)?(?:更|最|比较)?(?:吃|占|费|耗|大|用|影响)"
)
# of one of the limits alone what it is: "what does max-num-seqs do?"
_MEANT = (
    r"\bwhat(?:'s| is| are| does| do)\b (?:the |a |an |sglang'?s? |vllm'?s? |tgi'?s? |-)*{0}[`'\"]?(?: (?:flag|setting|option|parameter|argument))?(?: (?:actually|really|even|exactly))?(?: (?:do|mean|control|limit|change|for|in)\b|\s?(?:[?.,]|$))"
    r"|\b(?:explain|meaning of|purpose of) (?:the |-)*{0}|{0}[`'\"]?\s?(?:参数|选项)?(?:到底|究竟)?(?:是|有|指)?(?:个)?(?:什么(?:意思|含义|作用|用|东西)?|干(?:什么|嘛|啥)|啥(?:意思|用)?|做什么)(?:的)?(?:\?|,|$)"
)
SETTINGS_MORE = "log_settings_more"
_FREE = (
    r"\b(?:leav\w+|keep\w*|kept|reserv\w+|spar\w+|set\w* aside|free up|hold\w* back)\b[^.;?!\d]{0,24}(?P<a>\d+(?:\.\d+)?)\s?gi?b?\b(?! (?:of (?:the )?(?:weights|cache|kv)|model|card|vram (?:card|gpu)))"
    r"(?=[^.;?!]{0,40}\b(?:for|free|aside|to|beside|unused|spare)\b|[^.;?!]{0,6}[.;?!,]|\s*$)"
    r"|(?:预留|留(?:给|出|下)?|空出|腾出|匀出|保留)[^,.;?!\d]{0,14}?(?P<b>\d+(?:\.\d+)?)\s?gi?b?(?![a-z\d])(?!\s?(?:给\s?(?:kv|缓存|上下文)|的?(?:卡|显卡)))"
    r"|给[^,.;?!\d]{1,16}?(?:预留|留出?|空出?|腾出?)\s?(?P<c>\d+(?:\.\d+)?)\s?gi?b?(?![a-z\d])"
)
# "I run SGLang": the program that serves, of those that are named
_RUNS = rf"(?:\b(?:run|using|use|serve|deploy|host|moved to|switched to)\b|正在用|我用|我们用|跑的是|部署的是|换到|换成)[^,.;?!\d]{{0,16}}?(?P<e>{'|'.join(SHARES)})"
_OF_THE_CACHE = r"\bkv\b|\bcache\b|\bcontext\b|缓存|上下文|余量|headroom"


# the one number that all of them are set to, told apart from their names: "都设 0.8", "with 0.9 each"
_ONE_VALUE = (
    r"(?:都|均|全部?|统一|同样)(?:是|也)?(?:设(?:置|定)?|取|用|给|填|开|调)?(?:成|为|到|的是)?\s?(?P<a>0?\.\d{1,3})(?![\d.])"
    r"|\b(?:all|both|each|every one)\b[^.;?!\d]{0,20}(?P<b>0?\.\d{1,3})(?![\d.])|(?<![\d.])(?P<c>0?\.\d{1,3}) (?:each|everywhere|for (?:all|both|each)|in (?:all|both|each))\b"
)
# with what it does to a step's activations
_TOLD_ELSEWHERE = ("max_num_batched_tokens",)


def read_settings_compared(scan: Scan) -> None:
    """State which settings are asked about together, and what is to stay free of the card for something else."""
    for found in scan.find(_FREE):
        group = next(name for name in "abc" if found[name])
        end = scan.text.find(",", found.end()) if "," in scan.text[found.end() :] else len(scan.text)
        around = found[0] + scan.text[found.end() : min(end, found.end() + 24)]
        if scan.free(*found.span(group)) and not compiled(_OF_THE_CACHE).search(around):
            scan.add(KEPT_FREE, float(found[group]), found.start(group), found.end(), extra=True)
    alone = [
        name
        for name, one in LIMITS.items()
        if name not in _TOLD_ELSEWHERE and any(scan.find(_MEANT.format(f"(?:{one})")))
    ]
    if len(alone) == 1:
        scan.note(SETTINGS_COMPARED, alone[0])
        return
    more = any(scan.find(_MORE))
    if not more and not any(scan.find(_SAME)):
        return
    named = [name for table in (SHARES, LIMITS) for name, one in table.items() if any(scan.find(one))]
    if len(named) < 2:
        return
    if more and set(named) & set(SHARES):
        return
    for name in named:
        scan.note(SETTINGS_COMPARED, name)
    if len(set(named) & set(SHARES)) > 1 and "gpu_memory_utilization" not in scan.facts:
        for found in scan.find(_ONE_VALUE):
            value = next(name for name in "abc" if found[name])
            scan.add("gpu_memory_utilization", float(found[value]), *found.span())
            break
    if more:
        scan.note(SETTINGS_MORE, 1)


def settle_compared(scan: Scan) -> None:
    """Programs whose settings are set side by side are no two runs to compare: the one that is told to run serves."""
    engines = scan.facts.get("engine", [])
    shares = [name for name in scan.extras.get(SETTINGS_COMPARED, ()) if name in SHARES]
    if len(engines) > 1 and set(engines) <= set(shares):
        runs = [found["e"] for found in scan.find(_RUNS) if found["e"] in engines]
        scan.facts["engine"] = [*runs, *(one for one in engines if one == "vllm"), *engines][:1]
        scan.spans["engine"] = scan.spans.get("engine", [])[:1]
        scan.extras.pop("tools", None)

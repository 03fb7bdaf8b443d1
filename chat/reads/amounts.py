"""Facts that are amounts with a unit: sizes, counts of cards, memories, lengths."""

import re

from chat.reads import lexicon
from chat.reads.cards.card_counts import COUNTS, FAILING_COUNT, OF_EACH, counts_before, of_other_things
from chat.reads.cards.card_memory import read_card_memory, read_memory_beside
from chat.reads.cards.machine_memory import of_the_machine
from chat.reads.formats.weight_formats import read_bits, read_formats
from chat.reads.lexicon import compiled
from chat.reads.models.named_models import activated, in_all
from chat.reads.models.parts_of_models import read_expert_sizes
from chat.reads.refusals import refused
from chat.reads.requests.lengths import read_lengths
from chat.reads.scan import Scan
from chat.reads.seen.counts_failed import read_count_failed
from chat.reads.seen.tried import read_changed, read_tried
from chat.reads.sums.columns_told import is_lacking
from chat.reads.sums.times_params import EACH_BEFORE, EACH_BEHIND
from kb.name_parts import size_value, tokens

_LONGEST_SERVED = 1e7  # the longest context that a model declares
_LONGEST = 2e5  # tokens: nobody trains on as few


def read_amounts(scan: Scan) -> None:
    """Formats, bits, sizes, counts, memories, lengths, in the order in which they claim their numbers."""
    read_changed(scan)
    read_formats(scan)
    read_bits(scan)
    _active_and_tokens(scan)
    _sizes(scan)
    read_tried(scan)
    _counts(scan)
    read_memory_beside(scan)
    read_card_memory(scan)
    of_the_machine(scan)
    read_lengths(scan)


_COMPARED_FROM = 32
_COMPARED_WITH = r"(?:和|跟|与|对比|相比|比起?|\bvs\.?|\bversus|\bthan|\b(?:compared|relative) (?:to|with)|\bagainst|\band) ?(?:an? |the |plain |dense |普通的?|稠密的?)*$"


# the heads that a model is imagined with, in a question about its cache
_KV_HEADS = r"(?<![\d.a-z])(?<!layers )(?<!layer )(?<!层数)(?P<n>\d{1,3})\s?个?\s?(?:kv|key[- ]?value|键值)[ -]?(?:heads?\b|头)|\b(?:num[ _]key[ _]value|n[ _]kv)[ _]heads?\s?(?:=|:|of|to|was|were)?\s?(?P<m>\d{1,3})\b|(?:kv|键值)\s?头(?:数)?\s?(?:只?有|是|为|=|:)?\s?(?P<z>\d{1,3})\s?个"


def _active_and_tokens(scan: Scan) -> None:
    for found in scan.find(_KV_HEADS):
        group = str(found.lastgroup)
        if scan.free(*found.span(group)):
            scan.add("kv_heads", int(found[group]), *found.span(group), extra=True)
    for found in scan.find(lexicon.ACTIVE):
        if scan.free(*found.span()):
            number = found["n"] or found["m"] or found["k"]
            scan.add("active_params", float(number) * 1e9, *found.span(), extra=True)
    for found in (*scan.find(lexicon.TRAIN_TOKENS), *scan.find(lexicon.TOKENS_LABELLED)):
        if not scan.free(*found.span()):
            continue
        tokens = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
        if _of_a_batch(scan, *found.span()):
            scan.add("batch_tokens", tokens, *found.span(), extra=True)  # "a global batch of 4M tokens" is no training
            continue
        if found["s"] == "k":
            continue
        served = (
            _of_a_prompt(scan, found.start()) or any(scan.find(lexicon.OF_A_CACHE)) or not any(scan.find(_ELSEWHAT))
        )
        if tokens <= _LONGEST or (tokens <= _LONGEST_SERVED and served):
            scan.add("seq_len", round(tokens), *found.span())  # nobody trains on as few: it is a length
            continue
        scan.add("train_tokens", tokens, *found.span(), extra=True)


_BATCH_BEFORE = r"\bbatch(?:[ _-]?size)?\b[^,.;?\d]{0,12}$|批(?:大小|次)?[^,.;?\d]{0,6}$|(?:\b(?:each|every|per) (?:optimi[sz]er )?(?:step|update|iteration)\b|每(?:一|个)?(?:步|step|批|batch))[^,.;?\d]{0,12}$"
_BATCH_BEHIND = r"\s?(?:/|per|each|every)\s?(?:optimi[sz]er )?(?:step|batch|update|iteration)\b|\s?(?:的\s?)?(?:global |effective )?batch\b(?!\s?(?:size|of)?\s?[=:]?\s?\d)|\s?(?:的)?(?:批大小|批次|每步|/步)"


def _of_a_batch(scan: Scan, start: int, end: int) -> bool:
    """Are so many tokens those of one step?"""
    before, behind = compiled(_BATCH_BEFORE), compiled(_BATCH_BEHIND)
    return bool(before.search(scan.text[max(0, start - 32) : start]) or behind.match(scan.text, end))


# "with 1M tokens", of a model that nobody trains
_TRAINS = r"\btrain\w*|\bpre-?train\w*|\btun\w+|\bfine-?tun\w*|\bdataset\b|\bcorpus\b|\bepochs?\b|\bq?lora\b|训|微调|语料|数据集"
_WITH = r"(?:\b(?:with|at|of|up to|for|full)\b|用|跑|到|开)\s?(?:a |the )?$|(?:[跑撑拉塞]满|长文本|上下文|支持)\s?$"


# what so many tokens are of where they are no length: a training, a text in all, an hour or a price; a pool that logs print
_ELSEWHAT = (
    r"\b(?:pre-?)?train\w*|\b(?:fine-?)?tun\w+|\b(?:q?lora|sft|dpo|ppo|grpo|epochs?|corpus|corpora|data(?:set)?s?|steps?|budget|pool|cache size|in total|total(?:ling)?)\b"
    r"|\b(?:per|an?|each|every)\s(?:second|minute|hour|day|week|month)|/\s?(?:s|sec|min|h|hr|day|d|m)\b|\b(?:daily|monthly|hourly|throughput|tps|tpm|prices?|costs?|cheap\w*|api|documents?|users?|knowledge|how long|hours)\b|[$¥€]"
    r"|训|微调|语料|数据|样本|预算|总共|一共|合计|总量|总数|吞吐|每(?:秒|分|小时|天|日|月)|一(?:天|个月|小时)|天|月|日均|价|钱|(?<!词)元|块|费|成本|便宜|池|日志|用户|并发|知识库|文档|多久|多长时间|小时|几天"
)


def _of_a_prompt(scan: Scan, start: int) -> bool:
    return compiled(_WITH).search(scan.text[max(0, start - 12) : start]) is not None and not any(scan.find(_TRAINS))


# the size of the model that scores answers, beside the policy's
_OF_A_JUDGE = (
    rf"(?:\breward[ _-]?(?:model|network)|奖励模型)(?:[\s,:=(]|\b(?:is|also|an?|of|the)\b|用|是|也|为|大小|约){{0,6}}{lexicon.SIZE}",
    rf"{lexicon.SIZE}\s?的?\s?(?:reward[ _-]?(?:model|network)|奖励模型)",
)
_BY_REWARDS = r"(?<![a-z])(?:ppo|grpo|rloo|reinforce\+*)(?![a-z])"


def _judges(scan: Scan) -> None:
    """`PPO of a 14B, reward model 7B`: of reinforcement learning the size of another model than the one that is trained."""
    others = len([*scan.find(lexicon.SIZE)]) > 1 or "model" in scan.facts
    for found in (
        (one for pattern in _OF_A_JUDGE for one in scan.find(pattern)) if others and any(scan.find(_BY_REWARDS)) else ()
    ):
        start, end = found.start("n"), found.end("s")
        if scan.free(start, end):
            scan.add("reward_params", float(found["n"]) * lexicon.SIZE_SCALES[found["s"]], start, end, extra=True)


def _sizes(scan: Scan) -> None:
    _judges(scan)
    _active_again(scan)
    read_expert_sizes(scan)
    for found in scan.find(lexicon.SIZE_ROW):
        start, end = found.span("row")
        if scan.free(start, end) and not _ends_a_clause(found["row"], scan.text[max(0, start - 16) : start]):
            for value in re.finditer(r"\d+(?:\.\d+)?", found["row"]):
                scan.add("params", float(value[0]) * 1e9, start + value.start(), start + value.end())
    for found in scan.find(lexicon.SIZE_ZH_CLASS):
        if scan.free(*found.span()):
            scan.add("params", lexicon.SIZE_SCALES[found["s"]], *found.span())
    for pattern in (lexicon.SIZE_ZH, lexicon.SIZE, lexicon.SIZE_SMALL):
        for found in scan.find(pattern):
            if not scan.free(*found.span()) or _is_memory(scan, found):
                continue
            if _in_a_sum(scan, found) or _is_bytes_each(scan, found):
                scan.take(*found.span())  # judged with the rest of the sum
                continue
            unwanted = refused(scan, *found.span()) and not is_lacking(scan, *found.span())
            if unwanted or _is_a_part(scan, found) or _of_others(scan, found):
                scan.take(*found.span())  # "I meant 13B, not 7B"
            else:
                size = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
                if size >= 1:
                    scan.add("params", round(size), *found.span())


def _ends_a_clause(row: str, before: str) -> bool:
    """`18x makes 540, 7B by 18x is 126`, `it lists 120, 70B 1200`: a larger number before one comma is no size of a row where it is
    told what something comes to, or hardly any model has as many; it ends what is said before."""
    values = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", row)]
    if "/" in row or len(values) != 2 or values[0] <= values[1]:
        return False
    return values[0] > _HARDLY_ANY > values[1] or compiled(_COMES_TO).search(before) is not None


_COMES_TO = r"(?:\b(?:lists?|listed|says?|shows?|gives?|gave|is|are|makes?|equals?|prints?|writes?)|=|列|写|是|为|得|等于|给)\s?(?:的?(?:是|着|了)?)\s?$"
_HARDLY_ANY = 200  # billions: of so many sizes are few, and none of them stands before a smaller one


# what a trainer prints of an adapter, up to where it speaks of the whole model
_TRAINABLE = re.compile(
    r"(?:\btrainable (?:param\w*|weights)|可训练(?:的)?参数(?:量)?)(?:(?!\ball\b|\btotal\b|\bof\b|总|全部|模型|\bmodel\b|\bon\b|\bwith\b)[^;,。\n|]){0,32}$"
)
_LARGER_BY = re.compile(
    r"(?:\b(?:larger|bigger|smaller|grows?|grew|increased?) by|\b(?:adds?|added|adding|extra|additional)|(?:新增|增加|多出|额外)了?|[只仅才就](?:大|多|小|少)(?:出|了)?)\s*(?:about |only |just |约)?~?$"
)
_BY_ONLY = re.compile(r"\b(?:only|just|merely|a mere)\s*(?:about |~)?$")
_OF_AN_ADAPTER = re.compile(r"\s?(?:大小)?的?\s?(?:loras?|adapters?|适配器)(?![a-z])")
_LARGER = re.compile(r"\s?(?:param\w* )?(?:larger|bigger|smaller|more|extra|fewer|less)\b")


# "other 30B-class models", "别的 30B 级模型": what a model that is named is held against
_OTHER_MODELS = re.compile(r"(?:\bother|别的|其[他它]的?)\s?$")


def _of_others(scan: Scan, found: re.Match[str]) -> bool:
    """A size that others have, beside a model that is named."""
    return "model" in scan.facts and _OTHER_MODELS.search(scan.text[: found.start()][-12:]) is not None


def _is_a_part(scan: Scan, found: re.Match[str]) -> bool:
    """An amount of parameters that is no model's: those of an adapter, or by how much one model is larger."""
    before = scan.text[max(0, found.start() - 64) : found.start()]
    difference = _LARGER.match(scan.text, found.end()) and ("model" in scan.facts or _BY_ONLY.search(before))
    if found["s"] in ("m", "million") and _OF_AN_ADAPTER.match(scan.text, found.end()):
        return True
    return bool(_TRAINABLE.search(before) or _LARGER_BY.search(before) or difference)


def _in_a_sum(scan: Scan, found: re.Match[str]) -> bool:
    """Beside a model that is named, a size in the asker's arithmetic is a step of it: `mixtral: 56B*0.5 = 28`."""
    place = scan.normal.original(*found.span())[0]
    within = [one for one in scan.equations if one.span[0] <= place < one.span[1]]
    return bool(within) and ("model" in scan.facts or any(_is_bytes(scan, found, one.left) for one in within))


def _is_bytes(scan: Scan, found: re.Match[str], sum_of: str) -> bool:
    """`12B x 70` of a 70B: the bytes of a parameter, where the other factor is a size that is told elsewhere."""
    factors = {float(one) for one in re.findall(r"(?<![\d.a-z])\d+(?:\.\d+)?(?!\s?b)(?![\d.])", sum_of)}
    told = {float(one["n"]) for one in scan.find(lexicon.SIZE) if one["s"] == "b" and one.start() != found.start()}
    return bool(factors & told)


# "bf16 takes 1.3T": a T that something takes is of bytes
_TAKES = re.compile(
    r"(?:要|需要?|占用?|吃|用|得|takes?|needs?|requires?|uses?|is|=|~|约|大概)\s?(?:about |around |~)?$"
)


def _is_bytes_each(scan: Scan, found: re.Match[str]) -> bool:
    """`16 B/param`, `每参数 16B`: bytes of each, and no size."""
    before = scan.text[max(0, found.start() - 16) : found.start()]
    told = compiled(EACH_BEHIND).match(scan.text, found.end()) or compiled(f"(?:{EACH_BEFORE})$").search(before)
    return found["s"] == "b" and told is not None


def _is_memory(scan: Scan, found: re.Match[str]) -> bool:
    return found["s"] == "t" and _TAKES.search(scan.text[max(0, found.start() - 12) : found.start()]) is not None


# "Scout is a 17B model", "30B-A3B只有3B": what a token activates, said as if it were all
_SAID_AS_ALL = rf"(?:\b(?:is|it's|being|as|only|just|runs? like|same as)|只有?|才|就是?|相当于|等于|当)\s?(?:(?:only|just|an?|really|about|like)\s)*{lexicon.SIZE}(?!\s?(?:active|activated|激活))"
ACTIVE_AS_ALL = "active_as_all"


def _active_again(scan: Scan) -> None:
    """`Qwen3-235B-A22B: only 22B, right?`: a size that is what a named model activates is no other model's."""
    named = (activated(str(name)) for name in scan.facts.get("model", ()))
    of_named = [size for size in named if size]
    active = [*scan.extras.get("active_params", ()), *of_named]
    for one in _multiplied(scan, active) if of_named else ():
        scan.note(ACTIVE_AS_ALL, one)
    for found in scan.find(_SAID_AS_ALL):
        size = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
        if any(abs(size - one) <= 0.12 * one for one in of_named):
            scan.add(ACTIVE_AS_ALL, size, *found.span(), extra=True, take=False)
    for found in scan.find(lexicon.SIZE):
        size = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
        before = scan.text[max(0, found.start() - _COMPARED_FROM) : found.start()]
        if compiled(_COMPARED_WITH).search(before) and "active_params" not in scan.extras:
            continue  # "8x7B in 4 bits, against a 13B?": another model
        if scan.free(*found.span()) and any(abs(size - one) <= 0.12 * one for one in active):
            scan.add("active_params", size, *found.span(), extra=True)
        elif scan.free(*found.span()) and (
            size in _called(scan) or any(abs(size - one) <= 0.02 * one for one in _totals(scan))
        ):
            scan.take(*found.span())  # the size of the model that is named, once more


def _multiplied(scan: Scan, active: list[float]) -> list[float]:
    """Of what a token activates the sizes that a product of the asker's counts as if they were all: `37 x 16 = 592`."""
    factors = [float(one) for equation in scan.equations for one in re.findall(r"\d+(?:\.\d+)?", equation.left)]
    return [size for size in active if any(abs(size / 1e9 - one) <= 0.02 * one for one in factors)]


def _called(scan: Scan) -> set[float | None]:
    """The sizes that stand in the names of the models."""
    names = (str(name).rpartition("/")[2].lower() for name in scan.facts.get("model", ()))
    return {size_value(piece) for name in names for piece in tokens(name)}


def _totals(scan: Scan) -> list[float]:
    """The sizes of the models that are named and have experts."""
    return [in_all(str(name)) for name in scan.facts.get("model", ()) if activated(str(name))]


# "sharded 8 ways": ranks that are cards
_WAYS = (
    r"\b(?:shard\w*|split|divided|partitioned) (?:them |it )?(?:over |across |into )?(?P<n>[2-9]|\d{2,4})[- ]ways?\b"
)


_LACKED = r"\b(?:without|lacks?|lacking|(?:don'?t|do not|doesn'?t|does not) have)\s$"


def _counts(scan: Scan) -> None:
    for found in scan.find(OF_EACH):
        scan.take(*found.span("n" if found["n"] else "m"))
    for pattern in COUNTS:
        for found in scan.find(pattern):
            groups = found.groupdict()
            if not scan.free(*found.span()):
                continue
            if of_other_things(scan, found):
                scan.take(*found.span())
                continue
            if number := groups.get("v") or groups.get("w"):
                group = "v" if groups.get("v") else "w"
                if int(number) == 1 and compiled(_LACKED).search(scan.text[: found.start(group)]):
                    scan.take(*found.span(group))  # "without a GPU" counts none
                elif int(number):
                    counts_before(scan, found.start(group))
                    scan.add("n_gpus", int(number), *found.span(group))
            else:
                word = next(name for name in ("single", "dual", "pair", "quad") if groups.get(name))
                scan.add("n_gpus", {"single": 1, "dual": 2, "pair": 2, "quad": 4}[word], *found.span(), take=False)
    read_count_failed(scan)
    if "n_gpus" not in scan.facts:
        for found in scan.find(FAILING_COUNT):
            if scan.free(*found.span("n")) and 0 < int(found["n"]) <= _MOST_CARDS:
                scan.add("n_gpus", int(found["n"]), *found.span("n"))
    for found in scan.find(_WAYS) if "n_gpus" not in scan.facts else ():
        if scan.free(*found.span("n")):
            scan.add("n_gpus", int(found["n"]), *found.span("n"))
            break
    for found in scan.find(r"(?<![\d.a-z])(?P<v>\d{1,4})\s*(?:nodes?\b|台机器|台服务器)"):
        if scan.free(*found.span()):
            scan.add("nodes", int(found["v"]), *found.span(), extra=True)


_MOST_CARDS = 64  # that a bare number tells of

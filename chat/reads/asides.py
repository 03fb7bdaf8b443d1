"""Numbers that say nothing about memory: versions, dates, prices, speeds, processors, addresses, the lines of a log.

They are understood and used up here, before a `12 t/s` could be twelve trillion parameters and `2300块` as many cards.
What is not of these kinds, and no fact either, is still reported as not understood.
"""

from chat.reads.scan import Scan
from chat.reads.speed.speed_told import names_a_card
from chat.reads.task_words import SAVED_RUN

# names of processors and memory modules: their numbers are no facts of an estimate
HARDWARE_NAMES = r"\b(?:lp)?ddr\d[x]?(?:-?\d{4}(?!\d)|\s\d{4}(?=\s?(?:mhz|mt)))?|\b\d{1,2}[- ]?(?:ch(?:annel)?s?)\b|\b(?:epyc|xeon|threadripper|ryzen(?! ai max)(?: ai)?|core)(?: (?:pro|gold|silver|platinum|ultra|max\+?|w\d?))*[ -](?:i?[3579][ -])?[a-z]?\d{3,5}[a-z]{0,3}(?: ?v\d)?(?!\d)|\bi[3579][- ]\d{4,5}[a-z]{0,2}\b|\d{1,2}\s?通道"
_N = r"\d+(?:[.,]\d+)*"
_PROGRAMS = (
    r"(?:cuda|cudnn|py ?torch|torch|transformers|tokenizers|vllm|sglang|lmdeploy|peft|trl|deepspeed|python|ubuntu|debian|centos|driver|rocm|bitsandbytes|bnb"
    r"|accelerate|flash[ _-]attn|flash[ _-]attention|xformers|triton|llama\.?cpp|ollama|lm ?studio|llama[ _-]?factory|ms-?swift|unsloth|axolotl|nvidia-smi|driver version|cuda version"
    r"|windows|win|macos|docker|nccl|megatron-core|mcore|verl|openrlhf|xtuner|python3|tgi|exllama(?:v[23])?|tabbyapi|cann|驱动|版本)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"  # whole words: "maybe 4 slots"
)

# servers whose names have letters that are a card's, or a number with a unit: "Atlas 800I A2", "Atlas 800T"
SERVER_NAMES = r"\batlas[ -]?(?:[5-9]00)[a-z]?(?:[ -]?(?:superpod|pod|duo|pro))?(?:[ -]?a\d)?(?![a-z0-9])"

# sockets of a board, not streams: "双路至强", "2路 EPYC"
_SOCKETS = (
    r"(?<![\d.])[1248]\s?路\s?(?:的)?(?=\s?(?:至强|xeon|epyc|霄龙|志强|金牌|铂金|cpu|处理器|服务器|主板|平台|e5))"
)

# what an engine says of a card without bf16: no format that was chosen
BF16_REFUSED = r"\bbfloat16 is only supported on gpus[^.;]{0,16}(?:with )?compute capability[^,;]{0,16}\d\.\d"

ASIDES: tuple[str, ...] = (
    BF16_REFUSED,
    HARDWARE_NAMES,
    SERVER_NAMES,
    _SOCKETS,
    SAVED_RUN,
    # what programs print before their words: a time, a place in a file, a device, an address
    r"(?<![\d.])\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?",
    r"(?<=/)stage_1_and_2|\b(?:info|warning|error|debug)\s+\d{2}-\d{2}\b",
    r"(?<![\d.:])\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,6})?(?![\d:])|(?<![\d.:])\d{1,2}:\d{2}\s?(?:am|pm)\b",
    r"(?<![\d.:])\d{2,5}:\d{2,5}(?![\d:.])",  # a port of a container
    r"(?<!llama)\.(?:py|cpp|cu|cc|cuh|h)[:,]\s?(?:line )?\d+\]?|\bline \d+\b",
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?(?![\d.])|\blocalhost:\d{2,5}",
    r"\bcuda:?\d(?!\d)|\bgpu\d(?!\d|\s?[x*张块])|\[?(?<!lora )(?<!adapter )\brank ?\d{1,4}\]?:|\[rank ?\d{1,4}\]|\b(?:oom\w*|error|crash\w*|fail\w*|died?|dies|hangs?|memory) (?:only )?on rank ?\d{1,4}\b|\brank ?(?!(?:16|32|64|128|256|512|1024) )\d{1,4} (?:ooms?\b|dies|died|crash\w*|fail\w*|hangs?|runs? out|ran out|process)|\bdevice ?\d{1,2}\b|\bon gpu \d\b|\bgpu:? ?0\b",
    # the table of nvidia-smi
    r"(?<=\|)\s{1,6}\d{1,2}\s{1,4}(?=nvidia|tesla|quadro|geforce|rtx|[ahlv]\d)|\b[0-9a-f]{8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d\b",
    r"(?<=\|)\s{1,30}(?:\d{1,3}|n/a|off|on)\s{1,30}(?=\||$)|(?<=\|)\s{1,6}\d{1,2}\s{1,6}(?:n/a\s+){0,2}\d{2,8}(?=\s+[cg](?:\+g)?\s)",
    r"(?:\d{1,3}%|n/a)\s+\d{1,3}c\s+p\d{1,2}\b|(?<=\s)\d{1,4}w\s*/\s*\d{2,4}w\b",
    # versions, and numbers of issues
    # of which no share of a card is any: "colocate vllm 0.35", "vllm at 0.5"
    rf"(?<!colocate )(?<!colocated )(?<!same card )\b{_PROGRAMS}\s?(?:version|版本)?\s?(?:==|>=|[:=])?\s?(?P<v>v?\d+(?:\.(?:\d+|x))+(?:[.-]?(?:post|rc|dev|b)\d+)?)(?!\d|\s(?:gpu |memory |mem )*utili|\s?(?:的)?(?:显存)?(?:利用率|占比)|\s?k?\s?(?:gib|gb|g|mib|mb|b|bpw|bits?)\b|\s?位|k\b)",
    r"(?<![a-z0-9.])v\d+(?:\.\d+){1,2}(?![\w.])|(?<![\w.,])\d{1,3}\.\d{1,3}\.\d{1,4}(?![\d.])|\bpython3\b|(?<=\s)b\d{4}\b",
    r"#\d{2,6}\b|\b(?:issues?|prs?|pull request|discussion|ticket) #?\d{1,6}\b",
    r"\bapiversion: v\d\b|# (?:gpu|cpu) blocks: \d+",
    # what a server does with a request that it sets back
    r"preemption_?mode\W{0,3}(?:recompute|swap)\w*|\bpreempt\w*[^.;?]{0,32}\brecomput\w+|\brecomput\w+[^.;?]{0,32}\bpreempt\w*|抢占[^,;?]{0,12}重(?:新)?计?算",
    # a part of something whose whole is told
    r"\blayers?\s?[=:]?\s?\d{1,3} (?P<v>of \d{1,3})(?![\d.]|\s?g)|\bfree of (?P<w>\d{1,3}(?:\.\d)?)(?![\d.]|\s?g)",
    # what an amount is divided by, and the type of a cache whose bytes are told for a token
    r"\b(?:divid\w*|split\w*)\b[^.?!;,]{0,24}\bby (?P<v>\d{1,3})(?![\d.])(?!\s?(?:gpus?|cards?|gb))|\b(?:also|still|same|both) (?P<y>\d{1,3})[- ]ways?\b(?! ?(?:\w+ )?(?:pipe|tensor|data|expert|sequence|context|model|parallel|shard|split))|除以?\s?(?P<w>\d{1,3})(?![\d.]|\s?(?:张|块|卡|gb?))",
    r"\d\s?[km]i?b\s?(?:/|per |a |每个?)\s?tok(?:en)?s?\s?(?:in|at|for|,|\()?\s?(?P<x>(?:bf|fp)16)\b",
    # a factor of a formula that is asked about, and the terms of the formula for activations ("batch 5 as usual" is none)
    r"(?:公式|式子)(?:里|中)(?:面)?的?(?:有)?(?:一?个|那个)?\s?(?P<v>\d)(?![\d.])|\bfactor (?:of )?(?P<w>\d)(?![\d.]|\s?(?:gpus?|cards?))",
    r"(?<![\d.])34\s?[*·]?\s?s\s?[*·]?\s?b\s?[*·]?\s?h|(?<![\d.])(?!5 as(?![\^²*/·\d]| ?[\^²*/·]))5\s?[*·]?\s?a\s?[*·]?\s?s(?:\s?(?:\^\s?2|²|\*\*\s?2|2))?(?:\s?[*·]?\s?b|\s?/\s?h)?(?![a-z0-9])",
    # years and days
    rf"(?:\b(?:in|since|until|from|of|by|early|late|mid|back in|as of|circa|{_MONTH})[ -]|'')(?:19\d|20[0-3])\d\b(?!\s?(?:tokens?|ctx|context|mib|mb|gb|steps?))|(?:19|20)\d\d\s?年(?:\d{{1,2}}\s?月(?:\d{{1,2}}\s?[日号])?)?|\d{{1,2}}\s?月\d{{1,2}}\s?[日号]|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b",
    r"(?<![a-z0-9_])q[1-4][ /]?(?:of )?'?(?:20)?2\d(?!\d|\.\d|\s?(?:b|gi?b?)(?![a-z]))|(?:20)?2\d\s?(?:年(?:的)?|[ /-])?\s?q[1-4](?![a-z0-9_])|(?:第[1-4一二三四]季度)",
    # a place in a text, a rank in a row, a window of pixels
    r"\b(?:figure|fig\.?|table|section|page|chapter|process|appendix) \d{1,4}\b|(?<![\d.])\d{1,3}(?:st|nd|rd|th)\b|(?<![\d.])\d{3,5}x\d{3,5}\b|\bwindows (?:7|8|10|11)\b|第\s?\d{1,3}\s?(?:章|节|页|期|次)",
    # money that is no price of an hour
    r"(?<![\d.])(?:[3-9]\d\d|\d{4,6})\s?块(?:钱|多)?(?!\s?(?:卡|显卡|gpu|[345]0\d0|[ahlv]\d{2,3}))(?!\s?(?:/|每|一|个)\s?(?:小时|时|卡))",
    r"(?<![\d.])(?<!小时)(?<!小时 )(?<!小时要)(?<!小时是)\d+(?:\.\d+)?\s?[kw万]?\s?(?:元|块钱|rmb|人民币|美元|美金|刀|usd|eur|euros?|€|£|bucks|dollars)(?![a-z])(?!\s?(?:/|每|一|per|an?)\s?(?:张|个|卡|gpu)?[ -]?(?:小时|时|卡|h|hour))",
    r"[€£¥]\s?\d[\d,]*(?:\.\d+)?\s?[kw万]?(?![\d.])(?!\s?(?:/|每|per|an?)\s?(?:张|个|gpu|卡)?[ -]?(?:小时|时|h))|预算\s?(?:大概|大约|约|在|是|有|就|只有|[:=])*\s?\d+\s?[kw万](?:以内|左右|块|元)?(?!\s?(?:tok|上下文|个?token))|(?<!token )(?<!tokens )(?<!context )(?<!thinking )(?<!reasoning )(?<!length )\bbudget(?: (?:for|of) (?:it|this|that|hardware|the (?:hardware|server|machine|box|cards?|gpus?)))?\s?(?:is|of|was|about|around|roughly|approx\w*|up to|max\w*|limit\w*|at|only|just|~|[:=,]|\s)*\d+(?:[.,]\d+)?\s?k(?![a-z0-9])(?!\s?(?:tok|context|ctx|length))|(?<![\d.a-z])\d+(?:[.,]\d+)?k (?:hardware |total )?budget\b",
    # "a V100 32GB for 500 or two 3060 12GB for 400": a card's price, whatever the currency
    r"(?:\d\s?gi?b?|\b[a-z]{0,3}\d{2,4}(?: ?(?:ti|super|xtx?))?s?)\b(?: (?!for\b)[a-z0-9]+){0,4} for (?:about |around |~ ?)?(?P<p>\d{1,3}[059])(?=\s?(?:each|apiece|total|shipped|used|or|vs|and|[,.;?]|$)(?![\da-z]))",
    # layers that the program chooses by itself
    r"(?:gpu[ _-]?layers|\bn?gl|num_gpu)\s?[=:]?\s?-\s?1(?![\d.])",
    # speeds
    rf"(?<![\d.a-z]){_N}(?:\s?[-~]\s?{_N})?\+?\s?(?:个\s?)?(?:tok(?:en)?s?|t|tk|toks|字)\s?(?:/|per|an?|每)\s?(?:s(?:ec(?:onds?)?)?|秒)(?![a-z])|每秒\s?(?:钟)?\s?(?:大概|约|只有|有)?\s?{_N}\s?(?:个\s?)?(?:tok(?:en)?s?|字|词)|(?<![\d.]){_N}\s?(?:tps|tk/s)\b",
    rf"(?<![\d.]){_N}\s?(?:gb|gib|mb|g|tb)\s?/\s?s(?:ec)?\b|(?<![\d.]){_N}\s?(?:mt/s|gt/s|mhz|ghz|gbps|gbit/s|gbe)\b",
    # a rank of a program's log, a kind of rented machine, a system
    r"\[(?:tp|pp|dp|ep)\d{1,2}(?:[ ,]\s?(?:tp|pp|dp|ep)\d{1,2})*\]|\baws\s(?:ec2\s)?[gp]\d(?:dn|de|en|e)?\b|\b[gp][3-6](?:dn|de|en|e)?\s(?:instances?|sizing|family|nodes?)\b|\bwin(?:dows)?\s?(?:7|8|10|11)\b",
    # how bytes are made GiB or GB
    r"/\s?\(?(?:1024\s?(?:\*\*|\^)\s?[23]|1e[69]|2\s?(?:\*\*|\^)\s?[23]0|10\s?(?:\*\*|\^)\s?9|1024\s?/\s?1024(?:\s?/\s?1024)?)\)?",
    # phones
    r"(?:小米|红米|一加|荣耀|华为\s?mate|骁龙|天玑|\biphone|\bpixel|\bgalaxy s|\boneplus|\bsnapdragon|\bxiaomi|\bredmi(?: k| note)?|\bdimensity)\s?(?:\d gen )?\d{1,4}[a-z]{0,2}\b(?! ?gb?)",
    # the slot of a card
    r"(?:(?<![\d.])[1-8]\s?[张块个](?:卡)?)?\s?(?:插|走|跑)(?:在|的是?)?\s?(?:pcie\s?)?x\s?(?:16|8|4|2|1)(?!\d)(?:\s?(?:插?槽|口|通道))?|\b(?:in|on|at|using|with) (?:an? |the )?(?:pcie )?x(?:16|8|4|2|1)\b(?! ?\d)(?: (?:slots?|lanes?|link))?|\bx(?:16|8|4|2|1)(?:\s?/\s?x(?:16|8|4|2|1))?\s(?:slots?|lanes?|link)\b",
    # how a program ended, and settings of a loss
    r"(?:\b(?:exit ?code|returncode|return code|signal|exited with(?: code)?)|退出码|返回码)\s?[:=]?\s?-?\d{1,3}\b|\b(?:beta|label smoothing|lr|learning rate)\s?[:=]?\s?0?\.\d+\b",
    # the rest of a machine
    r"\bryzen\s?[3579]\b(?!\s?\d)|\bcore (?:ultra )?i?[3579]\b(?!\s?\d)|\bi[3579]\b(?![\s-]?\d)",
    r"(?<![\d.])\d{1,3}\s?[- ]?(?:physical |cpu |p-|e-)?(?:cores?|threads?|vcpus?)\b(?:\s?/\s?\d{1,3}\s?(?:threads?|t\b))?|(?<![\d.])\d{1,3}\s?(?:核心?|线程)(?:\d{1,3}\s?线程)?(?:\s?cpu)?",
    r"\bi[3579]-?\s?\d{4,5}[a-z]{0,2}\b|\b(?:ryzen|r)\s?[3579]\s?\d{4}[a-z0-9]{0,3}\b|\b(?:epyc|threadripper|xeon|core ultra)\s?(?:pro |gold |silver |platinum |w-?|\d )?\d{3,4}[a-z]{0,2}\b|\be[357]-?\s?\d{4}(?:\s?v\d)?\b|(?<=双路 )e5\b|(?<=双路)e5\b|\be5\b",
    r"\b(?:lp)?ddr[345]x?(?:\s?[- ]\s?(?![1-5]0[5-9]0)\d{4})?\b|(?<![\d.])\d{1,2}[ -]?(?:channels?|ch)\b|\d{1,2}\s?通道|\bpcie\s?(?:gen)?\s?[345](?:\.0)?(?:\s?x\s?\d{1,2})?\b|\bnvlink\s?\d\b",
    r"(?<![\d.])\d+(?:\.\d+)?\s?(?:tb|t|gb|g)\s?(?:的)?(?:nvme|ssd|hdd|disk|m\.2|硬盘|固态)(?![a-z]|\s?[:=]?\s?\d+\s?[tg])|(?:\b(?:nvme|ssd|hdd)|硬盘|固态)(?:有|是|共|[:=]|剩(?:下|余)?)?\s?\d+(?:\.\d+)?\s?(?:tb|t|gb|g)\b",
    r"(?<![\d.])\d{3,4}\s?(?:w|watts?)\b(?!/)(?=\s?(?:psu|power|tdp|limit|电源|功耗))|(?:\bpsu|\bpower limit|\btdp|电源|功耗)\s?(?:of|:|=|限制?到?)?\s?\d{3,4}\s?w?\b|(?<![\d.])\d+\s?watts?\b",
    r"\bryzen [3579]\b(?!\s?\d)|\br(?:asp)?pi ?\d\b|\braspberry pi \d\b|树莓派\s?\d(?!\d)|\biphone \d{1,2}(?: pro)?(?: max)?\b|小米\s?\d{1,2}(?!\d)|\bpixel \d{1,2}\b|\bgalaxy s\d{2}\b|(?:\bsnapdragon|骁龙)\s?\d\w*(?: gen ?\d)?",
    # what a picture or a rented machine is called
    r"(?<![\d.])\d{3,4}p\b|\b(?:[gp]\d[a-z]{0,2}|a2|g2|a3|ecs|gn\d[a-z]?)[.-][a-z0-9.-]*(?:large|gpu-\d+g?)\b|(?<![\d.])\d{1,3}\s?%\s?/\s?\d{1,3}\s?%",
    # the items of a list, at the start of a line
    r"(?:^|(?<=!))\s*\(?\d{1,2}\s?[.)、](?=\s?[^\d\s])|(?:^|(?<=[\s,;:!.]))\(\d\)(?=\s?\w)",
)


def read_asides(scan: Scan) -> None:
    """Use up what bears on no fact."""
    for pattern in ASIDES:
        for found in scan.find(pattern):
            part = next((name for name in found.re.groupindex if found[name]), 0)
            if not names_a_card(found):
                scan.take(*found.span(part))

"""Why and whether of trainings, asked in a few words and of no model: a stage that saved nothing, states in host memory,
a quantised base beside a 16-bit one, cards that differ."""

from chat.reads.concepts.derivations import LEFT_ON_GPU
from chat.reads.concepts.effects import beside

_ASKS = r"\?|吗|么|嘛|什么|啥|多少|为何|怎|能不能|可不可以|会不会|能否|\b(?:why|how|can|does|is|will|should|what|whether)\b|反而|没[降少减]"
_OF_A_FAILURE = r"\boom\b|out of memory|爆|报错|\bcrash"
_STATES = r"\badam\w*|\boptimi[sz]er(?:'s)?(?: states?)?\b|\bmoments?\b|优化器|动量"
_HOST = r"(?<![a-z])(?:cpu|ram|host)(?![a-z])|(?<!显)内存|主机"
_PUT = r"\b(?:put|keep|kept|moved?|stored?|placed?|lives?|lie|offload\w*|hold|held)\b|放|移|搬|卸载|存|挪|offload"
_QLORA, _LORA = r"\bqlora\b", r"(?<![q])lora\b"
_QUALITY = r"\b(?:quality|accuracy|performance|results?|loss|as good|good|better|worse|hurt\w*|degrad\w+|perform\w*)\b|效果|质量|精度|性能|掉点|变差|损失"
# a setting that the case at hand gets ("再加上…呢？"); what is then on the card has an answer of its own
_ONE_MORE_SETTING = r"^(?:and|also|what if|what about|how about|再|那|又)(?![a-z])|^with [^?,]{0,40}\?|呢\W*$"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\bfinetun\w*|\bsft\b|\bq?lora\b|训练|微调"
_FULL = (
    r"(?<![\d.])(?P<used>\d+(?:\.\d+)?) ?(?:gi?b|g)?(?: ?/ ?| (?:out )?of (?:the |my )?)(?P<of>\d+(?:\.\d+)?) ?gi?b?(?![a-z])|\b9\d(?:\.\d)? ?%|\b(?:almost|nearly|practically|close to|completely|basically) full\b|\bnear the limit\b|\bmaxed out\b"
    r"|(?:快|几乎|接近|基本|差不多)(?:用|占|跑|吃)?满|(?:用|占|跑|吃)满了|占用(?:率)?(?:到了?)?\s?9\d"
)
_FEARED = (
    r"\b(?:is it|will it|am i|is that|is this)\b[^.;?]{0,24}\b(?:about to|going to|close to|near|crash|oom|fail|safe|dangerous|risky|bad|a problem|too close|ok(?:ay)?|normal|fine)\b|\bcan i (?:still |safely )?(?:raise|increase|use a (?:larger|bigger))\b[^?]{0,16}\bbatch"
    r"|(?:会不会|会|要|快要?|是不是|马上)[^,;?。]{0,6}(?:爆|炸|oom|崩|挂)[^,;?。]{0,4}(?:吗|么|了|\?|$)|危险吗|有(?:问题|风险|危险)吗|正常吗|安全吗|(?:还)?(?:能不能|能|可以)(?:再)?(?:加大|增大|调大|提高|加)\s?(?:batch|批)"
)
# of a run that goes on: a failure is told of in other words
_FAILED_THERE = r"\b(?:oom(?:s|ed)|ran out|runs out|crash(?:ed|es)|killed|failed|fails|tried to allocate)\b|(?<![要会快])(?:爆|炸|崩|挂)了|被杀|\bvllm\b|\bsglang\b|\bollama\b|推理|\bserv(?:e|ing)\b"
OF_TRAININGS_SHORTLY: tuple[tuple[str, str], ...] = (
    ("states_to_host", beside(_STATES, _HOST, _PUT, _ASKS, without=rf"{_OF_A_FAILURE}|\bzero|deepspeed|\bfsdp|\bslow\w*\b|慢|速度|\blayers?\b|层|\bleft\b|\bremain\w*|\bstays?\b|剩|留|没用|无效|没降|{LEFT_ON_GPU}|{_ONE_MORE_SETTING}")),
    ("qlora_beside_lora", beside(_QLORA, _LORA, _QUALITY, without=rf"{_OF_A_FAILURE}|\bdora\b|全参|\bfull\b|\d\s?gi?b?(?![a-z])")),
    ("use_cache", beside(r"\buse_cache\b", r"check-?pointing|检查点|重计算", _ASKS, without=rf"{_OF_A_FAILURE}|\bgenerat\w*|生成|推理")),
    ("ddp", beside(r"\bddp\b|数据并行", r"(?:单|1|一)\s?张?\s?卡", r"大|多|高|涨", r"为(?:什么|啥|何)|怎么|吗|\?", without=rf"{_OF_A_FAILURE}|zero|fsdp|\d\s?g")),
)  # fmt: skip
# a card that looks full while the run goes on, whatever memory it has
NEARLY_FULL = beside(_TRAINS, _FULL, _FEARED, without=_FAILED_THERE)
# ZeRO-3 that saved nothing where it was turned on, or costs time and memory at once; on one card it has nothing to divide
_ONE_CARD = r"\b(?:one|1|a|single)[ -](?:single )?(?:gpu|card)\b|(?:单|一|(?<!\d)1)\s?[张块]?(?:显)?卡"
ZERO3_SAVES_NOTHING = (
    rf"^(?![\s\S]*(?:{_ONE_CARD}))[\s\S]*?(?:(?:zero|stage|z)[ -]?(?:stage[ -]?)?3\b(?![^?]{{0,60}}(?:\boom|爆))[^.;?]{{0,24}}(?:反而|居然|竟然|并|也|还是)?(?:没(?:有)?(?:降|少|减|省|变(?:小|少))|不(?:降|减|省)|(?:更|还)?(?:涨|升|变大|变多))"
    r"|(?:zero|z)[ -]?3[^.;?]{0,4}比[^.;?]{0,4}(?:zero|z)?[ -]?2[^.;?]{0,16}(?:占|费|吃|用)(?:更多|的)?显存)"
)

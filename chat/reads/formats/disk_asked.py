"""What a model takes on a disk, or its download; and files that a training saved, with their sizes: whether a card holds the same."""

from chat.reads.concepts.effects import beside

_DISK = r"(?:disk|storage|ssd|nvme|hard[- ]?drive|hdd)"
_DISK_ZH = r"(?:硬盘|磁盘|存储空间|固态|存储(?!带宽))"
_ASKED = (
    rf"\bhow (?:much|many|big|large)\b[^?;]{{0,32}}\b{_DISK}\b|\bwhat (?:does|do|will|would)\b[^?;]{{0,40}}\b(?:take|need|occupy)\b[^?;]{{0,8}}\bon (?:the |a )?{_DISK}\b|\b{_DISK} (?:space|size|usage|footprint|requirements?|needed|required|needs?)\b|\b(?:big|large|size|space|gb|gi?b)\b[^?;]{{0,8}}\bon disk\b"
    r"|\b(?:how (?:big|large|many gi?gs?|many gb|much)|what size)\b[^?;]{0,32}\bdownload\w*\b|\bdownload(?:ed)? size\b|\bsize of (?:the |a )?download\b"
    r"|\b(?:file|gguf|repo(?:sitory)?|safetensors)[- ]?size\b|\b(?:how (?:big|large)|size)\b[^?;]{0,40}\b(?:files?|gguf|safetensors|repo(?:sitory)?)\b"
    rf"|{_DISK_ZH}[^,;?]{{0,14}}(?:(?<!差不)多大|多少|几\s?个?\s?[gt])|(?:(?<!差不)多大|多少)[^,;?]{{0,8}}{_DISK_ZH}"
    r"|下载[^,;?]{0,20}(?:(?<!差不)多大|多少\s?g|多少流量|几\s?个?g)|(?:(?<!差不)多大|多少)[^,;?]{0,6}(?:流量|下载)|(?:文件|gguf|仓库)[^,;?]{0,4}(?:有?(?<!差不)多大(?!\s?的?(?:[内显]存|卡|显卡))|大小|多少\s?g(?!\w{0,3}\s?的?(?:[内显]存|卡)))"
)
# files that training leaves, a disk that is slow or full, what loads from it, and a file whose size is told
_OTHER = (
    r"差不多大|一样大|\b(?:same|similar) (?:file )?size\b|\bmmproj\b|\bcheckpoint(?:s|ing)?\b|\bckpts?\b|\badapters?\b|\blora\b|\bmerg\w+|\btrain\w*|\bfine-?tun\w*|\bdatasets?\b|\bstates?\b|训练|微调|适配器|合并|数据集|检查点|存档|优化器"
    r"|\boom\b|out of memory|\bno space\b|\bfull\b|爆|报错|\berror\b|\boffload\w*|卸载|\bmmap\b|\bswap\b|\bslow\w*|\bfast\w*|\bhow long\b|\btok(?:ens?)?/s\b|多久|多快|[快慢]|\b(?:read|stream|run)\w* (?:from|off)\b|\bcache\b|缓存"
    r"|\bcomes? about\b|\bderiv\w+|怎么(?:来|算)|\d\s?g(?:i?b)? on disk"
    r"|\bwhy\b|为(?:什么|啥|何)|\d\s?g(?:i?b)?\s?(?:的\s?)?(?:gguf|\bfiles?\b|文件)|(?:gguf|\bfile|文件)[^,;?]{0,8}(?:is|是|有)\s?\d"
)
DISK_ASKED = beside(_ASKED, without=_OTHER)
# which the link decides, and no card
DOWNLOAD_TIME = (
    r"\bhow (?:long|many (?:hours|minutes))\b[^?;]{0,24}\b(?:download\w*|pull)\b|\bdownload (?:time|takes? how long)\b"
    r"|下载[^,;?]{0,20}(?:多久|多长时间|几个?小时|多少时间)|(?:多久|多长时间)[^,;?]{0,8}下载"
)

# ── files that a training saved ─────────────────────────────────────────────────────────────────────────────────────
_STATES_FILE = r"\boptimizer\.(?:pt|bin|pth)\b|\boptim_states\b|\boptimi[sz]er (?:state )?files?\b|(?:优化器|optimizer)(?:状态)?\s?(?:的)?文件"
_SAVED = (
    rf"{_STATES_FILE}|"
    r"\bglobal_step_?\d*\b|(?<!gradient )(?<!activation )\b(?:checkpoints?|ckpts?)\b(?! (?:sharding|shards))|(?<!梯度)(?<!激活)(?<!激活值)检查点|存档"
    r"|\bsaves? (?:\w+ ){0,3}\d{1,4} ?gi?b?\b|保存(?:下来|出来)?[^,;?]{0,8}\d{1,4} ?gi?b?(?![a-z])"
)
_SIZED = r"\d(?:\.\d+)? ?[gt]i?b?(?![a-z])"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\bsft\b|\btrainer\b|\bfull\b|\bdeepspeed\b|\bfsdp\b|训练|微调|全参|全量"
_HELD = r"\bv?ram\b|\b(?:on|in|into|onto) (?:the |my |a )?(?:gpus?|cards?)\b|\bgpu memory\b|显存|占卡|卡上|在(?:gpu|卡)"
_WHENCE = r"\bwhy\b|\bwhat(?:'s| is| are)?\b[^.;?]{0,24}\b(?:in|inside|these|those|it|they|of)\b|\bhow come\b|\bmade of\b|是什么|都是(?:啥|什么)|为(?:什么|啥|何)|怎么(?:会|这么)|哪来|包含|里面|构成|装了"
# whether the file of the states is needed at all, and how it compares with that of the weights
_DELETED = r"\b(?:delet\w+|remov\w+|get rid|throw\w*|safe to|do i need|need to keep)\b|删|扔|(?:能|可以)不要|(?:还|有必要|需要|要不要)[^,;?]{0,4}(?:留|保留|要)|有(?:什么)?用"
_LARGER = r"\b(?:twice|double|two times|2x|four times|4x|three times|3x|(?:so |much )?(?:big|bigger|large|larger|huge))\b|倍|(?:这么|那么|更|比[^,;?]{0,12})大"
_QUESTION = r"\?|吗|为(?:什么|啥|何)|怎么"
_NO_STATES = r"\boom\b|out of memory|爆|报错|\berror\b|\bmissing\b|\bcorrupt\w*|\bq?lora\b|\bhow long\b"
# what loads, fails, merges or is asked of the disk alone
_NO_SAVED = r"\boom\b|out of memory|\bresum\w+|续训|恢复|\bmerg\w+|合并|爆|报错|\berror\b|\bgguf\b|\binference\b|\bserv(?:e|ing)\b|推理|部署|\bdisk(?: is| space|,)|磁盘|硬盘|\bq?lora\b"

# named for what is asked: whether a card holds it, or what it is
SAVED: tuple[tuple[str, str], ...] = (
    ("saved_held", beside(_SAVED, _SIZED, _TRAINS, _HELD, without=_NO_SAVED)),
    (
        "saved_whence",
        "|".join(
            (
                beside(_SAVED, _SIZED, rf"{_TRAINS}|{_STATES_FILE}", _WHENCE, without=_NO_SAVED),
                beside(_STATES_FILE, rf"{_DELETED}|{_LARGER}", _QUESTION, without=_NO_STATES),
            )
        ),
    ),
    ("saved_deleted", beside(_STATES_FILE, _DELETED, _QUESTION, without=_NO_STATES)),
)

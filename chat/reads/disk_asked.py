"""What a model takes on a disk, or its download: asked of the model itself, and of no file that training leaves."""

from chat.reads.effects import beside

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

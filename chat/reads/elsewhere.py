"""What no question about memory is about: other uses of a card, its upkeep and price, code to be written, models that draw or speak."""

from collections.abc import Collection

from chat.reads.topics import says

# a use of a machine that no language model has a part in: games, coins, pictures that are cut or drawn, an office
_OTHER_USE = (
    r"\b(?:mining|mine) (?:eth\w*|bitcoin|crypto\w*|coins?)|\bcrypto\w*|\bethereum\b|\bbitcoin\b|\bgam(?:e|es|ing|ers?)\b|\bfps\b|\bframe ?rates?\b|\b\d{2,3} ?hz\b|(?<!images of )(?<!images at )(?<!pictures of )(?<!screenshots of )\b(?:1440p|1080p|2160p)\b(?! (?:images?|pictures?|screen ?shots?|photos?|frames?)\b|\s?的?(?:图|截|照片|帧|单图))|\b4k (?:gaming|videos?|footage|monitor)|\bplay(?:s|ing)? (?!with\b|around\b|a role\b|role\b|nice\b)(?=[^.?;]{0,40}\b(?:at|on|with|in)\b)|\brender(?:s|ing)?\b|\bblender\b|\bcyberpunk\b|\b(?:path|ray) tracing\b|\bdlss\b"
    r"|\bphotoshop\b|\blightroom\b|\bpremiere\b|\bafter effects\b|\bdavinci\b|\b(?:video|photo|film) edit\w*|\bedit(?:ing)? (?:\w+ ){0,2}(?:videos?|photos?|footage)|\btranscod\w+|\bstreaming (?:on|to) (?:twitch|youtube)|\bautocad\b|\bsolidworks\b|\bunreal\b|\bcad\b|\bvr headset|\bwindows 1[01] (?:run|requirement)|\bfolding@home\b|\bhashcat\b|\bseti@home\b"
    r"|挖矿|挖(?:以太|比特|币)|(?:打|玩)[^,;?]{0,12}(?:游戏|帧|画质|[24]k|1080p|特效|光追)|游戏|帧数|帧率|画质|光追|特效全开|渲染|剪(?:辑|片|视频)|剪[^,;?]{0,6}视频|修图|视频编辑|转码|直播|建模|办公|看(?:电影|视频|剧)|(?:写|改)论文|\d{2,3} ?hz"
)
# work that is asked of a model, not of a machine
_OTHER_WORK = (
    r"\bwho (?:trained|made|built|created|released|owns)\b"
    r"|\bwrite (?:me )?(?:a|an|some|my|the|this) (?:\w+ ){0,3}(?:poem|story|article|essay|post|blog|email|letter|script|song|joke|function|program|speech|tweet|loop|class|regex|query|snippet|crawler|bot|app|website|sort|algorithm|game|test|cv|resume|summary)\b|\btranslate\b|\bquick ?sort\b|\bleetcode\b|\bregex\b"
    r"|写(?:一|1|个)?\s?(?:段|篇|首|份|封|则|条|个)|写个|翻译(?:成|一下|这)|快速排序|冒泡排序|爬虫|正则表达式|刷题"
)
# that a language model is meant all the same
_OF_MODELS = r"\bllms?\b|\b(?:language|local|open|ai) models?\b|\bmodels?\b(?! year)|\bchat(?:bot)?s?\b|\bq?lora\b|\bfine-?tun\w*|\bollama\b|\bllama\b|\bvllm\b|\btokens?\b|\binference\b|\bquant\w*|\bai\b|\bcontext\b|\bbatch\b|\bkv\b|模型|微调|推理|量化|大语言|对话|(?<![a-z])ai(?![a-z])|训练"

# models that draw, film, sing or listen: their memory follows from pictures and sound, for which no table has a row
DRAWS = (
    r"\bstable diffusion\b|\bdiffusion models?\b|\b(?:faster-)?whisper\b|\byolo\w*|\b(?:tts|asr) model|\bsdxl\b|\bsd ?(?:1\.5|2\.1|3(?:\.5)?|xl)\b|\bflux(?:[. ]?[12](?:\.\d)?)?\b|\bcomfyui\b|\bkohya\b|\bmidjourney\b|\bcontrolnet\b|\bdreambooth\b"
    r"|\bwan ?2(?:\.\d)?\b|\bhunyuan ?video\b|\bcogvideo\w*|\bltx[- ]?video\b|\bsora\b|\b(?:text|image)[- ]to[- ](?:image|video|speech)\b|\bmusicgen\b|\bvoice clon\w+|文生图|图生图|文生视频|图生视频|视频生成|图像生成|语音(?:识别|合成|克隆)|声音克隆|扩散模型|绘画"
)
# that only takes its part of the card: "whisper already holds 3 GB"
_BESIDE = r"\d\s?gi?b?\b|(?:占|用|吃)(?:了|着|掉|用)|剩|\bco-?locat\w+|\bco-?host\w*|\balongside\b|\bsame (?:card|gpu)\b|\b(?:already|also|besides?|next to|takes?|using|occup\w+|rest|remain\w+|left)\b"
_SPEAKS = r"\bllms?\b|\blanguage models?\b|\bchat(?:bot)?\b|大模型|语言模型|对话模型"
# and no checkpoint that draws is called so
_ALSO_SPEAKS = r"\bllms?\b|\blanguage models?\b|语言模型"
# what keeps a card running, or breaks it
_UPKEEP = (
    r"\bfans?\b|\bnois[ey]\w*|\bcoil[ -]?whin\w*|\bundervolt\w*|\bover ?clock\w*|\bpower[ -]?(?:limit\w*|draw|consumption|suppl\w+|cables?|usage)\b|\bwatt(?:age|s)?\b|\b\d{3,4} ?w\b(?!/)|\btdp\b|\bthermal\w*|\bcooling\b|\b(?:cpu|gpu|air|water) coolers?\b|\boverheat\w*|\bdegrees\b|\b\d{2,3} ?°?c\b(?! ?cache)|\btoo hot\b|\brunning hot\b|\bpsu\b"
    r"|\bblack ?screen\w*|\bblue ?screen\w*|\bbsod\b|\bartifact(?:s|ing)\b|\bre-?past(?:e|ed|ing)\b|\bthermal (?:paste|pads?)\b|\bdrivers?\b[^.;?]{0,16}\b(?:version|updat\w+|install\w*|crash\w*)|\b(?:updat\w+|install\w*|which|what|latest) (?:\w+ ){0,2}drivers?\b|\bmonitors?\b|\bhdmi\b|\bdisplayport\b|\bwarrant\w+|\bcases?\b[^.;?]{0,16}\bairflow\b"
    r"|风扇|噪音|声音(?:很|太|好|特别)?大|异响|啸叫|功耗|功率|瓦|超频|降压|降频|限功耗|黑屏|蓝屏|花屏|显卡驱动|驱动(?:版本|安装|更新|崩溃)|显示器|保修|硅脂|温度|散热|电源"
)
# servers, networks and programs around a model, which hold none of it
_AROUND = (
    r"\bnginx\b|\bapache2?\b|\bcaddy\b|\btraefik\b|\bhaproxy\b|\breverse proxy\b|\bcloudflare\w*|\bcertbot\b|\b(?:ssl|tls|https) (?:cert\w*|error|handshake)|\b(?:bad gateway|gateway time-?out|connection (?:refused|reset)|cors|dns)\b|\b(?:http )?(?:40[0134]|50[0234])(?: error| status)?\b(?= |$)(?=[^.;?]{0,40}(?:gateway|error|nginx|proxy|from|when|forbidden|unauthorized))"
    r"|\b(?:systemd|systemctl|crontab?|iptables|firewall|ssh|vpn|wsl ?2? network\w*)\b|\b(?:mysql|postgres\w*|redis|mongodb|react|vue|css|html|javascript|typescript|excel|wordpress)\b|反向代理|网关|跨域|证书|防火墙|端口(?:被)?(?:占用|转发|映射)|连接(?:被拒绝|重置)"
)
# what a card, or its maker, is worth
_MARKET = (
    r"\bnvda\b|\bamd shares\b|\bstocks?\b(?! (?:settings?|cooler|fans?|clocks?|firmware))|\bshare prices?\b|\bbuy (?:\w+ )?shares\b|\binvest(?:ing|ment)? in\b|\bmarket cap\b|\bearnings\b|\b(?:resale|second[- ]hand|used) (?:price|value|market)\b|\bwhere (?:can i|to) buy\b"
    r"|股票|股价|大盘|板块|涨跌|[涨跌]停|(?<![a-z])a股|美股|港股|基金|炒股|行情|二手价|哪里买|在哪买"
)
_PRICE = r"\bhow much (?:does|do|is|are|for)\b(?![^?]{0,32}\b(?:images?|pictures?|screen ?shots?|photos?|frames?)\b)[^?]{0,40}\b(?:costs?|now|today)\b|\bprices?\b|多少钱|什么价|价格|报价"
# what a question says that is about memory, or about what runs in it
_OF_MEMORY = r"\bv?ram\b|\bmemory\b|\boom\b|\bllms?\b|\bmodels?\b|\btokens?\b|\bq?lora\b|\btrain\w*|\bfine-?tun\w+|\bgpu[- ]?hours?\b|\bquant\w*|\bweights\b|\boptimi[sz]er\b|\bkwh\b|\belectricity\b|电费|显存|内存|模型|微调|训练|推理|量化|小时|卡时"
# the same, where the model itself is named
_HOLDS = r"\bv?ram\b|\bmemory\b|\boom\b|\bfits?\b|\benough\b|\bgpus? (?:do|are|is) |\bhow many\b|\btokens?\b|\bcontext\b|\bbatch\b|\bslow\w*|\bspeed\b|\bfast\w*|\bhow long\b|\bcosts?\b|\bkwh\b|\bparallel\b|电费|\d ?gi?b?\b|显存|内存|够|放得?下|能跑|能不能|跑得|几张|多少张|上下文|多快|速度|多久"

# what one may do with a model, whatever it needs
_LEGAL = r"\blicen[cs]ed?\b|\bcommercial(?:ly)? use|\bcommercially\b|\bin (?:a |our |my )?commercial (?:product|project|service|setting)s?\b|许可证|开源协议|许可协议|商用"
# whether one may have a model, and what a maker's service bills
_ACCESS = (
    r"\bgated (?:repo\w*|model)|\b40[13]\b[^.;?]{0,24}\b(?:error|forbidden|unauthori[sz]ed)\b|\b(?:forbidden|unauthori[sz]ed)\b|\b(?:request|get|grant\w*|apply for|waiting for) (?:\w+ ){0,2}(?:access|approv\w+) (?:to|for|on)\b|\bget (?:\w+ )?approved\b|\bapi (?:key|billing|credits?|bill|cost|pric\w+|quota|invoice)\b|\brefunds?\b|\binvoices?\b|\bcustomer (?:service|support) (?:number|contact|email)"
    r"|充值|余额|到账|(?:联系|找|打)(?:人工|官方)?客服|客服(?:电话|邮箱|热线|微信)|退款|发票|账单|(?:40[13])[^,;?]{0,8}(?:没有权限|无权|权限|错误|报错)|(?:没有|申请|获取|开通)(?:访问|下载|使用)?(?:权限|授权)"
)
# how a training learns
_LEARNS = (
    r"\bloss\b[^.;?]{0,32}\b(?:plateau\w*|stuck|flat|not (?:go|going|decreas\w+|drop\w*|converg\w+)|doesn't (?:go|decrease|drop|converge)|won't (?:go|drop)|oscillat\w+)|\bwhat learning[ -]rate\b|\bwhich learning[ -]rate\b"
    r"|loss[^,;?]{0,8}(?:不降|不下降|降不下|不收敛|震荡|卡在|不动)|学习率(?:设|用|取|该|应该|多少|怎么)"
)
_AMOUNT = r"\bv?ram\b|\bmemory\b|\bfits?\b|\boom\b|显存|内存|\d\s?gi?b?(?![a-z])"

# of the same field, and yet no matter of memory
_ELSEWHERE = (
    r"\bchat template\b|\b(?:answer|answers|answering|repl(?:y|ies)|responds?|outputs?|speaks?|talks?|writes?) (?:\w+ )?(?:only )?in (?:english|chinese|spanish|french|german|japanese|korean|russian|italian|portuguese|another language)\b|\bhallucinat\w+|\brepeat(?:s|ing) (?:itself|the same)|\bgibberish\b|(?:回答|输出|回复)(?:的)?(?:都|全|总)?(?:是)?(?:英文|乱码|重复)|复读|幻觉|乱码|答非所问"
    r"|\bonnx\b|转成|转换成|\bcool(?:ing)?\b|\boverheat\w*|\bpower supply\b|\bpsu\b|\boverfit\w*|散热|温度|电源|变笨|变傻|过拟合|遗忘|\bnan\b|\b(?:isn't|is not|not) a memory (?:problem|issue)|\bloss (?:goes|is|becomes|explod\w+|diverg\w+)|\blearning[ -]rate|\binstall\w*|\baccura\w+|\b(?:mmlu|gsm8k|humaneval)\b|\bdata ?sets?\b|\btraining data\b|\bprompts? (?:for|to)\b|\bcoding\b"
    r"|\bwrite code\b|学习率|安装|怎么装|清洗|准确率|提示词|写代码|数据集|语料"
)

# what a run costs in money; what it costs a card is memory
COST = r"\bhow much\b(?![^?]{0,40}(?:\bdrafts?\b|speculat|memory|v?ram|token|kv|cache|context|vocab|embedding|logit|layer|head\b|images?\b|pictures?\b|screen ?shots?\b|photos?\b|frames?\b))[^?]{0,40}\bcost(?!\w*(?: me| us)? (?:per|on (?:each|every|one)|each|a) (?:card|gpu))|\bwhat (?:does|do|will|would) (?:it|this|that|the (?:run|training))\b[^?]{0,12}\bcost(?! (?:in |of |me in )?(?:gpu |more |the )?(?:memory|v?ram|kv|cache|tokens|context)| (?:me |us )?(?:per|on (?:each|every|one)|each|a) (?:card|gpu))|\bcosts? (?:of|to) (?:train|pre-?train|fine-?tun|finetun)\w*|多少钱|(?:费用|花费|租金|成本)(?:是|要|大概|大约)?多少"

# how good a model's answers are: no memory decides it
_QUALITY = (
    r"\b(?:which|who)\b[^.;?]{0,32}\b(?:writes?|codes?|translates?|reasons?|answers?|speaks?|understands?|roleplays?|is) (?:better|best|more|smarter|stronger)\b(?! (?:memory|v?ram))|\b(?:better|best|smarter|stronger) (?:at|for|in) (?:\w+ )?(?:coding|code|math\w*|rust|python|writing|chinese|english|german|french|spanish|japanese|reasoning|role ?play\w*|translation|summari\w+|agents?)\b|\b(?:is|are)\b[^.;?]{0,40}\b(?:smarter|dumber|more (?:intelligent|capable|accurate|creative|fluent)) than\b"
    r"|哪个[^,;?]{0,12}(?:写代码|编程|推理能力|数学|中文|写作|翻译|效果|能力)[^,;?]{0,6}(?:好|强|聪明)|(?:写代码|编程|数学|中文|写作|翻译)(?:能力)?(?:谁|哪个)[^,;?]{0,4}(?:好|强)|(?:哪个|谁)[^,;?]{0,6}(?:写|说|翻|答)(?:得)?[^,;?量度成]{0,6}(?:更好|好|强|地道|准)|更(?:聪明|智能)(?![^?]{0,8}(?:吗|么)?[^?]{0,12}显存)"
)

# ways of training or of dividing, of which the better is asked: that is decided by memory and traffic
_WAYS = r"\bd?dp\b|\bfsdp\w*|\bzero[- ]?[0-3]\b|\bdeepspeed\b|\bq?-?lora\b|\bdora\b|\bgalore\b|\bbadam\b|\badam\w*|\bmuon\b|\badafactor\b|\boffload\w*|\bcheckpointing\b|\bparallel\w*|\btp\b|\bpp\b|并行|切分|全参|微调|优化器"


def elsewhere(text: str, facts: Collection[str]) -> bool:
    """Whether a text is about another matter; a model that is named, or a word of memory, says that it is not."""
    named = bool({"model", "params"} & set(facts))
    if says(_UPKEEP, text) and not says(_HOLDS if named else _OF_MEMORY, text):
        return True
    if ranks_quality(text) and not says(_HOLDS, text) and not says(_WAYS, text):
        return True
    if says(_LEGAL, text) and not says(_AMOUNT, text):
        return True
    if (says(_ACCESS, text) or says(_LEARNS, text)) and not says(_AMOUNT, text):
        return True
    of_a_language = says(_SPEAKS, text) or ({"weight_format", "bits", "engine"} & set(facts) and says(_BESIDE, text))
    asks_both = bool({"gpu", "gpu_memory_gb"} & set(facts) and says(_ALSO_SPEAKS, text))
    if says(DRAWS, text) and not ("model" in facts or ("params" in facts and of_a_language) or asks_both):
        return True  # a size beside it is its own
    if says(_AROUND, text) and not says(_AMOUNT, text) and not says(_HOLDS if named else _OF_MEMORY, text):
        return True
    if named:
        return False
    if (says(_MARKET, text) or says(_PRICE, text)) and not says(_OF_MEMORY, text):
        return True
    if says(_OTHER_WORK, text):
        return True
    return says(_OTHER_USE, text) is not None and not says(_OF_MODELS, text)


def asks_work(text: str) -> bool:
    """Whether a piece of work is asked for: a poem, a program, a translation."""
    return says(_OTHER_WORK, text) is not None


def ranks_quality(text: str) -> bool:
    """Whether it is asked which model answers better."""
    return says(_QUALITY, text.lower()) is not None


def of_other_matters(text: str) -> bool:
    """Whether a text has words of the same field that are no matter of memory; a known question beside them outweighs them."""
    return says(_ELSEWHERE, text) is not None

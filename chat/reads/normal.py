"""A question's text made regular, with a way back to the characters that the person typed.

Full-width letters and digits become narrow, traditional characters simplified, number words digits, and slips of the
keyboard in the domain's own words are mended; every position still knows where in the original it came from.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from chat.reads.models.distilled_names import distilled
from chat.reads.number_words import in_digits

# The traditional characters that occur in such questions; a pair a character.
_TRADITIONAL = dict(
    zip(
        "兩請誰過裏顯記憶體張塊雙單個參數調訓練量嗎麼為夠幾顆們這佔佈開關壓縮優裝載標準層級線應該專業總計較卻實際過運對務樣碼還讓"
        "會說轉換離遠華語態進種類圖長執測試報錯導問題動態設檔內視頻儲遞迴併發組網絡驅輪歸環境與義餘從選擇戶啟閉頭權"
        "億檢點並積凍結輸傳學習維異輛慮緩衝證據庫節舊話聽讀寫買賣錢貴價夥後別來時間歲東車門無產場電腦機構將幫當給誤確認適畫質響滿"
        "貼頂預領項順須願顧風飛飯館駕驗鬆麗齊龍終經統續編緒績織繼細紅純紙紀約絕絲綜綠緊縣難雲靈頁鋼鐵鍵鎖鏡鐘釋鄉鄰遲遺達違連週輕"
        "輯農邊辦辭責貨負財貝賀購贈贊趙趕軟軍辯訂訊討許訪評詞誌課談論諸講謝識議護變豐豬貓貿費資賽賞賬賴趨躍軸輔輝銀銷鋪鍋鎮鑽閃閱"
        "闊陣陽陰陸隊階隨險雖雜雞霧靜韓頓額顏飄養餓驚鬥魚鳥鹽麥黃黨齒"
        "狀複廠廣圍國團園壞嘗墊審寧寬屬幣廢強彈徑徹恆惡愛慣憑懷懸戰戲揮損搶擁擊擋擔擠擬擴擺攜攝敗斷於暫曆曉棄極榮槓樂樓樹橋欄歡歷殘殺毀決沒況淨減湊溫滅滯滾漲漸潛濾濫灣災煩熱爭牆獨獲現盡監盤眾禮稱穩窮競筆範築簡簽籌糾綁繞繪羅聯聲職脫腳臉臨臺舉萬葉著蓋薦藍藝藥處虛號蟲術衛製見規親覺覽觀觸註詢諾跡踐蹤遷邏醫針鈕錄鏈閒閾隱隻飽駐鬧碟瞭喔裡叢",
        "两请谁过里显记忆体张块双单个参数调训练量吗么为够几颗们这占布开关压缩优装载标准层级线应该专业总计较却实际过运对务样码还让"
        "会说转换离远华语态进种类图长执测试报错导问题动态设档内视频储递回并发组网络驱轮归环境与义余从选择户启闭头权"
        "亿检点并积冻结输传学习维异辆虑缓冲证据库节旧话听读写买卖钱贵价伙后别来时间岁东车门无产场电脑机构将帮当给误确认适画质响满"
        "贴顶预领项顺须愿顾风飞饭馆驾验松丽齐龙终经统续编绪绩织继细红纯纸纪约绝丝综绿紧县难云灵页钢铁键锁镜钟释乡邻迟遗达违连周轻"
        "辑农边办辞责货负财贝贺购赠赞赵赶软军辩订讯讨许访评词志课谈论诸讲谢识议护变丰猪猫贸费资赛赏账赖趋跃轴辅辉银销铺锅镇钻闪阅"
        "阔阵阳阴陆队阶随险虽杂鸡雾静韩顿额颜飘养饿惊斗鱼鸟盐麦黄党齿"
        "状复厂广围国团园坏尝垫审宁宽属币废强弹径彻恒恶爱惯凭怀悬战戏挥损抢拥击挡担挤拟扩摆携摄败断于暂历晓弃极荣杠乐楼树桥栏欢历残杀毁决没况净减凑温灭滞滚涨渐潜滤滥湾灾烦热争墙独获现尽监盘众礼称稳穷竞笔范筑简签筹纠绑绕绘罗联声职脱脚脸临台举万叶着盖荐蓝艺药处虚号虫术卫制见规亲觉览观触注询诺迹践踪迁逻医针钮录链闲阈隐只饱驻闹盘了哦里丛",
        strict=True,
    )
)
_PUNCTUATION = dict(
    zip("，。？！；：（）【】《》、“”‘’—–−～×✕✖＊·　\u00a0", ",.?!;:()[]<>,\"\"''---~xxx**  ", strict=True)
)
_NUMBERED = dict.fromkeys("①②③④⑤⑥⑦⑧⑨⑩", ";")  # the items of a list
_SINGLE = {**_NUMBERED, **_TRADITIONAL, **_PUNCTUATION, "\t": " ", "\n": " ", "\r": " "}
# the items of a list that are counted or lettered: "1) … 2) …", "(a) … (b) …", "1. … 2. …"
_ITEM = re.compile(
    r"(?:^|(?<=[\s:：;；,，.。?？!！]))[(（]?(?P<at>\d|[a-h])(?:[)）]|(?<=\d)[.．](?=\s)|(?<=\d)、)(?=\s*\S)",
    re.MULTILINE,
)
# a line that does not run on into the next: it is empty, ends a sentence, or is a setting, a command or a log's
_OWN_LINE = re.compile(r"^\s*$|[.?!;:,)\]}。？！；：）]\s*$|^\s*[-*#$>|{[]|[\w\"']\s?[:=：]\s*\S|\s-{1,2}[a-zA-Z]")

# Taiwanese words for what the mainland calls otherwise, after the characters were simplified (same length each).
_REGIONAL = {
    "伺服器": "服务器", "程式": "程序", "设定": "设置", "预设": "默认", "推论": "推理", "位元组": "字节 ", "位元": "位 ", "软体": "软件", "笔电": "电脑", "佇列": "队列",
    "显示记忆体": "显存   ", "显卡记忆体": "显卡显存 ", "系统记忆体": "内存   ", "主记忆体": "内存  ", "显示卡": "显卡 ",
}  # fmt: skip
# memory without a word of whose: the machine's where the card's is told too
_MEMORY, _OF_THE_CARD = "记忆体", ("显存", "vram", "显卡")
# what is said otherwise (same length each)
_ALIKE = {
    "天玑": "骁龙",
    "放得进": "放得下",
    "装得进": "装得下",
    "塞得进": "放得下",
    "塞得下": "放得下",
    "放的下": "放得下",
    "装的下": "装得下",
}
# and slips of a keyboard that writes by sound (same length each)
_BY_SOUND = {
    "全惨": "全参", "全餐": "全参", "权参": "全参", "全两微调": "全量微调", "显寸": "显存", "险存": "显存", "先存": "显存", "微条": "微调", "威调": "微调",
    "同时再线": "同时在线", "亮化": "量化", "部暑": "部署", "布署": "部署", "部属": "部署", "步署": "部署", "推里": "推理", "训连": "训练", "练训": "训练", "够布": "够不", "上下问": "上下文", "并法": "并发", "批大晓": "批大小", "冻节": "冻结",
}  # fmt: skip
# "行8", "够8": a digit that stands for the particle that sounds like it
_PARTICLE = re.compile(r"(?<=[行够好以能对])(?<!并行)(?<!运行)(?<!执行)(?<!进行)8(?=\s*(?:$|[?!]))")

# a letter O for a nought (A6OOO), and a unit as it is spoken
_NOUGHTS = re.compile(r"(?<![a-z0-9])[ahlv]?\d(?=[\do]{2,4}(?![a-z0-9]))(?=\d*o)[\do]+", re.ASCII)
_H20 = re.compile(
    r"(?<=[张块x*×] )h2o(?![a-z0-9.-])|(?<=[张块x*×])h2o(?![a-z0-9.-])|(?<![a-z0-9])h2o(?= ?(?:\d{2,3} ?g|显卡|卡|gpu))",
    re.ASCII,
)
_GIGS = re.compile(r"(?<=\d)(?: ?|-)(?:gigs?|gigabytes?)(?![a-z])", re.ASCII)
_TOKS = re.compile(r"\btoks\b", re.ASCII)
# "whats", "doesnt": typed without the mark
_NO_MARK = re.compile(
    r"\b(?:(?P<s>what|where|how|that|there|who)s|(?P<n>do|does|did|is|are|was|were|has|have|had|ca|wo|would|could|should)nt)\b",
    re.ASCII,
)
_LEADING_POINT = re.compile(r"(?<![\w.)\]/])\.(?=\d)")  # ".7 GB"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)
# "8xH100,405B": the digits of a name, or more than three of them, have no thousands behind
_NO_THOUSANDS = re.compile(r"(?:[a-wyz]\d{1,3}|\d{4,})(?P<at>,)(?=\d{3}(?!\d))", re.ASCII)
_HALF = re.compile(r"\bhalf an? (?=[bmt]illion\b)", re.ASCII)

# Words that a slip may have been meant for. Short ones are mended only when letters are swapped.
_SPELLED = """
lora qlora quantized quantization quantize finetune finetuning training inference context batch gradient
checkpointing checkpoint optimizer offload parameters memory sequence length deepspeed activation activations
attention pipeline parallel precision billion million trillion fragmentation adapter throughput accumulation
"""
_DOMAIN_WORDS = tuple(_SPELLED.split())
# programs, whose names are no words of any language: one letter amiss is enough
_PROGRAMS = (
    "ollama",
    "axolotl",
    "unsloth",
    "sglang",
    "lmdeploy",
    "exllama",
    "openrlhf",
    "nvlink",
    "transformers",
    "bitsandbytes",
    "tensorrt",
    "ktransformers",
    "megatron",
    "torchtune",
    "torchtitan",
)
_ALSO_WORDS = """
lora qlora dora flora loan train trained trainer quant contexts batches gradients optimizers memories sequences
lengths exllamav factor factors factory parallelism attentions parameter tuning finetuned checkpoints offloading offloaded offloads pipelines
adapters inferences quantised quantisation quantise quantizing optimiser optimisers finetunes content contest
contents contact throughout activated parametric patch match catch watch bath optimized optimize
"""
_KNOWN = frozenset(_ALSO_WORDS.split())
# names that no other word is near: a letter more, less or otherwise is a slip
_NAMES = ("ollama", "sglang", "lmdeploy", "nvlink", "vllm", "gptq", "gguf")
_NO_SLIPS = frozenset({"slang", "vllms", "ggufs", "transformer"})
_WORD = re.compile(r"[a-z]{4,}", re.ASCII)


_SHORTEST_PROGRAM = 5  # letters of a program's name as it is mistyped


def _mended(word: str) -> str:
    if word in _KNOWN or word in _DOMAIN_WORDS or word in _NO_SLIPS:
        return word
    for name in _NAMES:
        if word[0] == name[0] and OSA.distance(word, name, score_cutoff=1) == 1:
            return name
    for meant in (*_DOMAIN_WORDS, *_PROGRAMS):
        if abs(len(word) - len(meant)) > 1 or word[0] != meant[0]:
            continue
        swapped = sorted(word) == sorted(meant)
        close = len(word) >= (_SHORTEST_PROGRAM if meant in _PROGRAMS else 6) and (
            len(meant) >= 7 or meant in _PROGRAMS
        )
        if (swapped or close) and OSA.distance(word, meant, score_cutoff=1) == 1:
            return meant
    return word


# "zero1 2 3": three in a row are stages
_STAGES_IN_A_ROW = re.compile(
    r"(?<![a-z])(zero[ -]?(?:stage ?)?(?:0 )?1) 2 3(?![\d.]*\d)(?!\s?[x×*张块卡台gb步轮])", re.ASCII
)


@lru_cache(maxsize=256)
def simplified(text: str) -> str:
    """The text in small letters and simplified characters, as long as it was; marks and words stay as they are typed."""
    small = "".join(_lowered(_TRADITIONAL.get(one, one)) for one in text)
    return _STAGES_IN_A_ROW.sub(lambda found: f"{found[1]}/2/3", small)


def _lowered(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


@dataclass(frozen=True)
class Normal:
    """The regular text; `starts[i]` and `ends[i]` bound the original characters of position i."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    from_words: tuple[tuple[int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of a span of the regular text."""
        if start >= end:
            return (self.starts[start], self.starts[start]) if start < len(self.starts) else (0, 0)
        return self.starts[start], self.ends[end - 1]

    def is_word(self, start: int) -> bool:
        """Was the number at this position written as a word?"""
        at = bisect_right(self.from_words, (start, len(self.text))) - 1
        return at >= 0 and self.from_words[at][0] <= start < self.from_words[at][1]


# what Markdown sets around words; a power, as in 10**9, is none
_MARKS = re.compile(r"(?<!\d)\*\*|\*\*(?!\d)|__|`|~~|(?<![a-z0-9])_(?=[^\s_])|(?<=[^\s_])_(?![a-z0-9_])", re.ASCII)

# "*full* fine-tuning": a word between two stars of its own; a product has something on both sides of each
_STRESSED = re.compile(
    r"(?<![\w*)\]\u4e00-\u9fff])\*(?P<said>[a-z\u4e00-\u9fff](?:[^*\n]{0,40}[a-z\u4e00-\u9fff])?)\*(?![\w*(\u4e00-\u9fff]|[^\s*]{1,12}\*)",
    re.ASCII,
)


def normalise(original: str) -> Normal:
    """Regular text of the question; never longer than a few characters beyond the original."""
    characters: list[str] = []
    stops, items = _stops(original), _items(original)
    for place, character in enumerate(original):
        if place in stops:
            character = "!"
        elif place in items:
            character = items[place]
        elif character == "。":  # before a number it would read as a decimal point
            character = "." if original[place + 1 : place + 2].strip() == "" else "!"
        elif not character.isascii():
            narrow = _SINGLE.get(character) or unicodedata.normalize("NFKC", character)
            character = _SINGLE.get(narrow, narrow) if len(narrow) == 1 else character
        else:
            character = _SINGLE.get(character, character)
        lowered = character.lower()
        characters.append(lowered if len(lowered) == 1 else " ")
    text = _STRESSED.sub(lambda found: f" {found['said']} ", "".join(characters))
    text = _MARKS.sub(lambda found: " " * len(found[0]), text)
    for regional, usual in (*_REGIONAL.items(), *_ALIKE.items(), *_BY_SOUND.items()):
        text = text.replace(regional, usual)
    text = text.replace(_MEMORY, "内存 " if any(one in text for one in _OF_THE_CARD) else "显存 ")
    text = _STAGES_IN_A_ROW.sub(lambda found: f"{found[1]}/2/3", _PARTICLE.sub("吧", text))
    # one space is one, however many were typed or stood for marks, and none stands before a comma
    kept = [at for at, one in enumerate(text) if one != " " or (text[at - 1 : at] or "x") != " "]
    kept = [
        at
        for at, after in zip(kept, [*kept[1:], None][: len(kept)], strict=True)
        if text[at] != " " or not _closes(text, after)
    ]
    text = "".join(text[at] for at in kept)
    text = _rows(text)
    edits: list[tuple[int, int, str, bool]] = []
    for found in _WORD.finditer(text):
        mended = _mended(found[0])
        if mended != found[0]:
            edits.append((found.start(), found.end(), mended, False))
    edits.extend(in_digits(text))
    edits.extend((*found.span(), found[0].replace("o", "0"), False) for found in _NOUGHTS.finditer(text))
    edits.extend((*found.span(), "h20", False) for found in _H20.finditer(text))
    edits.extend(distilled(text))
    edits.extend((*found.span(), "tokens", False) for found in _TOKS.finditer(text))
    edits.extend(
        (*found.span(), f"{found['s']}'s" if found["s"] else f"{found['n']}n't", False)
        for found in _NO_MARK.finditer(text)
    )
    edits.extend((*found.span(), "gb", False) for found in _GIGS.finditer(text))
    edits.extend((*found.span(), "0.5 ", False) for found in _HALF.finditer(text))
    edits.extend((*found.span(), "0.", False) for found in _LEADING_POINT.finditer(text))
    # "bs=1、256长度": a Chinese mark parts two numbers, and no thousands
    parted = {one.start() for one in _THOUSANDS.finditer(text) if original[kept[one.start()]] in "\uff0c\u3001"}
    parted |= {one.start("at") for one in _NO_THOUSANDS.finditer(text)}
    edits.extend((at, at + 1, ", ", False) for at in parted)
    regular = _applied(text, sorted(edits))
    starts = tuple(kept[at] for at in regular.starts)
    return replace(regular, starts=starts, ends=tuple(kept[at - 1] + 1 for at in regular.ends))


# "rank 8 16 64": a row that rises, with nothing between its numbers
_RISING = re.compile(
    r"(?<![\d.,/a-z:-])\d{1,3}(?: \d{1,3}){2,7}(?![\d:/%]|[.,]\d|\s?(?:x|\*|张|块|卡|gpus?|cards?|gi?b?|mi?b|k|b|bits?)(?![a-z]))",
    re.ASCII,
)


def _rows(text: str) -> str:
    """Numbers that rise, three or more with nothing but a space between: alternatives, written as such."""

    def joined(found: re.Match[str]) -> str:
        numbers = [int(one) for one in found[0].split()]
        return found[0].replace(" ", "/") if sorted(set(numbers)) == numbers else found[0]

    return _RISING.sub(joined, text)


# before a mark: an aside that is open, and the thing whose value the number is
_OPENED = re.compile(r"[(（][^()（）]*$")
_NAMED_BEFORE = re.compile(r"([A-Za-z_]+|[\u4e00-\u9fff])[^\S\n]*$")


def _items(original: str) -> dict[int, str]:
    """What stands at the places of marks that count the items of a list: where one begins a clause ends. One mark alone is none."""
    marks = list(_ITEM.finditer(original))
    counted = [ord(one["at"]) for one in marks]
    if len(marks) < 2 or counted not in ([*range(first, first + len(marks))] for first in map(ord, "1a")):
        return {}
    before = [original[: one.start()] for one in marks]
    named = [found[1].lower() if (found := _NAMED_BEFORE.search(one)) else "" for one in before]
    asides = any(one[0][-1] in ")）" and _OPENED.search(text) for one, text in zip(marks, before, strict=True))
    if asides or (named[0] and len(set(named)) == 1):
        return {}  # "LoRA (batch 1) or QLoRA (batch 2)", "stage 1. Or would it fit with stage 2. ...": values
    return {place: ";" if place == one.start() else " " for one in marks for place in range(*one.span())}


def _closes(text: str, at: int | None) -> bool:
    """Does a mark stand here that ends a clause?"""
    return at is not None and text[at] in ",;?" and text[at + 1 : at + 2] in ("", " ", text[at])


def _stops(original: str) -> set[int]:
    """The line breaks at which a sentence ends: prose that is wrapped runs on, a setting or a log does not."""
    found: set[int] = set()
    at, lines = 0, original.split("\n")
    for line, following in pairwise(lines):
        at += len(line) + 1
        if _OWN_LINE.search(line) or _OWN_LINE.search(following):
            found.add(at - 1)
    return found


def _applied(text: str, edits: list[tuple[int, int, str, bool]]) -> Normal:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    worded: list[tuple[int, int]] = []
    at = 0
    for start, end, new, is_number in edits:
        if start < at:
            continue
        pieces.append(text[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        if is_number:
            worded.append((len(starts), len(starts) + len(new)))
        pieces.append(new)
        starts.extend([start] * len(new))
        ends.extend([end] * len(new))
        at = end
    pieces.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return Normal("".join(pieces), tuple(starts), tuple(ends), tuple(worded))


_CLAUSE = 10  # characters of a Chinese clause


# a question in Chinese, however short beside what is pasted
_ASKS = r"怎么|怎样|为什么|为啥|吗|如何|能不能|够不够|多少|是什么|求助|几[路张个块台条层]|多[大长久快]|哪|行不|能同时|啥|咋|[够行]吗?\s*[?？]?\s*$"


# words of an English sentence: names of models, cards and programs beside a character of Chinese make none
_ENGLISH = r"\b(?:the|an?|is|are|does|do|did|can|could|will|how|what|which|why|with|without|for|and|or|to|my|i|we|you|it|on|in|of|at|from|need|have|than|more|not|this|that)\b"


# what a program printed of an error, up to where somebody goes on in Chinese
_OF_AN_ERROR = r"\b\w*error\b[:\s][^\u4e00-\u9fff]*"


def language(original: str, printed: str = "") -> str:
    """`zh` when Chinese characters carry the sentence: a character counts as much as a Latin word, and a clause of
    them is a question beside a pasted log, whose words (`printed`, and those of an error) are none of the asker's."""
    spoken = re.sub(_OF_AN_ERROR, " ", original.lower())
    if printed:
        original, spoken = (re.sub(printed, " ", text.lower()) for text in (original, spoken))
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in original)
    latin = len(re.findall(r"[A-Za-z]{2,}", original))
    asks = re.search(_ASKS, original) is not None
    carries = chinese >= 0.5 * latin or chinese >= _CLAUSE or asks
    return "zh" if chinese and (carries or not re.search(_ENGLISH, spoken)) else "en"

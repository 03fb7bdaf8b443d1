"""The size of the pictures or frames that a model is given, which decides their tokens: width and height in pixels."""

import re
from math import isqrt, prod

from chat.reads.scan import Scan
from kb.knobs import BY_NAME

# of a picture, not of a context or a number of tokens
_NOUN = r"(?:images?|pictures?|pics?|screen ?shots?|photos?|frames?|videos?|pages?|scans?|scanned (?:\w+ )?(?:pages?|documents?|docs?)|documents?|invoices?|receipts?|图片|图像|截图|截屏|照片|视频|大图|扫描(?:件|图|页|稿|文档)?|文档|票据|发票|画面|图|帧)"
_SIZE = r"(?<![\d.x*×])(?P<w>\d{3,5})\s?(?:px)?\s?[x×*]\s?(?P<h>\d{3,5})(?!\d|\.\d|\s?[x×*=])"
# "A4 scans at 300 dpi": a page of 210 mm × 297 mm
_DPI = r"(?<![\d.])(?P<d>\d{2,3})\s?dpi\b"
_PAGE = (210 / 25.4, 297 / 25.4)
# "12MP photos", of four to three as cameras take them
_MEGA = r"(?<![\d.])(?:(?P<mp>\d{1,3}(?:\.\d)?)\s?-?(?:mp|mpx|mega-?pixels?)\b|(?P<wan>\d{2,5})\s?万像素)"
_CAMERA = 4 / 3
# "a 336px image": of a square
_SIDE = r"(?<![\d.x*×])(?P<s>\d{3,4})\s?(?:px|pixels?|像素)(?![a-z])"
# "max_pixels 1280*28*28", "max_pixels=1003520": the most of a picture, as the processor's file has it
_MOST = r"\b(?:image_?)?max_pixels[\"']?(?:\s|=|:|为|设成?|是)*(?P<n>\d{2,8}(?:\s?[x×*]\s?\d{1,4}){0,2})(?![\d.]*\d|\s?[x×*])"
_LEAST = r"\b(?:image_?)?min_pixels[\"']?(?:\s|=|:|为|设成?|是)*(?P<n>\d{2,8}(?:\s?[x×*]\s?\d{1,4}){0,2})(?![\d.]*\d|\s?[x×*])"
_PATCH = 28  # pixels: what widths and heights are rounded to in the models that have this setting
# "图片最长边1280", "1568 px on the longer side": a square is the most that it allows
_LONG_SIDE = r"(?:(?:最)?长边|\b(?:long(?:er|est)?|larger) (?:side|edge))[^,;.?!\d]{0,14}(?P<s>\d{3,4})(?![\d.]*\d|\s?[x×*])|(?<![\d.x*×])(?P<t>\d{3,4})\s?(?:px|pixels?|像素)?\s(?:on|at|along|for) (?:the|its|their) (?:long(?:er|est)?|larger) (?:side|edge)"
# "一张图切出来4000多token", "each picture is some 4000 tokens"
_ONE = r"(?:images?|pictures?|pics?|screen ?shots?|photos?|pages?|scans?|frames?)"
_EACH_IN_TOKENS = (
    rf"(?:每|1|一|单)\s?[张幅帧](?:{_NOUN})?(?!\s?(?:显?卡|gpu|[ahlv]\d|[345]0))[^,;.?!\d]{{0,14}}(?P<a>\d{{2,6}}|\d{{1,3}}(?:\.\d)?k)\s?(?:多|来|左右|上下)?\s?个?\s?(?:视觉|图像)?\s?(?:tokens?|词元)"
    rf"|\b(?:each|every|one|1|an?|per) {_ONE}\b[^,;.?!\d]{{0,32}}(?P<b>\d{{2,6}}|\d{{1,3}}(?:\.\d)?k)[ -]?(?:visual |image )?tok(?:en)?s?\b"
    rf"|\b{_ONE}\b[^,;.?!\d]{{0,32}}(?P<c>\d{{2,6}}|\d{{1,3}}(?:\.\d)?k) (?:visual |image )?tok(?:en)?s? (?:each|apiece|per {_ONE})\b"
    rf"|{_NOUN}[^,;.?!\d]{{0,12}}(?P<e>\d{{2,6}}|\d{{1,3}}(?:\.\d)?k)\s?(?:多|来|左右)?\s?个?\s?(?:视觉|图像)?\s?(?:tokens?|词元)\s?[一1每/]\s?[张幅帧]"
    rf"|(?<![\d.])(?P<d>\d{{2,6}}|\d{{1,3}}(?:\.\d)?k)[ -]?(?:visual |image )?tok(?:en)?s? (?:per|an?|each|for (?:each|every|an?|one)) {_ONE}\b"
)
_NAMED = rf"(?<![\d.])(?P<name>8k|4k|2k|2160p|1440p|1080p|720p|480p|360p)(?:\s?(?:的|uhd|resolution|分辨率|原|高清|超清|original|phone|full[- ]?size)){{0,3}}\s?(?={_NOUN})|{_NOUN}(?:\s?(?:(?:are|is|were|at|in|of|all|taken|mostly|mainly|usually|often|typically|generally|around|about|resolution)\b|都?是|全是|分辨率|尺寸|基本上?|大多数?|多数|大部分|一般|通常|主要|几乎|差不多|\()){{1,4}}\s?(?P<q>8k|4k|2k)(?![a-z0-9]|\s?(?:visual|vision|image|视觉|图像|tok|ctx|context|上下文|长度|字|个))|(?<![\d.])(?P<p>2160p|1440p|1080p|720p|480p|360p)(?![a-z\d])"
_LINES = {"8k": 4320, "4k": 2160, "2k": 1440}
# what a named resolution means: pictures of sixteen to nine
_WIDE, _HIGH = 16, 9
_VIDEO = r"\bframes?\b|\bvideos?\b|视频|帧"
# "(4 per sample)", "每条样本4张": where the text has told what of
OF_EACH = r"(?<![\d.x*×])(?P<n>\d{1,4})\s?(?:of them |of those |张|帧|幅)?\s?(?:per|a|each|in (?:each|every)|/)\s?(?:sample|example|row|prompt|request|message|turn|question|document|doc|conversation|item|page|case|record)s?\b|(?:每(?:个|条|次|份|轮)?|[1一](?:个|条|份|轮))(?:样本|数据|请求|对话|问题|消息|提问|记录|例)?(?:里|中|有|带|含|放|传|是|约|大概)*\s?(?P<m>\d{1,3})\s?(?:张|帧|幅)|(?P<k>\d{1,3})\s?(?:张|帧|幅)\s?(?:/|每)\s?(?:个|条)?(?:样本|请求|数据|条|次)|(?:一|1)次(?:性)?(?:传|发|放|输入|处理|喂|给|送|识别|上传)?\s?(?P<j>\d{1,3})\s?(?:张|帧|幅)(?!\s?(?:显?卡|gpu))"
_COUNT = rf"(?<![\d.x*×a-z])(?P<n>\d{{1,4}})\s?(?:张|帧|幅)?\s?(?:(?:8k|4k|2k|\d{{3,4}}p)\s?(?:的)?\s?)?{_NOUN}"
_OF_IMAGES = r"\b(?:images?|pictures?|photos?|screen ?shots?)\b|图"
# "two 1920x1080 images", "3张手机拍的4000x3000原图": the size stands between
_COUNT_OF_SIZE = r"(?<![\d.x*×a-z])(?P<n>\d{1,3})\s(?=\d{3,5}\s?(?:px)?\s?[x×*]\s?\d{3,5})|(?<![\d.x*×])(?P<m>\d{1,3})\s?(?:张|帧|幅)(?=[^,;.?!\d]{0,8}\d{3,5}\s?(?:px)?\s?[x×*]\s?\d{3,5})"

# of several sizes the largest decides, unless that is what a picture had before
_MADE_SMALLER = r"\b(?:resiz|downsiz|downscal|downsampl|shrink|shrunk|scal)\w*|\b(?:down|reduced?|cropp?(?:ed)?) to\b|缩(?:到|放|小|成)|压(?:到|缩)|降(?:到|采样)|裁(?:到|成|剪)|resize"


_SCREEN, _OF_A_PROMPT = (1920, 1080), 32
# trainers bound the pixels of a sample each in its own way
_TRAINED = r"\btrain\w*|\bfine-?tun\w*|\b(?:q?lora|sft|dpo|grpo)\b|训练|微调"


def _of_lines(found: re.Match[str]) -> tuple[int, int]:
    """Width and height of a resolution that is named by its lines."""
    name = found["name"] or found["q"] or found["p"]
    high = _LINES.get(name) or int(name[:-1])
    return high * _WIDE // _HIGH, high


def read_pictures(scan: Scan) -> None:
    """State width, height and count as extras of the name `log_…`; a resolution is no length and no batch."""
    _most_pixels(scan)
    about_pictures = any(True for _ in scan.find(_NOUN))
    sizes = list(scan.find(_SIZE)) if about_pictures and "log_width" not in scan.extras else []
    counts = list(scan.find(_COUNT))
    each = [*scan.find(OF_EACH), *scan.find(_COUNT_OF_SIZE)] if about_pictures else []
    shown = [(int(one["w"]), int(one["h"]), one.span()) for one in sizes]
    if shown:
        shown += [(*_of_lines(one), one.span()) for one in scan.find(_NAMED)]
        smallest = any(scan.find(_MADE_SMALLER))
        wide, high, _ = (min if smallest else max)(shown, key=lambda one: one[0] * one[1])
        _state(scan, wide, high)
        for _, _, span in shown:
            scan.take(*span)
    if not sizes and about_pictures and "log_width" not in scan.extras:
        for found in list(scan.find(_LONG_SIDE))[:1]:
            side = int(found["s"] or found["t"])
            _state(scan, side, side)
            scan.note("log_longer_side", side)
            scan.take(*found.span("s" if found["s"] else "t"))
    if not sizes and about_pictures and "log_width" not in scan.extras:
        for found in list(scan.find(_SIDE))[:1]:
            _state(scan, int(found["s"]), int(found["s"]))
            scan.take(*found.span())
    if not sizes and about_pictures and "log_width" not in scan.extras:
        for page in scan.find(r"(?<![a-z0-9])a4(?![a-z0-9])"):
            scan.take(*page.span())
        for found in list(scan.find(_DPI))[:1]:
            _state(scan, *(round(inches * int(found["d"])) for inches in _PAGE))
            scan.take(*found.span())
    if not sizes and about_pictures and "log_width" not in scan.extras:
        for found in list(scan.find(_MEGA))[:1]:
            pixels = float(found["mp"]) * 1e6 if found["mp"] else float(found["wan"]) * 1e4
            high = round((pixels / _CAMERA) ** 0.5)
            _state(scan, round(high * _CAMERA), high)
            scan.take(*found.span())
    if not sizes and "log_width" not in scan.extras:
        for found in list(scan.find(_NAMED))[:1]:
            _state(scan, *_of_lines(found))
            scan.take(*found.span())
    if about_pictures:
        _in_tokens(scan)
    if "log_width" in scan.extras or _TOKENS_EACH in scan.extras:
        told = [(one["n"], one.span("n")) for one in counts]
        told += [(one[name], one.span(name)) for one in each for name in one.re.groupindex if one[name]]
        scan.note("log_pictures", max((int(n) for n, _ in told), default=1))
        for _, span in told:
            scan.take(*span)
        if any(True for _ in scan.find(_VIDEO)):
            scan.note("log_video", 1)
    elif len(counts) == 1 and int(counts[0]["n"]) > 1 and any(scan.find(_OF_IMAGES)):
        scan.note("log_pictures", int(counts[0]["n"]))
        if int(counts[0]["n"]) <= _OF_A_PROMPT and not any(
            scan.find(_TRAINED)
        ):  # as many as one prompt has: of a screen's size, until it is told
            _state(scan, *_SCREEN)
            scan.note("log_size_assumed", 1)


_TOKENS_EACH = "picture_tokens"


def _in_tokens(scan: Scan) -> None:
    """So many tokens of each picture, as the asker counted them."""
    for found in list(scan.find(_EACH_IN_TOKENS))[:1]:
        group = next(name for name in "abcde" if found[name])
        if "log_width" not in scan.extras and scan.free(*found.span(group)):
            scan.add(_TOKENS_EACH, BY_NAME["seq_len"].parse(found[group]), *found.span(group), extra=True)


def settle_pictures(scan: Scan) -> None:
    """Where no length is told, a sample is as long as its pictures are in tokens."""
    if _TOKENS_EACH in scan.extras and "seq_len" not in scan.facts:
        count = int(scan.extras.get("log_pictures", (1,))[0])
        scan.facts["seq_len"] = [count * int(scan.extras[_TOKENS_EACH][0])]
        scan.spans["seq_len"] = scan.spans[_TOKENS_EACH][:1]


def _most_pixels(scan: Scan) -> None:
    """Take the largest picture that a setting allows as the one that is given, as nearly square as whole patches are."""
    for found in (*scan.find(_LEAST), *scan.find(_MOST)):
        if not scan.free(*found.span("n")):
            continue
        pixels = prod(int(one) for one in re.findall(r"\d+", found["n"]))
        scan.take(*found.span())
        patches = pixels // _PATCH**2
        if "max" in found[0] and patches and "log_width" not in scan.extras:
            side = isqrt(patches)
            high = max(range(side, side * 2 // 3, -1), key=lambda one: one * (patches // one))
            _state(scan, patches // high * _PATCH, high * _PATCH)


def _state(scan: Scan, width: int, height: int) -> None:
    scan.note("log_width", width)
    scan.note("log_height", height)

"""Why something cannot be worked out, as the asker reads it: the library refuses in English, an answer is in either language."""

import re

from chat.phrases import label
from formulas.chinese import full_width
from kb.knobs import BY_NAME


def refused(why: str, language: str) -> str:
    """A refusal of the library in the asker's language, without a full stop; what has no Chinese stays as it is."""
    told = " ".join(why.split()).removeprefix("Error: ").rstrip(".")
    if language != "zh":
        return told
    for pattern, chinese in _REFUSALS:
        found = pattern.fullmatch(told)
        if found:
            return full_width(_filled(chinese, found.groupdict()))
    return told


def _filled(chinese: str, parts: dict[str, str | None]) -> str:
    return re.sub(r"<(\w+)>", lambda part: _in_chinese(part[1], parts[part[1]] or ""), chinese)


def _in_chinese(part: str, text: str) -> str:
    """A part of a refusal: a fact by its Chinese name, names that are near as a list, all else as it stands."""
    if part == "fact":
        return label(text, "zh") if text in BY_NAME else text
    if part == "near":
        return f";相近的有 {_listed(text)}" if text else ""
    return _listed(text) if part == "all" else text


def _listed(text: str) -> str:
    return text.replace(", ", "、")


_NEAR = r"(?:; near: (?P<near>[^;]+))?"
_REFUSALS = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        # names
        (rf"no model `(?P<name>.*)` in the table{_NEAR}", "表里没有模型“<name>”<near>"),
        (r"`(?P<name>.*)` could be several models; say which: (?P<all>.*)", "“<name>”可能指几个模型,请说明是哪一个:<all>"),
        (rf"no card `(?P<name>.*)` in the table{_NEAR}", "表里没有显卡“<name>”<near>"),
        (r"`(?P<name>.*)` names (?P<n>\d+) cards together; name 2 to (?P<most>\d+)", "“<name>”一共是 <n> 张卡;请给出 2 到 <most> 张"),
        (r"no model of the table stands for (?P<size>\S+); near: (?P<all>.*); or give --config", "表里没有可以代表 <size> 的模型;相近的有 <all>;也可以给出 config.json"),
        (rf"no fact `(?P<name>.*)`{_NEAR}", "没有“<name>”这一项<near>"),
        (rf"no quantity `(?P<name>.*)`{_NEAR}; .*", "没有“<name>”这个量<near>"),
        # what the table lacks
        (r"(?P<name>\S+) has no (?P<key>\w+); without it no formula applies", "表里没有 <name> 的 <key>,缺了它无法计算"),
        (r"(?P<key>\w+) is missing", "缺少 <key>,无法计算"),
        (r"the 16-bit rate of (?P<name>.*) is not known, so no time can be said", "不知道 <name> 的 16 位算力,无法给出时间"),
        (r"the bandwidth of that card is not known, so no speed can be said", "不知道这张卡的显存带宽,无法给出速度"),
        (r"the model's active parameters are not known, so no speed can be said", "不知道该模型的激活参数量,无法给出速度"),
        (r"(?:training_time|generation_speed) needs `model` or `params`, such as 7B", "需要模型或参数量,例如 7B"),
        (r"the model's active parameters are not known, so no time can be said", "不知道该模型的激活参数量,无法给出时间"),
        (r"no bits per weight are known for (?P<name>.*)", "不知道 <name> 每个权重占多少位"),
        (r"this configuration cannot be worked out: nothing gives (?P<all>.*)", "这个配置无法计算:没有公式给出 <all>"),
        # values
        (rf"(?P<fact>\w+) cannot be (?P<v>'.*?'){_NEAR}; it is yes or no", "<fact>只能是“是”或“否”,不能是 <v>"),
        (rf"(?P<fact>\w+) cannot be (?P<v>'.*?'){_NEAR}; it is one of (?P<all>.*)", "<fact>不能是 <v><near>;可取 <all>"),
        (rf"(?P<fact>\w+) cannot be (?P<v>'.*?'){_NEAR}; such as (?P<all>.*); the table `dtypes` has them all", "<fact>不能是 <v><near>;可取 <all> 等,表 dtypes 里列全"),
        (r"(?P<fact>\w+) is a whole number, not (?P<v>.*)", "<fact>应为整数,不能是 <v>"),
        (r"(?P<fact>\w+) is a(?: finite)? number.*, not (?P<v>.*)", "<fact>应为合理范围内的数,不能是 <v>"),
        (r"(?P<fact>\w+) is above 0 and at most (?P<most>\S+), not (?P<v>.*)", "<fact>应大于 0 且不超过 <most>,不能是 <v>"),
        (r"(?P<fact>\w+) is above (?P<least>[\d.]+), not (?P<v>.*)", "<fact>应大于 <least>,不能是 <v>"),
        (r"(?P<fact>\w+) is at least (?P<least>\S+), not (?P<v>.*)", "<fact>不能小于 <least>,这里是 <v>"),
        (r"(?P<fact>\w+) is at most (?P<most>\S+), not (?P<v>.*)", "<fact>不能大于 <most>,这里是 <v>"),
        (r"(?P<fact>\w+) is empty; give .*", "<fact>是空的"),
        (r"(?P<fact>\w+) has (?P<n>\d+) characters; a name has at most (?P<most>\d+)", "<fact>有 <n> 个字符,名称最多 <most> 个"),
        (r"(?P<other>\w+) is set against (?P<own>\w+), which is missing", "<other>要与<own>比较,但没有给出<own>"),
        (r"no weight format has (?P<n>\d+) bits; there are formats of (?P<all>[\d, ]+) bits .*", "没有 <n> 位的权重格式;有 <all> 位的格式"),
        (r"that asks for (?P<n>[\d,]+) cases at once; ask for at most (?P<most>\d+)", "一次问了 <n> 种情形,最多 <most> 种"),
        (r"a vocabulary of (?P<n>[\d,]+) is too large for (?P<size>\S+) parameters: with one layer it makes (?P<all>\S+)", "词表 <n> 对 <size> 参数来说太大:只留一层就有 <all>"),
        (r"n_trainable_layers is (?P<n>\d+), the model has (?P<most>\d+) layers", "要训练 <n> 层,而模型只有 <most> 层"),
        # layouts
        (r"(?P<n>\d+) heads \((?P<kv>\d+) of keys and values\) do not divide over tp (?P<tp>\d+); tp (?P<would>\d+) would do",
         "<n> 个注意力头(其中 KV 头 <kv> 个)不能按张量并行 <tp> 均分;可以用张量并行 <would>"),
        (r"pp (?P<pp>.*) is more than the model's (?P<n>\d+) layers; pp (?P<would>\d+) would do", "流水线并行 <pp> 超过了模型的 <n> 层;可以用流水线并行 <would>"),
        (r"tp × pp × cp = (?P<n>\d+) does not divide (?P<cards>\d+) cards; (?P<would>\d+) cards would do",
         "张量 × 流水线 × 上下文并行 = <n>,不能整除 <cards> 张卡;<would> 张卡可以"),
        (r"tp × pp × cp × dp = (?P<n>\d+), but there are (?P<cards>\d+) cards; dp (?P<would>\d+) would do",
         "各种并行相乘 = <n>,但只有 <cards> 张卡;可以用数据并行 <would>"),
        (r"ep (?P<ep>\d+) does not divide the (?P<cards>\d+) cards of a stage; ep (?P<would>\d+) would do", "专家并行 <ep> 不能整除一个阶段的 <cards> 张卡;可以用专家并行 <would>"),
        (r"ep (?P<ep>\d+) divides experts, and this model has none; leave ep out", "专家并行要有专家,而这个模型没有;请去掉专家并行"),
        (r"(?P<n>\d+) experts do not divide over ep (?P<ep>\d+); ep (?P<would>\d+) would do", "<n> 个专家不能按专家并行 <ep> 均分;可以用专家并行 <would>"),
        (r"(?P<n>\d+) cards are named, but n_gpus is (?P<cards>\d+); .*", "列出了 <n> 张卡,卡数却是 <cards>;请去掉卡数,或列全每张卡"),
        (r"tensor_split (?P<v>.*) has (?P<n>\d+) shares for (?P<cards>\d+) cards; .*", "切分比例 <v> 有 <n> 份,而卡有 <cards> 张;请给每张卡一份"),
        (r"gpu_layers leaves (?P<n>\d+) layers for (?P<cards>\d+) cards; .*", "放到显卡上的只有 <n> 层,不够 <cards> 张卡各分一层;请减少卡数"),
        (r"card (?P<card>\d+) of (?P<cards>\d+) would get none of the (?P<n>\d+) layers; leave it out", "<cards> 张卡里的第 <card> 张分不到 <n> 层中的任何一层;请去掉它"),
        # methods and engines
        (r"task \w+ and method (?P<v>\S+) contradict each other", "任务与方法 <v> 互相矛盾"),
        (r"offload optimizer is for training; inference has none .*", "优化器卸载用于训练,推理没有优化器"),
        (r"offload (?P<v>\w+) is for inference; in training it is optimizer or params", "卸载 <v> 用于推理;训练时可以卸载优化器(optimizer)或参数(params)"),
        (r"(?P<fact>\w+) is for inference; in training .*", "<fact>用于推理;训练时可以卸载优化器或参数"),
        (r"this model has no experts to keep in host memory; .*", "这个模型没有可以放到内存的专家;请给出放到显卡上的层数"),
        (r"only llama.cpp keeps the whole cache in host memory, not (?P<v>.*)", "只有 llama.cpp 能把整个 KV 缓存放到内存,<v> 不能"),
        (r"cpu_offload_gb is vLLM's, not (?P<v>\S+)'s; .*", "按 GB 卸载到内存是 vLLM 的功能,<v> 没有;请给出放到显卡上的层数"),
        (r"(?P<v>\S+) places no single layers; .*", "<v> 不能逐层放置;可以用 vLLM 按 GB 卸载,或换一个引擎"),
        (r"draft_model is for inference: .*", "草稿模型用于推理:投机解码是在生成时提议 token"),
        (r"this model has no layers that predict further tokens, .*", "这个模型没有多 token 预测层,或其大小未知;请给出草稿模型"),
        (r"train_tokens is for training; .*", "训练 token 数用于训练;请说明方法,例如 LoRA"),
        (r"hours follow from the card's rate: .*", "时间由显卡算力决定:请说明是哪种显卡"),
        (r"to solve, say on which card: .*", "要求解,请说明是哪种显卡,或显存多大"),
        (r"to recommend, name a model .*", "要推荐,请说明模型或显卡,或两者"),
        (r"(?:no \w+ above zero gives that value; the rest alone already exceeds it)", "无论取多小都不行:其余部分已经超过"),
        (r"the result (?:does not change with|never reaches that value, however large) (?P<fact>\w+).*", "结果不随<fact>改变,无法求解"),
        # arithmetic
        (r"only numbers, .* are read here, not (?P<v>.*)", "这里只能读数字和 + - * / **,不能读 <v>"),
        (r"not an arithmetic expression: (?P<v>.*)", "不是算式:<v>"),
        (r"the exponent (?P<v>.*) is out of reach", "指数 <v> 太大"),
        (r"an amount is a number with .*, not (?P<v>.*)", "数量应为数字加 KB、MB、GB、TB、KiB、MiB、GiB 或 TiB,不能是 <v>"),
        (r"(?P<tool>\w+) failed by a defect of its own; .*", "<tool> 因程序缺陷失败,没有算出结果"),
    )
)  # fmt: skip

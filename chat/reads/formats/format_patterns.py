"""How people name the formats in which weights are stored: number types, packed integers, kinds of files, bits of a weight."""

FORMATS = (
    ("fp32", r"\bfp32\b|\bfloat32\b|单精度|\bf32\b"),
    ("bf16", r"\bbf16\b|\bbfloat16\b"),
    ("fp16", r"\bfp16\b|\bfloat16\b|\bhalf precision\b|半精度|\bf16\b"),
    ("mxfp4", r"\bmxfp4\b"), ("nvfp4", r"\bnvfp4\b"),
    ("fp8", r"\bfp8\b|\be4m3\b|\be5m2\b"), ("fp6", r"\bfp6\b"), ("fp4", r"\bfp4\b"),
    ("nf4", r"\bnf4\b"),
    ("w4a8", r"\bw4a8\b"),
    ("int8", r"(?<![a-z])(?:experts|w)?int ?8\b|\bw8a8\b|\bw8a16\b|\bllm\.int8\b|(?<![a-z])eetq\b"), ("int4", r"\bw?int ?4\b|\bw4a16\b"),
)  # fmt: skip

GPTQ = r"\b(?:auto[ _-]?)?(?P<kind>gptq|awq|hqq|aqlm)(?:[ _-]?(?P<int>int)?[ _-]?(?P<bits>[2348])(?(int)|(?!\s(?:rtx |gtx )?(?:[ahlvt]\d{1,3}|[1-5]0[5-9]0)))(?:[ _-]?bits?)?(?![\d.a-z]|\s*[张块个卡片*×]|\s*(?:x\b|cards?\b|gpus?\b)))?|\b(?:int)?(?P<before>[2348])[ -]?bits?[ -](?P<kind2>gptq|awq|hqq|aqlm)\b"
GGUF = r"\b(?P<type>[bf]f?(?:16|32)(?=[ _.-]?(?:的)?\s?gguf)|(?<=gguf )[bf]f?(?:16|32)(?![a-z0-9])|i?q[2-8](?:_?k_?[sml]|_?k|_[01]|_(?:xxs|xs|s|nl|m))|iq[234](?:xxs|xs|s|nl|m)|iq1_?[sm]|iq[234](?!_))(?![a-z0-9])"
BITS_PER_WEIGHT = r"(?<![\d.])(?P<v>\d(?:\.\d+)?)[ -]?(?:bpw\b|bits? per weight)|(?<![\d.])(?P<w>\d\.\d{1,2})[ -]?(?:bits?\b|比特|位(?!置|数))"
# "4.0, 4.65 or 5.0 bpw", "选4.0还是4.65": the means that stand in a row with one that has its unit, or of files that are told by means
_OR_BITS = r"\s?(?:bpw)?\s?(?:,|/|、|or|vs\.?|和|或|还是)\s?(?:or\s)?"
MEANS_IN_A_ROW = rf"(?<![\d.,])\d\.\d{{1,2}}(?:{_OR_BITS}\d\.\d{{1,2}})+(?![\d.]|\s?[a-zk%](?<!b))"
TOLD_BY_MEANS = r"\bexl[23]\b|\bexllama\w*|\bbpw\b"
GGUF_LOOSE = r"\bq(?P<bits>[2-8]|1(?=[ _-]?(?:quants?|gguf|dynamic)\b|\s?(?:gguf|量化|动态)))\b(?!_)"
BITS = r"(?<![\d.])(?P<v>\d{1,2}(?:\s?(?:/|,|and|or|vs|和|或|与)\s?(?:int)?\d{1,2}){0,7})[ -]*(?:bits?\b(?! (?:optim|adam|states?\b|moments?\b|momentum\b))|比特|位(?!置|数))|\b(?:int|fp(?!6))(?P<i>[235-7])\b|量化(?:等级|位数)\s?(?:选了?|设[为成]?|[为是用:=])?\s?(?P<level>[248])(?!\d)|(?<=qlora[ -])(?P<q>[248](?:\s?(?:/|,|and|or|vs|和|或|与)\s?[248])*)(?=\s*(?:[?,.;:)/、]|$|(?:and|or|vs|in|for|row|column)\b|[\u3400-\u9fff](?<![张块个卡轮步台条层路])))"

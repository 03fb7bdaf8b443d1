"""A multiple of the parameters by which a training is reckoned: "the 16x rule", "16 times the parameters", "params x 16"."""

# what stands behind the bytes of each parameter, "16 B/param", and before them, "每参数 16B"
EACH_BEHIND = r"\s?(?:/|per\b|(?:for )?(?:each|every)\b|an?\b)\s?(?:trainable |trained |model )?(?:param|weights?\b)|\s?(?:/|每)\s?(?:个)?\s?参数"
EACH_BEFORE = r"(?:每个?|一个)参数\s?(?:要|占|用|需要?|约|是|:|按)*\s?"
# "16 B" of them; to be filled with the number
BYTES_OF_EACH = rf"\b{{0}}\s?b(?={EACH_BEHIND})|{EACH_BEFORE}{{0}}\s?b(?![a-z])"

_OF = r"(?:\bparam\w*|\brules?\b|\bclaim\w*|\bmodel size|\bweights?\b|参数|说法|经验)"
# written as a product; "params x 16 bits" counts no bytes
_TIMES_N = r"(?:\bparam\w*|\bmodel size\b|参数量?)\s?(?:[*x]|乘以?)\s?{0}(?![\d.]|\s?(?:bits?|位|/|[*x]|gpus?|cards?|张|块|卡))|(?<![\d.*])(?<!\d )\b{0}\s?(?:b|bytes?|字节)?\s?[*x]\s?(?:params?\b|parameters?\b|参数)"
# to be filled with the number
TIMES_PARAMS = rf"(?:\b{{0}}\s?(?:x|times)(?![a-z\d])(?!\s?(?:[ahlvrt]\d|rtx|gpus?|cards?))(?=[^.;?]{{{{0,28}}}}{_OF})|{_TIMES_N}|{_OF}[^.;?]{{{{0,16}}}}\b{{0}}\s?(?:x|times)(?![a-z\d])(?!\s?(?:[ahlvrt]\d|rtx|gpus?|cards?)))"

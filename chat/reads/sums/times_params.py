"""A multiple of the parameters by which a training is reckoned: "the 16x rule", "16 times the parameters"."""

_OF = r"(?:\bparam\w*|\brules?\b|\bclaim\w*|\bmodel size|\bweights?\b|参数|说法|经验)"
# to be filled with the number
TIMES_PARAMS = rf"(?:\b{{0}}\s?(?:x|times)(?![a-z\d])(?!\s?(?:[ahlvrt]\d|rtx|gpus?|cards?))(?=[^.;?]{{{{0,28}}}}{_OF})|{_OF}[^.;?]{{{{0,16}}}}\b{{0}}\s?(?:x|times)(?![a-z\d])(?!\s?(?:[ahlvrt]\d|rtx|gpus?|cards?)))"

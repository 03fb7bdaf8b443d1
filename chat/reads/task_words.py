"""The words for running a model and for training it, in both languages."""

# What a stated thing implies for `task`; the asker's own words count first.
TASK_INFERENCE = (
    r"\binferenc\w*|\binfer\b|\bserv(?:e|ing)\b|\bdeploy\w*|\bhost(?:ing)?\b(?![ -](?:v?ram|(?:system |cpu )?memory|side|node|machine|cpu|has|offload))|\bgenerat(?:e|ion|ing)\b|\bruns?\b|\brunning\b"
    r"|\bload(?:s|ing|ed)?\b|\bchat with\b|推理|部署|运行|加载|跑(?!训练|微调|lora|qlora|全)|起服务|本地"
)
# the folder in which a trainer keeps what a run goes on from
SAVED_RUN = r"\bglobal_?steps?\d*(?![a-z])|\b(?:checkpoint|ckpt)-\d{2,}\b"
# by itself a training of all weights, or the whole model
WHOLE = "全量"
TASK_TRAIN = (
    r"\bfine[ -]?tun\w*|\bfinetun\w*|\btrain\w*|\bpre-?train\w*|\bsft\b|\brlhf\b|\btun(?:e|ing)\b|\bbackward\b|\boptimi[sz]er\b"
    r"|(?<![a-z0-9-])distill(?:ing|ation)\b|(?<![a-z0-9-])(?<!r1 )(?<!deepseek )(?<!the )(?<!a )(?<!\d[bB] )(?<!\d[bB]-)distill\b(?! (?:model|version|q\d|gguf|at q|in q))|(?<!r1)(?<!r1 )(?<!deepseek)(?<!跑)(?<!跑个)(?<!部署)(?<!推理)(?<!b(?=蒸馏(?:吗|么|呢|够|能|行|可以|[?,;!]|$)))(?<!b (?=蒸馏(?:吗|么|呢|够|能|行|可以|[?,;!]|$)))蒸馏(?!版|的?模型|的|后|过|出|小|qwen|llama)"
    r"|\bmaster (?:weights?|cop(?:y|ies)|params?)\b|\bfp32 (?:cop(?:y|ies)|masters?)\b|主权重|\bpacking\b|\b(?:at|to|after|around) step \d|(?:跑到|训到|到|第)\s?\d+\s?(?:步|step)"
    r"|微调|训练|精调|预训练|训不|能训|全参|全量|训起|训得"
    rf"|{SAVED_RUN}"
)
# what is said of serving alone, and not of a run in general
SERVED = r"\binferenc\w*|\bserv(?:e|ed|ing)\b|\bdeploy\w*|推理|部署"

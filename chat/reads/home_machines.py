"""What is asked of one's own machine and of no model: whether RAM or the processor matter beside a card that holds all of it,
what happens beyond all memory there is, what graphics without memory of their own have."""

INTEGRATED = r"\bigpus?\b|\bapus?\b|\bintegrated (?:gpus?|graphics)\b|\biris xe\b|核显|集显"
_WHOLE = r"(?:\b(?:fits?|fully|entirely|completely|whole|all|everything|100 ?%)\b[^?]{0,32}\b(?:v?ram|gpu|card)\b|(?:全|都|整个)[^,;?]{0,8}(?:显存|显卡|卡))"
_BESIDE = r"\b(?:system )?(?:ram|ddr\d?|memory|cpu|processor)(?: (?:speed|bandwidth|frequency|channels?|clock|mhz|timings?))?\b"
_MATTERS = r"\b(?:matter|important|affect|bottleneck|make (?:a |any )?difference|slow)\w*\b"
OF_HOME: tuple[tuple[str, str], ...] = (
    (
        "fits_whole",
        rf"^(?=[\s\S]*{_WHOLE})[\s\S]*(?:{_BESIDE}[^?]{{0,24}}{_MATTERS}|{_MATTERS}[^?]{{0,24}}{_BESIDE}|(?:内存|cpu)(?:的)?(?:频率|速度|带宽|性能)?[^,;?]{{0,6}}(?:影响|重要|有关|关系|区别|有用))",
    ),
    (
        "beyond_ram",
        r"\b(?:larger|bigger|more|exceeds?|not fit|doesn'?t fit|too (?:big|large))\b[^?]{0,24}\b(?:v?ram|gpu|memory)\b[^?]{0,12}(?:\+|\band\b|\bplus\b|&)[^?]{0,8}\b(?:ram|cpu|system memory)\b|\bmmap\b[^?]{0,60}\b(?:ssd|nvme|disk|slow|work|happen\w*|ram)\b|\b(?:run|stream\w*|load)\b[^?]{0,24}\b(?:from|off|on) (?:an? |the |my )?(?:ssd|nvme|disk)\b|(?:显存|显卡)[^,;?]{0,6}(?:加|和|\+)[^,;?]{0,4}内存[^?]{0,8}(?:放不下|不够|装不下|还大)|(?:ssd|硬盘|固态)[^,;?]{0,6}(?:跑|推理)",
    ),
    ("integrated", rf"(?:{INTEGRATED})"),
)

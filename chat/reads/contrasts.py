"""Words that set one thing against another: shared by what asks for a comparison of ways, formats, cards and speeds; and between what was and what is."""

CONTRAST = r"\bvs\b|\bversus\b|\bcompar\w+|\bdiffer\w*|相比|对比|区别|差别|差异"
EITHER = r"\bor\b|还是"
# between two values of which the second takes the place of the first: `1 -> 16`, "8改成64"
BECOMES = r"(?:-+>|=+>|→|\b(?:down |up )?to\b|(?:降|减|改|调|换|变|缩|升|加|提|砍)(?:低|小|大|短|高|少)?(?:到|成|为|至)|到|成)"

# what stands right before a setting that is not in force, or is to be no longer
_OFF = (
    "without", "with no", "no", "not", "disable", "disabled", "disabling", "drop", "dropped", "remove", "removed", "turn off", "turning off",
    "turned off", "不开", "没开", "关掉", "不用", "没用", "不加", "没加", "没有加", "去掉",
)  # fmt: skip


def not_behind(*words: str) -> str:
    """None of these words stands right before; Chinese ones with no space either."""
    return "".join(f"(?<!{word} )" if word.isascii() else f"(?<!{word})(?<!{word} )" for word in words)


IN_FORCE = not_behind(*_OFF)

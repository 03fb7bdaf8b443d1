"""Words that set one thing against another: shared by what asks for a comparison of ways, formats, cards and speeds; and between what was and what is."""

CONTRAST = r"\bvs\b|\bversus\b|\bcompar\w+|\bdiffer\w*|相比|对比|区别|差别|差异"
EITHER = r"\bor\b|还是"
# between two values of which the second takes the place of the first: `1 -> 16`, "8改成64"
BECOMES = r"(?:-+>|=+>|→|\b(?:down |up )?to\b|(?:降|减|改|调|换|变|缩|升|加|提|砍)(?:低|小|大|短|高|少)?(?:到|成|为|至)|到|成)"

"""Words that set one thing against another: shared by what asks for a comparison of ways, formats, cards and speeds."""

CONTRAST = r"\bvs\b|\bversus\b|\bcompar\w+|\bdiffer\w*|相比|对比|区别|差别|差异"
EITHER = r"\bor\b|还是"

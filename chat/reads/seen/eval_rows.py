"""Rows that an evaluation goes over, and sequences of its batch, as people tell them."""

from chat.reads.scan import Scan

# rows of an evaluation set
_OF_EVAL = r"(?:eval(?:uation)?|validation|val|dev)"
_ROWS = (
    rf"\b{_OF_EVAL}[ _-]?(?:set|data(?:set)?|split)?\s?(?:is|of|has|with|=|:|\()?\s?(?:about |around |roughly |~\s?)?(\d[\d,]{{0,7}}(?:\.\d+)?k?) ?(?:samples?|examples?|rows?|sequences?|prompts?|records?|items?)\b"
    rf"|\b{_OF_EVAL}[ _-]?(?:set|data(?:set)?|split) (?:is|of|has|with|=|:)\s?(\d[\d,]{{1,7}}(?:\.\d+)?k?)\b(?! ?(?:gb|gib|tokens?|steps?))"
    rf"|(\d[\d,]{{0,7}}(?:\.\d+)?k?) (?:{_OF_EVAL} (?:samples?|examples?|rows?|sequences?|prompts?)|(?:samples?|examples?|rows?|sequences?) (?:in|for|of) (?:the |my )?{_OF_EVAL})\b"
    r"|(?:验证集|评估集|测试集|eval集|验证数据|评估数据)[^\d,;?!。，]{0,6}(\d[\d,]{0,7}(?:\.\d+)?[k千万]?)\s?(?:条|个?样本|行|句)|(\d[\d,]{0,7}(?:\.\d+)?[k千万]?)\s?(?:条|个)(?:样本|数据)?的?(?:验证|评估|测试)"
    r"|(?:(?<![a-z_])eval|验证|评估)\s?(?:数据)?(?:一共|共|有|用|约|大概)?(?:了|有)?\s?(\d[\d,]{1,7}(?:\.\d+)?[k千万]?)\s?(?:条|个?样本|行)"
    # right behind what only an evaluation calls, or of what it goes over: "with compute_metrics (500 samples x 512 tokens)"
    r"|\bcompute_metrics\b(?:(?!\btrain)[^.;?!\d]){0,24}(\d[\d,]{0,7}(?:\.\d+)?[k千万]?)\s?(?:samples?\b|examples?\b|rows?\b|sequences?\b|prompts?\b|条|个?样本)"
    # "OOMs in the middle of evaluation, just 500 samples"
    r"|\beval(?:uation|uating)?\s?[,:(—-]\s?(?:just |only |it'?s |about |with |on )*(\d[\d,]{0,7}(?:\.\d+)?k?) (?:samples?|examples?|rows?|sequences?|prompts?)\b|(?:评估|验证)(?:时|阶段|中途)?[^\d,，。;?!]{0,6}[,，(]\s?(?:才|只有?|就|一共|共)?(\d[\d,]{0,7}(?:\.\d+)?[k千万]?)\s?(?:条|个?样本|行)"
    r"|\bevaluat(?:es?|ed|ing|ion) (?:on|over|of|with) (?:a |the |just |only |about )*(\d[\d,]{0,7}(?:\.\d+)?k?) (?:samples?|examples?|rows?|sequences?|prompts?)\b"
)
# so many rows after which such an evaluation fails: "compute_metrics … OOM after ~90 samples"
_ROWS_UNTIL = r"^(?=[\s\S]*(?:\bcompute_metrics\b|\beval|评估|验证))[\s\S]*?(?:\bafter (?:about |around |roughly |some |~\s?)*(\d{2,6}) (?:eval\w* )?(?:samples?|examples?|rows?)\b|(?:到|了)(?:第|大约|大概|约)?\s?(\d{2,6})\s?(?:条|个?样本)[^,;?!]{0,8}(?:爆|oom|溢出|挂|报))"
_TIMES = {"k": 1e3, "千": 1e3, "万": 1e4}
# the batch of an evaluation, which is none of training's
_EVAL_BATCH = r"(?:eval(?:uation)?|validation|val)[ _-]?(?:batch(?:[ _-]?size)?|bsz?|mbs)\s?(?:is|of|=|:|为|是|设为)?\s?(?:(?:already|only|just|now|set to|at) )*(?:已经?是?)?\s?(\d{1,4})\b|(?:评估|验证)(?:时)?的?\s?(?:batch(?:[ _-]?size)?|bsz?|批大小|批次)\s?(?:是|为|=|:|设为)?\s?(\d{1,4})\b"


def read_eval_rows(scan: Scan) -> None:
    """Rows of a data set, and sequences of an evaluation."""
    for found in scan.find(_ROWS):
        said = next(group for group in found.groups() if group).replace(",", "")
        scan.note("log_rows", float(said.rstrip("k千万")) * _TIMES.get(said[-1], 1))
        scan.take(*found.span())
        break
    for found in scan.find(_ROWS_UNTIL) if "log_rows" not in scan.extras else ():
        scan.add("log_rows", int(found[1] or found[2]), *found.span(1 if found[1] else 2), extra=True)
        break
    for found in scan.find(_EVAL_BATCH):
        scan.note("log_eval_batch", int(next(group for group in found.groups() if group)))
        scan.take(*found.span())
        break

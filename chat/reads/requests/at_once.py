"""Of so many people, accounts or users a day those who ask at one moment: it is they who take memory."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_NUMBER = r"(?<![\d.,a-z])(?P<n>\d{1,3}(?:,\d{3})+|\d{1,7}|\d{1,3}(?:\.\d)?\s?[k万])"
_FOLK = r"(?:users?|people|ppl|persons?|accounts?|employees?|colleagues|coworkers|dev(?:eloper)?s?|engineers?|students?|staff|customers|clients|members|seats|analysts|agents|doctors|nurses|teachers|lawyers|researchers|scientists|workers|operators|interns|players|patients|folks|subscribers|of us)\b"
_ZH_FOLK = r"(?:人(?!民|工|脸|均)|用户|员工|同事|同学|学生|账号|帐号|研发|客户|坐席|医生|老师)"
_KINDS = r"(?:(?:registered|daily|monthly|weekly|active|internal|total|different|paying|office|overall|concurrent|simultaneous|in)\s)*"
# all whom it serves, whether or not they ask at one moment
_IN_ALL = (
    rf"{_NUMBER}\+?\s{_KINDS}{_FOLK}"
    rf"|\b(?:dau|mau|wau|headcount|user base)(?:\s|is|of|about|around|[:=~])*{_NUMBER.replace('<n>', '<m>')}(?![\da-z]|[.,]\d)"
    rf"|{_NUMBER.replace('<n>', '<r>')}\s?(?:dau|mau|wau)(?![a-z])"
    rf"|(?:team|company|department|group|office|class|lab) of (?:about |around |~ ?)?{_NUMBER.replace('<n>', '<o>')}(?![\da-z]|[.,]\d)"
    rf"|{_NUMBER.replace('<n>', '<p>')}\s?(?:来|多|几)?(?:号|个|名|位|口)?(?:的)?(?:注册|活跃|内部)?{_ZH_FOLK}"
    rf"|(?:日活|月活|注册(?:用户|人数)?|总?人数|总?用户(?:数|量)?|账号(?:数)?|(?:全)?公司|部门|团队|班级)(?:总共|一共|大概|大约|差不多|约|有|是|[:=\s])*{_NUMBER.replace('<n>', '<q>')}(?![\da-z]|[.,]\d|\s?(?:[张块台层位]|gi?b))"
)
_NO_COUNT = r"(?!\d|[.,]\d|\s?[k%]|\s?(?:gi?b?|mi?b|b|tok\w*|cards?|gpus?|layers?|x|bits?|epochs?|steps?|seconds?|minutes?|hours?|ms|t/s)(?![a-z])|\s?(?:[张卡块层位字万台小时秒分点]|[ahlv]\d{2,3}\b|rtx|[345]0[6-9]0))"
_MOMENT = r"(?:at (?:once|the same (?:time|moment)|(?:a|any|one)(?: given)? (?:time|moment)|(?:a |its |the |our )?peaks?(?: (?:hours?|times?|load))?|busy times)|concurrently|simultaneously|in parallel|together|online)\b"
_FILLING = r"(?:(?:is|are|of|about|around|roughly|maybe|perhaps|only|some|just|users?|requests?|requesters|load|usage|hours?|times?|at most|up to|max|we|you|there|will be|have|see|expect|with|would be|concurrency|sessions?|[:=~])\s?)*"
_DOING = r"(?:of (?:them|those|these|which|whom|us)|users?|people|requests?|sessions?|will|would|might|may|are|is|be|ever|actually|really|online|active|logged|in|on|writ(?:e|ing)|chat(?:ting)?|typ(?:e|ing)|us(?:e|ing)|it|ask(?:ing)?|send(?:s|ing)?|mak(?:e|es|ing)|fir(?:e|es|ing)|quer(?:y|ying)|connected|talk(?:ing)?|to|the|model)"
# those of them who ask at one moment: told before the moment or behind it, as a number or as a share of all
_AT_ONCE = (
    rf"{_NUMBER}(?P<share>\s?%)?\s(?:(?:out )?of (?:our|the|my|all|these|those) (?:\d{{1,6}} )?)?(?:{_DOING}\s){{0,6}}{_MOMENT}"
    rf"|{_NUMBER.replace('<n>', '<m>')}(?P<share2>\s?%)?\s(?:concurrent|simultaneous|parallel|active at)\b"
    rf"|(?:{_MOMENT.replace('|online', '')}|\bpeak(?:s|ing)?\b(?: at)?|\bconcurren(?:cy|t)\b|\bat most\b)\s?{_FILLING}(?P<o>\d{{1,5}})(?P<share3>\s?%)?(?:(?<=%)|{_NO_COUNT})"
    rf"|(?:同时|同一(?:时间|时刻)|并发|峰值|高峰|在线|活跃(?!用户)|一起)(?:(?!显存|内存)[^,;.?!\d]){{0,10}}(?P<p>\d{{1,5}})(?:\s?(?P<share4>%)|\s?(?:来|多|几)?(?:个(?!模型|卡|g)|人|名|位(?!量|数)|路|条|左右|以内|上下)|(?=\s*(?:[,;.?!)]|$)))"
    rf"|(?<![\d.])(?P<q>\d{{1,5}})\s?(?P<share5>%)?\s?(?:来|多|几)?(?:个|人|名|位|路)?(?:的)?(?:人|用户)?(?:会|是|在)?(?:同时|并发|一起)(?:在线|用|使用|问|提问|访问|请求)?"
)


_NOT_ALL = r"account|\bdaily\b|\bmonthly\b|\bweekly\b|账号|帐号|registered|注册|\bdau\b|\bmau\b|日活|月活|headcount"

# "1000 people use our chatbot daily", "2000人每天在用"
_IN_A_DAY = r"[^.;?!,\d]{0,40}?\b(?:daily|(?:a|per|each|every) (?:day|week|month))\b|\s?(?:每天|一天|每日|每周|每月)"

# noted of users of whom nobody says how many ask at one moment
USERS_IN_ALL = "users_in_all"
_AT_LEAST = r"(?<![\d.])(?P<n>\d{1,4})\s?(?:-|~|to|or|到|至|或)\s?$"


def _group(found: re.Match[str]) -> str:
    return next(name for name in "nmopqr" if name in found.re.groupindex and found[name])


def _value(found: re.Match[str]) -> float:
    text = found[_group(found)].replace(",", "").replace(" ", "")
    return float(text.rstrip("k万")) * {"k": 1e3, "万": 1e4}.get(text[-1], 1)


def read_at_once(scan: Scan) -> None:
    """`600 accounts, 30 at peak`: the 30 are the sequences that run together; where only one of both is told, nothing."""
    if "batch_size" in scan.facts:
        return
    now = [found for found in scan.find(_AT_ONCE) if scan.free(*found.span(_group(found)))]
    at = {found.start(_group(found)) for found in now}
    people = [
        one for one in scan.find(_IN_ALL) if one.start(_group(one)) not in at and scan.free(*one.span(_group(one)))
    ]
    for one in () if now else people:  # "600 accounts: how many of them at once?", "日活3000": not all at one moment
        if compiled(_NOT_ALL).search(one[0]) or compiled(_IN_A_DAY).match(scan.text, one.end()):
            scan.add(f"log_{USERS_IN_ALL}", _value(one), *one.span(_group(one)), extra=True)
    if not now or not people:
        return
    most = max(_value(one) for one in people)
    counts = [(most * _value(one) / 100 if _is_share(one) else _value(one), one.span(_group(one))) for one in now]
    counts = [(round(count), span) for count, span in counts if 1 <= count <= most]
    for count, span in counts:
        scan.add("batch_size", count, *span)
        if least := compiled(_AT_LEAST).search(scan.text, 0, span[0]):  # "3 or 4 of them": the most that there may be
            scan.take(*least.span("n"))
    for one in people if counts else ():
        scan.take(*one.span(_group(one)))


def _is_share(found: re.Match[str]) -> bool:
    return any(found[name] for name in found.re.groupindex if name.startswith("share"))

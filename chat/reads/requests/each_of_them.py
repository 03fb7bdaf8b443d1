"""So many people with so many conversations each: `10 teachers, 2 chats open each`, "20人,每人开3个会话"."""

from chat.reads.scan import Scan

_PEOPLE = r"(?P<p>\d{1,4})\s(?:\w+\s){0,2}?(?:users?|people|persons?|colleagues|coworkers|dev(?:eloper)?s|engineers|students|teachers|staff|customers|clients|members|analysts|agents|researchers|testers|operators|of us)\b"
_PEOPLE_ZH = r"(?P<p>\d{1,4})\s?(?:来|多|几)?(?:个|位|名|号)?(?:人(?!民|工|脸|均)|用户|员工|同事|同学|学生|客户|老师|研发|开发|坐席|医生|客服|学员)"
_AT_ONCE = r"(?:parallel|concurrent|simultaneous|open|active|separate)"
_TALKS = r"(?:chats?|conversations?|sessions?|requests?|agents?|streams?|threads?|windows?|tabs?|queries|calls|jobs|slots?|generations)\b"
_TALKS_ZH = r"(?:对话|会话|聊天|窗口|并发|请求|任务|agent|智能体|线程|session|连接)"
_BETWEEN, _BETWEEN_ZH = r"[^.;?!\d]{0,40}?", r"[^.;?!\d]{0,16}?"
_EACH = (
    rf"\beach of (?:our|the|my|these|those) {_PEOPLE.replace('<p>', '<s>')}{_BETWEEN}(?P<h>\d{{1,3}})\s(?:{_AT_ONCE}\s)?{_TALKS}"
    rf"|{_PEOPLE}{_BETWEEN}\b(?:each|every(?: one)?|everyone|per (?:user|person|head))\b{_BETWEEN}(?P<e>\d{{1,3}})\s(?:{_AT_ONCE}\s)?{_TALKS}"
    rf"|{_PEOPLE.replace('<p>', '<q>')},?\s(?:with\s|having\s|running\s|x\s)?(?P<f>\d{{1,3}})\s(?:{_AT_ONCE}\s)?{_TALKS}(?:\s(?:open|running|going))?\s(?:each|apiece|per (?:user|person|head))\b"
    rf"|{_PEOPLE_ZH.replace('<p>', '<r>')}{_BETWEEN_ZH}(?:每个?人|人均|每位|各(?:自|人)?)(?:平均|同时|最多|大概|大约|一般|都|会|要|可能|差不多|约)*(?:开着?|有|跑|用|发|起|挂着?|占)?\s?(?P<g>\d{{1,3}})\s?(?:个|路|条|份)?(?:并行|并发|同时)?(?:的)?{_TALKS_ZH}"
)


def read_each_of_them(scan: Scan) -> None:
    """State how many sequences run together where everybody has several."""
    if "batch_size" in scan.facts:
        return
    for found in scan.find(_EACH):
        people, each = next(pair for pair in (("p", "e"), ("q", "f"), ("r", "g"), ("s", "h")) if found[pair[0]])
        if scan.free(*found.span(people)) and scan.free(*found.span(each)) and int(found[people]) * int(found[each]):
            scan.add("batch_size", int(found[people]) * int(found[each]), *found.span(people))
            scan.take(*found.span(each))
            return

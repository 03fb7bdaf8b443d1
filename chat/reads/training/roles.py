"""PPO's other models by their sizes: `actor 13B, critic 7B`, "critic和reward都用7B": they are no policies of their own."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from kb.names import names

_CRITIC = r"(?:critics?|价值|评论家|value)"
_REWARD = r"(?:rewards?|rm|奖励)"
_KIND = r"(?:[\s_-]?(?:models?|networks?|net|head|function|模型|网络|函数|头))?"
_ROLES = rf"(?<![a-z])(?P<{{0}}>(?:{_CRITIC}|{_REWARD}){_KIND}(?:\s?(?:,|、|/|&|\+|and|和|与|跟|以及)\s?(?:the |a )?(?:{_CRITIC}|{_REWARD}){_KIND})?)(?![a-z])"
# a role before its size, with what may stand between, and behind it
_BEFORE = rf"{_ROLES.format('roles')}(?:[\s:=(]|都|各|均|也|用|是|为|选|拿|大小|is|are|both|each|uses?|of|an?|with|at){{0,8}}$"
_BEHIND = rf"^\s?(?:的|as (?:the |a )?)?\s?{_ROLES.format('roles')}(?!\s?(?:[:=]|用|是|为|is|of)?\s?\d)"
_POLICY = r"(?:actor|policy|策略)(?:[\s_-]?(?:model|模型|网络))?(?:[\s:=(]|用|是|为|大小|is|of|an?){0,6}$"
_REACH = 40


def settle_roles(scan: Scan) -> None:
    """Take the sizes of critic and reward model out of the policy's; `critic_params` and `reward_params` keep them."""
    if "ppo" not in scan.facts.get("algo", ()):
        return
    for name in ("params", "model"):
        values, places = scan.facts.get(name, []), scan.spans.get(name, [])
        if len(values) != len(places):
            continue
        kept = []
        for value, place in zip(values, places, strict=True):
            each = [_roles_of(scan, *span) for span in (place, *scan.more_places(name, value))]
            size = _size(name, value)
            for roles in each if size else ():
                for role in roles:
                    scan.extras[f"{role}_params"] = [size]
            kept.append(not all(each))
        if kept and not all(kept) and (any(kept) or _policy_elsewhere(scan, name)):
            keep(scan, name, kept)


def _policy_elsewhere(scan: Scan, name: str) -> bool:
    return bool(scan.facts.get("model" if name == "params" else "params"))


def _roles_of(scan: Scan, start: int, end: int) -> tuple[str, ...]:
    """The roles that the size or name which stands here is of."""
    text = scan.lowered
    if compiled(_POLICY).search(text[max(0, start - _REACH) : start]):
        return ()
    behind = compiled(_BEHIND).match(text[end : end + _REACH])
    found = compiled(_BEFORE).search(text[max(0, start - _REACH) : start]) or behind
    if found is None:
        return ()
    named = (("critic", _CRITIC), ("reward", _REWARD))
    return tuple(role for role, words in named if compiled(words).search(found["roles"]))


def _size(name: str, value: object) -> float:
    if name == "params":
        return float(str(value))
    entry = names().by_spelling.get(str(value).lower())
    return float(entry.params or 0) if entry else 0.0

"""What opens an answer: the verdict, or the remark that answers by itself."""

import re

from chat.answers.arithmetic_words import arithmetic_words, holds_alone, is_right, of_a_cache
from chat.answers.background import asks_why, second
from chat.answers.found import LOGGED, OF_WHICH_SIZE, Found
from chat.answers.headlines import PLAINLY
from chat.answers.of_a_part import taken_up_first
from chat.answers.possible import OPENS
from chat.answers.remarks_told import (
    OF_A_SHARE,
    VERDICTS,
    Told,
    first_in_bold,
)
from chat.answers.remarks_told import opening as first_of
from chat.answers.unequal_words import asks_sum, listed
from chat.answers.verdicts import asks_whether, claims_ability
from chat.answers.which import asks_which
from chat.answers.wording import NOT_ALONE
from chat.reads.reading import Reading
from chat.remarks.sums import SUM_KEYS

# a remark that begins with no itself, and the no of a verdict
_BEGINS_WITH_NO = ("**No: ", "**No, ", "**不行:", "**不行,", "**不行\uff0c", "**不行\uff1a")
_PLAINLY = (*PLAINLY, *(f"**{one}" for one in NOT_ALONE))
# an account that is of pure bf16
_OF_PURE_BF16 = ("**Right for pure bf16", "**按纯 bf16 是对的")
_SAYS_YES = re.compile(r"^\*\*(?:Yes[.,:]? |可以[。,:]|对[。,:])")
# what is asked of figures or of settings, to which no yes or no of fitting is the answer
_NOT_OF_FITTING = frozenset({"stages-seen", "settings-compared", "distributed-unfelt", "distributed-is-zero"})
_SAYS_NO = re.compile(r"^\*\*(?:No[.,:]? |不行[。,:]|不对[。,:])")
# what the first remark answers by itself
_ANSWERED_BY_REMARKS = frozenset({"kv_cache", "explain_derive", "adam_state", "why_more", "check_arithmetic", "units"})
_OF_A_CACHE = ("kv-", "cache-", "mla-", "latent-")
_LOST = ("**Nothing is lost:**", "**什么都没少:**")
# remarks that refuse what a question takes for given
REFUSES = frozenset(
    {
        "adapters-do-not-fit",
        "bf16-refused",
        "bf16-refused-in-training",
        "active-is-not-trained",
        "active-is-not-frozen",
        "distributed-unfelt",
    }
)
# what training on pairs holds besides
_OF_PAIRS = ("pairs-as-seen", "pairs-are-two")
# by how much a server's pool grows
_OF_A_POOL = ("pool-by-cards", "pool-by-cache", "pool-by-weights")
Opened = tuple[list[str], Told]


# "why doesn't it fit in 12?"
_WHY_NOT = re.compile(
    r"\bwhy (?:(?:does|do|did|can|could|wo|would|is|are)(?:n'?t| not)|(?:does|do|did|can|could|will|would) [^,.?!]{1,24}? not)\b|(?:为什么|为啥|为何|怎么)[^,;.?!，。？！]{0,12}(?:[放装塞跑]不[下了起动]|不够|不能)",
    re.IGNORECASE,
)


def asks_why_not(reading: Reading) -> bool:
    """Whether it is asked why something does not go: no verdict says yes to that."""
    return _WHY_NOT.search(reading.text) is not None


def without_yes(leads: list[str]) -> list[str]:
    """Behind what refuses a premise no verdict says yes."""
    if not leads:
        return leads
    said = _SAYS_YES.match(leads[0])
    rest = _SAYS_YES.sub("**", leads[0], count=1)
    if said and said[0].endswith(", "):  # what went on is a sentence now
        rest = rest[:2] + rest[2:3].upper() + rest[3:]
    return [rest, *leads[1:]]


def account_first(leads: list[str]) -> list[str]:
    """An account of pure bf16 before the verdict, whose yes or no is of mixed precision and would be taken for the account's."""
    told = next((one for one in leads[1:2] if one.startswith(_OF_PURE_BF16)), None)
    if told is None or not leads[0].startswith(_PLAINLY):
        return leads
    return [told, *(_SAYS_NO.sub("**", one, count=1) for one in without_yes(leads[:1])), *leads[2:]]


def opened(found: Found, leads: list[str], remarks: Told) -> Opened:
    """The leads with the remark that answers by itself, and the remarks that are left."""
    whole = asks_sum(found.reading) and any(map(listed, found.of("estimate_memory")))
    on_cards = SUM_KEYS & found.keys and {"gpu", "gpu_memory_gb"} & set(found.reading.facts)
    if taken := taken_up_first(found, leads, remarks):
        return taken
    if risen := _risen(found, leads, remarks) or _why_the_file_is_more(found, leads, remarks):
        return risen
    if found.beside and (pairs := next((one for one in remarks if one[0] in _OF_PAIRS), None)):
        return [pairs[1], *leads], [
            one for one in remarks if one is not pairs
        ]  # what is held besides, before by how much
    if growth := next((one for one in remarks if one[0] in _OF_A_POOL), None):  # before what either number takes
        left = [one for one in remarks if one is not growth]
        length = leads and found.reading.asks[:1] == ("seq_len",) and found.of("solve_for")
        # the length that is asked first has a limit of the model's own, whatever the pool holds
        return ([*leads, growth[1]] if length else [growth[1], *leads]), left
    if shared := _pool_alike(found, leads, remarks):
        return shared
    if not remarks or found.beside or whole or on_cards or "injection" in found.reading.intents:
        return leads, remarks  # the difference, the verdict, or what the cards count for comes first
    for rule in (
        _need_before_its_weights,
        _beside_the_lead,
        _nothing_lost,
        _beside_a_product,
        _pool_beside_a_slip,
        _share_beside_a_sum,
        _room_beside_a_difference,
        _size_behind_a_count,
    ):
        if leads and (told := rule(found, leads, remarks)):
            return told
    if any(map(is_right, found.of("check_arithmetic"))) and "check_arithmetic" in found.judged:
        return leads, remarks
    halves = _asks_of_halves(found, remarks)
    if halves:  # does it save: that is asked before what fits
        remarks = sorted(remarks, key=lambda one: one[0] != "accumulation")
    if not (_judges(found, remarks) or (_explains(found, remarks) and not _asks_for_a_count(found))):
        return leads, remarks
    opening, remarks = first_of(remarks)
    if _tells_what_was_derived(found, opening) or "draft-costs" in found.keys:
        leads = [one for one in leads if one not in found.derived]
    if asks_why(found.reading) or halves:
        opening = first_in_bold(opening)
    # a plain yes or no stays first, but where it is asked whether figures are right
    plain = bool(leads) and leads[0].startswith((*_PLAINLY, *OPENS)) and not _NOT_OF_FITTING & set(found.keys)
    if "settings-compared" in found.keys and leads:  # whether they are one thing is asked, and not whether it fits
        leads = without_yes(leads)
    if plain and opening.startswith(_BEGINS_WITH_NO):  # one no is enough
        plain, leads = False, [_SAYS_NO.sub("**", leads[0], count=1), *leads[1:]]
    return ([leads[0], opening, *leads[1:]] if plain else [opening, *leads]), remarks


def _pool_alike(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """That a server takes its share before what two set-ups need, where what was seen of each is that share."""
    stated = [one.get("stated_as") for result in found.of("compare") for one in result.get("setups", ())]
    if len(stated) < 2 or not all(one and one["as"] == "pool" for one in stated):
        return None
    told = next((one for one in remarks if one[0] in OF_A_SHARE), None)
    return ([told[1], *without_yes(leads)], [one for one in remarks if one is not told]) if told else None


# ── remarks with a place of their own ───────────────────────────────────────────────────────────────────────────────


_BESIDE_A_VERDICT = frozenset({"cache-is-the-most", "where-it-goes", "pictures-counted"})


def _beside_the_lead(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """What stands on the cards beside a teacher, what is asked beside a need, what a lever does to a table's cell."""
    told, key = dict(remarks), second(found.reading, dict(remarks))
    if "teacher-beside" in told:
        key = "teacher-beside"
    elif "fits" in found.reading.intents[:2] and asks_whether(found.reading.text) and _BESIDE_A_VERDICT & set(told):
        key = next(one for one in told if one in _BESIDE_A_VERDICT)  # whether it fits, before why
    elif not key and found.reading.intent == "table_lookup":
        key = next((one for one in ("cells-compared", "lever-effect") if one in told), "")
    if not key:
        return None
    left = [one for one in remarks if one[0] != key]
    first = key == "teacher-beside" and found.reading.intents[0] == "how_much"
    return ([told[key], *leads] if first else [leads[0], told[key], *leads[1:]]), left


# what a stated amount is: a part of the need
_OF_WEIGHTS = ("claim-as-16-bit", "claim-as-fp32-weights")
# a reason is asked for in so many words, or of an amount that was seen
_REASON = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhere (?:do|does|did|is|are)\b|\b(?:us(?:es|ed|ing)|shows?|took|says?|said)\b|为(?:什么|啥|何)|怎么(?!样|配|选|算|估)|咋|差在|[占用吃]了|显示|不是说|不对",
    re.IGNORECASE,
)


def _need_before_its_weights(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """`How much to pretrain it? The weights are only 3 GB`: the need is asked; of what the amount is comes behind it."""
    told, reading = dict(remarks), found.reading
    key = next((one for one in _OF_WEIGHTS if one in told), "")
    first = reading.intents[:1] == ("how_much",) and asks_why(reading) and not found.judged
    if not key or not first or _REASON.search(reading.text):
        return None
    return [leads[0], told[key], *leads[1:]], [one for one in remarks if one[0] != key]


# what explains a rise that was seen after something was turned on
_OF_A_RISE = ("dora-is-heavier", "whole-embeddings-train")


def _risen(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """Of memory that rose its reason first; that two ways take about the same at their peaks is then no answer."""
    same = next((one for one in remarks if one[0] in _OF_A_RISE), None)
    seen = "log_from" in found.reading.extras or len(found.reading.claims) > 1
    if same is None or not seen or found.causes:
        return None
    return [same[1], *(leads[1:] if found.beside else leads)], [one for one in remarks if one is not same]


# why a file is larger than all parameters × its bits
_OF_A_FILE = ("also-experts-in-few-bits", "also-weights-as-estimated")


def _why_the_file_is_more(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """Beside a sum that comes out right what it takes for given wrongly comes first."""
    why = next((one for one in remarks if one[0] in _OF_A_FILE), None)
    sought = {"mistake_sought", "lost_bytes"} & set(found.reading.cues) or "why_more" in found.reading.intents
    of_a_name = "name-is-no-product" in found.keys  # what is multiplied wrongly is the name, and no file is larger
    files = why is not None and why[0] == "also-weights-as-estimated" and not asks_which(found.reading)
    beside = found.beside and files  # the files are asked about, and not the runs
    if why is None or of_a_name or not sought or not (found.of("check_arithmetic") or beside):
        return None
    return [why[1], *leads], [one for one in remarks if one is not why]


def _nothing_lost(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """Asked where the bytes are, in two units of one size."""
    same = next((one for one in remarks if one[0].startswith("claim-as-")), None)
    asked = "units" in found.reading.intents or {"loading", "rest_asked"} & set(found.reading.cues)
    if same is None or "lost_bytes" not in found.reading.cues or not asked:
        return None
    return [f"{_LOST[found.reading.language == 'zh']} {same[1]}", *leads], [one for one in remarks if one is not same]


def _beside_a_product(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """The product first, then what was seen beside it; who of two is right, before either."""
    if not {"kv-claim", "kv-claims"} & set(dict(remarks)) or "check_arithmetic" not in found.judged:
        return None
    opening, left = first_of(remarks)
    return ([opening, *leads] if "who_is_right" in found.reading.cues else [*leads, opening]), left


def _pool_beside_a_slip(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """A product for a cache that is wrong, and what a server prints: the slip first, then what the printed tokens are."""
    pool = next((one for one in remarks if one[0].startswith("logged-pool-")), None)
    slips = [one for one in found.of("check_arithmetic") if of_a_cache(one) and not is_right(one)]
    if pool is None or not slips or "check_arithmetic" not in found.judged:
        return None
    judged = {line for one in slips for line in arithmetic_words(one, found.reading)[0]}
    first = [one for one in leads if one in judged]
    return [*first, pool[1], *(one for one in leads if one not in first)], [one for one in remarks if one is not pool]


def _size_behind_a_count(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """`How many cards, by 3B or by 30B?`: the count first, then which of the two it is counted of."""
    size = next((one for one in remarks if one[0] in OF_WHICH_SIZE), None)
    if size is None or not found.asks_for_cards_of_a_size():
        return None
    return [leads[0], size[1], *leads[1:]], [one for one in remarks if one is not size]


def _share_beside_a_sum(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """`144 / 8 = 18 GB, why 70?`: the sum holds, and what is seen is the share that a server takes."""
    share = next((one for one in remarks if one[0] == "takes-its-share"), None)
    sums = found.of("check_arithmetic")
    if share is None or found.reading.intent != "why_more" or not sums or not all(map(holds_alone, sums)):
        return None
    return [first_in_bold(share[1]), *leads], [one for one in remarks if one is not share]


def _room_beside_a_difference(found: Found, leads: list[str], remarks: Told) -> Opened | None:
    """`80 - 61 = 19 for KV?`: the difference comes out, but is not what a server has for its cache; that comes first."""
    room = next((one for one in remarks if one[0] == "room-claimed"), None)
    judged_room = "claim_checked" in found.reading.cues
    if room is None or not (judged_room or {"kv_cache", "check_arithmetic"} & set(found.reading.intents)):
        return None
    judged = {line for one in found.of("check_arithmetic") for line in arithmetic_words(one, found.reading)[0]}
    return [room[1], *(one for one in leads if one not in judged)], [one for one in remarks if one is not room]


# ── whether the first remark is what was asked ──────────────────────────────────────────────────────────────────────


def _judges(found: Found, remarks: Told) -> bool:
    """Whether a remark is a verdict on what was asked."""
    reading, verdicts = found.reading, VERDICTS
    hosted = "host_memory_gb" in reading.facts and "fits" in reading.intents
    fits = any(one.get("verdict") in ("yes", "borderline") for one in found.of("estimate_memory"))
    plainly = fits or "active_alone" not in reading.cues
    # that it fits is the answer, whatever it was derived from, but where it is asked what is left for a cache
    whether = "active_experts" in reading.cues and "fits" in reading.intents and "moe" not in reading.intents[:1]
    held = fits and ("active_alone" in reading.cues or whether) and "kv_cache" not in reading.intents[:1]
    if hosted or held or (plainly and "fits" in reading.intents[:1]):
        # whether it fits is asked before what active ones are, or what is counted by others
        of_cards = any(one.get("verdict") for one in found.of("estimate_memory", "compare"))
        drafts: tuple[str, ...] = () if "draft_asked" in reading.cues else ("draft-costs",)
        verdicts = VERDICTS - {
            "active-is-no-size",
            "prefix-kept-once",
            *drafts,
            # that it fits is no answer to whether what is seen beside an estimate can be right
            *(["estimator-counts"] if of_cards and "bug_suspected" not in reading.cues else []),
        }
    if found.of("solve_for") and "n_gpus" in reading.asks:  # the count itself is what was asked
        verdicts = verdicts - {"active-is-no-size"}
    chosen = "fsdp_or_zero" in reading.cues
    if (
        not chosen
        and {"fits", "which_method"} & set(reading.intents[:1])
        and any(one.get("verdict") for one in found.of("estimate_memory", "compare"))
    ):
        # and before what two programs call the same, or, asked in so many words, where the memory goes
        asked = {"where-it-goes"} if asks_whether(reading.text) else set()
        verdicts = verdicts - {"fsdp-and-zero"} - asked
    return bool(set(dict(remarks)) & verdicts)


def _explains(found: Found, remarks: Told) -> bool:
    """Whether an explanation was asked for, and neither an ability nor somebody's sum is to be judged."""
    able = claims_ability(found.reading) and any(one.get("verdict") for one in found.of("estimate_memory"))
    asked = _answers_by_itself(found.reading, remarks) or asks_why(found.reading) or _asks_of_halves(found, remarks)
    return asked and not able and not found.judged


def _answers_by_itself(reading: Reading, remarks: Told) -> bool:
    """Whether the first remark is what was asked; a note beside a cache whose sum the verdict tells is not."""
    if reading.intent == "kv_cache" and "fits" in reading.intents and reading.facts.get("gpu"):
        return any(key.startswith(_OF_A_CACHE) for key, _ in remarks)
    return reading.intent in _ANSWERED_BY_REMARKS


def _asks_for_a_count(found: Found) -> bool:
    """How many at once, or how much is left for the cache, is the answer; unless a server's log has said it."""
    solved = {"batch_size", "seq_len"} & set(found.reading.asks) and found.of("solve_for")
    if solved and not LOGGED & found.keys:
        return True
    return "cache_left" in found.reading.cues or "which_method" in found.reading.intents


def _asks_of_halves(found: Found, remarks: Told) -> bool:
    return "saving_asked" in found.reading.cues and "accumulation" in dict(remarks)


def _tells_what_was_derived(found: Found, opening: str) -> bool:
    """Whether the opening has the one figure that a derivation shows."""
    shown = [str(one["shown"]) for told in found.of("derive_quantity") for one in told.get("answers") or []]
    return len(shown) == 1 and re.search(rf"(?<![\d.,]){re.escape(shown[0])}", opening) is not None

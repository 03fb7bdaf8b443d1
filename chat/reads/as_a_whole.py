"""What a reading is once all of it is read: rules that need its intents, cues and facts together."""

from dataclasses import replace

from chat.reads.caches.left_asked import room_for_context
from chat.reads.cards.lone_memory import card_of_claim, card_that_failed, kind_of_card, no_card
from chat.reads.cards.over_cards import over_open_cards
from chat.reads.cards.too_small import card_too_small
from chat.reads.concepts.home_machines import PROGRAMS_ASKED
from chat.reads.concepts.levers import what_it_saved
from chat.reads.concepts.levers_apart import APART
from chat.reads.concepts.settings_compared import SETTINGS_COMPARED, SETTINGS_MORE
from chat.reads.formats.one_file_twice import one_file_twice
from chat.reads.formats.widths import WHOLE, without_bare_widths
from chat.reads.lexicon import compiled
from chat.reads.models.families_beside import family_beside
from chat.reads.other_cases.to_avoid import failure_to_avoid
from chat.reads.reading import Reading
from chat.reads.requests.full_lengths import full_length
from chat.reads.requests.limits_claimed import limit_claimed
from chat.reads.requests.own_lengths import own_length
from chat.reads.seen.card_as_shown import card_as_shown
from chat.reads.seen.choice_after_try import choice_after_try, remedy_after_try
from chat.reads.seen.killed_loading import killed_as_it_loads
from chat.reads.seen.layers_short import layers_short
from chat.reads.seen.models_apart import models_apart
from chat.reads.seen.over_text import over_text
from chat.reads.seen.pictures_failed import pictures_failed
from chat.reads.seen.quantising_doubted import quantising_doubted
from chat.reads.seen.rise_by_step import rise_by_step
from chat.reads.seen.split_doubted import split_doubted
from chat.reads.seen.symptoms import MESSAGES, NO_MEMORY
from chat.reads.speed.speed_asked import with_pace
from chat.reads.sums.columns_told import beside_its_columns, row_lacking
from chat.reads.sums.noted_lines import noted_lines
from chat.reads.sums.own_tables import own_table
from chat.reads.sums.which_is_real import real_of_two


def as_a_whole(reading: Reading, normal: str) -> Reading:
    """The reading of a whole question; `normal` is its text made regular."""
    reading = own_table(real_of_two(quantising_doubted(split_doubted(layers_short(_of_settings(reading))))), normal)
    for rule in (
        _said_again,
        _quantised_to,
        _computed_in,
        _layers_placed,
        _of_a_formula,
        _of_a_choice,
        _of_a_setting,
        rise_by_step,
        _failure,
        failure_to_avoid,
        killed_as_it_loads,
        _of_its_numbers,
        no_card,
        kind_of_card,
        card_of_claim,
        card_that_failed,
        card_too_small,
        row_lacking,
        beside_its_columns,
        one_file_twice,
        card_as_shown,
    ):
        reading = rule(reading)
    reading = with_pace(over_open_cards(reading, normal))
    reading = remedy_after_try(choice_after_try(reading, normal), normal)
    reading = own_length(limit_claimed(_saved_as_well(family_beside(reading), normal), normal), normal)
    return room_for_context(models_apart(over_text(pictures_failed(noted_lines(full_length(reading, normal))))))


def _of_a_formula(reading: Reading) -> Reading:
    """A formula is explained of any model: a family that is named beside it need be no single one."""
    if "score_formula" not in reading.cues or {"model", "params"} & set(reading.facts):
        return reading
    return replace(reading, suggestions={})


def _of_settings(reading: Reading) -> Reading:
    """Settings that are compared: what they mean is, and no runs are."""
    if SETTINGS_COMPARED not in reading.extras:
        return reading
    left = tuple(one for one in reading.intents if one not in ("comparison", "method_diff", "why_more", "out_of_scope"))
    if SETTINGS_MORE in reading.extras and not {"model", "params"} & set(reading.facts):
        left = ()
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    return replace(reading, intents=left or ("fits" if cards else "unclear",))


def _of_a_choice(reading: Reading) -> Reading:
    """Cards that are set against each other for running or training models are compared, though no model is named."""
    chosen = any(cue.startswith("choose_for:") for cue in reading.cues)
    named = {"model", "params", "config"} & set(reading.facts)
    differ = reading.intents[:1] == ("method_diff",) and not named
    return (
        replace(reading, intents=("comparison",))
        if chosen and (differ or reading.intents == ("out_of_scope",))
        else reading
    )


def _of_a_setting(reading: Reading) -> Reading:
    """What a setting does to memory is asked here, whatever it is a setting of."""
    if any(cue.startswith(APART) for cue in reading.cues):  # how they differ is asked, and no case of either
        others = (one for one in reading.intents if one in ("training_time", "generation_speed", "which_method"))
        return replace(reading, intents=("method_diff", *others), asks=())
    program = PROGRAMS_ASKED & set(reading.cues) and reading.intents == ("out_of_scope",)
    if program or ("stage_formula" in reading.cues and reading.intents[0] in ("unclear", "out_of_scope")):
        return replace(reading, intents=("explain_derive",))
    effect = any(cue.startswith("lever:") for cue in reading.cues)
    if effect and reading.intents[:1] == ("oom_diagnosis",) and what_it_saved(reading.lowered):
        cues = dict.fromkeys((*reading.cues, "saving_asked"))
        return replace(reading, intents=("method_diff",), cues=tuple(cues))  # what failed before it is mended
    times = any(cue.startswith("lever_times:") for cue in reading.cues)
    of_any = times and not {"gpu", "gpu_memory_gb"} & set(reading.facts) and "kv_cache" not in reading.intents
    if effect and (of_any or reading.intents == ("out_of_scope",)):
        return replace(reading, intents=("explain_derive",), asks=())
    return reading


# what is asked of memory beside a time
_OF_MEMORY = r"\bactivations?\b|\bmemory\b|\bv?ram\b|激活|显存"
# with one of these a training's hours are asked, and not only by how much checkpointing slows it
_OF_A_RUN = frozenset({"train_tokens", "samples", "steps", "seconds_per_step", "hours"})


def _saved_as_well(reading: Reading, normal: str) -> Reading:
    """`How much does checkpointing save, and what does it cost in time?`: both are asked, and what is saved is memory; the
    price of checkpointing is told with it."""
    memory = {"saving_asked", "in_bytes_asked"} & set(reading.cues) or compiled(_OF_MEMORY).search(normal)
    apart = len(reading.facts.get("gradient_checkpointing", ())) > 1 or "lever:checkpointing" in reading.cues
    asked = reading.intents[:1] == ("method_diff",) or "saving_asked" in reading.cues
    apart |= "checkpointing" in reading.cues and asked
    if not (apart and memory and "training_time" in reading.intents and {"model", "params"} & set(reading.facts)):
        return reading
    timed = ("training_time",) if _OF_A_RUN & set(reading.extras) else ()
    left = [one for one in reading.intents if one not in ("training_time", "method_diff")]
    cues = tuple(one for one in reading.cues if one != "cost")  # in time, and not in money
    return replace(reading, intents=("method_diff", *timed, *left), cues=cues)


def _failure(reading: Reading) -> Reading:
    """A message that a program printed tells of a failure, whatever is asked beside it; one of no memory asks for no figure."""
    cues = set(reading.cues)
    if "blocks_do_not_divide" in cues:  # refused before any memory is taken: what else is asked is asked of a run
        left = tuple(one for one in reading.intents if one not in ("oom_diagnosis", "unclear", "out_of_scope"))
        return replace(reading, intents=left or ("explain_derive",))
    if not cues & MESSAGES or {"injection", "out_of_scope"} & set(reading.intents[:1]) - (
        {"out_of_scope"} if cues & NO_MEMORY else set()
    ):
        return reading
    others = [one for one in reading.intents if one not in ("oom_diagnosis", "unclear", "out_of_scope")]
    if cues & NO_MEMORY:
        others = []
    feared = tuple(cue for cue in reading.cues if cue != "might_fail")  # it is printed: it has happened
    return replace(reading, intents=("oom_diagnosis", *others), cues=feared)


def _of_its_numbers(reading: Reading) -> Reading:
    """Which number of a message on memory is the real one: that is asked of the message, and not of a need."""
    if (
        "which_is_needed" not in reading.cues
        or "oom_tried" not in reading.extras
        or "oom_diagnosis" not in reading.intents
    ):
        return reading
    return replace(reading, intents=tuple(one for one in reading.intents if one != "how_much"))


# "how many layers does it have?"
_OF_THE_MODEL = r"\b(?:does|do|has|have|in total|altogether|are there|overall)\b|(?:有|共|总计)(?:几|多少)\s?层|层数"


def _layers_placed(reading: Reading) -> Reading:
    """`a 4080 16GB, Q5_K_M at 8k: how many layers?`: of a file and a card, those that go on it, and not those that there are."""
    files = [one for one in reading.facts.get("weight_format", ()) if str(one).startswith("gguf:")]
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    asked = reading.extras.get("quantities") == ("n_layers",) and not compiled(_OF_THE_MODEL).search(reading.lowered)
    if not (asked and files and cards) or reading.asks:
        return reading
    intents = tuple(one for one in reading.intents if one not in ("unclear", "quant_gguf"))
    extras = {name: told for name, told in reading.extras.items() if not name.startswith("quantities")}
    return replace(reading, extras=extras, asks=("gpu_layers",), intents=("quant_gguf", *intents))


def _computed_in(reading: Reading) -> Reading:
    """Beside a quantised format bf16 that a card is said to lack is what it computes in, and no other way to store the weights."""
    formats = reading.facts.get("weight_format", ())
    if "bf16_doubted" not in reading.cues or "bf16" not in formats or set(formats) <= set(WHOLE):
        return reading
    kept = tuple(one for one in formats if one != "bf16")
    cues = tuple(one for one in reading.cues if one != "named_16_bit")
    return replace(reading, facts={**reading.facts, "weight_format": kept}, cues=cues)


# one way of storing weights set against another
_AGAINST = r"\b(?:vs\.?|versus|or|instead|compared?|against|rather than)\b|还是|对比|比较|哪个|换成|改成|改用|换"


def _said_again(reading: Reading) -> Reading:
    """`GPTQ-Int4 runs out, isn't int4 only 36 GB?`: the width alone is that format said again, and no second way to store the weights."""
    formats = [str(one) for one in reading.facts.get("weight_format", ())]
    kept = without_bare_widths(formats)
    if len(kept) == len(formats) or compiled(_AGAINST).search(reading.lowered):
        return reading
    return replace(reading, facts={**reading.facts, "weight_format": tuple(kept)})


def _quantised_to(reading: Reading) -> Reading:
    """Of who quantises a model the 16 bits that he starts from are no other way to run it, nor is `gptq-int4` said again as `int4`; of
    several formats the first is answered, as each is made alike."""
    formats = [str(one) for one in reading.facts.get("weight_format", ())]
    narrow = without_bare_widths(one for one in formats if one not in WHOLE)
    if "quantising_itself" not in reading.cues or not narrow:
        return reading
    return replace(reading, facts={**reading.facts, "weight_format": tuple(narrow[:1])})

"""Where the figures of an answer are of an example stands what they are of: behind what holds of any model."""

from chat.answers.remarks_told import VERDICTS, Told, first_in_bold, listed
from chat.phrases import in_words
from chat.plans.example import needs_example, with_example
from chat.plans.example import told as example_told
from chat.plans.scale_told import told_by_shapes
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.remarks.table import GENERAL

# a figure that a model's size decides
_OF_A_SIZE = r"\d\s?(?:[KMGT]i?B|GPU|token|小时|秒|hours?|s\b|B\b)|FLOP"
_HOW_MUCH_LESS = frozenset({"saving_asked", "method_diff"})
_OF_STAGES, _SAME_NUMBERS = "stages", "stages-compute-the-same"
# whether precision is lost
_NUMBERS_ASKED = r"精度(?:损失|下降|变差|影响)?|掉点|效果(?:变差|一样|会)|\b(?:accuracy|lossy|los(?:e|es|ing) (?:precision|quality|accuracy)|precision loss|(?:hurt|worse|same) (?:accuracy|quality|results?)|convergence)\b"
# the explanation has figures of its own in it
_EXPLAINED = frozenset({"explain_derive", "check_arithmetic"})


def exampled(
    reading: Reading, keys: set[str], by_concept: bool, leads: list[str], remarks: Told, said: str
) -> tuple[list[str], str]:
    """The leads and the remarks as one text, with the sentence on the example in its place."""
    if not needs_example(reading) or (by_concept and "frozen-layers-keep" not in keys):
        return leads, said
    told_at_all = "\n".join([*leads, *(text for _, text in remarks), said])
    if told_by_shapes(reading) or not compiled(_OF_A_SIZE).search(told_at_all):
        return leads, said
    example = example_told(reading, in_words("params", with_example(reading).facts["params"][0], reading.language))
    if "card-to-take" in keys and leads:  # it holds of any model
        first, *rest = [one for one in leads if one]
        return [first, example, *rest], said
    if by_concept:  # which has figures in it
        return [*leads, example], said
    if leads and VERDICTS & keys and (_EXPLAINED | {"rl_memory"}) & set(reading.intents[:2]):
        return [*leads[:2], example, *leads[2:]], said
    how_much_less = "preference-roles" in keys and bool(_HOW_MUCH_LESS & {*reading.cues, *reading.intents})
    ruled = "one-point-two" in keys and not remarks  # told with the leads already
    if (how_much_less or ruled) and any(leads):  # what is asked comes before whose figures they are
        first, *rest = [one for one in leads if one]
        return [first, example, *rest], said
    if any(leads) and (VERDICTS & keys) - {key for key, _ in remarks}:  # one of them opens the answer already
        first, *rest = [one for one in leads if one]
        return [first, example, *rest], said
    # how it works comes first, the example after it
    by_stages = first_in_bold(dict(remarks).get(_OF_STAGES, "")) if _OF_STAGES in dict(remarks) else ""
    general = listed([text for key, text in remarks if key in GENERAL and not (by_stages and key == _OF_STAGES)])
    own = [text for key, text in remarks if key not in GENERAL]
    solved = {"batch_size", "seq_len"} & set(reading.asks) and bool(leads)
    if solved and own and not general:  # the figure is what was asked, and a note on the card opens no answer
        return [example, *leads], listed(own)
    if by_stages:  # the bytes of each are what sets them apart
        same = dict(remarks).get(_SAME_NUMBERS, "")
        if same and compiled(_NUMBERS_ASKED).search(reading.lowered):  # and whether one loses by it comes before
            rest = [text for key, text in remarks if key in GENERAL and key not in (_OF_STAGES, _SAME_NUMBERS)]
            return [first_in_bold(same), by_stages, listed(rest), example, listed(own), *leads], ""
        return [by_stages, general, example, listed(own), *leads], ""
    told = [general, example, listed(own)] if general or not own else [first_in_bold(own[0]), listed(own[1:]), example]
    return [*told, *leads], ""

"""Of a failure that is none of the card's memory: whether the cards hold it all the same, where that is asked beside the cause."""

from chat.answers.found import Found
from chat.answers.headlines import headline
from chat.answers.solved import solved_words
from chat.plans.understood import has_subject
from chat.reads.lexicon import compiled

# what is asked of the cards themselves
_OF_THE_CARDS = frozenset({"fits", "how_much", "max_batch_ctx", "how_many_gpus"})


# what is merged was trained before: "my QLoRA adapter", "trained a 70B", "QLoRA微调的Qwen", "训完了"
_WAS_TRAINED = (
    r"\b(?:have |has |had |already |just |was |were |i |we )*(?:trained|(?:fine-?)?tuned)\b|\bafter (?:\w+ ){0,2}(?:training|(?:fine-?)?tuning|sft|q?lora)\b"
    r"|\b(?:training|(?:fine-?)?tuning|sft) (?:run |job )?(?:is |was |has |went |itself )?(?:over|done|finished|complete\w*|fine|worked|ran)\b|\bq?lora[- ](?:adapters?|weights|checkpoints?|model|run)\b"
    r"|(?:用|拿)?(?:q?lora)?\s?(?:微调|训练?)(?:完|好|出|过|得到|结束|之?后|的)|(?:q?lora)\s?的?(?:适配器|权重|adapters?\b)"
)
# beside a merge, words that ask of the training as well
_TRAINED = r"\btrain\w*|\b(?:fine-?)?tun(?:e|ed|ing)\b|\bsft\b|\bqlora\b|微调|训"


def of_the_cards(found: Found) -> list[str]:
    """The verdict on the cards, and how far they go; nothing where neither is asked or no card is named."""
    reading = found.reading
    asked = reading.asks or _OF_THE_CARDS & set(reading.intents) or "cache_left" in reading.cues
    of_the_rest = compiled(_WAS_TRAINED).sub(" ", reading.lowered)
    merges = "merge_asked" in reading.cues and not compiled(_TRAINED).search(of_the_rest)
    if not asked or not has_subject(reading) or merges:
        return []
    told = [headline(one, reading.language) for one in found.of("estimate_memory") if one.get("capacity_gib")]
    far = [line for one in found.of("solve_for") for line in solved_words(one, reading)[0]]
    return [*told, *far]

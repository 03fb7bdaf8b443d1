"""Figures and words of fine-tuning and of its rollouts, gathered from where each is worked out."""

from chat.figures.adapter_claims import ADAPTER_CLAIMS
from chat.figures.adapter_myths import ADAPTER_MYTHS
from chat.figures.concepts_asked import CONCEPT_WORDS
from chat.figures.engine_starts import STARTING, STARTING_WORDS
from chat.figures.pool_queues import POOL_QUEUES
from chat.figures.states_sums import STATES_SUMS
from chat.figures.trained_shortly import TRAINED_SHORTLY_WORDS
from chat.figures.verdict_first import VERDICT_FIRST
from chat.figures.whole_in_little import WHOLE_IN_LITTLE

TUNED = {**STARTING}
TUNED_WORDS = {
    **ADAPTER_CLAIMS,
    **ADAPTER_MYTHS,
    **VERDICT_FIRST,
    **STATES_SUMS,
    **WHOLE_IN_LITTLE,
    **TRAINED_SHORTLY_WORDS,
    **STARTING_WORDS,
    **POOL_QUEUES,
    **CONCEPT_WORDS,
}

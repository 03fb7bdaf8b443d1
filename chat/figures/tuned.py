"""Figures and words of fine-tuning, of its rollouts and of layouts that were set by hand, gathered from where each is worked out."""

from chat.figures.adapters.adapter_claims import ADAPTER_CLAIMS
from chat.figures.adapters.adapter_myths import ADAPTER_MYTHS
from chat.figures.adapters.expert_adapters import EXPERT_ADAPTERS
from chat.figures.adapters.frozen_ways import FROZEN_WAYS
from chat.figures.adapters.narrow_base import NARROW_BASE
from chat.figures.adapters.trained_shortly import TRAINED_SHORTLY_WORDS
from chat.figures.concepts.concepts_asked import CONCEPT_WORDS
from chat.figures.concepts.not_free import NOT_FREE
from chat.figures.failures.block_levers import BLOCK_LEVERS
from chat.figures.feedback.engine_starts import STARTING, STARTING_WORDS
from chat.figures.feedback.reference_in_full import REFERENCE_IN_FULL
from chat.figures.feedback.reference_moved import REFERENCE_MOVED, REFERENCE_MOVED_WORDS
from chat.figures.feedback.roles_compared import ROLES_COMPARED
from chat.figures.host.offload_dropped import OFFLOAD_DROPPED
from chat.figures.host.offloads_apart import OFFLOADS_APART
from chat.figures.host.ram_and_card import RAM_AND_CARD
from chat.figures.layouts.plain_beside import PLAIN_BESIDE
from chat.figures.layouts.served_sharded import SERVED_SHARDED
from chat.figures.layouts.split_by_hand import SPLIT_BY_HAND
from chat.figures.layouts.split_values import SPLIT_OVER_CARDS
from chat.figures.serving.pool_queues import POOL_QUEUES
from chat.figures.settings.whole_in_little import WHOLE_IN_LITTLE
from chat.figures.sums.states_sums import STATES_SUMS
from chat.figures.training.from_scratch import FROM_SCRATCH
from chat.figures.verdict_first import VERDICT_FIRST

TUNED = {**STARTING, **REFERENCE_MOVED}
TUNED_WORDS = {
    **ADAPTER_CLAIMS,
    **EXPERT_ADAPTERS,
    **ADAPTER_MYTHS,
    **NARROW_BASE,
    **FROZEN_WAYS,
    **RAM_AND_CARD,
    **REFERENCE_IN_FULL,
    **REFERENCE_MOVED_WORDS,
    **ROLES_COMPARED,
    **OFFLOADS_APART,
    **OFFLOAD_DROPPED,
    **PLAIN_BESIDE,
    **SERVED_SHARDED,
    **SPLIT_BY_HAND,
    **SPLIT_OVER_CARDS,
    **BLOCK_LEVERS,
    **FROM_SCRATCH,
    **VERDICT_FIRST,
    **STATES_SUMS,
    **WHOLE_IN_LITTLE,
    **TRAINED_SHORTLY_WORDS,
    **STARTING_WORDS,
    **POOL_QUEUES,
    **CONCEPT_WORDS,
    **NOT_FREE,
}

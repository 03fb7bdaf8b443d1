"""Figures and words of fine-tuning and of its rollouts, gathered from where each is worked out."""

from chat.figures.adapter_claims import ADAPTER_CLAIMS
from chat.figures.engine_starts import STARTING, STARTING_WORDS
from chat.figures.pool_queues import POOL_QUEUES

TUNED = {**STARTING}
TUNED_WORDS = {**ADAPTER_CLAIMS, **STARTING_WORDS, **POOL_QUEUES}

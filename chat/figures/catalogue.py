"""All figures and words of the remarks by name, each from the module of its subject: what `Figures` looks up."""

from collections.abc import Callable
from functools import partial

from chat.figures.adapters.as_in_paper import AS_IN_PAPER
from chat.figures.adapters.dora_figures import DORA
from chat.figures.adapters.frozen_layers import FROZEN_LAYERS
from chat.figures.adapters.method_ranges import method_ranges
from chat.figures.cache.cache_budget import CACHE_BUDGET
from chat.figures.cache.cache_of_examples import CACHE_OF_EXAMPLES
from chat.figures.cache.fixed_states import FIXED_STATES
from chat.figures.cache.kv_judged import judged
from chat.figures.cache.kv_words import (
    in_examples,
    in_general,
    in_one_line,
    k_of_cached_tokens,
    k_of_tokens,
    with_heads,
)
from chat.figures.cache.latent_words import LATENT_WORDS
from chat.figures.cache.narrow_caches import in_blocks, part_judged
from chat.figures.cache.order_reversed import ORDER_REVERSED
from chat.figures.cache.repeated_heads import REPEATED_HEADS
from chat.figures.cache.risen_in_use import RISEN_IN_USE
from chat.figures.cache.room_claimed import POOL_WORDS
from chat.figures.cache.told_in_full import TOLD_IN_FULL, TOLD_IN_FULL_WORDS
from chat.figures.cache.unit_to_compare import UNIT_TO_COMPARE
from chat.figures.cache.windows import WINDOW_WORDS, WINDOWS
from chat.figures.cards.speed_bounds import SPEED_BOUNDS
from chat.figures.concepts.derivation_words import DERIVATION_WORDS
from chat.figures.concepts.meaning_words import MEANING_WORDS
from chat.figures.concepts.mechanisms import MECHANISM_WORDS, MECHANISMS
from chat.figures.concepts.simply_asked import SIMPLY_ASKED
from chat.figures.failures.cause_figures import CAUSE_TERMS, CAUSED
from chat.figures.failures.cause_words import CAUSE_WORDS
from chat.figures.failures.contexts_on_first import CONTEXTS_ON_FIRST
from chat.figures.failures.diagnosed import DIAGNOSED, DIAGNOSED_TERMS, DIAGNOSED_WORDS
from chat.figures.failures.far_more import FAR_MORE
from chat.figures.failures.graph_words import GRAPH_WORDS
from chat.figures.failures.observed_words import OBSERVED_WORDS
from chat.figures.failures.printed_figure import PRINTED_WORDS
from chat.figures.failures.raised import RAISED_FIGURES, RAISED_WORDS
from chat.figures.failures.raised_doubt import RAISED_DOUBT
from chat.figures.failures.read_words import READ_WORDS
from chat.figures.failures.reproduced import REPRODUCED
from chat.figures.failures.start_words import START_SETTINGS
from chat.figures.failures.untold_words import UNTOLD_WORDS
from chat.figures.failures.where_it_goes import WHERE_IT_GOES
from chat.figures.feedback.engine_gone import ENGINE_GONE
from chat.figures.feedback.group_raised import GROUP_WORDS
from chat.figures.feedback.pairs_multiplied import PAIRS_MULTIPLIED
from chat.figures.feedback.reward_models import REWARD_MODELS
from chat.figures.feedback.roles_words import ROLE_WORDS
from chat.figures.feedback.rollout_blocks import ROLLOUT_BLOCKS
from chat.figures.feedback.rollout_split import SPLIT_FIGURES, SPLIT_WORDS
from chat.figures.feedback.rollout_start import START_FIGURES, START_WORDS
from chat.figures.feedback.rollouts import ROLLED, ROLLED_WORDS
from chat.figures.feedback.rollouts_take import ROLLOUTS_TAKE
from chat.figures.feedback.rollouts_untold import ROLLOUTS_UNTOLD
from chat.figures.feedback.share_to_set import SHARE_TO_SET
from chat.figures.feedback.teachers import teacher_beside
from chat.figures.feedback.tuning_seen import TUNING_REST, TUNING_SEEN
from chat.figures.feedback.update_verdict import UPDATE_VERDICT
from chat.figures.formats.bytes_laid_down import BYTES_LAID_DOWN
from chat.figures.formats.bytes_said import BYTES_SAID
from chat.figures.formats.disk_words import DISK_WORDS
from chat.figures.formats.estimated_weights import ESTIMATED, ESTIMATED_WORDS
from chat.figures.formats.files_between import FILES_BETWEEN
from chat.figures.formats.fp8_lacking import FP8_LACKING
from chat.figures.formats.on_disk import file_first, on_disk
from chat.figures.formats.paging_words import PAGING
from chat.figures.formats.rate_of_bytes import RATE_WORDS
from chat.figures.formats.saved_files import SAVED_FILES
from chat.figures.formats.scales_counted import SCALES_COUNTED
from chat.figures.formats.weights_claimed import WEIGHTS_CLAIMED
from chat.figures.formats.weights_rule import WEIGHTS_RULE
from chat.figures.formats.width_claims import WIDTH_CLAIMS
from chat.figures.further_words import FURTHER_WORDS
from chat.figures.host.over_the_link import LINK_WORDS
from chat.figures.host.spilled import SPILLED
from chat.figures.host.split_by_context import SPLIT_BY_CONTEXT
from chat.figures.host.unified_share import UNIFIED_SHARE
from chat.figures.images.largest_picture import LARGEST_PICTURE
from chat.figures.images.over_text import OVER_TEXT
from chat.figures.images.picture_room import PICTURE_ROOM
from chat.figures.images.picture_tiles import TILE_FIGURES, TILE_WORDS
from chat.figures.images.pictures import PICTURE_WORDS, PICTURED
from chat.figures.images.pixel_limits import PIXEL_LIMITS
from chat.figures.images.towers import TOWER_WORDS
from chat.figures.images.video_words import VIDEO_WORDS
from chat.figures.layouts.context_parallel import CONTEXT_PARALLEL
from chat.figures.layouts.distributed import DISTRIBUTED
from chat.figures.layouts.halved_by_cards import HALVED_BY_CARDS
from chat.figures.layouts.held_unevenly import HELD_UNEVENLY
from chat.figures.layouts.joined_words import JOINED_WORDS
from chat.figures.layouts.last_stage import LAST_STAGE
from chat.figures.layouts.layout_kept import LAYOUT_KEPT
from chat.figures.layouts.layout_over import LAYOUT_OVER
from chat.figures.layouts.little_divided import LITTLE_DIVIDED
from chat.figures.layouts.overlapped_buckets import OVERLAPPED_BUCKETS
from chat.figures.layouts.scale_limits import SCALE_LIMITS
from chat.figures.layouts.scale_sums import SCALE_SUMS
from chat.figures.layouts.scale_words import SCALE_WORDS
from chat.figures.layouts.stage_derived import STAGE_DERIVED
from chat.figures.layouts.stage_words import STAGE_FIGURES, STAGE_WORDS
from chat.figures.layouts.stages_of_any import STAGES_OF_ANY
from chat.figures.layouts.states_cards import STATES_CARDS
from chat.figures.layouts.types_of_shards import shards_apart
from chat.figures.layouts.ways_divide import WAYS_DIVIDE
from chat.figures.layouts.zero_buckets import ZERO_BUCKETS
from chat.figures.layouts.zero_claims import stages_judged, states_by_stage
from chat.figures.mixtures.all_trained import ALL_TRAINED
from chat.figures.mixtures.experts_moved import EXPERTS_MOVED
from chat.figures.mixtures.experts_stored import EXPERTS_STORED
from chat.figures.mixtures.noted_lines import NOTED_LINES
from chat.figures.named import Figures
from chat.figures.own_shapes import shapes_said, vocabulary_extended
from chat.figures.serving.block_widths import BLOCK_WORDS
from chat.figures.serving.draft_words import DRAFT_WORDS
from chat.figures.serving.engine_words import LENGTH_WORDS, its_share, share_of_whole
from chat.figures.serving.loaded_took import LOADED_TOOK
from chat.figures.serving.logged_concurrency import CONCURRENCY_WORDS
from chat.figures.serving.narrow_pools import NARROW_POOLS
from chat.figures.serving.pool_derived import POOL_DERIVED
from chat.figures.serving.runs_elsewhere import RUNS_ELSEWHERE_WORDS
from chat.figures.serving.served_adapters import served_adapters
from chat.figures.serving.served_beside import BESIDE_WORDS
from chat.figures.serving.set_length import SET_LENGTH
from chat.figures.serving.setting_words import SETTING_WORDS
from chat.figures.serving.share_direction import SHARE_DIRECTIONS
from chat.figures.serving.share_lowered import SHARE_LOWERED
from chat.figures.serving.share_needed import SHARE_WORDS
from chat.figures.serving.share_of_free import SHARE_OF_FREE
from chat.figures.serving.shares_each import SHARES_EACH
from chat.figures.serving.size_of_one import SIZE_OF_ONE
from chat.figures.settings.batch_doubled import BATCH_DOUBLED
from chat.figures.settings.batch_seen import BATCH_WORDS
from chat.figures.settings.batch_split import BATCH_SPLIT
from chat.figures.settings.checkpointing import CHECKPOINTING
from chat.figures.settings.claimed_savings import CLAIMED_SAVINGS
from chat.figures.settings.levers_apart import LEVERS_APART
from chat.figures.settings.way_words import WAY_WORDS
from chat.figures.settings.what_saves import SAVING_WORDS
from chat.figures.sums.accounts import account
from chat.figures.sums.both_right import CLAIM_WORDS, COPIES, each_right
from chat.figures.sums.both_weighed import both_weighed
from chat.figures.sums.chained_sums import CHAINED_SUMS
from chat.figures.sums.counts_claimed import COUNTS_CLAIMED
from chat.figures.sums.factor_meant import FACTOR_MEANT
from chat.figures.sums.identified import several, told_as
from chat.figures.sums.machines_had import MACHINES_HAD
from chat.figures.sums.others_cards import OTHERS_WORDS
from chat.figures.sums.quoted import QUOTED
from chat.figures.sums.said_sums import SAID_SUMS
from chat.figures.sums.score_sums import SCORE_SUMS
from chat.figures.sums.total_claimed import total_claimed
from chat.figures.tables.cell_and_cards import CELL_AND_CARDS
from chat.figures.tables.cell_by_parts import CELL_BY_PARTS
from chat.figures.tables.cells_and_runs import CELLS_AND_RUNS
from chat.figures.tables.published_runs import PUBLISHED_RUNS
from chat.figures.tables.rows_on_cards import rows_on_cards
from chat.figures.tables.table_cells import cells_explained, cells_with_room, row_judged, rule_and_cell, smaller_in_four
from chat.figures.training.all_savings import ALL_SAVINGS
from chat.figures.training.evaluated import EVALUATED
from chat.figures.training.fitting import FITTING, FITTING_WORDS
from chat.figures.training.logits_derived import LOGITS_DERIVED
from chat.figures.training.loss_of_one import LOSS_OF_ONE
from chat.figures.training.marginals import MARGINALS
from chat.figures.training.mixed_precision import MIXED_PRECISION
from chat.figures.training.moments import MOMENT_FIGURES, MOMENT_WORDS
from chat.figures.training.resumed import RESUMED
from chat.figures.training.tied_words import TIED_WORDS
from chat.figures.training.training_words import TRAINING_WORDS
from chat.figures.training.vocabularies import VOCABULARIES
from chat.figures.tuned import TUNED, TUNED_WORDS
from chat.figures.worked import MADE as WORKED
from chat.figures.worked import TERM_OF_FIGURE as WORKED_TERMS
from formulas.quantity import Words

MADE = {
    **WORKED,
    **QUOTED,
    **COPIES,
    **DIAGNOSED,
    **CAUSED,
    **PICTURED,
    **FITTING,
    **ROLLED,
    **START_FIGURES,
    **SPLIT_FIGURES,
    **TILE_FIGURES,
    **MECHANISMS,
    **MOMENT_FIGURES,
    **DORA,
    **RAISED_FIGURES,
    **WINDOWS,
    **TOLD_IN_FULL,
    **ESTIMATED,
    **STAGE_FIGURES,
    **TUNED,
    **TUNING_REST,
}
# the words of a remark that are no figures
NAMED: dict[str, Callable[[Figures], Words]] = {
    **WAY_WORDS,
    **DIAGNOSED_WORDS,
    "cells_with_room": cells_with_room, "rows_on_cards": rows_on_cards, "cache_blocks": in_blocks, "its_share": its_share, "share_of_whole": share_of_whole, "ranges": method_ranges, "kv_line": in_one_line, "stages_judged": stages_judged, "on_disk": on_disk, "file_first": file_first, "states_by_stage": states_by_stage, "shapes_said": shapes_said, "vocabulary_extended": vocabulary_extended, "row_verdict": row_judged, **CELLS_AND_RUNS, **CELL_BY_PARTS, "table_each": cells_explained, "rule_and_cell": rule_and_cell, "smaller_in_four": smaller_in_four, "kv_general": in_general, "kv_with_heads": with_heads, "kv_examples": in_examples, "k_tokens": k_of_tokens, "k_tokens_cached": k_of_cached_tokens, "account": account, "cache_part": part_judged, "several_claims": several, **PRINTED_WORDS, "each_right": each_right, "both_weighed": both_weighed,
    **{f"is_{each:g}": partial(told_as, each=each) for each in (2, 16)},
    **ROLE_WORDS, **SHARE_TO_SET, **READ_WORDS, **SPLIT_WORDS, **TILE_WORDS,
    **LAYOUT_KEPT, **LAYOUT_OVER, **HALVED_BY_CARDS,
    **PICTURE_ROOM, **PAIRS_MULTIPLIED, **LOSS_OF_ONE, **DISTRIBUTED, "shards_apart": shards_apart,
    **FILES_BETWEEN,
    **WEIGHTS_RULE,
    **CELL_AND_CARDS, **LAST_STAGE, **HELD_UNEVENLY, **RISEN_IN_USE, **STAGES_OF_ANY,
    **CONTEXT_PARALLEL,
    **BATCH_DOUBLED,
    "total_verdict": total_claimed, "kv_verdict": judged, "teacher_beside": teacher_beside, "served_adapters": served_adapters,
    **RESUMED, **UNIFIED_SHARE, **DISK_WORDS, **VIDEO_WORDS,
    **OBSERVED_WORDS, **CONTEXTS_ON_FIRST,
    **SPEED_BOUNDS,
    **SCALES_COUNTED,
    **TUNED_WORDS, **TIED_WORDS, **JOINED_WORDS, **BATCH_WORDS, **BATCH_SPLIT, **ZERO_BUCKETS, **OVERLAPPED_BUCKETS, **VOCABULARIES, **CACHE_BUDGET, **CONCURRENCY_WORDS, **CLAIMED_SAVINGS, **CHAINED_SUMS, **CHECKPOINTING, **REWARD_MODELS, **PUBLISHED_RUNS, **NARROW_POOLS, **EXPERTS_STORED, **SCALE_WORDS, **SCALE_SUMS, **SCALE_LIMITS, **SCORE_SUMS, **CAUSE_WORDS, **GRAPH_WORDS, **UNTOLD_WORDS, **START_SETTINGS, **SAVING_WORDS, **DERIVATION_WORDS, **WAYS_DIVIDE, **LOGITS_DERIVED, **LEVERS_APART, **STAGE_DERIVED, **MEANING_WORDS, **TRAINING_WORDS, **SHARE_WORDS, **LINK_WORDS, **COUNTS_CLAIMED, **FURTHER_WORDS, **FROZEN_LAYERS, **BESIDE_WORDS, **PICTURE_WORDS, **TOWER_WORDS, **FITTING_WORDS, **ROLLED_WORDS, **START_WORDS, **GROUP_WORDS, **WHERE_IT_GOES, **ROLLOUTS_TAKE, **RATE_WORDS, **MECHANISM_WORDS, **MOMENT_WORDS, **BYTES_SAID, **EVALUATED, **MARGINALS, **CLAIM_WORDS, **RAISED_WORDS, **RAISED_DOUBT, **AS_IN_PAPER, **WINDOW_WORDS, **TOLD_IN_FULL_WORDS, **POOL_WORDS, **ESTIMATED_WORDS, **LATENT_WORDS, **STAGE_WORDS, **SAID_SUMS, **FAR_MORE, **ALL_SAVINGS, **FACTOR_MEANT, **DRAFT_WORDS, **OTHERS_WORDS, **MACHINES_HAD, **BYTES_LAID_DOWN, **SETTING_WORDS, **SHARE_DIRECTIONS, **SHARES_EACH, **WEIGHTS_CLAIMED, **REPRODUCED, **BLOCK_WORDS, **FIXED_STATES, **SIMPLY_ASKED, **ROLLOUTS_UNTOLD, **PIXEL_LIMITS, **CACHE_OF_EXAMPLES, **ALL_TRAINED, **SAVED_FILES, **RUNS_ELSEWHERE_WORDS, **SHARE_LOWERED, **POOL_DERIVED, **SHARE_OF_FREE,
    **LITTLE_DIVIDED, **PAGING,
    **LARGEST_PICTURE, **OVER_TEXT, **REPEATED_HEADS, **TUNING_SEEN, **ENGINE_GONE, **STATES_CARDS, **LENGTH_WORDS,
    **ORDER_REVERSED,
    **LOADED_TOOK, **SIZE_OF_ONE, **SET_LENGTH, **NOTED_LINES, **SPILLED, **SPLIT_BY_CONTEXT, **UPDATE_VERDICT, **UNIT_TO_COMPARE, **MIXED_PRECISION,
    **WIDTH_CLAIMS, **FP8_LACKING,
    **EXPERTS_MOVED,
    **ROLLOUT_BLOCKS,
}  # fmt: skip
TERM_OF_FIGURE = {
    **WORKED_TERMS, **CAUSE_TERMS, **DIAGNOSED_TERMS, "kv_token_unwindowed": "kv_cache", "kv_unwindowed": "kv_cache",
}  # fmt: skip

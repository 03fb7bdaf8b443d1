"""The readers of a question in their order: one that stands earlier takes its words before a later one may misread them."""

from collections.abc import Callable
from dataclasses import dataclass

from chat.reads.amounts import read_amounts
from chat.reads.asides import read_asides
from chat.reads.caches.left_over import holds_no_sequence, no_card_of_left
from chat.reads.caches.pool_lacking import read_pool_lacking
from chat.reads.cards.as_one_card import read_as_one_card
from chat.reads.cards.bare_memory import read_bare_memory
from chat.reads.cards.card_units import read_size_in_two_units
from chat.reads.cards.devices import take_devices
from chat.reads.cards.free_memory import read_free_memory
from chat.reads.cards.lent_memory import read_lent_memory
from chat.reads.cards.machine_memory import read_kinds_in_a_row, read_modules
from chat.reads.cards.machines_by_memory import read_machines_by_memory
from chat.reads.cards.named_cards import read_cards
from chat.reads.cards.named_machines import read_instances, read_more_machines
from chat.reads.cards.one_more import read_uneven_ranks
from chat.reads.cards.working_set import drop_its_amounts, read_working_set
from chat.reads.concepts.serving_layouts import read_serving_layouts, settle_ranks
from chat.reads.concepts.settings_compared import read_settings_compared, settle_compared
from chat.reads.concepts.trainings_apart import settle_trainings_apart
from chat.reads.concepts.vocabularies import read_vocabularies, settle_vocabulary
from chat.reads.facts import read_engines, read_nodes, read_settings
from chat.reads.flags import read_flags, read_slots
from chat.reads.formats.rate_of_bytes import read_rate_of_bytes
from chat.reads.formats.weights_claimed import read_weights_claimed
from chat.reads.formats.widths_claimed import read_widths_claimed
from chat.reads.models.closed import read_closed
from chat.reads.models.encoders import read_encoders
from chat.reads.models.mixtures import settle_mixture
from chat.reads.models.named_models import read_models
from chat.reads.models.own_shapes import of_named_model, read_own_shapes, trained_whole
from chat.reads.models.parts_of_models import read_expert_counts, read_layers_placed
from chat.reads.models.unknown_models import Models
from chat.reads.other_cases.instead_of import read_instead
from chat.reads.other_cases.served_before import leave_what_is_served
from chat.reads.quantities import read_quantities
from chat.reads.requests.at_once import read_at_once
from chat.reads.requests.each_of_them import read_each_of_them
from chat.reads.requests.in_and_out import read_in_and_out
from chat.reads.requests.mean_lengths import read_mean_lengths
from chat.reads.requests.picture_tiles import read_tiles
from chat.reads.requests.pictures import read_pictures
from chat.reads.requests.slots_capped import leave_caps
from chat.reads.requests.together import read_together
from chat.reads.scan import Scan
from chat.reads.seen.buffer_logs import read_buffers, read_loaded
from chat.reads.seen.expected_and_got import read_expected
from chat.reads.seen.held_on_each import read_held_on_each, settle_held_on_each
from chat.reads.seen.messages import read_message
from chat.reads.seen.over_text import leave_tower_sizes
from chat.reads.seen.own_points import read_own_points
from chat.reads.seen.own_series import read_own_series
from chat.reads.seen.runs_told import read_run_told
from chat.reads.seen.seen_at import read_seen_at
from chat.reads.seen.stage_figures import read_stage_figures
from chat.reads.serving.drafts import read_own_layers, settle_draft
from chat.reads.serving.own_settings import settle_own_settings
from chat.reads.serving.processes import read_processes
from chat.reads.serving.served_adapters import read_served_adapters
from chat.reads.serving.shares import read_further_shares, settle_between_shares, settle_share_now
from chat.reads.settled import settle
from chat.reads.speed.speed_told import read_durations, read_paces
from chat.reads.sums.cells_told import read_cells_told
from chat.reads.sums.claims import read_claims, read_equations, read_tokens_of_products
from chat.reads.sums.factor_asked import read_factor_asked
from chat.reads.sums.state_terms import read_state_terms
from chat.reads.sums.states_sums import read_states_sum
from chat.reads.sums.supposed import read_models_said
from chat.reads.targets import read_rest, read_target, settle_target
from chat.reads.training.all_savings import read_all_savings
from chat.reads.training.further_methods import read_further_methods
from chat.reads.training.group_raised import read_group_raised
from chat.reads.training.named_methods import read_methods
from chat.reads.training.references import read_references
from chat.reads.training.rollout_cards import read_rollout_cards, settle_rollout_cards
from chat.reads.training.teachers import read_teachers
from chat.reads.training.trainable import TRAINED, of_adapters, read_trainable
from chat.reads.training.whole_matrices import read_whole_matrices

Reader = Callable[[Scan], object]
# whose words look like a model's, a card's or an amount's: logs, sums, shapes, pictures, settings that are compared
_BEFORE_NAMES: tuple[Reader, ...] = (
    read_working_set,
    read_state_terms,
    read_lent_memory,
    read_modules,
    read_buffers,
    read_loaded,
    read_processes,
    read_equations,
    read_vocabularies,
    read_message,
    read_pool_lacking,
    read_weights_claimed,
    read_widths_claimed,
    read_uneven_ranks,
    read_held_on_each,
    read_expected,
    read_own_series,
    read_own_points,
    read_target,
    read_rest,
    read_own_shapes,
    read_pictures,
    read_tiles,
    read_in_and_out,
    read_instances,
    read_encoders,
    read_together,
    read_paces,
    read_asides,
    read_settings_compared,
    read_references,
    read_rollout_cards,
    read_seen_at,
    read_group_raised,
    read_rate_of_bytes,
    read_flags,
    read_each_of_them,
    read_at_once,
    read_mean_lengths,
    read_layers_placed,
    read_expert_counts,
    read_stage_figures,
    read_engines,
    read_kinds_in_a_row,
)
# once the models have taken their names, and before an amount may be a card's
_BEFORE_CARDS: tuple[Reader, ...] = (
    read_settings,
    read_further_shares,
    read_whole_matrices,
    read_nodes,
    take_devices,
    read_as_one_card,
    read_machines_by_memory,
)
# what is left: amounts, methods, figures that are claimed; then what was read is settled against the rest
_LAST: tuple[Reader, ...] = (
    read_amounts,
    read_instead,
    settle_draft,
    read_own_layers,
    read_tokens_of_products,
    read_more_machines,
    read_teachers,
    leave_what_is_served,
    read_served_adapters,
    read_methods,
    read_further_methods,
    of_adapters,
    read_states_sum,
    read_factor_asked,
    read_all_savings,
    read_models_said,
    read_durations,
    read_claims,
    drop_its_amounts,
    read_cells_told,
    no_card_of_left,
    holds_no_sequence,
    read_size_in_two_units,
    leave_tower_sizes,
    of_named_model,
    settle_vocabulary,
    trained_whole,
    leave_caps,
    settle_own_settings,
    settle,
    settle_rollout_cards,
    read_run_told,
    settle_mixture,
    settle_held_on_each,
    settle_share_now,
    settle_between_shares,
    settle_ranks,
    read_serving_layouts,
    settle_target,
    settle_compared,
    read_slots,
    settle_trainings_apart,
)


@dataclass(frozen=True)
class Named:
    """What names were read beside the facts: models, those that are closed, cards that no table has or that are near one."""

    closed: list[str]
    models: Models
    unknown_gpus: list[str]
    near_cards: dict[str, tuple[str, ...]]


def read_all(scan: Scan) -> Named:
    """Let every reader take its words of the scan."""
    _each(_BEFORE_NAMES, scan)
    closed = read_closed(scan)
    models = read_models(scan)
    _each(_BEFORE_CARDS, scan)
    unknown_gpus, near_cards = read_cards(scan)
    read_free_memory(scan)
    read_bare_memory(scan, models)
    read_trainable(scan)
    read_quantities(scan, TRAINED in scan.extras)
    _each(_LAST, scan)
    return Named(closed, models, unknown_gpus, near_cards)


def _each(readers: tuple[Reader, ...], scan: Scan) -> None:
    for read in readers:
        read(scan)

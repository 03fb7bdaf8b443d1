"""Which tools answer a question, as the embedded model plans it: a table from intents and topics to calls."""

from typing import Any

from chat.reading import Reading

Call = tuple[str, dict[str, Any]]
_SOLVABLE = ("seq_len", "batch_size", "n_gpus", "params", "lora_rank")
_SILENT = frozenset({"greeting", "help", "out_of_scope", "injection"})
# topics that the source document itself states figures for
DOCUMENT_TOPICS = (
    "weights_7b_fp32", "sixteen_bytes", "twenty_times", "activation_recomputation", "fragmentation",
    "temporary_buffers", "llama_training_time", "karpathy", "inference_overhead", "mixed_precision", "data_types",
    "training_drivers",
)  # fmt: skip
_EXPLAINS = frozenset({
    "explain_derive", "why_more", "training_time", "adam_state", "check_arithmetic", "units", "unclear", "how_much",
    "method_diff",
})  # fmt: skip
_QUANTITIES = {
    "kv_cache": "kv_cache", "optimizer": "optimizer", "gradients": "gradients", "logits": "logits",
    "activations": "activations", "weights": "weights",
}  # fmt: skip


def plan(reading: Reading) -> list[Call]:
    """The calls that answer this question, in order; none when words alone do, or when a name is not known."""
    about = _about_document(reading)
    # the document's own figures are in scope, however they are asked for
    if reading.intent == "out_of_scope" and about:
        return about
    if reading.intent in _SILENT or reading.unknown_models:
        return []
    for wanted in (_about_document, _table, _solve, _derive, _estimate):
        calls = wanted(reading)
        if calls:
            return calls
    return []


def facts_of(reading: Reading, *without: str) -> dict[str, Any]:
    """The facts as a tool takes them: one value, or a list where the question names several."""
    return {
        name: values[0] if len(values) == 1 else list(values)
        for name, values in reading.facts.items()
        if values and name not in without and name != "config"
    }


def has_subject(reading: Reading) -> bool:
    """Whether the question says what model it is about."""
    return bool(reading.facts.get("model") or reading.facts.get("params"))


def _about_document(reading: Reading) -> list[Call]:
    topics = [topic for topic in reading.topics if topic in DOCUMENT_TOPICS]
    concrete = {"gpu", "gpu_memory_gb", "n_gpus", "model"} & set(reading.facts)
    if (
        not topics
        or not set(reading.intents) & {*_EXPLAINS, "out_of_scope"}
        or (concrete and "llama_training_time" not in topics)
    ):
        return []
    return [("check_document", {"topic": topic}) for topic in topics[:2]]


_FINETUNE_METHODS = {
    "full": "Full", "freeze": "Freeze", "lora": "LoRA", "galore": "GaLore", "badam": "BAdam", "qlora": "QLoRA",
}  # fmt: skip


def _table(reading: Reading) -> list[Call]:
    if "table_lookup" not in reading.intents and "llama_factory" not in reading.topics:
        return []
    conditions = []
    methods = [_FINETUNE_METHODS[m] for m in reading.facts.get("method", ()) if m in _FINETUNE_METHODS]
    if methods:
        conditions.append("method IN (" + ", ".join(f"'{method}'" for method in methods) + ")")
    bits = [int(b) for b in reading.facts.get("bits", ())]
    if bits:
        conditions.append("bits IN (" + ", ".join(map(str, bits)) + ")")
    sizes = [f"abs(params_b - {float(size) / 1e9:g}) <= 0.1 * params_b" for size in _sizes(reading)]
    if sizes:
        conditions.append("(" + " OR ".join(sizes) + ")")
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    sql = (
        f"SELECT method, bits, precision, model_size, memory_gb FROM finetune{where} ORDER BY params_b, memory_gb DESC"
    )
    calls: list[Call] = [("query_tables", {"sql": sql})]
    if has_subject(reading) and methods:
        calls.append(("estimate_memory", facts_of(reading)))
    return calls


def _sizes(reading: Reading) -> list[float]:
    named = [float(size) for size in reading.facts.get("params", ())]
    if named:
        return named
    from kb.names import names

    return [float(names().find_model(str(model))["unique_params"] or 0) for model in reading.facts.get("model", ())]


def _solve(reading: Reading) -> list[Call]:
    wanted = [name for name in reading.asks if name in _SOLVABLE]
    card = reading.facts.get("gpu") or reading.facts.get("gpu_memory_gb")
    if not wanted or not card or (wanted[0] != "params" and not has_subject(reading)):
        return []
    facts = facts_of(reading, wanted[0])
    calls: list[Call] = [("solve_for", {"quantity": wanted[0], **facts})]
    if wanted[0] != "params":
        calls.append(("estimate_memory", facts_of(reading)))
    return calls


def _derive(reading: Reading) -> list[Call]:
    explains = "explain_derive" in reading.intents or reading.intent in ("kv_cache", "adam_state")
    topic = next((topic for topic in reading.topics if topic in _QUANTITIES), None)
    if not explains or not topic or not has_subject(reading):
        return []
    calls: list[Call] = [("derive_quantity", {"quantity": _QUANTITIES[topic], **facts_of(reading)})]
    return [*calls, ("estimate_memory", facts_of(reading))]


def _estimate(reading: Reading) -> list[Call]:
    if not has_subject(reading):
        return []
    facts = facts_of(reading)
    if "method" not in facts and set(reading.intents) & {"which_method", "method_diff"}:
        facts["method"] = ["full", "lora", "qlora"]
    return [("estimate_memory", facts)]

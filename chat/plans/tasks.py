"""A question about training and about serving: two, each with its own facts."""

from dataclasses import replace

from chat.reads.reading import Reading

# facts that a training has and a served model has not
_OF_TRAINING = {
    "method", "algo", "optimizer", "precision", "zero_stage", "gradient_checkpointing", "grad_accum", "lora_rank",
    "lora_targets", "modules_to_save", "loss", "ref_model", "rollouts_by", "teacher_model", "teacher_format", "teacher_split",
}  # fmt: skip


def by_task(reading: Reading) -> list[Reading]:
    """A question about training and about serving is two: the facts of the one are none of the other's."""
    tasks = reading.facts.get("task", ())
    if len(tasks) < 2:
        return [reading]
    trained = replace(reading, facts={**reading.facts, "task": ("train",)})
    served = {name: given for name, given in reading.facts.items() if name not in _OF_TRAINING}
    if "bits" in trained.facts and set(reading.facts.get("method", ())) <= {"qlora"}:
        served.pop("bits")
    serving = replace(reading, facts={**served, "task": ("inference",), "method": ("inference",)})
    methods = set(reading.facts.get("method", ()))
    if methods and "qlora" not in methods:  # formats are of what is run: these methods tune a model in 16 bits
        own = {name: given for name, given in trained.facts.items() if name not in ("weight_format", "bits")}
        trained = replace(trained, facts=own)
    told, tuned = reading.spans.get("task", ()), reading.spans.get("method", ())
    return [serving, trained] if methods and tuned and told and told[-1] < tuned[0] else [trained, serving]

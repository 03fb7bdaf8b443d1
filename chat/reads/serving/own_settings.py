"""A setting that one server alone has names that server, where nothing else does: `max_model_len` is vLLM's."""

from chat.reads.scan import Scan

_OF_VLLM = r"\bmax[-_]model[-_]len\b"
# what has a rollout engine, reads files of its own, or names another program beside it
_OTHERS = r"\b(?:trl|verl|openrlhf|ms-?swift|swift|unsloth|grpo|ppo|rollouts?|lmdeploy|sglang|tgi|tensorrt\S*)\b"


def settle_own_settings(scan: Scan) -> None:
    trains = "train" in scan.facts.get("task", ()) or set(scan.facts.get("method", ())) - {"inference"}
    files = any(str(one).startswith("gguf") for one in scan.facts.get("weight_format", ()))
    if "engine" in scan.facts or "algo" in scan.facts or trains or files or any(scan.find(_OTHERS)):
        return
    found = next(scan.find(_OF_VLLM), None)
    if found is not None:
        scan.add("engine", "vllm", *found.span(), take=False)

"""What llama.cpp prints of its buffers as it loads: weights, cache and a step's computation, on which device each."""

from chat.reads.scan import Scan

# "CUDA0 model buffer size = 4403.49 MiB", "CPU_Mapped model buffer size", "KV buffer 2560 MiB", "compute buffer: 1.5 GiB"
_BUFFER = r"(?:(?<![a-z0-9])(?P<on>(?:cuda|rocm|vulkan|sycl|cann|musa|metal|mtl|cpu|gpu)[a-z0-9_]*)\s+)?(?:(?P<kind>model|weights?|kv(?:[ _-]?cache)?|k?v?[ _-]?self|compute|output|rs|权重|模型|计算|缓存)\s*)?(?:buffers?|缓冲区?)(?:\s?size)?\s?(?:is|of|=|:|是|为|占)?\s?(?P<n>\d{1,6}(?:\.\d+)?)\s?(?P<u>[gm])i?b?(?![a-z0-9])"
_KINDS = {"kv": "kv", "缓存": "kv", "compute": "compute", "计算": "compute", "output": "other", "rs": "other"}
_OF_THE_HOST = ("cpu", "cuda_host", "rocm_host", "vulkan_host", "sycl_host")
# what its lines begin with, which names no model
_LINE = r"(?<![a-z0-9])(?:llama|llm|ggml)_\w+\s?:?"
_LEAST = 2  # kinds: one alone is a figure of its own


def read_buffers(scan: Scan) -> None:
    """Sums [GiB] of each kind on the cards, and of all that lies in host memory, as extras of the name `log_buffer_…`."""
    sums: dict[str, float] = {}
    found = [one for one in scan.find(_BUFFER) if one["kind"] or one["on"]]
    for one in found:
        kind = next((of for name, of in _KINDS.items() if (one["kind"] or "").startswith(name)), "model")
        name = "host" if (one["on"] or "").startswith(_OF_THE_HOST) else kind
        size = float(one["n"]) / (1 if one["u"] == "g" else 1024)
        sums[name] = sums.get(name, 0.0) + size
    if len({"model", "kv", "compute"} & set(sums)) < _LEAST:
        return
    for name, size in sums.items():
        scan.note(f"log_buffer_{name}", round(size, 4))
    if "kv" in sums:
        scan.note("log_buffer", round(sums["kv"], 4))
    for one in (*found, *scan.find(_LINE)):
        scan.take(*one.span())
    cards = {one["on"] for one in found if one["on"] and not one["on"].startswith(_OF_THE_HOST)}
    if len(cards) > 1:
        scan.note("log_buffer_cards", len(cards))

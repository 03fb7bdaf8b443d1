"""What llama.cpp prints of its buffers as it loads: weights, cache and a step's computation, on which device each."""

from chat.reads.scan import Scan

# "CUDA0 model buffer size = 4403.49 MiB", "CPU_Mapped model buffer size", "KV buffer 2560 MiB", "compute buffer: 1.5 GiB"
_BUFFER = r"(?:(?<![a-z0-9])(?P<on>(?:cuda|rocm|vulkan|sycl|cann|musa|metal|mtl|cpu|gpu)[a-z0-9_]*)\s+)?(?:(?P<kind>model|weights?|kv(?:[ _-]?cache)?|k?v?[ _-]?self|compute|output|rs|权重|模型|计算|缓存)\s*)?(?:buffers?|缓冲区?)(?:\s?size)?\s?(?:is|of|=|:|是|为|占)?\s?(?P<n>\d{1,6}(?:\.\d+)?)\s?(?P<u>[gm])i?b?(?![a-z0-9])"
_KINDS = {"kv": "kv", "缓存": "kv", "compute": "compute", "计算": "compute", "output": "other", "rs": "other"}
_OF_THE_HOST = ("cpu", "cuda_host", "rocm_host", "vulkan_host", "sycl_host")
# the line on the cache: "llama_kv_cache: size = 5120.00 MiB ( 32768 cells, 40 layers, 1/1 seqs)", "KV self size = 4096 MiB"
_CACHE_LINE = r"(?:kv[_ ](?:cache|self)(?:_unified|_iswa|_init)*\s?:?\s?size|kv self size)\s?=\s?(?P<n>\d{1,6}(?:\.\d+)?)\s?(?P<u>[gm])i?b(?:\s?\(\s?(?P<cells>\d{1,8}) cells[^)]*\))?(?:[,;:]?\s?[kv] \([a-z0-9_]+\)\s?:?\s?\d+(?:\.\d+)?\s?[gm]i?b)*"
# what its lines begin with, which names no model
_LINE = r"(?<![a-z0-9])(?:llama|llm|ggml)_(?!\d)\w+\s?:?"
_LEAST = 2  # kinds: one alone is a figure of its own


# "Loading model weights took 32.89 GB", "Model loading took 14.25 GiB"
_TOOK = r"\b(?:loading|weights?|权重|加载)\b[^.;!?,]{0,20}?\b(?:took|takes|used|占了?|用了?)\s?:?\s?(?P<n>\d{1,4}(?:\.\d+)?)\s?gi?b(?![a-z])"


def read_loaded(scan: Scan) -> None:
    """What a server prints that loading took, on one card, as `log_took`."""
    if one := next(scan.find(_TOOK), None):
        scan.note("log_took", float(one["n"]))


def read_buffers(scan: Scan) -> None:
    """Sums [GiB] of each kind on the cards, and of all that lies in host memory, as extras of the name `log_buffer_…`."""
    for line in scan.find(_LINE):
        scan.take(*line.span())
    sums: dict[str, float] = {}
    found = [one for one in scan.find(_BUFFER) if one["kind"] or one["on"]]
    for one in found:
        kind = next((of for name, of in _KINDS.items() if (one["kind"] or "").startswith(name)), "model")
        name = "host" if (one["on"] or "").startswith(_OF_THE_HOST) else kind
        size = float(one["n"]) / (1 if one["u"] == "g" else 1024)
        sums[name] = sums.get(name, 0.0) + size
    for one in scan.find(_CACHE_LINE) if "kv" not in sums else ():
        sums["kv"] = sums.get("kv", 0.0) + float(one["n"]) / (1 if one["u"] == "g" else 1024)
        found.append(one)
        if one["cells"]:
            scan.note("log_buffer_cells", float(one["cells"]))
    if len({"model", "kv", "compute"} & set(sums)) < (_LEAST if "log_buffer_cells" not in scan.extras else 1):
        return
    for name, size in sums.items():
        scan.note(f"log_buffer_{name}", round(size, 4))
    if "kv" in sums:
        scan.note("log_buffer", round(sums["kv"], 4))
    for one in found:
        scan.take(*one.span())
    devices = (one["on"] for one in found if "on" in one.re.groupindex)
    cards = {one for one in devices if one and not one.startswith(_OF_THE_HOST)}
    if len(cards) > 1:
        scan.note("log_buffer_cards", len(cards))

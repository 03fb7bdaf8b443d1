"""Keys of a trainer's file that say what of the training waits in host memory: of the policy, and of the reference."""

from chat.reads.scan import Scan

REFERENCE_MOVED = "log_reference_moved"
_KEYS = r"(?P<ref>(?<![a-z_])ref\.(?:fsdp_config\.|megatron\.)?)?(?<![a-z_])(?P<what>param|optimizer)_offload[\"']?\s?[:=]\s?[\"']?(?P<on>true|false)\b"


def read_host_flags(scan: Scan) -> None:
    """State the most that any key moves, or that none does; a reference's key is of its frozen weights alone."""
    found = [one for one in scan.find(_KEYS) if scan.free(*one.span())]
    for one in found:
        scan.take(*one.span())
    for one in found:
        if one["ref"]:
            scan.add(REFERENCE_MOVED, int(one["on"] == "true"), *one.span(), extra=True)
    own = [one for one in found if not one["ref"]]
    moved = [one for one in own if one["on"] == "true"]
    for one in sorted(moved, key=lambda one: one["what"] != "param")[:1]:
        scan.add("offload", "params" if one["what"] == "param" else "optimizer", *one.span())
    if own and not moved:
        scan.add("offload", "none", *own[0].span())

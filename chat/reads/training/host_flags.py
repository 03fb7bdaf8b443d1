"""Keys of a trainer's file that say what of the training waits in host memory: of the policy, and of the reference; and that a
reference waits there, told in words."""

from chat.reads.scan import Scan

REFERENCE_MOVED = "log_reference_moved"
_KEYS = r"(?P<ref>(?<![a-z_])ref\.(?:fsdp_config\.|megatron\.)?)?(?<![a-z_])(?P<what>param|optimizer)_offload[\"']?\s?[:=]\s?[\"']?(?P<on>true|false)\b"
# "with the ref model offloaded", "ref已经offload了": it alone, and not what is named before or behind it
_REF = r"(?<![a-z_])(?:ref|reference)(?:[ _-]?(?:model|policy))?"
_OFF = r"(?:offload(?:ed|ing)?|(?:on|in|to|moved to) (?:the )?(?:cpu|host|ram|host (?:ram|memory)|system (?:ram|memory)))(?![a-z_])"
_WITH_ANOTHER = r"(?<!and )(?<!and the )(?<!& )(?<!/)(?<!\+)(?<!\+ )(?<!和)(?<!与)(?<!、)(?<!跟)(?<!及)"
_AND_ANOTHER = r"(?!\s?(?:and|&|,|/|\+)\s?(?:the )?(?:actor|policy|optim|adam|param|weights|critic|reward))(?!\s?(?:和|与|、|跟|及|\+))"
_TOLD = (
    rf"{_WITH_ANOTHER}{_REF}(?: (?:weights|params|parameters))?(?: (?:is|was|are|already|fully|being|been|has|kept|sits|lives))* {_OFF}"
    rf"|\boffload(?:ed|ing|s)? (?:only |just |the |my |our |a )*{_REF}(?![a-z_]){_AND_ANOTHER}"
    r"|(?<!和)(?<!与)(?<!、)(?<!跟)(?<!及)(?:(?<![a-z_])ref(?:erence)?(?:[ _]?model)?|参考(?:模型|策略)?|参考)\s?(?:都|也|已经?|已|全部?|单独)*\s?(?:offload|卸载|(?:放|搬|移|挪)(?:到|在|进|去)?(?:了)?\s?(?:cpu|内存))(?:到\s?(?:cpu|内存))?"
)


def read_host_flags(scan: Scan) -> None:
    """State the most that any key moves, or that none does; a reference's key is of its frozen weights alone."""
    found = [one for one in scan.find(_KEYS) if scan.free(*one.span())]
    for one in found:
        scan.take(*one.span())
    for one in found:
        if one["ref"]:
            scan.add(REFERENCE_MOVED, int(one["on"] == "true"), *one.span(), extra=True)
    for one in [] if found else scan.find(_TOLD):
        if scan.free(*one.span()):
            scan.take(*one.span())
            scan.add(REFERENCE_MOVED, 1, *one.span(), extra=True, take=False)
    own = [one for one in found if not one["ref"]]
    moved = [one for one in own if one["on"] == "true"]
    for one in sorted(moved, key=lambda one: one["what"] != "param")[:1]:
        scan.add("offload", "params" if one["what"] == "param" else "optimizer", *one.span())
    if own and not moved:
        scan.add("offload", "none", *own[0].span())

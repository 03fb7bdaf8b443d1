"""What is noted beside a file that a machine holds: what the next more bits take, whether it nearly fills the card, how large the
other files are, and what so few bits cost."""

from chat.answers.machine_parts import Row, model_in
from chat.phrases import gib, value
from formulas.notation import size_words
from kb.interval import FITS
from kb.machine_files import NEARLY_FULL


def more_bits(machine: Row, told: Row, language: str) -> str:
    """What the next more bits would take."""
    larger, named = machine["next"], machine["named"]
    if not larger or larger["total_gib"] <= told["total_gib"]:
        return ""
    if named and named["weight_format"] == larger["weight_format"]:
        return ""  # which is told before
    need, room = gib(larger["total_gib"]), gib(machine["usable_gib"])
    other = larger["model"] != told["model"]
    fmt = model_in(larger, language) if other else value("weight_format", larger["weight_format"], language)
    eased = machine["next_eased_gib"]
    so, so_zh = (
        (f"; with a q8_0 cache it fits ({gib(eased)})", f";缓存用 q8_0 就放得下({gib(eased)})") if eased else ("", "")
    )
    if larger["total_gib"] <= machine["usable_gib"]:
        return (
            f"{fmt} 是 {need} / {room},临界{so_zh}。" if language == "zh"
            else f" {fmt} is borderline: {need} of {room}{so}."
        )  # fmt: skip
    just, just_zh = ("just ", "略") if need == room else ("", "")
    return (
        f"{fmt} 要 {need},{just_zh}超过 {room}{so_zh}。"
        if language == "zh"
        else f" {fmt} takes {need}, {just}more than the {room} there are{so}."
    )


def nearly_full(machine: Row, told: Row, whole: list[Row], language: str) -> str:
    """That little is left, and which format leaves more."""
    if told["total_gib"] <= NEARLY_FULL * machine["usable_gib"]:
        return ""
    fewer = [one for one in whole if one["model"] == told["model"] and one["total_gib"] < told["total_gib"]]
    safe, shared = max(fewer, key=lambda one: one["total_gib"], default=None), machine["shared"]
    if safe is None:
        if language == "zh":
            return "几乎占满 GPU 可用的份额。" if shared else "几乎占满:接着显示器或有别的程序时可能不够。"
        return (
            " That nearly fills the GPU's share." if shared
            else " That nearly fills it: a screen or another program on the card may be too much."
        )  # fmt: skip
    other, need = value("weight_format", safe["weight_format"], language), gib(safe["total_gib"])
    if language == "zh":
        when = "GPU 可用的份额,要更长的上下文时" if shared else ":卡上还接着显示器或有别的程序时,"
        return f"几乎占满{when}用 {other}({need})更稳妥。"
    when = "the GPU's share: for a longer context" if shared else "it: with a screen or another program on the card"
    return f" That nearly fills {when} {other} ({need}) is the safe choice."


def files(machine: Row, language: str) -> str:
    """The sizes of the files about as large as the memory there is, in the unit in which they are listed, and which are larger."""
    zh, room = language == "zh", machine["usable_gib"]
    told = [f"{value('weight_format', one['weight_format'], language)} {one['weights_gb']:.3g} GB" for one in machine["files"]]  # fmt: skip
    if not told:
        return ""
    over = sum(one["weights_gib"] > room for one in machine["files"])  # the largest come first
    if over:
        mark = f"(超过 {gib(room)})" if zh else f" ({'all ' if over > 2 else ''}more than the {gib(room)} there are)"
        told = [("、" if zh else ", ").join(told[:over]) + mark, *told[over:]]
    return f"仅权重:{'、'.join(told)}。" if zh else f" Weights alone: {', '.join(told)}."


def stored_and_read(told: Row, language: str) -> str:
    """Of a mixture, that all of it lies in memory and a token reads a part."""
    if not told["experts"] or not told.get("active"):
        return ""
    whole, active = size_words(told["params"]), size_words(told["active"])
    if language == "zh":
        return f"每个 token 只用 {active} 参数,所以快;但全部 {whole} 都要放进内存,能用哪种量化由它决定。"
    return f" Only {active} parameters are used for a token, which makes it fast for its size; all {whole} must be in memory, and they decide which quant fits."


def few_bits(told: Row, language: str) -> str:
    """What files of so few bits cost."""
    if not (cost := told["costs"].get("zh" if language == "zh" else "en")):
        return ""
    return f"{cost}。" if language == "zh" else f" It costs {cost}."


def over_cards(machine: Row, told: Row, language: str) -> str:
    """Of several cards what each keeps for itself, how unequal ones are filled, and the usual file with a part in RAM."""
    zh, laid, usual = language == "zh", machine["laid"], machine["usual"]
    said, said_zh = "", ""
    if usual and usual["gpu_layers"] and usual["leaning"] not in FITS:
        fmt, some, all_ = value("weight_format", usual["weight_format"], language), usual["gpu_layers"], usual["layers"]
        said += f" {fmt} goes with {some} of {all_} layers on the card{'s' * (machine['n_gpus'] > 1)} (-ngl {some}) and the rest in RAM, slower."
        said_zh += f"{fmt} 只能放 {all_} 层中的 {some} 层在卡上(-ngl {some}),其余放内存,会变慢。"
    if laid:
        said += f" llama.cpp lays whole layers by memory (-ts {laid['split']}); tensor parallel (vLLM) gives each card the same and uses {laid['cards']} × {laid['least_gb']:g} = {laid['even_gb']:g} GB."
        said_zh += f"llama.cpp 按显存比例分整层(-ts {laid['split']});张量并行(vLLM)每张卡分得一样多,只用上 {laid['cards']} × {laid['least_gb']:g} = {laid['even_gb']:g} GB。"
    if machine["n_gpus"] > 1 and told["way"] == "cards" and told.get("beside_gib"):
        beside = gib(told["beside_gib"])
        said += f" Beside weights and cache the cards hold {beside} of CUDA contexts and buffers, each its own."
        said_zh += f"权重和缓存之外,各卡自己的 CUDA 上下文和缓冲共 {beside}。"
    return said_zh if zh else said

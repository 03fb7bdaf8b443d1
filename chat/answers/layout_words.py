"""Which of several layouts to take where the cards stand in several machines: what meets at every layer stays inside one.

Every number is of the question or of the result; nothing is computed here.
"""

from chat.answers.at_like_cost import HARDLY
from chat.answers.case_tables import Result
from chat.answers.verdict_words import gap
from chat.phrases import HOLDS, gib, leaning, pick
from chat.plans.layouts_chosen import layouts_of, within_machines
from chat.reads.reading import Reading

# what the layout that is taken says of itself
ACROSS = ("the pipeline between machines", "跨机用流水线")


def across_machines(result: Result, names: list[str], reading: Reading) -> str:
    """The layout that keeps tensor parallelism inside a machine, and whether it fits; empty where there is one machine, or no
    layout does."""
    nodes, cards = int((reading.extras.get("nodes") or (1,))[0]), reading.fact("n_gpus")
    layouts = layouts_of(reading)
    if nodes < 2 or not cards or len(layouts) != len(names):
        return ""
    chosen = within_machines(reading, layouts)
    inside = int(cards) // nodes
    if int(chosen.get("tp", 1)) > inside or all(int(one.get("tp", 1)) <= inside for one in layouts):
        return ""
    place = layouts.index(chosen)
    one, name = result["setups"][place], names[place]
    room = next((card["capacity_gib"] for card in one["cards"]), None)
    amounts = gib(one["memory"]["best_gib"])
    verdict = pick(HOLDS[leaning(one)], reading.language)
    amounts_of_all = [each["memory"]["best_gib"] for each in result["setups"]]
    alike = min(amounts_of_all) >= (1 - HARDLY) * max(amounts_of_all)
    if reading.language == "zh":
        fits = (
            f"{verdict}(每张卡 {amounts}{f' / {gib(room)}' if room else ''})" if one["verdict"] else f"每张卡 {amounts}"
        )
        return (
            f"**选 {name}{gap(name)}:张量并行留在单台机器内,{ACROSS[1]};{fits}。** 张量并行每层要跨卡求和两次,每个 token 都等网络;"
            "流水线每级只传一次激活,慢网络也够用。" + ("各种切法的显存几乎一样,差别在网络。" if alike else "")
        )  # fmt: skip
    fits = (
        f"it {verdict}, {amounts}{f' of {gib(room)}' if room else ''} per card"
        if one["verdict"]
        else f"{amounts} per card"
    )
    return (
        f"**Take {name}: tensor parallel inside each machine, {ACROSS[0]}; {fits}.** Tensor parallel sums over its "
        "cards twice in every layer, so across machines each token waits for the network; a pipeline passes one activation on from "
        "stage to stage." + (" The memory is nearly the same in each; the network decides." if alike else "")
    )  # fmt: skip

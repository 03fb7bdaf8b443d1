"""What the tools found in one turn, as one object of the contract."""

from typing import Any

from kb.stated import ASKED

_EMPTY: dict[str, Any] = {
    "verdict": None, "memory": None, "total_gib": None, "capacity_gib": None, "terms": [], "facts": {}, "cases": [],
    "solved": None, "answers": [], "needs": [], "tables": [], "measurements": [], "sources": [], "warnings": [],
    "derivation_latex": "", "derivation_steps": [],
}  # fmt: skip


def merged(artifacts: list[dict[str, Any]]) -> dict[str, Any]:
    """The results of one turn as one object of the contract: the first to say a thing says it, lists are joined."""
    result: dict[str, Any] = {key: type(value)() if value is not None else None for key, value in _EMPTY.items()}
    for artifact in artifacts:
        for key, value in artifact.items():
            if key == "kind" or value in (None, [], {}, ""):
                continue
            if isinstance(value, list) and isinstance(result.get(key), list) and key not in ("terms", "cases"):
                result[key] = result[key] + [one for one in value if one not in result[key]]
            elif not result.get(key):
                result[key] = value
    if (result["solved"] or {}).get("quantity") == "n_gpus":  # what one of them holds is no answer to how many
        result["verdict"] = None
    estimates = [artifact for artifact in artifacts if artifact.get("kind") == "estimate"]
    if len(estimates) > 1:
        result |= _of_several(estimates)
    turned = [one["cases"] for artifact in artifacts for one in artifact.get("remarks") or [] if "cases" in one]
    # a run that fits has failed, or it is asked how one that does not could: what else is told decides
    if turned and result["verdict"] == turned[0][0]["verdict"]:
        told = result["cases"] or turned[0][:1]
        further = [{**case, "facts": {**told[0]["facts"], **case["facts"]}} for case in turned[0][1:]]
        result |= {"verdict": "conditional", "cases": [*told, *further]}
    return result


def _differs(name: str, estimates: list[dict[str, Any]]) -> bool:
    """Was this fact told of one of them, and is it another's or none of the others'?"""
    given = [one["facts"].get(name, {}) for one in estimates]
    return any(one.get("origin") == ASKED for one in given) and len({str(one.get("value")) for one in given}) > 1


def _of_several(estimates: list[dict[str, Any]]) -> dict[str, Any]:
    """The estimates of one question, such as training and serving the same model: their cases, and the verdict of all."""
    cases: list[dict[str, Any]] = []
    apart = {name for one in estimates for name in one["facts"] if name != "task" and _differs(name, estimates)}
    for one in estimates:
        method = {name: one["facts"][name]["value"] for name in sorted({"method", *apart}) if name in one["facts"]}
        whole = {name: one.get(name) for name in ("verdict", "memory", "total_gib", "capacity_gib", "terms")}
        cases += [
            {**case, "facts": {**method, **case["facts"]}, "default": case.get("default", True) and not cases}
            for case in one.get("cases") or [{"facts": {}, **whole}]
        ]
    verdicts = {one.get("verdict") for one in estimates}
    return {"cases": cases, "verdict": verdicts.pop() if len(verdicts) == 1 else "conditional"}

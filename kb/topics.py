"""What the source document says about a topic: its claims judged, with the derivations that judge them."""

import json
import re
from typing import Any

from formulas.derivation import Derivation, Fact, derive
from formulas.library import library
from formulas.quantity import quantities
from formulas.render import derivation_latex, steps_json, works_json
from kb.audit import Claim, amount_of, claims, judge

MOST_CLAIMS = 12


def claims_about(topic: str) -> dict[str, Any]:
    """The verdicts on a topic (one of the table's own, or words looked for), as an object of the contract."""
    known = claims()
    found = ([claim for claim in known if claim.topic == topic] or _mentioning(topic, known))[:MOST_CLAIMS]
    verdicts = [judge(claim) for claim in found]
    derivations = _derivations(found)
    sources = works_json(source for derivation in derivations for source in derivation.sources)
    sources += [
        {"title": verdict.primary["title"], "work": verdict.primary["title"], "url": verdict.primary["url"] or ""}
        for verdict in verdicts
        if verdict.primary
    ]
    return {
        "topic": topic,
        "claims": [verdict.json() for verdict in verdicts],
        "topics": list(dict.fromkeys(claim.topic for claim in known)),
        "verdict": None,
        "memory": None,
        "sources": list({source["title"]: source for source in sources}.values()),
        "derivation_steps": [step for derivation in derivations for step in steps_json(derivation)],
        "derivation_latex": "\n".join(dict.fromkeys("\n".join(map(derivation_latex, derivations)).split("\n"))),
    }


def _derivations(found: list[Claim]) -> list[Derivation]:
    """How each formula that judges a claim gives its value; one that stands inside another's is not shown twice."""
    made: dict[str, Derivation] = {}
    for claim in found:
        facts = json.loads(claim.facts or "{}")
        if not claim.formula or set(facts) - set(quantities()):
            continue
        formula = library().named(claim.formula)
        given = {name: Fact(amount_of(value, quantities()[name]), "asked") for name, value in facts.items()}
        given.pop(formula.target.name, None)
        derivation = derive(formula.target, given, {formula.target.name: claim.formula})
        if derivation.value is not None:
            made.setdefault(f"{claim.formula} {derivation.value}", derivation)
    shown = list(made.values())
    return [
        derivation
        for derivation in shown
        if not any(derivation.target in other.values for other in shown if other.target is not derivation.target)
    ]


def _mentioning(text: str, known: list[Claim]) -> list[Claim]:
    """The claims that the words fit best: a number counts more than a word, the claim's own more than its sentence's."""
    words = re.findall(r"[\u3400-\u9fff]{2,}|[a-z\d.%θ]+", text[:300].lower())
    patterns = [
        (re.compile(rf"(?<![a-z\d.]){re.escape(word)}(?![a-z\d])"), 3 if word[0].isdigit() else 1) for word in words
    ]
    scores = {}
    for claim in known:
        own = " ".join((claim.id, claim.topic, claim.stated, claim.quote)).lower()
        sentence = f"{claim.words.en} {claim.words.zh}".lower()
        scores[claim.id] = sum(
            weight * (2 if pattern.search(own) else 1 if pattern.search(sentence) else 0)
            for pattern, weight in patterns
        )
    best = max(scores.values(), default=0)
    return [claim for claim in known if best and scores[claim.id] == best][:12]

"""One model under two programs, of which one takes its share of the card: `hf takes 16 GB, vLLM 70, which is real?`."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.programs import serves

_PLAIN = r"(?<![a-z-])(?:hf|hugging ?face|transformers)(?![a-z])"


def real_of_two(reading: Reading) -> Reading:
    """The server's figure is what is asked about; no two runs are compared."""
    engines = reading.facts.get("engine", ())
    servers = tuple(one for one in engines if serves(one))
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    two = len(engines) == 2 or (len(engines) == 1 and compiled(_PLAIN).search(reading.lowered))
    if "which_is_needed" not in reading.cues or len(servers) != 1 or not two or len(memories) != 2:
        return reading
    facts = {**reading.facts, "engine": servers}
    return replace(reading, facts=facts, intents=("why_more",), cues=(*reading.cues, "takes_all"))

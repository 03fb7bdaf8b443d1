"""An optimizer that is said to save half: of the usual one, which stands beside it then."""

from chat.reads.scan import Scan

# those that keep less than the usual one in float32; of 8 bits a remark tells it
_OF_LESS = ("lion", "muon", "sgd", "adafactor")
_USUAL = "adamw"
_HALF = r"\b(?:sav|cut|reduc|tak|need|us)\w*\b[^?;.!]{0,40}\b(?:half|50 ?%)|\bhal(?:f|ve[sd]?|ving) (?:of |the |its |my )*(?:optimi[sz]er|memory|v?ram|states?)|(?:省|减|少)[^,;?!]{0,8}(?:一?半|50 ?%)|减半"


def beside_the_usual(scan: Scan) -> None:
    """State the usual optimizer before the one that is said to take half."""
    named = scan.facts.get("optimizer", [])
    if len(named) == 1 and named[0] in _OF_LESS and len(scan.facts.get("method", [1])) == 1 and any(scan.find(_HALF)):
        named.append(_USUAL)
        scan.spans["optimizer"].append(scan.spans["optimizer"][0])

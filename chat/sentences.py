"""A stream of text as sentences, without what a reasoning model thinks aloud."""

import re

# An end is sure only when something follows it: `4.` may become `4.5`. A line that ends in a digit goes on: its unit
# may stand at the beginning of the next.
_END = re.compile(r"(?<!\d)\n+|\n{2,}|[。\uff01\uff1f]|[.!?](?=\s)")


class SentenceBuffer:
    """Cuts a stream of text into sentences and lines; what is joined again is what came in."""

    def __init__(self) -> None:
        self.held = ""
        self._searched = 0

    def push(self, piece: str) -> list[str]:
        """Take in a piece; the sentences that are complete now."""
        self.held += piece
        complete = []
        while (found := _END.search(self.held, self._searched)) and found.end() < len(self.held):
            # what is withheld takes its emphasis along: half of a `**…**` would make bold, or asterisks, of the rest
            if found[0][0] != "\n" and self.held.count("**", 0, found.end()) % 2:
                self._searched = found.end()
                continue
            complete.append(self.held[: found.end()])
            self.held, self._searched = self.held[found.end() :], 0
        # an end is at most a run of newlines that may still grow
        self._searched = max(0, len(self.held.rstrip("\n")) - 2)
        return complete

    def rest(self) -> list[str]:
        """What is left, as the last sentence."""
        left, self.held, self._searched = self.held, "", 0
        return [left] if left else []


class Thoughts:
    """Drops what a reasoning model thinks aloud between <think> and </think>, however the stream cuts it.

    Some begin to think without saying so: at a </think> alone, all that was spoken before turns out to be thought, and
    `taken_back` is set.
    """

    _TAG = re.compile(r"<(/?)think>")

    def __init__(self) -> None:
        self.thinking = False
        self.taken_back = False
        self._held = ""

    def push(self, piece: str) -> str:
        """What of the stream so far is meant for the reader."""
        text, spoken = self._held + piece, ""
        while found := self._TAG.search(text):
            spoken += "" if self.thinking else text[: found.start()]
            if found[1] and not self.thinking:
                spoken, self.taken_back = "", True
            self.thinking, text = not found[1], text[found.end() :]
        kept = max(_beginning_of("<think>", text), _beginning_of("</think>", text))
        self._held = text[len(text) - kept :]
        return spoken + ("" if self.thinking else text[: len(text) - kept])

    def rest(self) -> str:
        """What was held back as a possible tag."""
        held, self._held = self._held, ""
        return "" if self.thinking else held


def _beginning_of(tag: str, text: str) -> int:
    """How many characters at the end of a text may begin the tag."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:size])), 0)

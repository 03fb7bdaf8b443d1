"""Cells of published tables beside each other, beside a run, and what makers tell of theirs."""

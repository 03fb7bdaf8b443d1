"""Figures that explanations name: each worked out of a case when a sentence asks for it."""

"""A training on its cards: its steps, tokens and moments, and what it was seen to take."""

"""Answers in words: from what the tools found to what is said, verdict first."""

"""Speed and time: what is asked of them, and what is told."""

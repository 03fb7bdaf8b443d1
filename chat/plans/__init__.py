"""From what was read to the calls that answer it, and the facts that they are given."""

"""How weights are stored: bits, scales and files, and what takes them for what they are not."""

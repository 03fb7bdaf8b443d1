"""How weights are stored: types, bits and files, and what they take on a disk."""

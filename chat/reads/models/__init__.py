"""Models: by name, family, nickname, size or shapes, and names that no table has."""

"""The asker's own figures: claims, sums, notes to be judged, and cells of a table that are told."""

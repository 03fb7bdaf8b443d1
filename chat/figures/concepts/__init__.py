"""What a question of no model is told in figures: of a usual model, or of none."""

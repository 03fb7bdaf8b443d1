"""Training with feedback: the models that take part, the engine that generates, and how they share cards."""

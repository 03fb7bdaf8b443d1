"""How a model is trained: methods, optimizers, shards, the models that learn from feedback, and teachers."""

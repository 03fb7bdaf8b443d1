"""How a model is served: shares of a card, copies, drafts, adapters, and what runs beside."""

"""Programs that serve: their shares of a card, the pools these leave, what they print, and what runs beside them."""

"""The page: the chat, the panel of facts, pictures, exports and typed endpoints."""

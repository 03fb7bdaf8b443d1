"""Reading: from a text in English or Chinese to what it says and asks, by grammar alone."""

"""What leans on the question before it: what that changes, goes back to, chooses from or asks of the answer."""

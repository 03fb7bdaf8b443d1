"""What a run was seen to do: messages and logs, the moment of a failure, what was tried, and readings of its memory."""

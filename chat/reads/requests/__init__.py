"""Requests and samples: how long they are, how many come at once, and limits on both."""

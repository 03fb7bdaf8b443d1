"""Settings of a training one by one: what each acts on, what it saves, and what it leaves as it is."""

"""Cards and machines: their names, how many there are, what memory they have and who else uses it."""

"""The asker's own sums and accounts, gone through part by part."""

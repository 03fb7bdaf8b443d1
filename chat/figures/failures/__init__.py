"""A run that failed: what its message says, what may have caused it, and what sets it apart from one that went well."""

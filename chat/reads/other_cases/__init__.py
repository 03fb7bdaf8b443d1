"""Cases beside the one in force: over, planned, others', ruled out or unwanted."""

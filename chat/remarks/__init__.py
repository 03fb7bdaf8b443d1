"""What an expert adds to a figure: tables of remarks, each with its condition, both languages and its source."""

"""Speed, time and their price: what a training takes and how fast a model answers, in lines of both languages."""

"""What the notebooks show of each step: the data itself, in tables and pictures."""

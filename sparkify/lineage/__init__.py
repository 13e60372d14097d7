"""Lineage: from a play of the star back to the raw record that it comes from."""

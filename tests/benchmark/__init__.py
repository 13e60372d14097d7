"""Measures Sparkify against the plain ways to do the same: `make bench`."""

"""Runs of the notebooks with papermill, and the record of each run."""

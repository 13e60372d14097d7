"""Runs of the notebooks with papermill, and the run file of each."""

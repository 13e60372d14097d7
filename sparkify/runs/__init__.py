"""Runs of the notebooks by papermill, and what each run leaves behind."""

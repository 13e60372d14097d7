"""The steps of a run: one module for each notebook, with the function that it calls."""

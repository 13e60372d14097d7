"""Reads source objects and writes them as typed Parquet batches and a quarantine."""

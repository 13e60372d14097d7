"""Sparkify's data warehouse: from raw nested JSON to a star schema and its reports."""

"""The dashboard: navigation."""

"""The dashboard: navigation, global filters and a page for each question."""

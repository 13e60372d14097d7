"""Questions to the star: filters, periods, metrics and the reports of `sql/reports`."""

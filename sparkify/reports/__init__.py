"""Reports on the star: filters, periods, metrics and the queries of `sql/reports/`."""

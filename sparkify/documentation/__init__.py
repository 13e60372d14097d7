"""Documents that are written from the project's own files, so that they agree."""

"""Parts of pages: cards and figures, each bound to its report and its question."""

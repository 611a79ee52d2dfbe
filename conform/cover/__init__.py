"""Coverage: which of the things that programs can exercise were exercised, as defined by the table."""

"""What names mean in one source: labels, data objects and where they lie, places, registers."""

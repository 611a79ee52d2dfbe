"""Object to results: the golden model, the C core's Python face, loader, snapshots, statistics."""

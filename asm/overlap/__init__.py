"""When one timeline may begin before another is over: what each needs for itself, and what must keep its order."""

"""Text to object: parse, expand, resolve, place, schedule, check, encode, link, and back."""

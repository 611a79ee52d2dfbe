"""Data directives to placed blocks of memory."""

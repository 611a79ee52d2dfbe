"""Expressions and the symbols in them."""

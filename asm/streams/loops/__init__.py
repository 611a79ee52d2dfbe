"""Loops over tensor code: rounds that overlap, by modulo scheduling of rigid bodies."""

"""Registers for names without a number: code as a graph, live ranges, colours (Chaitin, 1982)."""

"""Fuzzing: harnesses, what changes their inputs, and what once was found."""

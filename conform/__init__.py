"""The conformance kit: programs to try engines on, and what they should do."""

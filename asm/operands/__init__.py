"""Statements to ops: operands matched against the rows of the table."""

"""Lines of text to statements: the grammar, its tables, the parser, and the formatter."""

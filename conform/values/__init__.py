"""What ops compute, from libraries and exact arithmetic instead of an engine; and programs that ask targets for it."""

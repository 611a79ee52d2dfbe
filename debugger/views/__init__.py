"""What a front end shows of a session: values with text lines of any width, and the same as plain data."""

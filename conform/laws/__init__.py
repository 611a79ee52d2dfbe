"""Laws: what must hold between a program's run and that of a changed one, on any implementation, without an oracle."""

"""Software pipelining: innermost counted loops become prologue, kernel and epilogue (Rau, 1994)."""

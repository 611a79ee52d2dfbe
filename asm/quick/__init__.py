"""The ordinary lines of long sources, assembled as columns: what is odd or wrong is left to the plain way."""

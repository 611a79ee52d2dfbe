"""The Debug Adapter Protocol: what editors speak with the debugger."""

"""The debugger at a prompt: `lpu debug`."""

"""The debugger: any cycle of a run, forward and backward, and why."""

"""The debug adapter as the client starts it: a script without arguments."""

from lpu.cli import main

raise SystemExit(main(["dap"]))

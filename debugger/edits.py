"""What the texts of edits say: by them a saved session makes its edits again."""

SET = "set "  # set TARGET = VALUE
RUN = "run "  # run INSTRUCTIONS, put in at a cycle
CLOSING = "(and back to the program)"  # how what was run ends

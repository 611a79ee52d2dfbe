"""What editors know of the language, written from the table and the grammar: `python -m asm.editor.emit`."""

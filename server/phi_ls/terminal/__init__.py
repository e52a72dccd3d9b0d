"""The commands of `phi-ls` for people: the same answers as in an editor, on the terminal."""

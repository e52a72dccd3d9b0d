"""From what a model wrote to text worth inserting: pure functions, each drop with a named reason."""

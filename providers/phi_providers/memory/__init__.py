"""What a model takes of a machine's memory, what is free, and why it is not loaded where that is not enough."""

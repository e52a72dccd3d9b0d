"""From a snapshot to the parts of a prompt, one module per model family."""

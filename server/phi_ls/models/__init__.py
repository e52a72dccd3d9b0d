"""The models of this machine's user: which there are, what suits the machine, which one is chosen."""

"""How the built-in model is made, from packages to the shipped files."""

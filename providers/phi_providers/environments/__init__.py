"""Isolated environments for engines whose packages clash with ours: recipes, how one is made, what is kept."""

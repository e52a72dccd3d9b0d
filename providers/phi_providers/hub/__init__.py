"""Fetches models from a hub: what is published there, every file of it checked, installed in one step or not at all."""

"""Measurements of phi-ls as a person at an editor would feel them; `python -m bench` takes them all."""

"""Typing replayed against the real server, keystroke by keystroke, with a person's rhythm."""

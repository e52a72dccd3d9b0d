"""phi-ls: a language server whose answers come from a Phi-3 model on the user's own machine."""

__version__ = "0.1.0"

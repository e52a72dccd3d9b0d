"""Conversion of a model's original weights, on this machine, into the forms that engines take."""

"""What the features answer with: suggestions, explanations and hovers, without the protocol around them."""

"""What the model is told: plain values in, plain values out."""

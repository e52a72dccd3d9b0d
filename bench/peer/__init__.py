"""llama.cpp's own server on the same weights: what the product's speed is compared with."""

"""Models on this machine: what is built in, what a folder holds, and whether its files are what they should be."""

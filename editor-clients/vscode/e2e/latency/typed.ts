// What is typed when the latency is measured.

/** A small module, written from top to bottom. */
export const TYPED = `"""Keeps the newest measurements and says how they spread."""

import math


class Window:
    def __init__(self, size):
        self.size = size
        self.values = []

    def add(self, value):
        self.values.append(value)
        if len(self.values) > self.size:
            self.values.pop(0)

    def mean(self):
        if not self.values:
            return 0.0
        return sum(self.values) / len(self.values)

    def deviation(self):
        mean = self.mean()
        total = sum((value - mean) ** 2 for value in self.values)
        return math.sqrt(total / len(self.values))
`;

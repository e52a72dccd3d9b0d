// Files for the tests to work on.

/** Ends where anybody, and the built-in model, knows how it goes on. */
export const STACK = `class Stack:
    """A pile of things: what came last leaves first."""

    def __init__(self):
        self.items = []

    def push(self, item):
        """Put an item on top."""
        self.items.append(item)

    def pop(self):
        """Take the item on top away and return it."""
        return self.items.pop()

    def __len__(self):
        """Return how many items there are."""
        return len(`;

/** Has a function that is documented, one that is not, and a call of each. */
export const METER = `"""Response times."""


def mean(times):
    """Return the arithmetic mean of the times, in milliseconds."""
    return sum(times) / len(times)


def slowest(times, count):
    ordered = sorted(times, reverse=True)
    return ordered[:count]


print(mean([1, 2, 3]), slowest([1, 2, 3], 2))
`;

/** Begins with a function that is not documented. */
export const SETTINGS = `"""Reads the settings of a program."""

import json


def read_settings(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def merge(defaults, settings):
    """Return the settings, with the defaults for what is not set."""
    return {**defaults, **settings}


print(merge({"colour": "blue"}, read_settings("settings.json")))
`;

/** Has a fault that VS Code itself finds. */
export const FAULTY_JSON = '{\n  "name": "meter",\n  "name": "twice",\n}\n';

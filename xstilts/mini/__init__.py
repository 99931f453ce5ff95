"""mini: a synthetic suite of tasks in real languages, derived by rules from the same meanings in each of them."""

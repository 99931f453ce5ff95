"""Kinds of task: how rows of a kind become features, outputs of a head, predictions."""

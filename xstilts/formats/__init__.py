"""Readers of ordinary formats: factories that return a reader for the `Files` of a task."""

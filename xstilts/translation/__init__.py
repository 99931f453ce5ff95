"""Training rows in other languages, made by a translation model."""

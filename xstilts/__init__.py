"""xstilts: intermediate training for multilingual encoders, measured zero-shot."""

__version__ = "0.1.0"

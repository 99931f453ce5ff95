"""Pretrained encoders: found, known by content, loaded, and made fast without changing what they compute."""

"""nano: a small multilingual encoder that comes with the package, and how such encoders are made."""

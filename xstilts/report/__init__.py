"""The results for reading: tables for terminal and paper, and one self-contained page."""

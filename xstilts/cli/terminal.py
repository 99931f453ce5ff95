"""What standard output can show: colors, and how long a line may be."""

from __future__ import annotations

import os
import shutil
import sys

_FILE = 160


def in_color() -> bool:
    """Whether to write colors: on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def line_width() -> int:
    """Characters of a line: the terminal's, or 160 where the output is a file or another program."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _FILE

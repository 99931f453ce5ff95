"""What a user can get wrong, as data: the files, the command, and what the message must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from tiny_study import TINY


@dataclass(frozen=True)
class Case:
    """One wrong input.

    Attributes:
        name: What is wrong, in a few words.
        command: The arguments, as they are typed in a folder with `study.yaml`, its data and its encoder.
        says: What must stand in the message.
        files: Name -> content of files that are written before; None removes what is there.
        lists: Whether whole lines about other things may stand on stdout, as where every file of a folder is reported.
    """

    name: str
    command: str
    says: Sequence[str]
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    lists: bool = False


def study(**changes: Any) -> str:
    """The tiny study with some of its fields replaced; those that are None are left out."""
    data = {name: value for name, value in {**TINY, **changes}.items() if value is not None}
    return yaml.safe_dump(data, sort_keys=False)


def line_of(text: str, beginning: str) -> int:
    """The number of the only line that begins so, from 1."""
    found = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(beginning)]
    assert len(found) == 1, f"{beginning!r} begins lines {found}"
    return found[0]

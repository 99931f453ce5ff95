"""Names the license of everything that an installation of xstilts brings with it; exit code 1 if one is not allowed.

It reads the metadata of what is installed, so it needs no network: `python .ci/licenses.py`.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata

ALLOWED = re.compile(
    r"apache|\bmit\b|bsd|\bisc\b|\bpsf|python software foundation|mpl-2\.0|mozilla public|unlicense|\bzlib\b|cc0|hpnd",
    re.IGNORECASE,
)
REFUSED = re.compile(r"\bA?GPL|\bLGPL|proprietary|non-?commercial", re.IGNORECASE)
# Packages whose metadata do not say it, or say more than they mean; read in the files that they ship.
READ_IN_THEIR_FILES = {"seqeval": "MIT"}
EXTRAS = ("ray", "tracking")
# NVIDIA's libraries come with torch's builds for GPUs, under NVIDIA's own terms; nothing of them is shipped here.
OF_TORCH_FOR_GPUS = re.compile("nvidia-|cuda-|triton")


def needed(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """All distributions that an installed one requires here, itself included."""
    from packaging.requirements import Requirement

    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        current, wanted = waiting.pop()
        key = re.sub("[-_.]+", "-", current).lower()
        if key in found or OF_TORCH_FOR_GPUS.match(key):
            continue
        try:
            requirements = metadata.distribution(current).requires or []
        except metadata.PackageNotFoundError:
            continue  # an extra that is not installed
        found.add(key)
        for text in requirements:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in ("", *wanted)]
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                waiting.append((requirement.name, tuple(requirement.extras)))
    return found


def license_of(name: str) -> str:
    """What the metadata of a distribution say, the most exact first."""
    about = metadata.metadata(name)
    classifiers = [
        line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    stated = (about.get("License") or "").strip().splitlines()
    return str(
        about.get("License-Expression")
        or READ_IN_THEIR_FILES.get(name)
        or ", ".join(classifiers)
        or " ".join(stated[:1])
    )


def main() -> int:
    """Prints the list; what is not allowed last, on stderr."""
    licenses = {name: license_of(name) for name in sorted(needed("xstilts", EXTRAS))}
    for name, stated in licenses.items():
        print(f"{name:24} {metadata.version(name):16} {stated}")
    wrong = {name: stated for name, stated in licenses.items() if REFUSED.search(stated) or not ALLOWED.search(stated)}
    for name, stated in wrong.items():
        print(f"{name}: the license {stated or '(none stated)'!r} is not allowed here", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

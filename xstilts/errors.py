"""The two ways a command ends badly: the input is wrong (exit 2), or the run failed (exit 1)."""

from __future__ import annotations


class XstiltsError(Exception):
    """Anything that is reported as one message, without a traceback."""

    exit_code = 1


class RunError(XstiltsError):
    """A run that started and could not finish.

    Args:
        what: What happened, and what to do about it.
        cause: The kind of failure, for programs: `out_of_memory`, `diverged`, `bad_data`, `disk_full`, `worker_lost`
            or `error`.
    """

    def __init__(self, what: str, cause: str = "error") -> None:
        super().__init__(what)
        self.cause = cause


class InputError(XstiltsError):
    """Something the user gave is wrong.

    Args:
        what: One sentence that names the problem.
        where: File and line, row id, or field path.
        found: What stood there.
        expected: What should have stood there.
        fix: What to do.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        found: object = None,
        expected: object = None,
        fix: str | None = None,
    ) -> None:
        more = [
            *([f"  found:    {found}"] if found is not None else []),
            *([f"  expected: {expected}"] if expected is not None else []),
            *([f"  to fix:   {fix}"] if fix is not None else []),
        ]
        super().__init__("\n".join([f"{where}: {what}" if where is not None else what, *more]))
        self.what, self.where = what, where
        self._found, self._expected, self._fix = found, expected, fix

    def placed(self, where: object) -> InputError:
        """The same error with another place, more telling than its own."""
        return InputError(self.what, where=where, found=self._found, expected=self._expected, fix=self._fix)

    def advised(self, fix: str) -> InputError:
        """The same error with other advice, from somebody who knows more."""
        return InputError(self.what, where=self.where, found=self._found, expected=self._expected, fix=fix)


def nearest(name: str, known: list[str]) -> str | None:
    """Returns the sentence that names the closest of the known names, if one is close."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else None

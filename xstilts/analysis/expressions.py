"""The language of claims: comparisons of sums of means, such as `mean_delta(recipe=mnli, targets=retrieval) > 0`.

    claim    = side (">" | ">=" | "<" | "<=") side ...
    side     = sums, differences and numerical multiples of functions and numbers, with brackets
    function = name "(" argument "=" value, ... ")"
    value    = a name, a text in quotes, a number, or a list of these in square brackets

Names with other characters than letters, digits and "_" stand in quotes. The text is parsed into Python's syntax tree
and read by the few rules here; it is never evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xstilts.analysis.intervals import Estimate, combined
from xstilts.errors import InputError

_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}
_GRAMMAR = "a comparison such as mean_delta(recipe=mnli, targets=retrieval) > 0"
Arguments = Mapping[str, Any]
Function = Callable[[Arguments], Estimate]


@dataclass(frozen=True)
class Sum:
    """A number and multiples of estimates."""

    constant: float = 0.0
    parts: tuple[tuple[float, Estimate], ...] = ()

    def plus(self, other: Sum, factor: float = 1.0) -> Sum:
        """This and a multiple of another."""
        parts = tuple((factor * weight, part) for weight, part in other.parts)
        return Sum(self.constant + factor * other.constant, self.parts + parts)


@dataclass(frozen=True)
class Comparison:
    """One comparison of a claim, as a quantity and the number that it must pass.

    Attributes:
        quantity: What was compared, without the plain numbers.
        sign: 1 if the quantity must be greater, -1 if it must be smaller.
        threshold: The number.
        strict: Whether the number itself is not enough.
    """

    quantity: Estimate
    sign: int
    threshold: float
    strict: bool

    @property
    def margin(self) -> tuple[float, float]:
        """The interval of how far the quantity is on the claim's side; in points."""
        low, high = (self.sign * (bound - self.threshold) for bound in self.quantity.interval)
        return min(low, high), max(low, high)

    @property
    def outcome(self) -> str:
        """holds, fails or undecided."""
        low, high = self.margin
        if low > 0 or (low == 0 and not self.strict):
            return "holds"
        return "fails" if high < 0 or (high == 0 and self.strict) else "undecided"


def comparisons_of(text: str, functions: Mapping[str, Function], where: object = None) -> list[Comparison]:
    """Reads a claim.

    Args:
        text: The claim.
        functions: Name -> what computes it from its arguments.
        where: The place of the claim, for errors.

    Raises:
        InputError: If the text is no claim; it says what was found where.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError("this is no claim", where=where, found=text[:200], expected=_GRAMMAR) from None
    if not isinstance(tree, ast.Compare):
        raise InputError("a claim compares", where=where, found=text[:200], expected=_GRAMMAR)
    reader = _Reader(text, functions, where)
    sides = [reader.side(node) for node in (tree.left, *tree.comparators)]
    return [reader.comparison(left, kind, right) for left, kind, right in zip(sides, tree.ops, sides[1:], strict=False)]


@dataclass(frozen=True)
class _Reader:
    text: str
    functions: Mapping[str, Function]
    where: object

    def comparison(self, left: Sum, kind: ast.cmpop, right: Sum) -> Comparison:
        sign = _COMPARISONS.get(type(kind))
        if sign is None:
            raise self._error("claims compare with >, >=, < and <=", found=self.text)
        difference = left.plus(right, -1.0)
        quantity = combined(difference.parts)
        if quantity is None:
            raise self._error("nothing measured is compared", found=self.text)
        return Comparison(quantity, 1 if sign[0] == ">" else -1, 0.0 - difference.constant, "=" not in sign)

    def side(self, node: ast.expr) -> Sum:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return Sum(float(node.value))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Sum().plus(self.side(node.operand), -1.0)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return self.side(node.left).plus(self.side(node.right), 1.0 if isinstance(node.op, ast.Add) else -1.0)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            return self._multiple(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
            return Sum(0.0, ((1.0, self._call(node, node.func.id)),))
        raise self._error("a claim cannot hold this", found=ast.unparse(node))

    def _multiple(self, node: ast.BinOp) -> Sum:
        left, right = self.side(node.left), self.side(node.right)
        if isinstance(node.op, ast.Div):
            if right.parts or right.constant == 0:
                raise self._error("sums are divided by numbers other than 0", found=ast.unparse(node))
            return Sum().plus(left, 1 / right.constant)
        if left.parts and right.parts:
            raise self._error("one side of a product is a number", found=ast.unparse(node))
        return Sum().plus(right, left.constant) if right.parts else Sum().plus(left, right.constant)

    def _call(self, node: ast.Call, name: str) -> Estimate:
        if name not in self.functions:
            raise self._error(
                f"there is no function {name!r}", expected=f"one of {', '.join(self.functions)}", found=self.text
            )
        arguments = {}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in arguments:
                raise self._error("an argument is repeated or has no name", found=ast.unparse(node))
            arguments[keyword.arg] = self._value(keyword.value)
        try:
            return self.functions[name](arguments)
        except InputError as error:
            raise InputError(str(error), where=self.where) from None

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            return node.value
        if isinstance(node, ast.List | ast.Tuple):
            return [self._value(item) for item in node.elts]
        raise self._error(
            "a value is not understood",
            found=ast.unparse(node),
            fix="put names with other signs than letters, digits and _ in quotes",
        )

    def _error(self, what: str, **more: Any) -> InputError:
        return InputError(what, where=self.where, **{"expected": _GRAMMAR, **more})

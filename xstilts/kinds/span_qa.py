"""Extractive question answering: the answer is a slice of the context, worked out in the context's characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from xstilts.data.examples import Answer, QuestionExample
from xstilts.errors import InputError
from xstilts.kinds.base import LabeledPoints, TrainableKind

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import PiecedText, Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head


_FIRST, _LAST, _OTHER = range(3)  # classes of a probe
_OTHERS = 2


class Span(NamedTuple):
    """A candidate answer: its score (start plus end logit) and the half-open range of characters of the context."""

    score: float
    start: int
    end: int


@dataclass(frozen=True)
class SpanQA(TrainableKind):
    """One span of the context per question, or none.

    Attributes:
        unanswerable: Whether "no answer" is a possible prediction (SQuAD v2.0).
        max_question: Pieces of the question that are kept; fewer where they would fill half of the sequence.
        max_answer: Longest answer in pieces.
        n_best: Best starts and best ends that are combined, and candidates that are kept.
    """

    unanswerable: bool = False
    max_question: int = 64
    max_answer: int = 30
    n_best: int = 20

    name: ClassVar[str] = "span_qa"
    example: ClassVar[type] = QuestionExample
    max_length: ClassVar[int] = 384

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """SQuAD's F1 and exact match."""
        return ("f1", "exact_match")

    def check(self, example: QuestionExample) -> None:
        """Every answer stands in the context where its offset says, and there is one unless none is allowed."""
        for answer in example.answers or ():
            if answer.start < 0 or example.context[answer.start : answer.start + len(answer.text)] != answer.text:
                there = example.context[max(answer.start, 0) :][: len(answer.text)]
                raise InputError(
                    "an answer is not in the context at its offset",
                    where=f"question {example.id}",
                    found=f"{there!r} at character {answer.start}",
                    expected=repr(answer.text),
                    fix="offsets count characters of the context from 0; correct answer_start",
                )
        if example.answers == () and not self.unanswerable:
            raise InputError(
                "a question has no answer, and the task has only answerable ones", where=f"question {example.id}"
            )

    def encode(self, examples: Sequence[QuestionExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per window of a context.

        Neighboring windows share `doc_stride` pieces. Columns: `char_starts` and `char_ends` (list<int32>), the
        characters of the context that each piece covers, -1 outside it; `start` and `end` (int32), first and last
        piece of the first answer, both 0 (the first special token) where the window does not hold it whole.
        """
        import numpy as np
        import pyarrow as pa

        from xstilts.data.features import features_table, ragged_column

        contexts = dict.fromkeys(example.context for example in examples)
        pieced: dict[str, PiecedText] = dict(zip(contexts, pieces.texts(list(contexts)), strict=True))
        questions = pieces.texts([example.question for example in examples])
        # Where sequences are short, half of the room at least is the context's.
        most = min(self.max_question, (limits.max_length - pieces.specials(pair=True)) // 2)
        rows: list[_Window] = []
        for at, (example, question) in enumerate(zip(examples, questions, strict=True)):
            rows += _windows(at, example, question.ids[:most], pieced[example.context], pieces, limits)
        columns = {
            "char_starts": ragged_column([row.char_starts for row in rows], np.int32),
            "char_ends": ragged_column([row.char_ends for row in rows], np.int32),
            "start": pa.array([row.start for row in rows], type=pa.int32()),
            "end": pa.array([row.end for row in rows], type=pa.int32()),
        }
        return features_table([row.sequence for row in rows], [row.example for row in rows], pieces, columns=columns)

    def targets(self, features: Features, rows: np.ndarray, width: int, seed: int) -> dict[str, np.ndarray]:
        """`starts` and `ends`, shape [rows]."""
        return {name + "s": features.column(name)[rows].astype("int64") for name in ("start", "end")}

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per window."""
        return len(targets["starts"])

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """Two scores per piece: start and end."""
        from xstilts.training.heads import SpanHead

        return SpanHead(encoder.hidden_size, dropout)

    def decode(
        self, examples: Sequence[QuestionExample], features: Features, outputs: Sequence[np.ndarray]
    ) -> pa.Table:
        """Columns `id`, `prediction` (text), `start` (character), `score`, `null_score`, `n_best` (text, start, score).

        `null_score` is the lowest score of "no answer" over the windows: an answer in any window beats it.
        """
        import pyarrow as pa

        owner, starts, ends = features.column("example"), features.ragged("char_starts"), features.ragged("char_ends")
        by_example = {at: list(rows) for at, rows in groupby(range(len(owner)), key=lambda row: int(owner[row]))}
        table: list[dict[str, Any]] = []
        for at, example in enumerate(examples):
            rows = by_example[at]
            spans = [span for row in rows for span in best_spans(outputs[row], starts[row], ends[row], self)]
            candidates = _distinct([_candidate(example.context, span) for span in sorted(spans, reverse=True)])
            null = min(float(outputs[row][0].sum()) for row in rows)
            table.append(self._prediction(example, candidates[: self.n_best], null))
        span_type = pa.struct([("text", pa.string()), ("start", pa.int64()), ("score", pa.float64())])
        schema = pa.schema(
            [
                ("id", pa.string()),
                ("prediction", pa.string()),
                ("start", pa.int64()),
                ("score", pa.float64()),
                ("null_score", pa.float64()),
                ("n_best", pa.list_(span_type)),
            ]
        )
        return pa.Table.from_pylist(table, schema=schema)

    def _prediction(self, example: QuestionExample, n_best: list[dict[str, Any]], null: float) -> dict[str, Any]:
        best: dict[str, Any] = n_best[0] if n_best else {"text": "", "start": -1, "score": float("-inf")}
        if self.unanswerable and null > best["score"]:
            best = {**best, "text": "", "start": -1}
        return {
            "id": example.id,
            "prediction": best["text"],
            "start": best["start"],
            "score": best["score"],
            "null_score": null,
            "n_best": n_best,
        }

    def labeled_points(self, features: Features, generator: np.random.Generator) -> LabeledPoints:
        """Of each window that holds its answer: the answer's first piece, its last one, and two others of the context.

        An answer of one piece counts as a first one.
        """
        import numpy as np

        points: list[tuple[int, int, int]] = []
        firsts, lasts, inside = features.column("start"), features.column("end"), features.ragged("char_starts")
        for row in np.flatnonzero(lasts > 0).tolist():
            first, last = int(firsts[row]), int(lasts[row])
            points += [(row, first, _FIRST)] + [(row, last, _LAST)] * (last != first)
            others = np.setdiff1d(np.flatnonzero(inside[row] >= 0), [first, last])
            drawn = generator.permutation(others)[:_OTHERS]
            points += [(row, int(position), _OTHER) for position in drawn]
        rows, positions, labels = np.asarray(points, dtype=np.int64).reshape(-1, 3).T
        return LabeledPoints(rows, positions, labels)

    def constant_predictions(self, examples: Sequence[QuestionExample]) -> list[str]:
        """Never an answer, which is right where there is none."""
        return [""] * len(examples)


class _Window(NamedTuple):
    example: int
    sequence: Any
    char_starts: np.ndarray
    char_ends: np.ndarray
    start: int
    end: int


def _windows(
    at: int, example: QuestionExample, question: np.ndarray, context: PiecedText, pieces: Pieces, limits: Limits
) -> list[_Window]:
    import numpy as np

    room = limits.max_length - pieces.specials(pair=True) - len(question)
    step = max(room - limits.doc_stride, room // 2, 1)
    answer = _answer_pieces(context, example.answers[0]) if example.answers else None
    windows = []
    for begin in range(0, max(len(context) - room + step, 1), step):
        end = min(begin + room, len(context))
        sequence = pieces.pair(question, context.ids[begin:end])
        char_starts, char_ends = (np.full(len(sequence.ids), -1, dtype=np.int32) for _ in range(2))
        here = slice(sequence.second, sequence.second + end - begin)
        char_starts[here], char_ends[here] = context.starts[begin:end], context.ends[begin:end]
        whole = answer is not None and begin <= answer[0] and answer[1] < end
        start, stop = (piece - begin + sequence.second for piece in answer) if whole and answer else (0, 0)
        windows.append(_Window(at, sequence, char_starts, char_ends, start, stop))
    return windows


def _answer_pieces(context: PiecedText, answer: Answer) -> tuple[int, int] | None:
    """First and last piece that share a character with the answer."""
    import numpy as np

    inside = np.flatnonzero((context.starts < answer.start + len(answer.text)) & (context.ends > answer.start))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def best_spans(logits: np.ndarray, char_starts: np.ndarray, char_ends: np.ndarray, kind: SpanQA) -> list[Span]:
    """Valid spans of one window, best first: in the context, start not after end, not too long, not empty.

    Args:
        logits: Start and end logit of each piece, shape [pieces, 2].
        char_starts: First character of each piece, -1 outside the context; shape [pieces].
        char_ends: Character after each piece; shape [pieces].
        kind: Gives the length limit and the number of candidates.
    """
    import numpy as np

    inside = np.flatnonzero(char_starts >= 0)
    if not len(inside):
        return []
    first = inside[np.argsort(-logits[inside, 0], kind="stable")[: kind.n_best]]
    last = inside[np.argsort(-logits[inside, 1], kind="stable")[: kind.n_best]]
    length = last[None, :] - first[:, None] + 1
    valid = (length >= 1) & (length <= kind.max_answer) & (char_ends[last][None, :] > char_starts[first][:, None])
    scores = logits[first, 0][:, None].astype(np.float64) + logits[last, 1][None, :]
    rows, columns = np.nonzero(valid)
    spans = [
        Span(float(scores[r, c]), int(char_starts[first[r]]), int(char_ends[last[c]]))
        for r, c in zip(rows, columns, strict=True)
    ]
    if not spans:
        # The best starts and best ends may all contradict each other: then the best single piece is the answer.
        best = inside[np.argmax(logits[inside].sum(axis=1))]
        spans = [Span(float(logits[best].sum()), int(char_starts[best]), int(char_ends[best]))]
    return sorted(spans, reverse=True)[: kind.n_best]


def _candidate(context: str, span: Span) -> dict[str, Any]:
    """The span as text; a piece may cover the space before its word, which is not part of the answer."""
    text = context[span.start : span.end]
    return {
        "text": text.strip(),
        "start": span.start + len(text) - len(text.lstrip()),
        "score": span.score,
    }


def _distinct(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each place and text: overlapping windows propose the same answer twice. Blanks are no answer."""
    seen: dict[tuple[int, str], dict[str, Any]] = {}
    for candidate in candidates:
        if candidate["text"]:
            seen.setdefault((candidate["start"], candidate["text"]), candidate)
    return list(seen.values())

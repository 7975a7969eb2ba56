"""Scores made elsewhere: a file that takes part as a system."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

KINDS = (".csv", ".npy", ".npz")


@dataclass(frozen=True, eq=False)
class _Table:
    """What a file holds, before it is compared with the task."""

    path: Path
    ids: np.ndarray
    concepts: list[str] | None
    values: np.ndarray
    # What a row is called in messages, and the number of the first.
    row: str
    first: int

    def place(self, row: int) -> str:
        return f"{self.path}, {self.row} {row + self.first}"


def read_scores(
    path: str | Path,
    ids: Sequence[str],
    concepts: Sequence[str],
    needed: ArrayLike | None = None,
    ids_file: str | Path | None = None,
) -> np.ndarray:
    """Read a file of scores and bring it into the order of a task's samples and concepts.

    Parameters
    ----------
    path : str or Path
        One of

        - ``.csv``: a column `id`, then a column a concept, in any order;
        - ``.npy``: an array, a row a sample and a column a concept. The ids of the rows stand in
          `ids_file`. The names of the columns stand in ``<name>.concepts.txt`` beside it; without
          that file the columns are the task's concepts, in order;
        - ``.npz``: arrays `scores`, `ids`, and `concepts`, which may be missing likewise.
    ids : sequence of str
        The task's n samples.
    concepts : sequence of str
        The task's c concepts.
    needed : array of shape (n,), bool, optional
        Samples that must be in the file: those to be tuned and tested on. By default all. Others
        may be missing.
    ids_file : str or Path, optional
        Of a ``.npy``: text in UTF-8, a line a row; by default ``<name>.ids.txt`` beside it.

    Returns
    -------
    ndarray of shape (n, c), float32
        NaN for samples that are missing and not needed.

    Raises
    ------
    FileNotFoundError
        If the file, or that of the ids, is not there.
    ValueError
        For another kind of file; ids or concepts that are unknown, missing or doubled; a score
        that is not a finite number: the message says where.
    """
    path = Path(path)
    if path.suffix not in KINDS:
        raise ValueError(f"{path}: scores are read from {', '.join(KINDS)}")
    if ids_file is not None and path.suffix != ".npy":
        raise ValueError(f"{path}: ids stand in the file itself, not in {ids_file}")
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not a file")
    if path.suffix == ".csv":
        table = _csv(path)
    elif path.suffix == ".npz":
        table = _npz(path)
    else:
        table = _npy(path, path.with_suffix(".ids.txt") if ids_file is None else Path(ids_file))
    columns = _columns(table, concepts)
    names = np.asarray(ids, dtype=np.str_)
    rows = _rows(table, names, np.ones(len(names), bool) if needed is None else np.asarray(needed))
    with np.errstate(over="ignore"):
        values = table.values[:, columns].astype(np.float32)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(
            f"{table.place(row)}: the score of {concepts[column]!r} is "
            f"{table.values[row, columns[column]]}, not a finite number of single precision"
        )
    scores = np.full((len(names), len(concepts)), np.nan, dtype=np.float32)
    scores[rows] = values
    return scores


def _columns(table: _Table, concepts: Sequence[str]) -> list[int]:
    """The column of each concept."""
    if table.concepts is None:
        if table.values.shape[1] != len(concepts):
            raise ValueError(
                f"{table.path}: {table.values.shape[1]} columns without names for "
                f"{len(concepts)} concepts"
            )
        return list(range(len(concepts)))
    doubled = [name for name in dict.fromkeys(table.concepts) if table.concepts.count(name) > 1]
    if doubled:
        raise ValueError(f"{table.path}: two columns are named {doubled[0]!r}")
    missing = [name for name in concepts if name not in table.concepts]
    unknown = [name for name in table.concepts if name not in concepts]
    if missing:
        near = get_close_matches(missing[0], unknown, n=1, cutoff=0.6)
        hint = f"; is it {near[0]!r}?" if near else ""
        raise ValueError(
            f"{table.path}: no column for {len(missing)} of {len(concepts)} concepts, "
            f"first {missing[0]!r}{hint}"
        )
    if unknown:
        raise ValueError(f"{table.path}: column {unknown[0]!r} is none of the task's concepts")
    return [table.concepts.index(name) for name in concepts]


def _rows(table: _Table, names: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """The task's sample that each row of the file is."""
    if needed.shape != names.shape or needed.dtype != bool:
        raise ValueError(f"needed must be {len(names)} times true or false")
    if len(table.ids) != len(table.values):
        raise ValueError(f"{table.path}: {len(table.values)} rows but {len(table.ids)} ids")
    doubled = pd.Series(table.ids).duplicated().to_numpy()
    if doubled.any():
        row = int(np.flatnonzero(doubled)[0])
        first = int(np.flatnonzero(table.ids == table.ids[row])[0])
        raise ValueError(
            f"{table.place(row)}: id {table.ids[row]} stands in {table.row} "
            f"{first + table.first} already"
        )
    rows = pd.Index(names).get_indexer(pd.Index(table.ids))
    if (rows < 0).any():
        row = int(np.flatnonzero(rows < 0)[0])
        raise ValueError(
            f"{table.place(row)}: id {table.ids[row]} is none of the task's samples "
            f"({(rows < 0).sum()} are not)"
        )
    there = np.zeros(len(names), dtype=bool)
    there[rows] = True
    if (needed & ~there).any():
        absent = np.flatnonzero(needed & ~there)
        raise ValueError(
            f"{table.path}: no scores for {len(absent)} of {needed.sum()} samples that need them, "
            f"first {names[absent[0]]}"
        )
    return rows


def _csv(path: Path) -> _Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(islice(csv.reader(file), 2))
    header = [name.strip() for name in lines[0]] if lines else []
    if header.count("id") != 1:
        raise ValueError(f"{path}, line 1: it needs one column `id`")
    if "" in header or len(set(header)) != len(header):
        raise ValueError(f"{path}, line 1: empty or doubled column names")
    if len(lines) < 2 or len(lines[1]) != len(header):
        fields = len(lines[1]) if len(lines) == 2 else 0
        raise ValueError(f"{path}, line 2: {fields} values for {len(header)} columns")
    try:
        table = pd.read_csv(
            path,
            header=None,
            skiprows=1,
            names=header,
            dtype={"id": str},
            keep_default_na=False,
            na_values=[],
            skip_blank_lines=False,
            low_memory=False,
            encoding="utf-8-sig",
        )
    except pd.errors.ParserError as error:
        raise ValueError(f"{path}: {error}") from error
    concepts = [name for name in header if name != "id"]
    for name in concepts:
        column = table[name]
        if column.dtype.kind not in "iuf":
            column = column.astype(str)
            number = pd.to_numeric(column, errors="coerce")
            bad = np.flatnonzero(number.isna())
            if len(bad):
                text = column.iloc[bad[0]]
                raise ValueError(
                    f"{path}, line {bad[0] + 2}, column {name!r}: {text!r} is not a number"
                )
            table[name] = number
    ids = table["id"].fillna("").to_numpy(dtype=np.str_)
    return _Table(path, ids, concepts, table[concepts].to_numpy(), "line", 2)


def _npy(path: Path, ids_file: Path) -> _Table:
    if not ids_file.is_file():
        raise FileNotFoundError(f"{path} needs the ids of its rows: {ids_file} is not a file")
    concepts_file = path.with_suffix(".concepts.txt")
    concepts = _lines(concepts_file).tolist() if concepts_file.is_file() else None
    return _array(path, np.load(path, allow_pickle=False), _lines(ids_file), concepts)


def _npz(path: Path) -> _Table:
    with np.load(path, allow_pickle=False) as arrays:
        for name in ("scores", "ids"):
            if name not in arrays:
                raise ValueError(f"{path}: no array {name!r}; it has {', '.join(arrays)}")
        concepts = arrays["concepts"].astype(np.str_).tolist() if "concepts" in arrays else None
        return _array(path, arrays["scores"], arrays["ids"].astype(np.str_), concepts)


def _array(path: Path, values: np.ndarray, ids: np.ndarray, concepts: list[str] | None) -> _Table:
    if values.ndim != 2 or values.dtype.kind not in "iuf":
        raise ValueError(
            f"{path}: scores must be numbers of shape (samples, concepts), "
            f"got {values.dtype} of shape {values.shape}"
        )
    if concepts is not None and len(concepts) != values.shape[1]:
        raise ValueError(f"{path}: {values.shape[1]} columns but {len(concepts)} names for them")
    return _Table(path, ids, concepts, values, "row", 0)


def _lines(path: Path) -> np.ndarray:
    text = path.read_text(encoding="utf-8-sig")
    return np.array(text.removesuffix("\n").split("\n"), dtype=np.str_)

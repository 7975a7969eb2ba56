"""A task from a CSV file: path, optional split, video and shot, then a column a concept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.collection import Files, ImageCollection
from benchmarks.results.trec import shot_names
from benchmarks.results.trec.annotations import Annotated
from benchmarks.tasks.base import Split, Task
from benchmarks.tasks.files import OnBadImage, readable
from benchmarks.tasks.judged import judge

PARTS = ("train", "val", "test")
RESERVED = ("path", "split", "video", "shot")
SINGLE_LABEL = ("mean_class_accuracy", "top1_error", "ap")
SEVERAL_LABELS = ("ap", "ap_voc07", "p_at_10", "roc_auc")


def draw_groups(groups: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` samples, whole groups first, the last group cut to fit.

    Parameters
    ----------
    groups : ndarray of shape (n,)
        The group (video) of each sample.
    size : int
        How many samples.
    rng : numpy.random.Generator
        Draws the order of the groups; a larger `size` adds to what a smaller one drew.

    Returns
    -------
    ndarray of shape (size,), int
        Positions, sorted.
    """
    names, group_of = np.unique(groups, return_inverse=True)
    place = np.empty(len(names), dtype=np.intp)
    place[rng.permutation(len(names))] = np.arange(len(names))
    return np.sort(np.argsort(place[group_of], kind="stable")[:size])


class TableSplitter:
    """The split that a table gives, or one drawn by seed; training sets drawn within it.

    Parameters
    ----------
    part : ndarray of shape (n,) of str, or None
        "train", "val" or "test" of each sample.
    groups : ndarray of shape (n,)
        What must stay together: videos, or the samples themselves.
    shares : tuple of (float, float)
        Of val and test, where `part` is None.
    """

    def __init__(
        self, part: np.ndarray | None, groups: np.ndarray, shares: tuple[float, float]
    ) -> None:
        self.part = part
        self.groups = groups
        self.shares = shares

    def __call__(self, seed: int, train_size: int | None) -> Split:
        part = self._drawn(seed) if self.part is None else self.part
        train, val, test = (np.flatnonzero(part == name) for name in PARTS)
        if train_size is not None:
            if not 1 <= train_size <= len(train):
                raise ValueError(
                    f"a training size of {train_size}: there are {len(train)} training images"
                )
            rng = np.random.default_rng([seed, 1])
            train = train[draw_groups(self.groups[train], train_size, rng)]
        return Split(train, val, test)

    def _drawn(self, seed: int) -> np.ndarray:
        n = len(self.groups)
        part = np.full(n, "train", dtype="<U5")
        left = np.arange(n)
        for name, share, stream in (("test", self.shares[1], 2), ("val", self.shares[0], 3)):
            rng = np.random.default_rng([seed, stream])
            taken = left[draw_groups(self.groups[left], round(share * n), rng)]
            # A video is never cut between two parts.
            taken = left[np.isin(self.groups[left], self.groups[taken])]
            part[taken] = name
            left = np.setdiff1d(left, taken)
        return part


class TableTask:
    """A task from a CSV file of annotated images.

    Parameters
    ----------
    path : str or Path
        The CSV. Its columns: `path` (relative to the CSV's folder, or absolute); optional
        `split` (train, val, test); optional `video` and `shot`; then a column a concept
        with 1, 0 or -1 (unjudged).
    val_share, test_share : float
        Shares drawn by seed, whole videos at a time, where there is no `split` column.
    single_label : bool, optional
        Whether each sample has one concept exactly; read off the annotations by default.
    mirror : bool
        Whether mirrored images show the same concepts.
    on_bad_image : {"error", "skip"}
        What to do about files that do not decode.
    description : str
        For the report.
    notes : sequence of str
        Remarks that the report must show.
    judgments, topics : str or Path, optional
        TRECVID's sampled judgments of the test samples, and a CSV of the columns `topic` and
        `concept`; both relative to the CSV's folder, or absolute. The table needs a column
        `split`, and -1 for its test samples; metrics are then `xinfap` and `infap`.
    shot_name : str
        How the judgments name a sample, of ``{id}`` (the column `path`), ``{video}`` and
        ``{shot}``.
    """

    def __init__(
        self,
        path: str | Path,
        val_share: float = 0.2,
        test_share: float = 0.3,
        single_label: bool | None = None,
        mirror: bool = True,
        on_bad_image: OnBadImage = "error",
        description: str = "",
        notes: tuple[str, ...] | list[str] = (),
        judgments: str | Path | None = None,
        topics: str | Path | None = None,
        shot_name: str = "shot{video}_{shot}",
    ) -> None:
        self.path = Path(path)
        self.val_share = val_share
        self.test_share = test_share
        self.single_label = single_label
        self.mirror = mirror
        self.on_bad_image = on_bad_image
        self.description = description
        self.notes = notes
        self.judgments = judgments
        self.topics = topics
        self.shot_name = shot_name

    def load(self, name: str) -> Task:
        """Read and check the table.

        Raises
        ------
        FileNotFoundError
            If the CSV, or an image that it names, is missing.
        ValueError
            If columns are missing or doubled, or a value is not allowed: the message
            names line and column.
        """
        table = self._read()
        paths = [self.path.parent / str(entry) for entry in table["path"]]
        missing = [p for p in paths if not p.is_file()]
        if missing and self.on_bad_image == "error":
            raise FileNotFoundError(
                f"{self.path} names {len(missing)} files that do not exist, first {missing[0]}"
            )
        keep, excluded = readable(paths, self.on_bad_image)
        table = table[keep].reset_index(drop=True)
        paths = [p for p, kept in zip(paths, keep) if kept]
        concepts = [column for column in table.columns if column not in RESERVED]
        Y = table[concepts].to_numpy(dtype=np.int8)
        video = table["video"].to_numpy(dtype=np.str_) if "video" in table else None
        ids = table["path"].to_numpy(dtype=np.str_)
        part = table["split"].to_numpy(dtype=np.str_) if "split" in table else None
        number = table["shot"].to_numpy() if "shot" in table else None
        strata, metrics = None, None
        if self.judgments is not None or self.topics is not None:
            names = shot_names(self.shot_name, ids, video, number)
            (Y, strata), metrics = self._judged(Y, part, names, concepts)
        single = self.single_label
        if single is None:
            single = len(concepts) > 1 and bool((Y >= 0).all() and (Y.sum(axis=1) == 1).all())
        elif single and not ((Y == 1).sum(axis=1) == 1).all():
            raise ValueError(f"{self.path}: single_label is set, but not every row has one 1")
        return Task(
            name=name,
            collection=ImageCollection(
                Files(paths),
                ids.tolist(),
                video,
                number,
            ),
            concepts=concepts,
            annotations=Y,
            splitter=TableSplitter(
                part, ids if video is None else video, (self.val_share, self.test_share)
            ),
            size_unit="images" if video is None else "shots",
            single_label=single,
            metrics=metrics or (SINGLE_LABEL if single else SEVERAL_LABELS),
            mirror=self.mirror,
            description=self.description,
            notes=list(self.notes),
            excluded=excluded,
            strata=strata,
        )

    def _judged(
        self, Y: np.ndarray, part: np.ndarray | None, names: list[str], concepts: list[str]
    ) -> tuple[Annotated, tuple[str, ...]]:
        if self.judgments is None or self.topics is None:
            raise ValueError(f"{self.path}: `judgments` and `topics` come together or not at all")
        if part is None:
            raise ValueError(f"{self.path}: judgments are of test samples; it needs a column split")
        folder = self.path.parent
        return judge(
            Y, part == "test", names, concepts, folder / self.judgments, folder / self.topics
        )

    def _read(self) -> pd.DataFrame:
        if not self.path.is_file():
            raise FileNotFoundError(f"{self.path} is not a file")
        # As text, so that values can be shown as they stand; duplicate columns kept apart.
        header = pd.read_csv(self.path, header=None, nrows=1, dtype=str).iloc[0].fillna("")
        names = header.str.strip().tolist()
        doubled = sorted({n for n in names if names.count(n) > 1})
        if doubled or "" in names:
            raise ValueError(f"{self.path}: empty or doubled column names {doubled}")
        table = pd.read_csv(
            self.path, header=None, skiprows=1, names=names, dtype=str, keep_default_na=False
        )
        if "path" not in table or len(table) == 0:
            raise ValueError(f"{self.path}: it needs a column `path` and at least one row")
        if ("video" in table) != ("shot" in table):
            raise ValueError(f"{self.path}: `video` and `shot` come together or not at all")
        concepts = [n for n in names if n not in RESERVED]
        if not concepts:
            raise ValueError(f"{self.path}: no column for a concept")
        for column in concepts:
            self._check(table, column, ("1", "0", "-1"))
            table[column] = table[column].str.strip().astype(np.int8)
        if "split" in table:
            table["split"] = table["split"].str.strip()
            self._check(table, "split", PARTS)
        if "shot" in table:
            number = pd.to_numeric(table["shot"], errors="coerce")
            bad = np.flatnonzero(number.isna() | (number % 1 != 0))
            if len(bad):
                raise ValueError(f"{self.path}, line {bad[0] + 2}: shot is not a whole number")
            table["shot"] = number.astype(np.int64)
            twice = np.flatnonzero(table.duplicated(["video", "shot"]))
            if len(twice):
                raise ValueError(
                    f"{self.path}, line {twice[0] + 2}: that shot of the video stands above"
                )
        twice = np.flatnonzero(table["path"].duplicated())
        if len(twice):
            raise ValueError(f"{self.path}, line {twice[0] + 2}: that path stands above already")
        return table

    def _check(self, table: pd.DataFrame, column: str, allowed: tuple[str, ...]) -> None:
        bad = np.flatnonzero(~table[column].str.strip().isin(allowed))
        if len(bad):
            found = table[column].iloc[bad[0]]
            raise ValueError(
                f"{self.path}, line {bad[0] + 2}, column {column!r}: {found!r} is not one of "
                + ", ".join(allowed)
            )

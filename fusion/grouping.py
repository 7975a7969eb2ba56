"""Groups of members: declared, as a tree, or found, as those whose scores go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from engineered.parameters import check_choice, did_you_mean

CORRELATIONS = ("spearman", "pearson")


@dataclass(frozen=True)
class Group:
    """Some members, or groups of them, that one fusion makes one.

    Attributes
    ----------
    name : str
    parts : tuple of int or Group
        Positions of members, and groups of a lower level.
    """

    name: str
    parts: tuple[int | Group, ...]

    @property
    def level(self) -> int:
        """1 for a group of members only, else one more than its highest part's."""
        return 1 + max((part.level for part in self.parts if isinstance(part, Group)), default=0)

    def members(self) -> Iterator[int]:
        """Positions of all members below."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.members()
            else:
                yield part

    def groups(self) -> Iterator[Group]:
        """All groups, the lower before the higher, itself last."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.groups()
        yield self

    def describe(self, names: Sequence[str]) -> str:
        """The tree in one line: ``all(engineered(words, colour), network)``."""
        parts = (
            part.describe(names) if isinstance(part, Group) else names[part] for part in self.parts
        )
        return f"{self.name}({', '.join(parts)})"


def declared(groups: Any, names: Sequence[str] | None, n_members: int) -> Group:
    """Read a declaration of groups.

    Parameters
    ----------
    groups : mapping or sequence, nested
        A mapping gives each part its name; the parts of a sequence are nameless. What is neither
        is a member: its position, from 0, or its name.
    names : sequence of str or None
        The members' names.
    n_members : int

    Returns
    -------
    Group
        The whole tree, named "all".

    Raises
    ------
    ValueError
        For a name or a position that no member has, an empty group, two groups of one name, or a
        member that is in no group or in several.
    """
    tree = _read(groups, "all", names, n_members)
    if not isinstance(tree, Group):
        raise ValueError(f"groups must be a mapping or a list of members, got {groups!r}")
    called = [group.name for group in tree.groups()]
    twice = next((name for name in called if called.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f'two groups are named {twice!r} (the whole is "all"): names must differ')
    counts = np.bincount(list(tree.members()), minlength=n_members)
    for wrong, what in ((counts > 1, "several groups"), (counts == 0, "no group")):
        if wrong.any():
            member = int(np.flatnonzero(wrong)[0])
            which = str(member) if names is None else f"{names[member]!r}"
            raise ValueError(f"member {which} is in {what}: each must be in one")
    return tree


def _read(part: Any, name: str, names: Sequence[str] | None, n_members: int) -> int | Group:
    if isinstance(part, str):
        if names is None:
            raise ValueError(
                f"groups name the member {part!r}, but these scores have no names: give "
                "Scores(..., members=names), or positions in groups"
            )
        if part not in names:
            hint = did_you_mean(part, names)
            raise ValueError(f"groups name {part!r}; the members are {', '.join(names)}{hint}")
        return names.index(part)
    if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
        if not 0 <= part < n_members:
            raise ValueError(f"groups name member {part}; there are {n_members}, from 0")
        return int(part)
    if isinstance(part, Mapping):
        inner = [(str(key), value) for key, value in part.items()]
    elif isinstance(part, Sequence):
        prefix = "" if name == "all" else f"{name}."
        inner = [(f"{prefix}{place}", value) for place, value in enumerate(part, start=1)]
    else:
        raise ValueError(f"groups hold {part!r}: neither a member nor a group of them")
    if not inner:
        raise ValueError(f"group {name!r} is empty")
    return Group(name, tuple(_read(value, key, names, n_members) for key, value in inner))


def correlation(values: NDArray[np.floating], kind: str = "spearman") -> NDArray[np.float64]:
    """Correlation of members' scores, averaged over concepts.

    Parameters
    ----------
    values : array of shape (n, m, c)
        Scores.
    kind : {"spearman", "pearson"}
        Of ranks, ties sharing their mean rank, or of the scores themselves.

    Returns
    -------
    array of shape (m, m), float64
        In [-1, 1], with ones on the diagonal; a member that is constant on a concept has
        correlation 0 with others there.

    Raises
    ------
    ValueError
        For another kind.
    """
    check_choice("correlation", kind, CORRELATIONS)
    columns = values.astype(np.float64)
    if kind == "spearman":
        columns = rankdata(columns, axis=0)
    columns = columns - columns.mean(axis=0)
    length = np.sqrt((columns**2).sum(axis=0))
    unit = np.divide(columns, length, out=np.zeros_like(columns), where=length > 0)
    found: NDArray[np.float64] = np.einsum("nac,nbc->ab", unit, unit) / values.shape[2]
    found = np.clip((found + found.T) / 2, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def by_correlation(
    correlations: NDArray[np.float64], threshold: float | Sequence[float], n_groups: int | None
) -> Group:
    """Group members whose scores go together.

    Average-linkage clustering on distances of one minus the correlation, cut at one height or at
    several, each of which makes a level.

    Parameters
    ----------
    correlations : array of shape (m, m)
        As from `correlation`.
    threshold : float or sequence of float
        Distances, rising, below which clusters are joined. Not read with `n_groups`.
    n_groups : int or None
        How many groups there shall be at most, in a single level.

    Returns
    -------
    Group
        The whole tree, named "all"; groups are numbered by their first members. Members alike
        to no other stand beside the groups.

    Raises
    ------
    ValueError
        For fewer than one group, or thresholds that do not rise from above 0.
    """
    cuts = np.atleast_1d(np.asarray(threshold, dtype=np.float64))
    if n_groups is not None and n_groups < 1:
        raise ValueError(f"n_groups must be 1 at least, got {n_groups}")
    if not cuts.size or not cuts[0] > 0 or (np.diff(cuts) <= 0).any():
        raise ValueError(f"threshold must be above 0, and several must rise; got {threshold!r}")
    m = len(correlations)
    clusters: list[int | Group] = list(range(m))
    if m < 2:
        return Group("all", tuple(clusters))
    tree = linkage(squareform(1.0 - correlations, checks=False), method="average")
    if n_groups is not None:
        labelings = [fcluster(tree, n_groups, criterion="maxclust")]
    else:
        labelings = [fcluster(tree, cut, criterion="distance") for cut in cuts]
    for level, labels in enumerate(labelings, start=1):
        held: dict[int, list[int | Group]] = {}
        for cluster in clusters:
            first = next(cluster.members()) if isinstance(cluster, Group) else cluster
            held.setdefault(int(labels[first]), []).append(cluster)
        if len(held) == 1:
            break
        prefix = f"{level}." if len(labelings) > 1 else ""
        clusters = [
            parts[0] if len(parts) == 1 else Group(f"{prefix}{number}", tuple(parts))
            for number, parts in enumerate(held.values(), start=1)
        ]
    return Group("all", tuple(clusters))

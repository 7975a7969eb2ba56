"""Families of comparisons: the pairs that a question is about, corrected together.

Of twenty systems there are 190 pairs, and Holm's correction over all of them hides what was asked.
A question asked in advance has few pairs; only these are corrected together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

Pair = tuple[str, str]


def all_pairs(systems: Iterable[str]) -> list[Pair]:
    """Every system against every later one, in the order given."""
    return list(combinations(systems, 2))


def against_reference(reference: str, systems: Iterable[str]) -> list[Pair]:
    """Every other system against one that was named in advance.

    Returns
    -------
    list of (system, reference)

    Raises
    ------
    ValueError
        If the reference is not among the systems.
    """
    names = list(systems)
    if reference not in names:
        raise ValueError(f"the reference {reference!r} is not among {', '.join(names)}")
    return [(name, reference) for name in names if name != reference]


def between_families(family_of: Mapping[str, str], a: str, b: str) -> list[Pair]:
    """Every system of family a against every one of family b.

    Parameters
    ----------
    family_of : mapping from system to family
    a, b : str
        Two families.

    Returns
    -------
    list of (system of a, system of b)

    Raises
    ------
    ValueError
        For equal families or one without systems.
    """
    if a == b:
        raise ValueError(f"a comparison between families needs two, got {a!r} twice")
    of = {family: [s for s, found in family_of.items() if found == family] for family in (a, b)}
    for family, members in of.items():
        if not members:
            raise ValueError(f"no system is of the family {family!r}")
    return [(x, y) for x in of[a] for y in of[b]]


def against_best_member(
    members_of: Mapping[str, Sequence[str]],
    values: Mapping[str, float],
    higher_is_better: bool = True,
) -> list[Pair]:
    """Every fused system against the best of its members.

    Parameters
    ----------
    members_of : mapping from fused system to the systems that it is made of
    values : mapping from system to float
        What is known of every member before the test, from validation. The best on test would be
        best by luck in part, and the comparison biased against fusion.
    higher_is_better : bool
        Of the values.

    Returns
    -------
    list of (fused system, member)

    Raises
    ------
    ValueError
        For a fused system without members or a member without a value.
    """
    pairs = []
    for fused, members in members_of.items():
        if not members:
            raise ValueError(f"{fused!r} has no members to be compared with")
        for member in members:
            if np.isnan(values.get(member, float("nan"))):
                raise ValueError(f"{member!r}, a member of {fused!r}, has no validation value")
        sign = 1.0 if higher_is_better else -1.0
        pairs.append((fused, max(members, key=lambda member: sign * values[member])))
    return pairs

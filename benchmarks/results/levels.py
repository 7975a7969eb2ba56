"""Which fusions have several levels, which have one, and what they rest on through all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def late_members(
    members: Mapping[str, Sequence[str]], early: Collection[str]
) -> dict[str, list[str]]:
    """Return what each late fusion and re-scoring is made of.

    An early fusion is trained as one system, and makes no level of what joins its scores.

    Parameters
    ----------
    members : mapping from system to the systems that it is made of
    early : collection of str
        The early fusions among the systems.
    """
    return {name: [] if name in early else list(of) for name, of in members.items()}


def in_levels(members: Mapping[str, Sequence[str]], hierarchical: Collection[str]) -> list[str]:
    """Return the fusions that have several levels.

    Parameters
    ----------
    members : mapping from system to the systems that it is made of
        As of `late_members`. Of one member: re-scored. Of none: a single system.
    hierarchical : collection of str
        Systems whose fusion groups its members by itself.

    Returns
    -------
    list of str
        In the order of `members`: what is hierarchical, and what has a fusion among its members.
        Where something in it was re-scored the system is left out: what levels add could not be
        told from what re-scoring adds.
    """
    return [
        name
        for name, of in members.items()
        if len(of) > 1
        and (name in hierarchical or any(len(members.get(part, ())) > 1 for part in of))
        and not _rescored_inside(name, members)
    ]


def flat(members: Mapping[str, Sequence[str]], hierarchical: Collection[str]) -> list[str]:
    """Return the fusions of one level: all members are single systems.

    Parameters
    ----------
    members, hierarchical
        As for `in_levels`.
    """
    return [
        name
        for name, of in members.items()
        if len(of) > 1
        and name not in hierarchical
        and not any(members.get(part, ()) for part in of)
    ]


def singles_of(system: str, members: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the systems without members that a system is made of, through all levels; each once.

    Parameters
    ----------
    system : str
    members
        As for `in_levels`.
    """
    found: dict[str, None] = {}
    pending = list(members[system])[::-1]
    while pending:
        name = pending.pop()
        if members.get(name):
            pending += list(members[name])[::-1]
        else:
            found[name] = None
    return list(found)


def _rescored_inside(system: str, members: Mapping[str, Sequence[str]]) -> bool:
    pending = list(members[system])
    while pending:
        of = members.get(pending.pop(), ())
        if len(of) == 1:
            return True
        pending += of
    return False

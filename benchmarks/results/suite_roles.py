"""Which systems of a run answer what is claimed of networks, read from the run's own suite.

Nothing is concluded from what systems are called: only from how the suite says they are made. What
a later version would refuse in a suite is left out, as in `benchmarks.results.suite_source`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks.registry import catalogue
from benchmarks.results.questions import DEPTH, JOINT, LAYERS, SHARED
from benchmarks.results.run import Run
from benchmarks.results.statistics.families import Pair
from benchmarks.results.suite_source import declared_systems, names

#: ``build_20`` of a module is one depth of the networks that the module builds.
_DEPTH = re.compile(r"build_(\d+)")


@dataclass(frozen=True)
class Probe:
    """Classifiers on several layers of one network, all else equal.

    Attributes
    ----------
    layers : tuple of (str, str)
        System and layer, in the suite's order; what the last linear layer is given is last, and
        its layer is "".
    whole : str
        The system that is the network itself, trained on the task; "" where there is none.
    """

    layers: tuple[tuple[str, str], ...]
    whole: str


@dataclass(frozen=True)
class Contrast:
    """Two ways of training one network.

    Attributes
    ----------
    ones, others : tuple of str
        Systems trained in one way and in the other, in the suite's order.
    """

    ones: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class DepthLine:
    """Networks of one kind that differ in their number of layers.

    Attributes
    ----------
    steps : tuple of (str, int)
        System and layers, the shallowest first; of two that are equally deep, the suite's first.
    """

    steps: tuple[tuple[str, int], ...]


def claimed_pairs(run: Run) -> dict[str, list[Pair]]:
    """Return the pairs of systems that each claim on networks is about, fixed by the suite alone.

    Returns
    -------
    dict of str to list of (str, str)
        By question of `benchmarks.results.questions`:

        - "layers": every layer of a probe against the first.
        - "joint training": every network that is trained whole against every one in part; and
          "one network" for all concepts against one a concept. As all are corrected together,
          the best of each on test may be picked.
        - "depth": every network of a line against the shallowest and against the deepest.
    """
    found: dict[str, dict[Pair, None]] = {question: {} for question in (LAYERS, JOINT, SHARED)}
    for probe in layer_probes(run):
        first, *others = [system for system, _ in probe.layers]
        found[LAYERS] |= dict.fromkeys((other, first) for other in others)
    for question, contrasts in ((JOINT, frozen_and_joint(run)), (SHARED, one_and_many(run))):
        for contrast in contrasts:
            found[question] |= dict.fromkeys(product(contrast.ones, contrast.others))
    found[DEPTH] = {}
    for line in depth_lines(run):
        first, *middle, last = [system for system, _ in line.steps]
        found[DEPTH] |= dict.fromkeys([(last, first)])
        for system in middle:
            found[DEPTH] |= dict.fromkeys([(system, first), (last, system)])
    return {question: list(pairs) for question, pairs in found.items()}


def layer_probes(run: Run) -> list[Probe]:
    """Return the layer probes of a run's suite: systems that differ in a descriptor's `layer`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    wholes: dict[str, str] = {}
    names = {system["name"] for system in declared_systems(run)}
    for system in _trained(run):
        descriptor = system.get("descriptor")
        if not isinstance(descriptor, Mapping) or not {"of", "network"} & set(descriptor):
            continue
        layer = descriptor.get("layer")
        if layer is not None and not isinstance(layer, str):
            continue
        shared = {key: value for key, value in descriptor.items() if key != "layer"}
        rest = {key: system.get(key) for key in ("classifier", "aggregator", "optimization")}
        key = _text([shared, rest])
        if layer not in [known or None for _, known in groups.get(key, [])]:
            groups.setdefault(key, []).append((system["name"], layer or ""))
        of = descriptor.get("of")
        wholes[key] = of if isinstance(of, str) and of in names else ""
    return [
        Probe(tuple(sorted(layers, key=lambda pair: not pair[1])), wholes[key])
        for key, layers in groups.items()
        if len(layers) > 1
    ]


def frozen_and_joint(run: Run) -> list[Contrast]:
    """Return networks of which some layers are left as they were, and the same trained whole.

    Returns
    -------
    list of Contrast
        One for each network and its initial weights. `ones` are trained whole; `others` keep
        their first layers, either in training (`trainable_layers`) or because the network only
        describes images for another classifier, without a `layer` of its own.
    """
    whole: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    for system in _trained(run):
        network = _network(system)
        training = _training(system)
        descriptor = system.get("descriptor")
        if network is not None and not training.get("one_network_a_concept"):
            key = _text([network, training.get("weights")])
            partly = training.get("trainable_layers") is not None
            (kept if partly else whole).setdefault(key, []).append(system["name"])
        elif isinstance(descriptor, Mapping) and "layer" not in descriptor:
            described = _component(descriptor.get("network"))
            if described is not None and "weights" in descriptor:
                key = _text([described, descriptor["weights"]])
                kept.setdefault(key, []).append(system["name"])
    return [Contrast(tuple(whole[key]), tuple(kept[key])) for key in whole if key in kept]


def trained_differently(run: Run, one: str, other: str) -> list[str]:
    """Return by which options of their training two networks differ, but for `trainable_layers`.

    Returns
    -------
    list of str
        Sorted; none where one of them is no network.
    """
    found = [_training(s) for s in declared_systems(run) if s["name"] in (one, other)]
    if len(found) < 2 or not all(found):
        return []
    keys = sorted((set(found[0]) | set(found[1])) - {"trainable_layers"})
    return [key for key in keys if _text(found[0].get(key)) != _text(found[1].get(key))]


def one_and_many(run: Run) -> list[Contrast]:
    """Return networks trained for all concepts at once (`ones`), and one a concept (`others`).

    All else that the suite says of them is equal.
    """
    together: dict[str, list[str]] = {}
    apart: dict[str, list[str]] = {}
    for system in _trained(run):
        network = _network(system)
        if network is None:
            continue
        training = dict(_training(system))
        alone = bool(training.pop("one_network_a_concept", False))
        (apart if alone else together).setdefault(_text([network, training]), []).append(
            system["name"]
        )
    return [Contrast(tuple(together[key]), tuple(apart[key])) for key in together if key in apart]


def depth_lines(run: Run) -> list[DepthLine]:
    """Return networks that differ in depth alone, as the suite or their builders' names say.

    Networks are of one line if one module builds them and all their other options are the same,
    as is all that the suite says of their training. The depth is the option `depth`, or that of
    the builder, ``build_20``.
    """
    lines: dict[str, dict[int, str]] = {}
    for system in _trained(run):
        network = _network(system)
        if network is None:
            continue
        options = {key: value for key, value in network.items() if key != "name"}
        module, _, builder = _target(str(network["name"])).rpartition(":")
        depth: Any = options.pop("depth", None)
        named = _DEPTH.fullmatch(builder)
        if depth is None and named is not None:
            depth = int(named[1])
        if isinstance(depth, bool) or not isinstance(depth, int):
            continue
        builder = "build" if named is not None else builder
        key = _text([module, builder, options, _training(system)])
        lines.setdefault(key, {}).setdefault(depth, system["name"])
    return [
        DepthLine(tuple((line[depth], depth) for depth in sorted(line)))
        for line in lines.values()
        if len(line) > 1
    ]


def pretrained(run: Run) -> set[str]:
    """Return the systems of the suite that start from, or describe by, weights of elsewhere.

    Those that are made of such a system, fused or re-scored, are among them.
    """
    found: set[str] = set()
    for system in declared_systems(run):
        descriptor = system.get("descriptor")
        described = descriptor if isinstance(descriptor, Mapping) else {}
        of = described.get("of")
        known = described.get("weights"), _training(system).get("weights")
        parts = {*names(system.get("members")), *names([system.get("member"), of])}
        if any(weights is not None for weights in known) or parts & found:
            found.add(system["name"])
    return found


def _trained(run: Run) -> Iterable[dict[str, Any]]:
    """Yield the systems that are no controls."""
    return (s for s in declared_systems(run) if s.get("shuffle_annotations") is not True)


def _network(system: Mapping[str, Any]) -> dict[str, Any] | None:
    return _component(system.get("network"))


def _component(value: Any) -> dict[str, Any] | None:
    """Return a component as a table of its name and options; None for what names none."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return dict(value)
    return None


def _training(system: Mapping[str, Any]) -> Mapping[str, Any]:
    training = system.get("training")
    return training if isinstance(training, Mapping) else {}


def _target(name: str) -> str:
    """Return ``module:attribute`` of a network's name, without importing it."""
    declared = catalogue("networks").get(name)
    return name if declared is None else f"{declared.module}:{declared.attr}"


def _text(value: Any) -> str:
    """Write plain data of a suite so that equal ones are equal, whatever the order of keys."""
    return json.dumps(value, sort_keys=True, default=str)

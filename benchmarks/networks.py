"""What a suite says of networks, made into detectors and into descriptors of their activations."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.registry import Component, ComponentError, build, check_options, resolve
from benchmarks.suites.system_spec import (
    ComponentSpec,
    EngineeredSpec,
    LearnedSpec,
)
from benchmarks.tasks.base import Task

#: What a network is told by its detector, which has it from the task and from ``training``.
TOLD = ("n_concepts", "image_size")

#: What a descriptor is told by the harness, and by `network` and `of`, which a suite says.
TOLD_DESCRIPTORS = ("detector", "device", "network_options", "stages")

#: What the harness itself tells a network's detector.
_GIVEN = ("network", "network_options", "stages", "random_state", "device")


def network_detector(
    spec: LearnedSpec, base: Path, seed: int | None, stages: Any, task: Task | None, device: str
) -> Any:
    """Build the detector of a network that is trained from pixels; see `benchmarks.systems.make`.

    Raises
    ------
    ComponentError
        For a name or an option that is wrong, with the nearest right ones.
    """
    from learned.detector import NetworkDetector

    network = resolve("networks", spec.network.name, base)
    check_options(network, spec.network.options, given=TOLD)
    training = dict(spec.training)
    check_options(Component("training of", spec.name, NetworkDetector, ""), training, given=_GIVEN)
    if task is not None:
        # A task whose concepts a mirror changes (digits, text) forbids it; asking for it
        # all the same is a mistake, not a preference.
        for option in ("mirror", "test_mirror"):
            if training.get(option):
                _check_mirror(spec.name, option, task)
        training.setdefault("mirror", task.mirror)
    try:
        if "weights" in training:
            training["weights"] = _weights(training["weights"], network, spec.network.options, base)
        detector = NetworkDetector(
            network=network.target,
            network_options=spec.network.options or None,
            stages=stages,
            random_state=seed,
            device=device,
            **training,
        )
    except (TypeError, ValueError) as error:
        raise ComponentError(f"system {spec.name!r}: {error}") from error
    try:
        detector.check()
    except (TypeError, ValueError) as error:
        raise ComponentError(f"system {spec.name!r}: training: {error}") from error
    return detector


def descriptor(
    spec: EngineeredSpec, base: Path, seed: int | None, task: Task | None, device: str
) -> Any:
    """Build a descriptor, with the network whose activations it takes where it takes any.

    A descriptor class with a parameter `network` is given the builder that a suite names, one
    with a parameter `detector` the detector of the learned system that the suite says it is
    ``of``; `weights` and `device` likewise, as networks' detectors are.

    Raises
    ------
    ComponentError
        For a name or an option that is wrong, with the nearest right ones.
    """
    component = resolve("descriptors", spec.descriptor.name, base)
    taken = inspect.signature(component.target).parameters
    options: dict[str, Any] = dict(spec.descriptor.options)
    for name in TOLD_DESCRIPTORS:
        if name in taken and name in options:
            raise ComponentError(
                f"system {spec.name!r}: {name} is not for a suite to say; leave it out"
            )
    if "device" in taken:
        from learned.device import find_device

        # What "auto" comes to, as another device sums in another order.
        options["device"] = str(find_device(device))
    if options.get("mirror") is True and task is not None:
        _check_mirror(spec.name, "mirror", task)
    if "detector" in taken:
        if "of" not in options:
            raise ComponentError(
                f"system {spec.name!r}: descriptor {component.name!r} needs `of`, the name of a "
                "network's system above it"
            )
        del options["of"]
        assert spec.source is not None
        options["detector"] = network_detector(spec.source, base, seed, None, task, device)
    if "network" in taken and "network" in options:
        network_spec = ComponentSpec.model_validate(options["network"])
        network = resolve("networks", network_spec.name, base)
        check_options(network, network_spec.options, given=TOLD)
        options["network"] = network.target
        options["network_options"] = network_spec.options or None
        if "weights" in options:
            try:
                options["weights"] = _weights(
                    options["weights"], network, network_spec.options, base
                )
            except ValueError as error:
                raise ComponentError(f"system {spec.name!r}: {error}") from error
    return build(component, options)


def _check_mirror(system: str, option: str, task: Task) -> None:
    if not task.mirror:
        raise ComponentError(
            f"system {system!r}: {option} = true, but on {task.name} a mirrored image "
            "does not show the same concepts"
        )


def _weights(source: Any, network: Component, options: Mapping[str, Any], base: Path) -> Any:
    from learned.weights import find_weights

    return find_weights(source, network.name, base, options)

"""A suite's systems made into detectors, fusions and rescorers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.harness.keys import describe
from benchmarks.registry import Component, ComponentError, build, check_options, resolve
from benchmarks.suites.spec import (
    ComponentSpec,
    EarlySpec,
    EngineeredSpec,
    FusionSpec,
    LearnedSpec,
    SystemSpec,
)
from benchmarks.tasks.base import Task

#: What the harness itself tells a network's detector.
_GIVEN = ("network", "network_options", "stages", "random_state", "device")


def make(
    spec: SystemSpec,
    base: Path,
    *,
    seed: int | None = None,
    stages: Any = None,
    task: Task | None = None,
    device: str = "auto",
) -> Any:
    """Build the estimator of a system.

    Parameters
    ----------
    spec : SystemSpec
        From a suite.
    base : Path
        Folder that plug-in paths start from.
    seed : int, optional
        Its `random_state`.
    stages : object, optional
        Where its stages run and are measured.
    task : Task, optional
        Settles what depends on the task: whether images may be mirrored.
    device : str
        For networks.

    Returns
    -------
    estimator
        Unfitted.

    Raises
    ------
    ComponentError
        For a name or an option that is wrong, with the nearest right ones.
    """
    if isinstance(spec, EngineeredSpec):
        return _engineered(spec, base, seed, stages)
    if isinstance(spec, EarlySpec):
        return _early(spec, base, seed, stages)
    if isinstance(spec, LearnedSpec):
        return _learned(spec, base, seed, stages, task, device)
    if isinstance(spec, FusionSpec):
        return _component("fusions", spec.fusion, base)
    return _component("rescorers", spec.rescorer, base)


def _component(kind: str, spec: ComponentSpec, base: Path) -> Any:
    return build(resolve(kind, spec.name, base), spec.options)


def _engineered(spec: EngineeredSpec, base: Path, seed: int | None, stages: Any) -> Any:
    from engineered.optimization import DescriptorOptimization
    from engineered.pipeline import EngineeredDetector

    optimization = None
    if spec.optimization is not None:
        component = Component("optimization", "optimization", DescriptorOptimization, "")
        optimization = build(component, spec.optimization)
    return EngineeredDetector(
        descriptor=_component("descriptors", spec.descriptor, base),
        aggregator=spec.aggregator and _component("aggregators", spec.aggregator, base),
        optimization=optimization,
        classifier=_component("classifiers", spec.classifier, base),
        stages=stages,
        random_state=seed,
    )


def _early(spec: EarlySpec, base: Path, seed: int | None, stages: Any) -> Any:
    from fusion.early import EarlyFusion

    given = ("members", "classifier", "method", "stages", "random_state")
    check_options(Component("early", spec.name, EarlyFusion, ""), spec.early.options, given=given)
    early = EarlyFusion(
        [_engineered(part, base, seed, stages) for part in spec.parts],
        _component("classifiers", spec.classifier, base),
        method=spec.early.name,
        stages=stages,
        random_state=seed,
        **spec.early.options,
    )
    try:
        early.check()
    except ValueError as error:
        raise ComponentError(f"system {spec.name!r}: {error}") from error
    return early


def _learned(
    spec: LearnedSpec, base: Path, seed: int | None, stages: Any, task: Task | None, device: str
) -> Any:
    from learned.detector import NetworkDetector

    network = resolve("networks", spec.network.name, base)
    check_options(network, spec.network.options, given=("n_concepts", "image_size"))
    training = dict(spec.training)
    check_options(Component("training", spec.name, NetworkDetector, ""), training, given=_GIVEN)
    if task is not None:
        # A task whose concepts a mirror changes (digits, text) forbids it; asking for it
        # all the same is a mistake, not a preference.
        if training.get("mirror") and not task.mirror:
            raise ComponentError(
                f"system {spec.name!r}: mirror = true, but on {task.name} a mirrored image "
                "does not show the same concepts"
            )
        training.setdefault("mirror", task.mirror)
    try:
        return NetworkDetector(
            network=network.target,
            network_options=spec.network.options or None,
            stages=stages,
            random_state=seed,
            device=device,
            **training,
        )
    except (TypeError, ValueError) as error:
        raise ComponentError(f"system {spec.name!r}: {error}") from error


def stages_of(spec: SystemSpec) -> list[str]:
    """Describe a system's stages, a line each, for reports."""
    if isinstance(spec, EngineeredSpec):
        lines = [f"descriptor: {_line(spec.descriptor)}"]
        if spec.aggregator is not None:
            lines.append(f"aggregation: {_line(spec.aggregator)}")
        if spec.optimization is not None:
            lines.append("optimisation: " + _options(spec.optimization))
        return [*lines, f"classifier: {_line(spec.classifier)}"]
    if isinstance(spec, EarlySpec):
        return [
            f"early fusion: {_line(spec.early)}",
            "of: " + ", ".join(spec.members),
            f"classifier: {_line(spec.classifier)}",
        ]
    if isinstance(spec, LearnedSpec):
        return [f"network: {_line(spec.network)}", "training: " + _options(spec.training)]
    if isinstance(spec, FusionSpec):
        return [f"fusion: {_line(spec.fusion)}", "of: " + ", ".join(spec.members)]
    return [f"re-scoring: {_line(spec.rescorer)}", f"of: {spec.member}"]


def _line(spec: ComponentSpec) -> str:
    return spec.name + (f" ({_options(spec.options)})" if spec.options else "")


def _options(options: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in options.items()) or "defaults"


def identity(spec: SystemSpec, base: Path, task: Task | None = None, device: str = "auto") -> Any:
    """Return plain data that is equal for systems that behave equally; for keys."""
    system = describe(make(spec, base, task=task))
    if not isinstance(spec, LearnedSpec):
        return system
    from learned.device import find_device

    # A GPU sums in another order than a CPU does.
    return [system, find_device(device).type]

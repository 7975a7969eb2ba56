"""A suite's systems made into detectors, fusions and rescorers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import benchmarks.harness.rescoring_controls as rescoring_controls
from benchmarks.code_version import code_version, file_version
from benchmarks.harness.keys import describe
from benchmarks.harness.rescoring_controls import controlled
from benchmarks.networks import descriptor as make_descriptor
from benchmarks.networks import network_detector
from benchmarks.option_text import options_text
from benchmarks.registry import Component, ComponentError, build, check_options, resolve
from benchmarks.results.external_scores import read_scores
from benchmarks.results.leakage import shuffled_annotations
from benchmarks.suites.system_spec import (
    ComponentSpec,
    DetectorSpec,
    EarlySpec,
    EngineeredSpec,
    FusionSpec,
    LearnedSpec,
    RescoringSpec,
    ScoresSpec,
    SystemSpec,
    is_control,
)
from benchmarks.tasks.base import Task

#: What a detector is told by the harness, where it asks for it: seed, stages and device.
TOLD_DETECTORS = ("random_state", "stages", "device")


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
        For a name, an option or its value that is wrong: it names the system, the component and
        the option, with what is right; for scores that were made elsewhere.
    """
    try:
        return _made(spec, base, seed, stages, task, device)
    except ComponentError as error:
        if str(error).startswith("system "):
            raise
        raise ComponentError(f"system {spec.name!r}: {error}") from error


def _made(
    spec: SystemSpec, base: Path, seed: int | None, stages: Any, task: Task | None, device: str
) -> Any:
    if isinstance(spec, EngineeredSpec):
        return _engineered(spec, base, seed, stages, task, device)
    if isinstance(spec, EarlySpec):
        return _early(spec, base, seed, stages, task, device)
    if isinstance(spec, LearnedSpec):
        return network_detector(spec, base, seed, stages, task, device)
    if isinstance(spec, DetectorSpec):
        return _detector(spec, base, seed, stages, device)
    if isinstance(spec, ScoresSpec):
        raise ComponentError(f"system {spec.name!r} is a file of scores: there is nothing to build")
    if isinstance(spec, FusionSpec):
        return _fusion(spec, base)
    return _rescorer(spec, base, seed, task)


def _component(kind: str, spec: ComponentSpec, base: Path) -> Any:
    return _checked(kind, spec.name, build(resolve(kind, spec.name, base), spec.options))


def _checked(kind: str, name: str, component: Any, *about: Any) -> Any:
    """Return a component whose parameters are right, by its own `check`, where it has one."""
    if hasattr(component, "check"):
        try:
            component.check(*about)
        except (TypeError, ValueError) as error:
            raise ComponentError(f"{kind.removesuffix('s')} {name!r}: {error}") from error
    return component


def _engineered(
    spec: EngineeredSpec, base: Path, seed: int | None, stages: Any, task: Task | None, device: str
) -> Any:
    from engineered.optimization import DescriptorOptimization
    from engineered.pipeline import EngineeredDetector

    optimization = None
    if spec.optimization is not None:
        component = Component("optimization", "optimization", DescriptorOptimization, "")
        optimization = build(component, spec.optimization)
        try:
            optimization.check()
        except (TypeError, ValueError) as error:
            raise ComponentError(f"system {spec.name!r}: optimization: {error}") from error
    descriptor = make_descriptor(spec, base, seed, task, device)
    detector = EngineeredDetector(
        descriptor=_checked("descriptors", spec.descriptor.name, descriptor),
        aggregator=spec.aggregator and _component("aggregators", spec.aggregator, base),
        optimization=optimization,
        classifier=_component("classifiers", spec.classifier, base),
        stages=stages,
        random_state=seed,
    )
    try:
        detector.check()
    except ValueError as error:
        raise ComponentError(f"system {spec.name!r}: {error}") from error
    return detector


def _early(
    spec: EarlySpec, base: Path, seed: int | None, stages: Any, task: Task | None, device: str
) -> Any:
    from fusion.early import EarlyFusion

    given = ("members", "classifier", "method", "stages", "random_state")
    check_options(Component("early", spec.name, EarlyFusion, ""), spec.early.options, given=given)
    early = EarlyFusion(
        [_engineered(part, base, seed, stages, task, device) for part in spec.parts],
        _component("classifiers", spec.classifier, base),
        method=spec.early.name,
        stages=stages,
        random_state=seed,
        **spec.early.options,
    )
    try:
        early.check(spec.members)
    except ValueError as error:
        raise ComponentError(f"system {spec.name!r}: {error}") from error
    return early


def _detector(spec: DetectorSpec, base: Path, seed: int | None, stages: Any, device: str) -> Any:
    detector = _component("detectors", spec.detector, base)
    # What the harness knows better than a suite does, where the detector asks for it.
    known = dict(zip(TOLD_DETECTORS, (seed, stages, device)))
    taken = detector.get_params(deep=False) if hasattr(detector, "get_params") else {}
    given = {name: value for name, value in known.items() if name in taken}
    chosen = given.keys() & spec.detector.options.keys()
    if chosen:
        raise ComponentError(
            f"system {spec.name!r}: {sorted(chosen)[0]} is not for a suite to say; leave it out"
        )
    return detector.set_params(**given) if given else detector


def _fusion(spec: FusionSpec, base: Path) -> Any:
    fusion = build(resolve("fusions", spec.fusion.name, base), spec.fusion.options)
    return _checked("fusions", spec.fusion.name, fusion, spec.members)


def _rescorer(spec: RescoringSpec, base: Path, seed: int | None, task: Task | None) -> Any:
    rescorer = _component("rescorers", spec.rescorer, base)
    try:
        if hasattr(rescorer, "locate"):
            # What a file says belongs to the system's key, not where it lies.
            rescorer = rescorer.locate(base)
        if task is not None and hasattr(rescorer, "check_concepts"):
            rescorer.check_concepts(task.concepts)
        return rescorer if spec.control is None else controlled(rescorer, spec.control, seed)
    except (OSError, ValueError) as error:
        raise ComponentError(f"rescorer {spec.rescorer.name!r}: {error}") from error


def stages_of(spec: SystemSpec) -> list[str]:
    """Describe a system's stages, a line each, for reports."""
    if is_control(spec):
        if isinstance(spec, RescoringSpec):
            rescored = spec.model_copy(update={"control": None})
            return [f"control: {spec.control}", *stages_of(rescored)]
        trained = spec.model_copy(update={"shuffle_annotations": False})
        return ["control: its training annotations are shuffled", *stages_of(trained)]
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
    if isinstance(spec, DetectorSpec):
        return [f"detector: {_line(spec.detector)}"]
    if isinstance(spec, FusionSpec):
        return [f"fusion: {_line(spec.fusion)}", "of: " + ", ".join(spec.members)]
    if isinstance(spec, ScoresSpec):
        return [f"scores made elsewhere: {spec.scores}"]
    return [f"re-scoring: {_line(spec.rescorer)}", f"of: {spec.member}"]


def _line(spec: ComponentSpec) -> str:
    return spec.name + (f" ({_options(spec.options)})" if spec.options else "")


def _options(options: dict[str, Any]) -> str:
    return options_text(options) or "defaults"


class Unavailable(Exception):
    """An optional system that needs what is not on this machine; says what."""


def identity(spec: SystemSpec, base: Path, task: Task | None = None, device: str = "auto") -> Any:
    """Return plain data that is equal for systems that behave equally; for keys.

    Raises
    ------
    ComponentError
        As for `make`.
    Unavailable
        Instead, of a system that is optional.
    """
    if isinstance(spec, ScoresSpec):
        # What its files say is part of a trial's key: they may differ from trial to trial.
        return ["scores made elsewhere", code_version(read_scores)]
    try:
        made = make(spec, base, task=task)
    except ComponentError as error:
        if spec.optional:
            raise Unavailable(str(error)) from error
        raise
    system = describe(made)
    if is_control(spec):
        shuffling = (
            file_version(Path(rescoring_controls.__file__))
            if isinstance(spec, RescoringSpec)
            else code_version(shuffled_annotations)
        )
        system = ["control", shuffling, system]
    if not _uses_device(spec, made):
        return system
    from learned.device import find_device

    # A GPU sums in another order than a CPU does.
    return [system, find_device(device).type]


def check_networks(spec: SystemSpec, base: Path, task: Task | None = None) -> None:
    """Try the networks that a system trains or takes layers of, once, before a run.

    Raises
    ------
    ComponentError
        For a network that cannot be built as asked, or has no such layer; and as for `make`.
    """
    if isinstance(spec, ScoresSpec):
        return
    made = make(spec, base, task=task)
    for part in _parts(made):
        if hasattr(part, "check_network"):
            # A descriptor's network is one of its options, a trained one the system itself.
            role = "network" if part is made else "descriptor"
            try:
                part.check_network()
            except (TypeError, ValueError) as error:
                raise ComponentError(f"system {spec.name!r}: {role}: {error}") from error


def _parts(made: Any) -> list[Any]:
    """Return an estimator, those in it, and the descriptors of all."""
    parts = [made, *getattr(made, "members", ())]
    return parts + [part.descriptor for part in parts if hasattr(part, "descriptor")]


def _uses_device(spec: SystemSpec, made: Any) -> bool:
    if isinstance(spec, LearnedSpec):
        return True
    return any(hasattr(part, "device") or hasattr(part, "detector") for part in _parts(made))

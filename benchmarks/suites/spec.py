"""What a suite file may say, as pydantic models that refuse unknown keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from benchmarks.registry import nearest
from benchmarks.suites.system_spec import (
    ComponentSpec,
    EarlySpec,
    EngineeredSpec,
    LearnedSpec,
    Name,
    Seeds,
    Sizes,
    Strict,
    SystemSpec,
    is_control,
    members_of,
)


class TaskSpec(Strict):
    """A task of the suite.

    Attributes
    ----------
    name : str
        What tables and reports call it.
    task : ComponentSpec
        ``digit-shots``, ``folder``, ``table``, or a plug-in, with its options.
    train_sizes : list of int
        In the task's unit; empty for everything that there is.
    seeds : list of int, optional
        Instead of the suite's.
    metrics : list of str, optional
        Instead of the task's own; the first is the headline.
    """

    name: Name
    task: ComponentSpec
    train_sizes: Sizes = []
    seeds: Seeds | None = Field(default=None, min_length=1)
    metrics: list[str] | None = Field(default=None, min_length=1)


class Suite(Strict):
    """Tasks x systems x seeds x training sizes.

    Attributes
    ----------
    name, title, description : str
        `name` is the run folder's; the others are for the report.
    seeds : list of int
        Each draws the split's training samples and every random step of a system.
    tasks : list of TaskSpec
        At least one.
    systems : list of SystemSpec
        Members stand before the systems that fuse them.
    folds : int
        In how many parts training samples are held out in turn, to score them for fusion,
        where a task has no validation part.
    on_empty_concept : {"error", "skip"}
        What to do about a concept without a positive, or without a negative, among the training
        samples: fail, or leave the concept out of the trials where it is so, and list it.
    incorporation : list of str, optional
        Systems, each with one stage more than the one before; the report shows what every stage
        gained and cost.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
    title: str = ""
    description: str = ""
    seeds: Seeds = Field(default=[0], min_length=1)
    folds: int = Field(default=3, ge=2)
    on_empty_concept: Literal["error", "skip"] = "error"
    tasks: list[TaskSpec] = Field(min_length=1)
    systems: list[SystemSpec] = Field(min_length=1)
    incorporation: list[str] | None = Field(default=None, min_length=2)

    @model_validator(mode="after")
    def _names_agree(self) -> Suite:
        for kind, names in (
            ("task", [task.name for task in self.tasks]),
            ("system", [system.name for system in self.systems]),
        ):
            doubled = sorted({name for name in names if names.count(name) > 1})
            if doubled:
                raise ValueError(f"two {kind}s are called {doubled[0]!r}")
        for task in self.tasks:
            if any(sep in task.name for sep in "/\\\0") or task.name.startswith("."):
                raise ValueError(f"task {task.name!r}: its name makes no file name")
        tasks = [task.name for task in self.tasks]
        above: list[str] = []
        for system in self.systems:
            for member in members_of(system):
                if member not in above:
                    raise ValueError(
                        f"system {system.name!r}: its member {member!r} is no system above it"
                        + nearest(member, above)
                    )
            named = system.members if isinstance(system, EarlySpec) else members_of(system)
            if len(set(named)) != len(named):
                raise ValueError(f"system {system.name!r}: a member stands twice")
            for name in system.tasks or []:
                if name not in tasks:
                    raise ValueError(
                        f"system {system.name!r}: there is no task {name!r}" + nearest(name, tasks)
                    )
            above.append(system.name)
        return self

    @model_validator(mode="after")
    def _descriptors_know_their_networks(self) -> Suite:
        learned: dict[str, LearnedSpec] = {}
        for system in self.systems:
            if isinstance(system, LearnedSpec):
                learned[system.name] = system
            if not isinstance(system, EngineeredSpec) or "of" not in system.descriptor.options:
                continue
            of = system.descriptor.options["of"]
            if of not in learned:
                raise ValueError(
                    f"system {system.name!r}: its descriptor is of {of!r}, which is no network's "
                    "system above it" + nearest(str(of), list(learned))
                )
            system._source = learned[of]
        return self

    @model_validator(mode="after")
    def _early_fusions_know_their_members(self) -> Suite:
        engineered: dict[str, EngineeredSpec] = {}
        for system in self.systems:
            if isinstance(system, EngineeredSpec):
                engineered[system.name] = system
            if not isinstance(system, EarlySpec):
                continue
            for member in system.members:
                if member not in engineered:
                    raise ValueError(
                        f"system {system.name!r}: its member {member!r} is no engineered system "
                        "above it" + nearest(member, list(engineered))
                    )
            system._parts = tuple(engineered[member] for member in system.members)
        return self

    @model_validator(mode="after")
    def _controls_stand_alone(self) -> Suite:
        controls = {system.name for system in self.systems if is_control(system)}
        for system in self.systems:
            named = [*members_of(system)]
            if isinstance(system, EarlySpec):
                named += system.members
            if isinstance(system, EngineeredSpec) and system.source is not None:
                named.append(system.source.name)
            for name in named:
                if name in controls:
                    raise ValueError(
                        f"system {system.name!r}: {name!r} is a control, of shuffled material; "
                        "nothing can be made of it"
                    )
        for name in self.incorporation or []:
            if name in controls:
                raise ValueError(f"incorporation: {name!r} is a control, and no stage")
        return self

    @model_validator(mode="after")
    def _stages_are_systems(self) -> Suite:
        systems = [system.name for system in self.systems]
        stages = self.incorporation or []
        for name in stages:
            if name not in systems:
                raise ValueError(
                    f"incorporation: there is no system {name!r}" + nearest(name, systems)
                )
            if stages.count(name) > 1:
                raise ValueError(f"incorporation: {name!r} stands twice")
        return self

"""What a suite file may say, as pydantic models that refuse unknown keys."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from benchmarks.registry import nearest

Family = Literal["engineered", "learned", "fused"]
Size = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


def _different(values: list[int]) -> list[int]:
    if len(set(values)) != len(values):
        raise ValueError(f"one of {values} stands twice")
    return values


Sizes = Annotated[list[Size], AfterValidator(_different)]
Seeds = Annotated[list[Seed], AfterValidator(_different)]
Name = Annotated[str, Field(min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ComponentSpec(BaseModel):
    """A component: its name alone, or a table of its name and its options."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: Name

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @property
    def options(self) -> dict[str, Any]:
        """All but the name."""
        return dict(self.__pydantic_extra__ or {})


class TaskSpec(_Strict):
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


class _System(_Strict):
    name: Name
    label: str | None = None
    optional: bool = False
    tasks: list[str] | None = None
    train_sizes: Sizes | None = None

    @model_validator(mode="before")
    @classmethod
    def _control_is_of_a_rescoring(cls, value: Any) -> Any:
        if isinstance(value, dict) and "control" in value and "control" not in cls.model_fields:
            own = "leave it out"
            if "shuffle_annotations" in cls.model_fields:
                own = "a trained one takes `shuffle_annotations = true`"
            raise ValueError(f"`control` is for a system with a `rescorer`; {own}")
        return value


class _Trained(_System):
    #: A control: trained on shuffled annotations, it must fall to chance.
    shuffle_annotations: bool = False


class EngineeredSpec(_Trained):
    """A descriptor, an aggregator where it is local, an optimisation, a classifier."""

    descriptor: ComponentSpec
    aggregator: ComponentSpec | None = None
    optimization: dict[str, Any] | None = None
    classifier: ComponentSpec
    family: Family = "engineered"
    _source: LearnedSpec | None = PrivateAttr(default=None)

    @property
    def source(self) -> LearnedSpec | None:
        """The learned system that the descriptor is `of`, once the suite has been read."""
        return self._source


class EarlySpec(_Trained):
    """Several engineered systems' rows or kernels made one, with one classifier on them.

    `early` names the method and its options; `members` are engineered systems above.
    """

    early: ComponentSpec
    members: list[str] = Field(min_length=2)
    classifier: ComponentSpec
    family: Family = "engineered"
    _parts: tuple[EngineeredSpec, ...] = PrivateAttr(default=())

    @property
    def parts(self) -> tuple[EngineeredSpec, ...]:
        """The members themselves, once the suite has been read."""
        return self._parts


class LearnedSpec(_Trained):
    """A network trained from pixels."""

    network: ComponentSpec
    training: dict[str, Any] = {}
    family: Family = "learned"


class DetectorSpec(_Trained):
    """A detector as it is: any estimator from pixels to scores."""

    detector: ComponentSpec
    family: Family = "learned"


class FusionSpec(_System):
    """Several systems' scores made one."""

    fusion: ComponentSpec
    members: list[str] = Field(min_length=2)
    family: Family = "fused"


class RescoringSpec(_System):
    """One system's scores made better by what surrounds a sample.

    With `control`, what surrounds it is shuffled, so that there is nothing to gain.
    """

    rescorer: ComponentSpec
    member: str
    family: Family = "fused"
    control: Literal["shuffled-shots", "shuffled-concepts"] | None = None


#: What may stand in braces in the path of a file of scores.
PLACEHOLDERS = ("task", "seed", "size", "partition")


def _fields(path: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(path) if name is not None}


def _path(path: str) -> str:
    for name in sorted(_fields(path)):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            raise ValueError(
                f"{{{name}}} stands for nothing; {known} do{nearest(name, PLACEHOLDERS)}"
            )
    return path


class ScoresSpec(_System):
    """Scores made elsewhere, read from files.

    `scores` is a path in which ``{task}``, ``{seed}``, ``{size}`` (a number, or ``all``) and
    ``{partition}`` (``test``, ``val``, or ``held-out``) stand for those of a trial. What was done
    to get the scores only the user knows: `family` must be said.
    """

    scores: Annotated[Name, AfterValidator(_path)]
    family: Family

    @property
    def by_partition(self) -> bool:
        """Whether test and validation have files of their own."""
        return "partition" in _fields(self.scores)


SystemSpec = (
    EngineeredSpec
    | EarlySpec
    | LearnedSpec
    | DetectorSpec
    | FusionSpec
    | RescoringSpec
    | ScoresSpec
)

#: Which key says of what sort a system is.
SORTS: dict[str, type[SystemSpec]] = {
    "descriptor": EngineeredSpec,
    "early": EarlySpec,
    "network": LearnedSpec,
    "detector": DetectorSpec,
    "fusion": FusionSpec,
    "rescorer": RescoringSpec,
    "scores": ScoresSpec,
}


def control_of(system: SystemSpec) -> str | None:
    """Return what is shuffled to make a system a control; None for one that is none."""
    if isinstance(system, RescoringSpec):
        return system.control
    trained_so = isinstance(system, _Trained) and system.shuffle_annotations
    return "shuffled-annotations" if trained_so else None


def is_control(system: SystemSpec) -> bool:
    """Whether something is shuffled for a system, which is then ranked with no other."""
    return control_of(system) is not None


def members_of(system: SystemSpec) -> list[str]:
    """Return the names of the systems whose scores `system` is made of."""
    if isinstance(system, FusionSpec):
        return list(system.members)
    return [system.member] if isinstance(system, RescoringSpec) else []


class Suite(_Strict):
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

"""What a suite file may say of systems, as pydantic models that refuse unknown keys."""

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


class Strict(BaseModel):
    """What refuses unknown keys and values of another type."""

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


class _System(Strict):
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
    """A descriptor, an aggregator where it is local, an optimisation, a classifier.

    One whose descriptor is a network's is of the family `learned`, if it does not say otherwise:
    features by hand must not win by a network's.
    """

    descriptor: ComponentSpec
    aggregator: ComponentSpec | None = None
    optimization: dict[str, Any] | None = None
    classifier: ComponentSpec
    family: Family = "engineered"
    _source: LearnedSpec | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _features_of_networks_are_learned(cls, value: Any) -> Any:
        if isinstance(value, dict) and "family" not in value:
            descriptor = value.get("descriptor")
            if isinstance(descriptor, dict) and descriptor.keys() & {"of", "network"}:
                return {**value, "family": "learned"}
        return value

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

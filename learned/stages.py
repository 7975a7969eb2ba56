"""Where the expensive stages of a learned detector run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np


class Progress(Protocol):
    """What an interrupted computation left behind, and where it leaves more."""

    def load(self) -> Any:
        """Return what `save` was last given, in this process or an earlier one; else None."""

    def save(self, state: Any) -> None:
        """Keep a picklable state instead of the one before, whole or not at all."""


class NoProgress:
    """Progress that starts anew and keeps nothing."""

    def load(self) -> None:
        """Return None: nothing was kept."""

    def save(self, state: Any) -> None:
        """Drop the state."""


class Stages:
    """Run every stage at once and keep nothing.

    A harness injects an object with the same methods to cache rows and values,
    to resume what was cut off, and to record what each stage costs. The
    contract that makes this sound: a result depends on the components (plain
    data, arrays, functions, or objects with ``get_params``) and on the images
    that it was fitted on, and a row beyond that on its own image only.

    Attributes
    ----------
    threads : int
        On how many threads images are decoded.
    """

    threads = 1

    def rows(
        self,
        stage: str,
        components: Sequence[Any],
        X: Sequence[np.ndarray],
        compute: Callable[[Any], np.ndarray],
        fitted_on: Any = None,
    ) -> np.ndarray:
        """Return one row an image.

        Parameters
        ----------
        stage : str
            What is computed.
        components : sequence
            What determines the rows.
        X : sequence of images
        compute : callable
            Takes a sequence of images, returns (n, d) float32.
        fitted_on : sequence of images, optional
            The training images that fitted state saw.

        Returns
        -------
        (len(X), d) float32
            In the order of ``X``.
        """
        return compute(X)

    def value(
        self,
        stage: str,
        components: Sequence[Any],
        compute: Callable[[], Any],
        fitted_on: Any,
    ) -> Any:
        """Return a fitted thing.

        Parameters
        ----------
        stage : str
            What is fitted.
        components : sequence
            What determines it.
        compute : callable
            Takes nothing, returns the fitted, picklable thing.
        fitted_on : sequence of images
        """
        return compute()

    def resumable(
        self,
        stage: str,
        components: Sequence[Any],
        compute: Callable[[Progress], Any],
        fitted_on: Any,
    ) -> Any:
        """Return a fitted thing whose computation can go on where it was cut off.

        Parameters
        ----------
        stage : str
            What is fitted: ``"train"``.
        components : sequence
            What determines it.
        compute : callable
            Takes a `Progress`, returns the fitted, picklable thing. All that it takes,
            decoding too, is the stage's cost: it enters no ``timed`` itself.
        fitted_on : sequence of images
        """
        return compute(NoProgress())

    def timed(self, stage: str, images: int) -> AbstractContextManager[Any]:
        """Return a context around a stage that is never cached.

        Parameters
        ----------
        stage : str
            ``"decode"`` or ``"predict"``.
        images : int
            How many images the stage handles.
        """
        return nullcontext()

    def report(self, fraction: float, message: str) -> None:
        """Take note of how far a stage is.

        Parameters
        ----------
        fraction : float
            In [0, 1].
        message : str
            A line for whoever waits.
        """

"""Where the expensive stages of a pipeline run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from engineered.images import Images


class Stages:
    """Run every stage at once and keep nothing.

    A harness injects an object with the same three methods to cache rows and
    fitted values and to record what each stage costs. The contract that makes
    this sound: each row depends on its own image, on the parameters of the
    components and on the fitted state, which `fitted_on` determines.

    Attributes
    ----------
    threads : int
        On how many threads images are described.
    """

    threads = 1

    def rows(
        self,
        stage: str,
        components: Sequence[object],
        X: Images,
        compute: Callable[[Any], np.ndarray],
        fitted_on: Any = None,
    ) -> np.ndarray:
        """Return one row an image.

        Parameters
        ----------
        stage : str
            What is computed: ``"extract"`` or ``"encode"``.
        components : sequence of objects
            The components whose class and parameters determine the rows.
        X : sequence of images
            The images to describe.
        compute : callable
            Takes a sequence of images, returns ``(n, d)`` float32.
        fitted_on : sequence of images, optional
            The training images that fitted state saw.

        Returns
        -------
        ndarray of shape (len(X), d), float32
            The rows, in the order of `X`.
        """
        return compute(X)

    def value(
        self,
        stage: str,
        components: Sequence[object],
        compute: Callable[[], Any],
        fitted_on: Any,
    ) -> Any:
        """Return a fitted thing, such as a vocabulary.

        Parameters
        ----------
        stage : str
            What is fitted: ``"vocabulary"``.
        components : sequence of objects
            The components whose class and parameters determine it.
        compute : callable
            Takes nothing, returns the fitted, picklable thing.
        fitted_on : sequence of images
            The training images that it is fitted on.

        Returns
        -------
        object
            What `compute` returns.
        """
        return compute()

    def timed(self, stage: str, images: int) -> AbstractContextManager[None]:
        """Return a context around a stage that is never cached.

        Parameters
        ----------
        stage : str
            ``"classifier"`` or ``"scoring"``.
        images : int
            How many images the stage handles.
        """
        return nullcontext()

"""SIFT of the planes of a colour space, on a regular grid at several scales."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engineered.descriptors.colour_planes import CHROMA_PLANES, SPACES, colour_planes
from engineered.descriptors.dense_sift import DenseSIFT
from engineered.descriptors.sift_kernel import DIMENSION
from engineered.parameters import check_choice, check_flag


class DenseColourSIFT(DenseSIFT):
    """Dense SIFT of each plane of a colour space, one after the other.

    Patches are those of `DenseSIFT` with equal parameters. Each plane's 128 values are
    clipped and normalised by themselves, as van de Sande does: each has unit L2
    norm, or is all zeros where that plane has less contrast than the threshold.
    In an image without colour the chroma planes are zeros everywhere.

    Parameters
    ----------
    space : {"opponent", "rgb", "hsv", "c"}, default="opponent"
        The planes, in order; R, G, B from 0 to 1.

        - opponent (OpponentSIFT): (R - G) / sqrt(2), (R + G - 2 B) / sqrt(6) and
          (R + G + B) / sqrt(3). The first two ignore shifts of brightness.
        - rgb (RGB-SIFT): R, G, B. Normalised one by one, they ignore any change of
          each channel's scale and offset.
        - hsv (HSV-SIFT): S cos(H), S sin(H), V, hue and saturation taken together as
          the angle of hue would jump where its circle closes.
        - c (C-SIFT): the first two opponent planes divided by the third, and the third.
          The first two ignore shading: changes of the light's intensity.
    chroma_only : bool, default=False
        Leave out the third plane, brightness: 256 values instead of 384. Not for "rgb",
        which has no such plane.
    step, sizes, root, contrast_threshold, magnification, max_side, window, gaussian
        As for `DenseSIFT`. The contrast threshold holds for each plane in its
        own units, as written above.

    References
    ----------
    K. van de Sande, T. Gevers, C. Snoek: Evaluating color descriptors for object
    and scene recognition. PAMI 2010.
    A. Bosch, A. Zisserman, X. Muñoz: Scene classification using a hybrid
    generative/discriminative approach. PAMI 2008. (HSV-SIFT)
    A. Abdel-Hakim, A. Farag: CSIFT, a SIFT descriptor with color invariant
    characteristics. CVPR 2006.
    """

    def __init__(
        self,
        space: str = "opponent",
        chroma_only: bool = False,
        step: int = 4,
        sizes: Sequence[int] = (4, 6, 8, 10),
        root: bool = True,
        contrast_threshold: float = 0.005,
        magnification: float = 6.0,
        max_side: int | None = 300,
        window: str = "triangular",
        gaussian: bool = True,
    ) -> None:
        super().__init__(
            step, sizes, root, contrast_threshold, magnification, max_side, window, gaussian
        )
        self.space = space
        self.chroma_only = chroma_only

    @property
    def dimension(self) -> int:
        """Length of a vector: 384, or 256 for chroma only."""
        return DIMENSION * (2 if self.chroma_only else 3)

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, 384) or (m, 256), float32
            The SIFT vectors of the planes, each of unit L2 norm or all zeros.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is the cell size.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        return super().extract(image)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        super().check()
        check_choice("space", self.space, SPACES)
        check_flag("chroma_only", self.chroma_only)
        if self.chroma_only and self.space not in CHROMA_PLANES:
            raise ValueError(
                f'chroma_only needs a space with chroma planes, and "{self.space}" has none: '
                f"take one of {', '.join(CHROMA_PLANES)}"
            )

    def _select(self, image: np.ndarray) -> np.ndarray:
        return image

    def _prepare(self, pixels: np.ndarray) -> list[np.ndarray]:
        planes = colour_planes(pixels, self.space)
        return planes[: CHROMA_PLANES[self.space]] if self.chroma_only else planes

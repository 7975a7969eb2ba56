"""Local self-similarities on a regular grid."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from sklearn.base import BaseEstimator

from engineered.descriptors.grid import shrink
from engineered.descriptors.self_similarity_kernel import describe_points
from engineered.images import check_image
from engineered.parameters import check_flag, check_number, check_whole

# The squares of larger patches in colour sum to more than single precision holds exactly.
_LARGEST_PATCH = 9
# Displacements this near below a bin's border are on it, whatever was lost in rounding.
_TOLERANCE = 1e-9


class SelfSimilarity(BaseEstimator):
    """How a patch resembles the patches around it, on a grid: layout without appearance.

    Edges, stripes and repetitions show alike whatever their colour, contrast and
    texture. For the patch around a point p and the one displaced by d,

        S(d) = exp(-SSD(p, p + d) / max(V, A)),

    SSD being the sum of the squared differences of their pixels, V the sum that `noise`
    makes, and A the largest SSD among the four displacements by one pixel: where
    the ground is sharp, more is forgiven. The displacements are put into bins by
    direction and, on a logarithmic scale, by distance; a bin's value is the
    largest S in it, so that an exact place matters little. With s the bins of a point,

        v = (s - min s) / (max s - min s),

    which is the paper's vector, or with `root` the square root of v / sum v.

    A point is described where all these patches lie inside the image, and the grid is
    centred; an image with no room for one has an empty set. A vector is all zeros
    where max s - min s is below `contrast_threshold`: on flat ground all around is
    alike (the paper's homogeneous points), elsewhere nothing is (its salient ones).

    Parameters
    ----------
    step : int, default=2
        Distance between points, in pixels of the (rescaled) image.
    patch : int, default=5
        Side of the patches, in the same pixels; odd, at most 9.
    radius : int, default=10
        Largest length of a displacement, in the same pixels.
    inner : float, default=2.0
        Least length of a displacement, at least 1. Nearer patches share most of their
        pixels with the first, so they would be the most similar everywhere.
    radii : int, default=3
        Number of rings between `inner` and `radius`, each wider than the one before by
        the same factor.
    angles : int, default=12
        Number of sectors of a ring. A bin in which no displacement falls is left out.
    max_side : int or None, default=150
        Larger images are first shrunk so that their longest side is this many
        pixels; None leaves all images at their size.
    colour : bool, default=False
        Compare pixels in CIE L*a*b*, each axis on OpenCV's scale of 0 to 255, instead
        of grey levels.
    noise : float, default=6.0
        Root mean square difference of pixels which noise and light alone make, in grey
        levels of 0 to 255; 0.01 to 255.
    contrast_threshold : float, default=0.1
        Least range of a point's similarities, 0 to 1.
    root : bool, default=True
        See above; the vector then has unit L2 norm.

    Notes
    -----
    The paper has a radius of 40 pixels, patches of 5 and 80 bins (20 angles, 4 radii);
    the default's region is a like share of an image, at less than half the resolution.
    SSD is a whole number and exact, so what the same pixels yield is the same to the
    last bit, as after adding the same to all grey levels.

    References
    ----------
    E. Shechtman, M. Irani: Matching local self-similarities across images and videos.
    CVPR 2007.
    """

    def __init__(
        self,
        step: int = 2,
        patch: int = 5,
        radius: int = 10,
        inner: float = 2.0,
        radii: int = 3,
        angles: int = 12,
        max_side: int | None = 150,
        colour: bool = False,
        noise: float = 6.0,
        contrast_threshold: float = 0.1,
        root: bool = True,
    ) -> None:
        self.step = step
        self.patch = patch
        self.radius = radius
        self.inner = inner
        self.radii = radii
        self.angles = angles
        self.max_side = max_side
        self.colour = colour
        self.noise = noise
        self.contrast_threshold = contrast_threshold
        self.root = root

    @property
    def dimension(self) -> int:
        """Length of a vector: the number of bins, at most `radii` * `angles`."""
        self.check()
        return self._bins()[1]

    @property
    def _margin(self) -> int:
        return int(self.radius) + int(self.patch) // 2

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no image's time includes it."""
        side = 2 * self._margin + 1
        self.extract(np.zeros((side, side, 3), np.uint8))

    def extract(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the local vectors of one image and where they are.

        Parameters
        ----------
        image : ndarray of shape (height, width, 3), uint8
            RGB.

        Returns
        -------
        vectors : ndarray of shape (m, dimension), float32
            0 to 1, row by row of the grid; rings from the innermost, in each the sectors
            counter-clockwise, the first one centred on the right.
        frames : ndarray of shape (m, 3), float32
            Columns x, y and scale in pixels of the image as given; x and y of
            the first pixel's centre are 0, scale is a quarter of the side of all that
            is looked at.

        Raises
        ------
        ValueError
            For an image that is not 8-bit RGB, or parameters out of range.
        """
        self.check()
        moves, dimension = self._bins()
        image = check_image(image)
        pixels = self._pixels(image)
        height, width, channels = pixels.shape
        step, patch, side = int(self.step), int(self.patch), 2 * self._margin + 1
        rows, columns = (_centres(length, side, step) for length in (height, width))
        vectors = np.empty((len(rows) * len(columns), dimension), np.float32)
        frames = np.empty((len(vectors), 3), np.float32)
        if len(vectors) == 0:
            return vectors, frames
        describe_points(
            pixels,
            rows,
            columns,
            step,
            patch,
            moves,
            dimension,
            float(self.noise) ** 2 * patch**2 * channels,
            float(self.contrast_threshold),
            bool(self.root),
            vectors,
        )
        zoom_x, zoom_y = image.shape[1] / width, image.shape[0] / height
        block = frames.reshape(len(rows), len(columns), 3)
        block[:, :, 0] = (columns[None, :] + 0.5) * zoom_x - 0.5
        block[:, :, 1] = (rows[:, None] + 0.5) * zoom_y - 0.5
        block[:, :, 2] = side / 4 * np.sqrt(zoom_x * zoom_y)
        return vectors, frames

    def _pixels(self, image: np.ndarray) -> np.ndarray:
        """Return the (rescaled) pixels that are compared, with an axis of channels."""
        if self.colour:
            return cv2.cvtColor(shrink(image, self.max_side), cv2.COLOR_RGB2LAB)
        return shrink(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), self.max_side)[:, :, None]

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        for name in ("step", "radius", "radii", "angles"):
            check_whole(name, getattr(self, name))
        if self.patch not in range(1, _LARGEST_PATCH + 1, 2):
            raise ValueError(
                f"patch must be an odd number of pixels from 1 to {_LARGEST_PATCH}, got "
                f"{self.patch}: for larger patches shrink the image, by max_side"
            )
        check_number("inner", self.inner, least=1)
        if not self.inner < self.radius:
            raise ValueError(
                f"inner must be at least 1 and below the radius of {self.radius}, got {self.inner}"
            )
        check_whole("max_side", self.max_side, or_none=True)
        check_number("noise", self.noise, least=0.01, most=255)
        check_number("contrast_threshold", self.contrast_threshold, least=0, most=1)
        check_flag("colour", self.colour)
        check_flag("root", self.root)
        _, n_bins = self._bins()
        if n_bins < 2:
            raise ValueError(
                "a self-similarity compares bins and needs two at least: ask for more angles or "
                f"radii, got angles={self.angles} and radii={self.radii}"
            )

    def _bins(self) -> tuple[np.ndarray, int]:
        """Return the displacements and the number of bins."""
        return _binned_moves(int(self.radius), float(self.inner), int(self.radii), int(self.angles))


def _centres(length: int, side: int, step: int) -> np.ndarray:
    """Return the pixels around which `side` pixels have room, every `step`-th, in the middle."""
    room = length - side
    offset = (room % step) // 2 if room >= 0 else 0
    return np.arange(offset, room + 1, step, dtype=np.int64) + side // 2


@lru_cache(maxsize=32)
def _binned_moves(radius: int, inner: float, radii: int, angles: int) -> tuple[np.ndarray, int]:
    """Return each pair of opposite displacements with the bins of both, and how many bins."""
    dy, dx = np.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1)
    distance = np.hypot(dy, dx)
    inside = (distance >= inner) & (distance <= radius)
    dy, dx, distance = dy[inside], dx[inside], distance[inside]
    share = np.log(distance / inner) / np.log(radius / inner)
    ring = np.minimum(np.floor(radii * share + _TOLERANCE), radii - 1)
    turn = np.arctan2(-dy, dx) / (2 * np.pi)
    sector = np.floor(angles * turn + 0.5 + _TOLERANCE) % angles
    filled, bins = np.unique(ring * angles + sector, return_inverse=True)
    # In this order, the opposite of each displacement is as far from the other end.
    moves = np.stack([dy, dx, bins, bins[::-1]], axis=1).astype(np.int64)
    moves = moves[(dy > 0) | ((dy == 0) & (dx > 0))]
    moves.flags.writeable = False
    return moves, len(filled)

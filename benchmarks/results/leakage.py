"""Do test samples stand among the training samples? And does a control fall to chance?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

# A 64-bit hash in 4 bands of 16 bits: two hashes 3 bits apart at most share a band.
BANDS = 4


@dataclass(frozen=True, eq=False)
class Leakage:
    """Test samples found among training samples.

    Attributes
    ----------
    identical, near : int
        Test samples with an equal training sample, and with a nearly equal one only.
    tested : int
        Test samples looked at.
    pairs : array of shape (p, 3), int64
        Place in train, place in test, and the bits by which their hashes differ; -1 where the
        content is identical.
    """

    identical: int
    near: int
    tested: int
    pairs: NDArray[np.int64]

    @property
    def counts(self) -> dict[str, int]:
        """All but the pairs, by name."""
        return {"tested": self.tested, "identical": self.identical, "near": self.near}


def perceptual_hashes(images: Iterable[NDArray[np.uint8]]) -> NDArray[np.uint64]:
    """Hash images by the signs of their lowest frequencies.

    An image is shrunk to 32 x 32 grey values; of its cosine transform the 8 x 8 lowest
    frequencies, each compared with their median without the mean, give 64 bits. Compression, size
    and brightness change few of them.

    Parameters
    ----------
    images : iterable of arrays of shape (h, w, 3), uint8
        RGB.

    Returns
    -------
    array of shape (n,), uint64
        0 for an image of one grey value, which looks like nothing in particular.

    References
    ----------
    Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010.
    """
    weights = np.uint64(1) << np.arange(64, dtype=np.uint64)
    hashes = []
    for image in images:
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
        low = cv2.dct(small)[:8, :8].ravel()
        bits = low > np.median(low[1:])
        flat = small.max() - small.min() < 1
        hashes.append(np.uint64(0) if flat else weights[bits].sum(dtype=np.uint64))
    return np.array(hashes, dtype=np.uint64)


def find_leaks(
    train_digests: ArrayLike,
    test_digests: ArrayLike,
    train_hashes: ArrayLike | None = None,
    test_hashes: ArrayLike | None = None,
    distance: int = 3,
) -> Leakage:
    """Find test samples that are, or look like, training samples.

    Parameters
    ----------
    train_digests, test_digests : arrays of str, shapes (m,) and (k,)
        Content hashes, `ImageCollection.digests`.
    train_hashes, test_hashes : arrays of uint64, shapes (m,) and (k,), optional
        From `perceptual_hashes`; without them, only identical samples are found. A hash of 0 is
        not compared.
    distance : int
        Bits by which near ones may differ, 0 to 3.

    Returns
    -------
    Leakage

    Raises
    ------
    ValueError
        For lengths that differ or a distance out of range.
    """
    if not 0 <= distance < BANDS:
        raise ValueError(f"the distance must be 0 to {BANDS - 1} bits, got {distance}")
    train, test = np.asarray(train_digests), np.asarray(test_digests)
    found = _equal(train, test)
    pairs = np.column_stack([found, np.full(len(found), -1)])
    if (train_hashes is None) != (test_hashes is None):
        raise ValueError("perceptual hashes are needed of both training and test samples")
    if train_hashes is not None and test_hashes is not None:
        a, b = np.asarray(train_hashes, np.uint64), np.asarray(test_hashes, np.uint64)
        if len(a) != len(train) or len(b) != len(test):
            raise ValueError("there must be as many perceptual hashes as digests")
        near = _near(a, b, distance)
        same = train[near[:, 0]] == test[near[:, 1]]
        pairs = np.concatenate([pairs, near[~same]])
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    identical = np.unique(pairs[pairs[:, 2] < 0, 1])
    return Leakage(len(identical), len(np.unique(pairs[:, 1])) - len(identical), len(test), pairs)


def shuffled_annotations(
    Y: ArrayLike, train: ArrayLike, video: ArrayLike | None = None, seed: int = 0
) -> NDArray[np.int8]:
    """Shuffle training annotations among the training samples: a control without anything to learn.

    The annotations of a concept are dealt out anew over its judged samples, so that unjudged ones
    stay where they are and prevalences are kept. All concepts are dealt out in the same order of
    samples. With videos, samples are ordered by a random order of videos, so that the shots of a
    video get consecutive annotations of another, and concepts still persist over shots.

    Parameters
    ----------
    Y : array of shape (n, c)
        1, 0, -1, of all samples.
    train : array of int
        Which are shuffled; the others are returned as they are.
    video : array of shape (n,), optional
        The video of each sample.
    seed : int

    Returns
    -------
    array of shape (n, c), int8
        A copy.
    """
    out = np.array(Y, dtype=np.int8)
    places = np.asarray(train)
    rng = np.random.default_rng(seed)
    if video is None:
        order = rng.permutation(len(places))
    else:
        _, of = np.unique(np.asarray(video)[places], return_inverse=True)
        order = np.argsort(rng.permutation(of.max(initial=-1) + 1)[of], kind="stable")
        # Where only videos are moved, few of them could stay in place: start anywhere.
        order = np.roll(order, int(rng.integers(max(len(order), 1))))
        in_place = np.argsort(of, kind="stable")
    for concept in range(out.shape[1]):
        column = out[places, concept]
        judged = column >= 0
        source = order[judged[order]]
        target = np.flatnonzero(judged) if video is None else in_place[judged[in_place]]
        out[places[target], concept] = column[source]
    return out


def _equal(train: NDArray[np.generic], test: NDArray[np.generic]) -> NDArray[np.int64]:
    """All (place in train, place in test) with equal values, by sorting."""
    order = np.argsort(train, kind="stable")
    ranked = train[order]
    first = np.searchsorted(ranked, test, side="left")
    counts = np.searchsorted(ranked, test, side="right") - first
    rows = np.repeat(np.arange(len(test)), counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.column_stack([order[first[rows] + offsets], rows]).astype(np.int64)


def _near(a: NDArray[np.uint64], b: NDArray[np.uint64], distance: int) -> NDArray[np.int64]:
    kept_a, kept_b = np.flatnonzero(a), np.flatnonzero(b)
    found = []
    for band in range(BANDS):
        shift, mask = np.uint64(16 * band), np.uint64(0xFFFF)
        pairs = _equal((a[kept_a] >> shift) & mask, (b[kept_b] >> shift) & mask)
        i, j = kept_a[pairs[:, 0]], kept_b[pairs[:, 1]]
        bits = np.unpackbits((a[i] ^ b[j]).view(np.uint8).reshape(-1, 8), axis=1).sum(
            axis=1, dtype=np.int64
        )
        near = bits <= distance
        found.append(np.column_stack([i, j, bits])[near])
    return np.unique(np.concatenate(found), axis=0)

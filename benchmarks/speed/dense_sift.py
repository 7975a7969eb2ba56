"""Race: SIFT on a grid of step 4 at four scales."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.speed.agreement import Agreement, mean_cosine
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work

#: Cell size over the standard deviation of the smoothing, as in VLFeat's `phow`.
MAGNIFICATION = 6.0

#: Images whose vectors are compared with ours.
COMPARED = 16


class _Grid(Contestant):
    """What all have in common: an RGB image in, its vectors out."""

    describe: Any

    def prepare(self) -> None:
        self.images = [np.array(image) for image in self.work.items("image")]
        self.step = self.work.settings["step"]
        self.sizes = self.work.settings["sizes"]

    def first(self) -> None:
        self.describe(0)

    def run(self) -> None:
        self.result = self.map(self.described, range(len(self.images)))

    def described(self, i: int) -> Any:
        """Describe an image, and keep what is compared: all would fill the memory."""
        vectors = self.describe(i)
        return vectors if i < COMPARED else len(vectors)

    def output(self) -> Outputs:
        return {f"{i:05d}": vectors for i, vectors in enumerate(self.result[:COMPARED])}


class Ours(_Grid):
    """Orientation maps once an image and scale, shared by all grid points."""

    name = "conceptbench"
    module = "engineered.descriptors.dense_sift"
    distribution = "conceptbench"

    def load(self) -> None:
        from engineered.descriptors.dense_sift import DenseSIFT

        self.DenseSIFT = DenseSIFT

    def prepare(self) -> None:
        super().prepare()
        self.sift = self.DenseSIFT(
            step=self.step,
            sizes=tuple(self.sizes),
            root=False,
            contrast_threshold=0.0,
            magnification=MAGNIFICATION,
            max_side=None,
        )

    def describe(self, i: int) -> np.ndarray:
        return self.sift.extract(self.images[i])[0]


class OpenCV(_Grid):
    """The descriptor of sparse SIFT, told where to describe."""

    name = "OpenCV SIFT.compute"
    module = "cv2"
    distribution = "opencv-python"
    differs = "smooths by 1.6 pixels at every scale; round Gaussian window on single pixels"

    def load(self) -> None:
        import cv2

        self.cv2: Any = cv2

    def prepare(self) -> None:
        super().prepare()
        self.sift = self.cv2.SIFT_create()
        # A cell is 1.5 times as long as a keypoint is wide; nor are the keypoints' objects timed.
        self.keypoints = [
            [self.cv2.KeyPoint(x, y, size / 1.5, 0.0) for x, y, size in frames.tolist()]
            for frames in self.work.items("frames")
        ]

    def describe(self, i: int) -> np.ndarray:
        grey = self.cv2.cvtColor(self.images[i], self.cv2.COLOR_RGB2GRAY)
        return self.sift.compute(grey, self.keypoints[i])[1]


class VLFeat(_Grid):
    """VLFeat's `dsift` in its fast mode after a smoothing a scale, as its `phow` does."""

    name = "VLFeat dsift, fast"
    module = "cyvlfeat"
    distribution = "cyvlfeat"
    differs = "flat window a cell; cyvlfeat holds Python's lock, so threads do not help it"
    fast = True

    def load(self) -> None:
        import cv2
        from cyvlfeat.sift import dsift

        self.cv2, self.dsift = cv2, dsift

    def describe(self, i: int) -> np.ndarray:
        cv2 = self.cv2
        grey = cv2.cvtColor(self.images[i], cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        found = []
        for size in self.sizes:
            row, column = _first_cells(grey.shape, size, self.step)
            _, vectors = self.dsift(
                _smoothed(cv2, grey, size / MAGNIFICATION),
                step=self.step,
                size=size,
                bounds=[row, column, grey.shape[0] - 1, grey.shape[1] - 1],
                fast=self.fast,
                float_descriptors=True,
            )
            found.append(vectors)
        return np.concatenate(found)

    def output(self) -> Outputs:
        # VLFeat's orientations run clockwise as one sees the image.
        mirrored = np.arange(128).reshape(16, 8)[:, -np.arange(8) % 8].ravel()
        return {name: vectors[:, mirrored] for name, vectors in super().output().items()}


class VLFeatExact(VLFeat):
    """The same with the Gaussian window of sparse SIFT."""

    name = "VLFeat dsift, exact"
    differs = "Gaussian window on single pixels; cyvlfeat holds Python's lock"
    fast = False


class Kornia(_Grid):
    """kornia's convolutions over the whole image, a module a scale."""

    name = "kornia dense SIFT"
    module = "kornia"
    distribution = "kornia"
    differs = "half as wide a triangle, no Gaussian weights, half a pixel aside for even cells"

    def load(self) -> None:
        import cv2
        import torch
        from kornia.feature import DenseSIFTDescriptor

        self.cv2, self.torch, self.DenseSIFTDescriptor = cv2, torch, DenseSIFTDescriptor

    def prepare(self) -> None:
        super().prepare()
        self.modules = [
            self.DenseSIFTDescriptor(
                spatial_bin_size=size, rootsift=False, stride=self.step, padding=0
            ).eval()
            for size in self.sizes
        ]

    def run(self) -> None:
        # torch has threads of its own; more around them would take each other's processor.
        self.result = [self.described(i) for i in range(len(self.images))]

    def describe(self, i: int) -> np.ndarray:
        cv2, torch = self.cv2, self.torch
        grey = cv2.cvtColor(self.images[i], cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        found = []
        with torch.inference_mode():
            for size, module in zip(self.sizes, self.modules, strict=True):
                row, column = _first_cells(grey.shape, size, self.step)
                smoothed = _smoothed(cv2, grey, size / MAGNIFICATION)[row:, column:]
                maps = module(torch.from_numpy(np.ascontiguousarray(smoothed))[None, None])[0]
                found.append(maps.permute(1, 2, 0).reshape(-1, 128).numpy())
        return np.concatenate(found)

    def output(self) -> Outputs:
        # Orientations before cells there.
        order = np.arange(128).reshape(8, 16).T
        mirrored = order[:, -np.arange(8) % 8].ravel()
        return {name: vectors[:, mirrored] for name, vectors in super().output().items()}


class Daisy(_Grid):
    """scikit-image has no dense SIFT; its dense descriptor is DAISY."""

    name = "scikit-image daisy"
    module = "skimage"
    distribution = "scikit-image"
    differs = "another descriptor (DAISY, 104 values): only the time compares"
    comparable = False

    def load(self) -> None:
        import cv2
        from skimage.feature import daisy

        self.cv2, self.daisy = cv2, daisy

    def describe(self, i: int) -> np.ndarray:
        grey = self.cv2.cvtColor(self.images[i], self.cv2.COLOR_RGB2GRAY)
        # Rings out to 1.5 cells: the farthest centre of a cell.
        describe = partial(self.daisy, grey, step=self.step, rings=2, histograms=6)
        found = [
            describe(radius=round(1.5 * size)).reshape(-1, 104)
            for size in self.sizes
            if min(grey.shape) > 2 * round(1.5 * size)
        ]
        return np.concatenate(found) if found else np.empty((0, 104), np.float32)


class DenseSIFTRace(Race):
    """Images described a second."""

    name = "dense-sift"
    title = "SIFT on a grid"
    unit = "images"
    contestants = (Ours, OpenCV, VLFeat, VLFeatExact, Kornia, Daisy)
    size = Size(images=16, rounds=7)
    quick = Size(images=2, rounds=2)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        from engineered.descriptors.dense_sift import DenseSIFT

        step, sizes = (8, (4, 8)) if quick else (4, (4, 6, 8, 10))
        sift = DenseSIFT(step=step, sizes=sizes, max_side=None)
        # An image with no room for the largest patch is no work for most peers.
        room = 3 * max(sizes) + 1
        pixels = [image for image in images.pixels if min(image.shape[:2]) >= room]
        if not pixels:
            raise ValueError(f"all images are under {room} pixels high or wide: give larger ones")
        frames = [sift.extract(image)[1] for image in pixels]
        vectors = sum(len(f) for f in frames)
        work = Work(
            units=len(pixels),
            description=f"{len(pixels)} images, step {step}, cells of {', '.join(map(str, sizes))} "
            f"pixels, {vectors / len(pixels):,.0f} vectors an image; from RGB to SIFT vectors",
            settings={"step": step, "sizes": list(sizes)},
        )
        work.add_items("image", pixels)
        work.add_items("frames", frames)
        return work

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        names = sorted(ours)
        return mean_cosine(
            np.concatenate([ours[name] for name in names]),
            np.concatenate([theirs[name] for name in names]),
        )


def _first_cells(shape: tuple[int, ...], size: int, step: int) -> tuple[int, int]:
    """Return row and column of the first cell's centre on a centred grid, as ours places it."""
    rooms = [length - 1 - 3 * size for length in shape]
    return rooms[0] % step // 2, rooms[1] % step // 2


def _smoothed(cv2: Any, grey: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth from the 0.5 pixels of a camera to `sigma`; OpenCV's filter, the fastest at hand."""
    missing = sigma**2 - 0.25
    if missing <= 0:
        return grey
    width = 2 * int(np.ceil(4 * np.sqrt(missing))) + 1
    return cv2.GaussianBlur(grey, (width, width), np.sqrt(missing), borderType=cv2.BORDER_REPLICATE)

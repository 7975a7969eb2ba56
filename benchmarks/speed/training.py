"""Race: networks trained from files of images, decoding and augmentation included."""

from __future__ import annotations

import io
import tempfile
from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.agreement import Agreement
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work

#: Strengths of the augmentation that all contestants draw: see `learned.training.augmentation`.
SHIFT, SCALE, ROTATION, BRIGHTNESS, CONTRAST = 0.1, 0.15, 10.0, 0.2, 0.2
BATCH = 32


class _Trainer(Contestant):
    """What all have in common: files of images in, the losses of a few epochs out."""

    def prepare(self) -> None:
        import torch

        settings = self.work.settings
        self.size, self.epochs = int(settings["image_size"]), int(settings["epochs"])
        self.labels = np.array(self.work.arrays["labels"])
        self.folder = tempfile.TemporaryDirectory(prefix="conceptbench-training-")
        self.paths = []
        for i, data in enumerate(self.work.items("jpeg")):
            path = Path(self.folder.name) / f"{i:05d}.jpg"
            path.write_bytes(np.asarray(data).tobytes())
            self.paths.append(path)
        torch.manual_seed(0)

    def network(self, concepts: int) -> Any:
        """Build the network that all train."""
        from learned.networks.small_cnn import build

        return build(concepts, self.size, width=int(self.work.settings["width"]))

    def first(self) -> None:
        self.train(self.paths[: 2 * BATCH], 1)

    def run(self) -> None:
        self.result = self.train(self.paths, self.epochs)

    @abstractmethod
    def train(self, paths: list[Path], epochs: int) -> list[float]:
        """Train a fresh network on files; return the mean loss of each epoch."""

    def output(self) -> Outputs:
        return {"losses": np.array(self.result)}


class Ours(_Trainer):
    """As `NetworkDetector` trains: decoded once, augmented in batches."""

    name = "conceptbench"
    module = "learned.detector"
    distribution = "conceptbench"

    def load(self) -> None:
        from benchmarks.decoding import decode
        from learned.detector import NetworkDetector
        from learned.stages import Stages

        self.Detector, self.Stages, self.decode = NetworkDetector, Stages, decode

    def train(self, paths: list[Path], epochs: int) -> list[float]:
        # The first call's few images do not show every concept.
        concepts, labels = np.unique(self.labels[: len(paths)], return_inverse=True)
        Y = np.eye(len(concepts), dtype=np.int8)[labels]
        stages = self.Stages()
        stages.threads = self.threads
        detector = self.Detector(
            lambda n_concepts, image_size: self.network(n_concepts),
            image_size=self.size,
            epochs=epochs,
            batch_size=BATCH,
            loss="softmax",
            shift=SHIFT,
            scale=SCALE,
            rotation=ROTATION,
            mirror=True,
            brightness=BRIGHTNESS,
            contrast=CONTRAST,
            device="cpu",
            stages=stages,
            random_state=0,
        )
        files: Any = _Files(paths, self.decode)
        detector.fit(files, Y)
        return list(detector.loss_curve_)


class TorchvisionLoader(_Trainer):
    """The usual recipe: a data set of files, PIL, torchvision's transforms, a DataLoader."""

    name = "torchvision and DataLoader"
    module = "torchvision"
    distribution = "torchvision"
    differs = "decodes every image anew in every epoch, in as many worker processes as threads"

    def load(self) -> None:
        import torch
        import torchvision

        self.torch, self.torchvision = torch, torchvision

    def train(self, paths: list[Path], epochs: int) -> list[float]:
        torch, transforms = self.torch, self.torchvision.transforms
        view = transforms.Compose(
            [
                transforms.Resize((self.size, self.size)),
                transforms.RandomAffine(ROTATION, (SHIFT, SHIFT), (np.exp(-SCALE), np.exp(SCALE))),
                transforms.RandomHorizontalFlip(),
                transforms.ColorJitter(BRIGHTNESS, CONTRAST),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * 3, (0.25,) * 3),
            ]
        )
        loader = torch.utils.data.DataLoader(
            _DataSet(paths, self.labels, view),
            BATCH,
            shuffle=True,
            num_workers=self.threads,
            persistent_workers=True,
        )
        network = self.network(int(self.labels.max()) + 1)
        optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.05)
        steps = epochs * len(loader)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
        curve = []
        for _ in range(epochs):
            total = 0.0
            for batch, labels in loader:
                loss = torch.nn.functional.cross_entropy(network(batch), labels)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                schedule.step()
                total += loss.item() * len(batch)
            curve.append(total / len(paths))
        return curve


class _DataSet:
    """Files and labels, as a DataLoader takes them."""

    def __init__(self, paths: list[Path], labels: np.ndarray, view: Any) -> None:
        self.paths, self.labels, self.view = paths, labels, view

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        from PIL import Image

        with Image.open(self.paths[index]) as image:
            return self.view(image.convert("RGB")), int(self.labels[index])


class _Files:
    """Files as a sequence of images."""

    def __init__(self, paths: list[Path], decode: Any) -> None:
        self.paths, self.decode = paths, decode

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> np.ndarray:
        return np.asarray(self.decode(self.paths[index]))


class TrainingRace(Race):
    """Images trained on a second, from JPEG files, each epoch counted."""

    name = "training"
    title = "Training from files"
    unit = "images"
    contestants = (Ours, TorchvisionLoader)
    size = Size(images=512, rounds=3)
    quick = Size(images=64, rounds=1)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        from PIL import Image

        epochs, image_size, width = (1, 32, 4) if quick else (4, 64, 16)
        encoded = []
        for pixels in images.pixels:
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
            encoded.append(np.frombuffer(buffer.getvalue(), np.uint8))
        labels = np.unique(images.labels, return_inverse=True)[1]
        if labels.max() == 0:
            raise ValueError("training needs images from two folders at least")
        n, mean_kb = len(encoded), np.mean([len(data) for data in encoded]) / 1024
        work = Work(
            units=n * epochs,
            description=f"{n} JPEG files of {mean_kb:,.0f} KiB, {epochs} "
            f"epoch{'s' * (epochs != 1)} of a 7-layer convolutional network at {image_size} "
            "pixels, moved, scaled, rotated, mirrored, and changed in brightness and contrast",
            settings={"epochs": epochs, "image_size": image_size, "width": width},
            arrays={"labels": labels.astype(np.int64)},
        )
        work.add_items("jpeg", encoded)
        return work

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        return Agreement("last loss ratio", float(theirs["losses"][-1] / ours["losses"][-1]))

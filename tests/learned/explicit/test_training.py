import numpy as np
import pytest
import torch
from torch import nn

from learned.explicit.activation import Identity, Sigmoid, Tanh
from learned.explicit.feed_forward import FeedForward
from learned.explicit.linear import Linear
from learned.explicit.losses import BinaryCrossEntropy, SoftmaxCrossEntropy, SquaredError
from learned.explicit.networks import convolutional, dense
from learned.explicit.pointwise import Pointwise
from learned.explicit.schedules import inverse
from learned.explicit.training import backpropagate, train


def problem(n=40, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 6))
    Y = (X @ rng.standard_normal((6, 3)) > 0).astype(np.int8)
    Y[rng.random(Y.shape) < 0.2] = -1
    Y[:3] = -1
    return X, Y


def run(network, X, Y, loss=None, **options):
    settings = {"epochs": 4, "batch_size": 8, "learning_rate": 0.1} | options
    return train(
        network, loss or BinaryCrossEntropy(), X, Y, generator=np.random.default_rng(1), **settings
    )


def network(hidden=(5,), seed=0, activation=None):
    rng = np.random.default_rng(seed)
    return FeedForward(dense(6, hidden, 3, activation or Tanh(), rng))


def batches(n, epochs, batch_size):
    generator = np.random.default_rng(1)
    for _ in range(epochs):
        yield from np.array_split(generator.permutation(n), -(-n // batch_size))


def masked_entropy(scores, targets):
    judged = targets >= 0
    entries = nn.functional.binary_cross_entropy_with_logits(
        scores, targets.clamp(min=0), reduction="none"
    )
    return (entries * judged).sum() / judged.any(dim=1).sum().clamp(min=1)


def stepping(parameters, rate, momentum):
    parameters = list(parameters)
    steps = [torch.zeros_like(parameter) for parameter in parameters]

    def step(error):
        gradients = torch.autograd.grad(error, parameters)
        for parameter, last, gradient in zip(parameters, steps, gradients):
            last.mul_(momentum).sub_(rate * gradient)
            parameter.data.add_(last)

    return step


def torch_layers(ours):
    layers = []
    for module in ours.modules:
        if isinstance(module, Linear):
            outputs, inputs = module.parameters["weights"].shape
            layers.append(nn.Linear(inputs, outputs).double())
            layers[-1].weight.data = torch.from_numpy(module.parameters["weights"].copy())
        else:
            layers[-1].bias.data = torch.from_numpy(module.parameters["bias"].copy())
            layers.append(nn.Tanh() if isinstance(module.activation, Tanh) else nn.Identity())
    return nn.Sequential(*layers)


@pytest.mark.parametrize("hidden", [(), (5,), (7, 4)])
def test_the_same_network_in_torch_takes_the_same_path(hidden):
    X, Y = problem()
    ours = network(hidden)
    theirs = torch_layers(ours)
    step = stepping(theirs.parameters(), 0.1, 0.9)
    run(ours, X, Y, momentum=0.9)
    for rows in batches(40, epochs=4, batch_size=8):
        error = masked_entropy(
            theirs(torch.from_numpy(X[rows])), torch.from_numpy(Y[rows]).double()
        )
        step(error)
    for mine, reference in zip(ours.parameters.values(), theirs.parameters()):
        assert mine == pytest.approx(reference.detach().numpy(), rel=1e-9, abs=1e-11)


def test_a_convolutional_network_takes_torchs_path_too():
    from learned.explicit.activation import ReLU

    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((12, 3, 16, 16)), np.eye(4, dtype=np.int8)[rng.integers(0, 4, 12)]
    ours = FeedForward(convolutional(16, (2, 3), (5,), 4, ReLU(), "max", rng))
    w = [torch.from_numpy(p.copy()).requires_grad_() for p in ours.parameters.values()]
    step = stepping(w, 0.02, 0.9)
    train(
        ours,
        SoftmaxCrossEntropy(),
        X,
        Y,
        epochs=3,
        batch_size=4,
        learning_rate=0.02,
        momentum=0.9,
        generator=np.random.default_rng(1),
    )
    f = nn.functional
    for rows in batches(12, epochs=3, batch_size=4):
        x = torch.from_numpy(X[rows])
        x = f.max_pool2d((f.conv2d(x, w[0]) + w[1][:, None, None]).relu(), 2)
        x = f.max_pool2d((f.conv2d(x, w[2]) + w[3][:, None, None]).relu(), 2)
        x = (x.flatten(1) @ w[4].T + w[5]).relu() @ w[6].T + w[7]
        step(f.cross_entropy(x, torch.from_numpy(Y[rows].argmax(axis=1))))
    for mine, reference in zip(ours.parameters.values(), w):
        assert mine == pytest.approx(reference.detach().numpy(), rel=1e-9, abs=1e-11)


def test_the_schedule_is_of_the_share_of_steps_that_are_done():
    X, Y = problem(4)
    Y[:] = 1
    ours, times = network(()), []

    def schedule(time):
        times.append(time)
        return inverse(time)

    before = ours.parameters["0.weights"].copy()
    run(ours, X, Y, epochs=2, batch_size=2, schedule=schedule)
    assert times == [0, 0.25, 0.5, 0.75]
    reference = network(())
    assert np.array_equal(before, reference.parameters["0.weights"])
    for rows, time in zip(batches(4, epochs=2, batch_size=2), times):
        backpropagate(reference, BinaryCrossEntropy(), X[rows], Y[rows])
        for name, parameter in reference.parameters.items():
            parameter -= 0.1 * inverse(time) * reference.gradients[name]
    assert ours.parameters["0.weights"] == pytest.approx(reference.parameters["0.weights"])


def test_the_curve_is_the_mean_error_of_an_epoch():
    X, Y = problem()
    ours = network()
    still = run(ours, X, np.where(Y < 0, 0, Y), learning_rate=1e-300)
    whole = BinaryCrossEntropy().error(ours.forward(X), np.where(Y < 0, 0, Y))
    assert still == pytest.approx([whole] * 4)
    assert run(ours, X, Y, epochs=30, momentum=0.9)[-1] < 0.3 * still[0]


@pytest.mark.parametrize("second_order", [False, True])
def test_a_seed_fixes_the_parameters_to_the_bit(second_order):
    X, Y = problem()
    made = []
    for seed in (3, 3, 4):
        ours = network()
        train(
            ours,
            BinaryCrossEntropy(),
            X,
            Y,
            epochs=2,
            batch_size=8,
            learning_rate=0.01,
            second_order=second_order,
            generator=np.random.default_rng(seed),
        )
        made.append(ours.parameters["0.weights"])
    assert np.array_equal(made[0], made[1])
    assert not np.allclose(made[0], made[2], rtol=1e-12)


def test_own_rates_descend_faster_where_inputs_differ_in_scale():
    X, Y = problem(100)
    X = X * [100, 10, 1, 1, 1, 1]
    # For each, the best of the rates tried.
    best = [
        min(
            run(network(()), X, Y, batch_size=20, epochs=20, learning_rate=rate, second_order=own)[
                -1
            ]
            for rate in 4.0 ** -np.arange(8)
        )
        for own in (False, True)
    ]
    assert best[1] < 0.7 * best[0]


def test_unjudged_samples_leave_everything_as_it_was():
    X, Y = problem()
    ours = network()
    before = [parameter.copy() for parameter in ours.parameters.values()]
    assert run(ours, X, np.full_like(Y, -1), second_order=True, momentum=0.9) == [0, 0, 0, 0]
    for mine, old in zip(ours.parameters.values(), before):
        assert np.array_equal(mine, old)


@pytest.mark.parametrize("own", [False, True])
def test_an_error_that_is_not_finite_names_epoch_step_and_rate(own):
    X, Y = problem()
    X[7] = np.inf
    with pytest.raises(
        FloatingPointError, match=r"nan in epoch 1 of 4, step \d of 5, at learning rate 0\.1"
    ):
        run(network(), X, Y, second_order=own)


def test_divergence_is_told_without_warnings_even_in_the_last_step():
    X, Y = problem()
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="lower learning_rate"):
        run(network((), activation=Identity()), X, Y, SquaredError(), learning_rate=1e200)
    ours = FeedForward([Linear(6, 3, np.random.default_rng(0))])
    with pytest.raises(
        FloatingPointError, match=r"parameters became infinite in epoch 1 of 1, step 1 of 1"
    ):
        run(ours, 1e5 * X, Y, SquaredError(), epochs=1, batch_size=40, learning_rate=1e305)


def test_batches_are_of_equal_size_and_every_sample_is_seen_once():
    X, Y = problem(10)
    seen = []

    class Watching(Pointwise):
        def forward(self, x):
            seen.append(x)
            return super().forward(x)

    run(FeedForward([Watching(Sigmoid()), *network().modules]), X, Y, epochs=1, batch_size=4)
    assert [len(x) for x in seen] == [4, 3, 3]
    assert np.array_equal(np.sort(np.concatenate(seen), axis=0), np.sort(X, axis=0))

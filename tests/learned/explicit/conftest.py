"""Modules beside torch's automatic differentiation, in float64."""

import numpy as np
import pytest
import torch
from torch.autograd.functional import hessian, jacobian


def close(ours, reference, tolerance=1e-9):
    """Equal up to a share of the largest value."""
    reference = np.asarray(reference)
    assert ours.shape == reference.shape
    assert np.abs(ours - reference).max(initial=0) <= tolerance * np.abs(reference).max(
        initial=1e-6
    )


@pytest.fixture(scope="session")
def values():
    """Draw distinct numbers from -2 to 2, none of them near a multiple of their distance.

    So that no kink of a ReLU or of a maximum is within reach of a finite difference.
    """

    def draw(*shape, seed=0):
        n = int(np.prod(shape))
        return (
            np.random.default_rng(seed)
            .permutation((np.arange(n) + 0.25) * 4 / n - 2)
            .reshape(shape)
        )

    return draw


def output_error(y, seed):
    """A sum of polynomials of single outputs: ``E``, ``dE/dy`` and the diagonal ``d2E/dy2``."""
    a, b, c = np.random.default_rng(seed).standard_normal((3, *y.shape))
    if isinstance(y, torch.Tensor):
        a, b, c = (torch.from_numpy(k) for k in (a, b, c))
        return (a * y + b * y**2 / 2 + c * y**3 / 6).sum()
    return (a * y + b * y**2 / 2 + c * y**3 / 6).sum(), a + b * y + c * y**2 / 2, b + c * y


@pytest.fixture(scope="session")
def agrees():
    """Check a module against a function of torch, and against finite differences."""

    def check(module, x, reference, seed=0):
        given = {"x": x, **module.parameters}
        names = list(given)
        tensors = tuple(torch.from_numpy(value.copy()) for value in given.values())

        def outputs(*arguments):
            return reference(**dict(zip(names, arguments)))

        def error(*arguments):
            return output_error(outputs(*arguments), seed)

        y = module.forward(x)
        close(y, outputs(*tensors))
        _, gradient, second = output_error(y, seed)

        module.clear_gradients()
        ours = {"x": module.backward(gradient), **module.gradients}
        leaves = tuple(t.clone().requires_grad_() for t in tensors)
        exact = dict(zip(names, torch.autograd.grad(error(*leaves), leaves)))
        for name in names:
            close(ours[name], exact[name])

        # Along one direction through all inputs and parameters at once.
        rng = np.random.default_rng(seed)
        direction = {name: rng.choice((-1.0, 1.0), value.shape) for name, value in given.items()}
        ends = []
        for side in (1e-5, -1e-5):
            moved = {name: value + side * direction[name] for name, value in given.items()}
            before = {name: value.copy() for name, value in module.parameters.items()}
            for name, parameter in module.parameters.items():
                parameter[:] = moved[name]
            ends.append(output_error(module.forward(moved["x"]), seed)[0])
            for name, parameter in module.parameters.items():
                parameter[:] = before[name]
        slope = sum((ours[name] * direction[name]).sum() for name in names)
        scale = sum(np.abs(ours[name]).sum() for name in names)
        assert abs((ends[0] - ends[1]) / 2e-5 - slope) <= 1e-7 * max(scale, 1)

        # Second derivatives that are diagonal at the output are exact at the input.
        module.forward(x)
        module.backward(gradient)
        module.clear_second_derivatives()
        ours = {"x": module.backward_second(second, gauss_newton=False)}
        ours |= module.second_derivatives
        blocks = hessian(error, tensors, vectorize=True)
        for i, name in enumerate(names):
            size = tensors[i].numel()
            close(ours[name], blocks[i][i].reshape(size, size).diag().reshape(given[name].shape))

        # Gauss-Newton: sum_j d2E/dy_j2 (dy_j/dx_i)^2 and nothing else.
        module.forward(x)
        module.clear_second_derivatives()
        ours = {"x": module.backward_second(second)} | module.second_derivatives
        slopes = jacobian(outputs, tensors, vectorize=True)
        for i, name in enumerate(names):
            squares = slopes[i].reshape(second.size, -1) ** 2
            expected = torch.from_numpy(second.ravel().copy()) @ squares
            close(ours[name], expected.reshape(given[name].shape))

    return check


@pytest.fixture(scope="session")
def hessian_diagonals():
    """Return the exact diagonal of the second derivative of ``error(y, t)`` through a network.

    ``reference(x, *parameters)`` is the network in torch. By parameter, in the order of
    ``network.parameters``, and for the input first.
    """

    def diagonals(network, x, reference, error):
        tensors = tuple(torch.from_numpy(a.copy()) for a in (x, *network.parameters.values()))
        blocks = hessian(lambda *a: error(reference(*a)), tensors, vectorize=True)
        return [
            blocks[i][i].reshape(t.numel(), t.numel()).diag().reshape(t.shape).numpy()
            for i, t in enumerate(tensors)
        ]

    return diagonals

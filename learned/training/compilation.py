"""Networks through torch's compiler, where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def explained() -> Iterator[None]:
    """Turn what torch's compiler raises into an error that says what to do.

    Compilation takes place when a network is first run, hence somewhere in the
    training; a network that cannot be compiled is not quietly run without.

    Raises
    ------
    RuntimeError
        The compiler failed: on the network, or for want of a C++ compiler.
    """
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            raise
        first = str(error).strip().partition("\n")[0]
        raise RuntimeError(
            f"torch.compile failed ({first}); set compile = False, or look whether a C++ "
            "compiler is installed and the network's forward is free of side effects"
        ) from error

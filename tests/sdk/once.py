"""What several workers need and one of them fetches."""

import contextlib
import fcntl
import pathlib


@contextlib.contextmanager
def alone(place: pathlib.Path):
    """Only one process at a time is in the block that is about this place."""
    place.parent.mkdir(exist_ok=True)
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

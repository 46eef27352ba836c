"""Reads side by side, in threads that hold nobody back: the one place where threads that ask AWS are made.

A call can be under way for more than a minute where AWS goes silent. Whoever was told to end must not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def threads(most: int) -> Iterator[Executor]:
    """Threads, at most so many. At the end of the block, and on an error, they are waited for; what still queues on an error
    is not begun.

    A signal, Ctrl-C, or a generator that nobody asks any more waits for none: what these threads do must be reading alone.
    """
    pool = ThreadPoolExecutor(most)
    try:
        yield pool
    except Exception:
        pool.shutdown(cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()

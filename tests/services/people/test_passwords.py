"""Hashing passwords."""

import threading
import time

import pytest

from quizapp.domain.errors import TooManyTries
from quizapp.services.people import passwords
from quizapp.services.people.passwords import Passwords

CHEAP = Passwords(memory_kib=64, time_cost=1)


def test_the_default_is_what_owasp_asks_for():
    encoded = Passwords().hash("four plain words here")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_right_and_wrong():
    encoded = CHEAP.hash("four plain words here")
    assert CHEAP.verify(encoded, "four plain words here")
    assert not CHEAP.verify(encoded, "four plain words there")
    assert not CHEAP.verify(None, "four plain words here")
    assert not CHEAP.verify(None, "")
    assert not CHEAP.verify("no hash at all", "x")


@pytest.mark.parametrize("typed", ["\x00", "\ud800", "x" * 100_000])
def test_whatever_is_typed_is_only_wrong(typed):
    assert not CHEAP.verify(CHEAP.hash("four plain words here"), typed)


def test_two_ways_to_type_it_are_one():
    assert CHEAP.verify(CHEAP.hash("caf\u00e9 words"), "cafe\u0301 words")


def test_other_parameters_ask_for_a_new_hash():
    encoded = CHEAP.hash("x")
    assert not CHEAP.needs_rehash(encoded)
    assert Passwords(memory_kib=128, time_cost=1).needs_rehash(encoded)


def test_nobody_costs_as_much_as_somebody():
    hasher = Passwords(memory_kib=4096, time_cost=2)
    encoded = hasher.hash("four plain words here")
    hasher.verify(None, "warm up")

    def cost(known):
        start = time.thread_time()
        for _ in range(8):
            hasher.verify(encoded if known else None, "wrong")
        return time.thread_time() - start

    # generous: it would be hundreds of times if nothing were computed
    assert cost(known=False) > cost(known=True) / 4


def test_verifications_queue(monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.05)
    one = Passwords(memory_kib=64, time_cost=1, at_once=1)
    encoded = one.hash("x")
    one._turn.acquire()
    try:
        with pytest.raises(TooManyTries):
            one.verify(encoded, "x")
    finally:
        one._turn.release()
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(one.verify(encoded, "x"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8

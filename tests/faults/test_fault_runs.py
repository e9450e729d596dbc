"""A bounded part of `make faults`: seeded runs over HTTP while servers and databases are killed."""

import databases
import pytest
from fault_house import PLANS, standing
from run_faults import Told, run_batch

RUNS = 10


@pytest.mark.parametrize("name", PLANS)
def test_promises_are_kept_whatever_fails(name, tmp_path):
    told = Told()
    try:
        with standing(PLANS[name], tmp_path) as house:
            run_batch(house, 0, told, RUNS, every=(30, 60))
    except databases.NoPostgreSQL as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    assert told.wrong == []
    assert told.counts["runs"] == RUNS
    assert told.counts["kills"] + told.counts["restarts"]
    assert told.counts["saves"] > 5 * RUNS

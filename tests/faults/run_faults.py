"""`make faults`: many seeded runs on each kind of house, while servers are killed.

`--seed N` does the batch in which run N was, alone: `FAULTS_ARGS='--seed N --on three'`.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import databases
from fault_checks import faults_of
from fault_house import PLANS, House, Trouble, standing
from fault_run import Run

BATCH = 25
AT_ONCE = 6
EVERY = (60, 180)


@dataclass
class Told:
    """What came of runs."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """For people."""
        counts = self.counts
        said = (
            f"{counts['runs']} runs, {counts['saves']} acknowledged saves ({counts['late']} late), "
            f"{counts['refused']} refused, {counts['kills']} servers killed, "
            f"{counts['restarts']} database restarts"
        )
        return f"{said}: {len(self.wrong)} WRONG" if self.wrong else f"{said}: all as promised"

    def add(self, other: "Told") -> None:
        """Take in what came of others."""
        self.counts += other.counts
        self.wrong += other.wrong


def run_batch(
    house: House, first: int, told: Told, size: int = BATCH, every: tuple[int, int] = EVERY
) -> None:
    """Do runs of consecutive seeds while servers are killed, then look at what is stored.

    Args:
        house: where.
        first: the seed of the first.
        told: what came of it is added.
        size: how many.
        every: after how many saves something is killed, from and to.
    """
    trouble = Trouble(house, Random(first), every)
    runs = [Run(house, seed, trouble.note_save) for seed in range(first, first + size)]
    trouble.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda run: run(), runs))
    finally:
        trouble.stop()
    told.counts.update(kills=trouble.kills, restarts=trouble.restarts)
    for run in runs:
        refused = len(run.ledger.refused)
        told.counts.update(runs=1, saves=run.ledger.saves, late=run.ledger.late, refused=refused)
        found = [run.problem] if run.problem else []
        if run.attempt is not None and not run.problem:
            found = house.insist(lambda run=run: faults_of(run.attempt, run.ledger))
        told.wrong += [f"seed {run.seed} on {house.plan.name}: {one}" for one in found]


def main() -> int:
    """Run what is asked for; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="on each kind of house")
    parser.add_argument("--on", choices=PLANS, help="only this kind of house")
    parser.add_argument("--seed", type=int, help="only the batch of this run")
    chosen = parser.parse_args()
    total = Told()
    first = 0 if chosen.seed is None else chosen.seed - chosen.seed % BATCH
    count = chosen.runs if chosen.seed is None else BATCH
    for name in [chosen.on] if chosen.on else PLANS:
        told, began = Told(), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="quizapp-faults-") as folder:
            try:
                with standing(PLANS[name], Path(folder)) as house:
                    for seed in range(first, first + count, BATCH):
                        run_batch(house, seed, told, min(BATCH, first + count - seed))
            except databases.NoPostgreSQL as reason:
                print(f"{PLANS[name].name}: skipped, {reason}")
                continue
        print(f"{PLANS[name].name}: {told}, {time.monotonic() - began:.0f} s", flush=True)
        for one in told.wrong:
            print(f"  {one}")
        total.add(told)
    print(f"all: {total}")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

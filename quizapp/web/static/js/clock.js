// The time left: counted from the seconds that the server said, by a clock that nobody can set.

import { figures } from './fields.js';

const MINUTES = [10, 5, 1];
const LOW_S = 300;

function shown(seconds) {
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const SLEPT_MS = 3000;

// Counts down; says in words when 10, 5 and 1 minutes are left; calls `over` at the end, and `adrift` when it has come into
// doubt. Gives back a function that sets the clock to the seconds that the server has said since; null: time stands still.
export function countDown(clock, said, { over, adrift }) {
  let end;
  let before = 0;
  let next;
  let isOver = false;
  let apart;
  // The clock that nobody can set stands still while a device sleeps. Where the other one is ahead, it slept, or was set:
  // either way less time is shown until the server says how much there is.
  const wake = () => {
    const slept = Date.now() - performance.now() - apart;
    apart += slept;
    if (slept <= SLEPT_MS) return;
    end -= slept;
    adrift();
  };
  const tick = () => {
    wake();
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    clock.textContent = figures(shown(left));
    clock.parentElement.classList.toggle('low', left < LOW_S);
    const reached = MINUTES.filter((minutes) => before > minutes * 60 && left <= minutes * 60).at(-1);
    if (reached) said.textContent = said.getAttribute(`data-minutes-${reached}`);
    before = left;
    isOver = left === 0;
    if (!isOver) return void (next = setTimeout(tick, 1000 - (performance.now() % 1000)));
    said.textContent = said.dataset.over;
    over();
  };
  const set = (seconds) => {
    if (seconds === 0 && isOver) return;
    clearTimeout(next);
    if (seconds === null) return;
    end = performance.now() + seconds * 1000;
    before = Math.max(before, seconds);
    apart = Date.now() - performance.now();
    if (isOver) said.textContent = '';
    tick();
  };
  set(Number(clock.dataset.left));
  return set;
}

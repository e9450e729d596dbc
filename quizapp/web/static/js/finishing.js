// The end of an attempt on its page: handing in at a button or when the time is up, what is said while that waits, and
// going on where it is not to be.

import { carryOutWishes, isWished, secondsLeft, wish, withdraw } from './handing_in.js';
import { forget } from './kept.js';

const HERD_MS = 8000; // a deadline is the same for all: pages hand in one after the other

function revisions(form, questions) {
  const listed = (form.dataset.revisions ?? '').split(' ').filter(Boolean).map((one) => one.split(':'));
  const shown = questions.map(({ dataset }) => [dataset.slot, dataset.revision]);
  return Object.fromEntries([...listed, ...shown].map((pair) => pair.map(Number)));
}

// `page` is what sitting.js knows of its page: its parts, and how it says things.
export function attachFinishing({ person, attempt, form, questions, outbox, note, wait, settle, setClock }) {
  carryOutWishes(outbox);

  async function sayWaiting(isAuto) {
    form.inert = true;
    form.dataset.handing = '';
    await outbox.drain();
    const isWaiting = await isWished(outbox, attempt);
    note('handing', isWaiting);
    note('until', isWaiting);
    document.getElementById('withdraw').hidden = isAuto;
  }

  async function handIn(how = {}) {
    await outbox.writing;
    await wish(outbox, attempt, { known: revisions(form, questions), ...how });
    await sayWaiting(how.auto);
  }

  function goOn(why) {
    delete form.dataset.handing;
    form.inert = 'paused' in form.dataset;
    note('handing', false);
    note('elsewhere', why === 'elsewhere');
  }

  outbox.addEventListener('handed-in', async ({ detail }) => {
    if (detail.attempt !== attempt) return;
    await forget(person, attempt);
    location.assign(`${form.dataset.base}/results`);
  });
  outbox.addEventListener('not-handed-in', ({ detail }) => {
    if (detail.attempt !== attempt) return;
    if (detail.left !== null) setClock(detail.left);
    goOn(detail.why);
  });
  document.getElementById('withdraw').addEventListener('click', async () => {
    await withdraw(outbox, attempt);
    goOn();
  });

  return {
    handIn,
    // the wish of before, where there is one
    async resume() {
      const found = (await outbox.entries()).find((one) => one.attempt === attempt && !one.slot);
      if (found) await sayWaiting(found.auto);
    },
    async timeIsUp() {
      await settle();
      await wait(Math.random() * HERD_MS);
      await handIn({ auto: true });
    },
    async askTheTime() {
      const left = await secondsLeft(outbox, attempt);
      if (left !== null) setClock(left);
    },
  };
}

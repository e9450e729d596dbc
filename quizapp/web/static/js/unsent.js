// On every page but those where questions are answered: what this device still holds is sent, and signing out warns of
// what could not be. Signing out never clears it, but the copies of pages: nobody sees them who is not signed in.
import { openOutbox } from './outbox.js';
import { carryOutWishes } from './handing_in.js';
import { forgetOthers } from './kept.js';

const LEAVING_MS = 2500;
const { person } = document.body.dataset;
const form = document.querySelector('[data-sign-out]');

if (person && form) {
  const outbox = await openOutbox(person);
  carryOutWishes(outbox);
  await forgetOthers(person);
  let isLeaving = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isLeaving) return;
    isLeaving = true;
    await Promise.race([outbox.drain(), new Promise((yes) => setTimeout(yes, LEAVING_MS))]);
    const unsent = (await outbox.entries()).filter((entry) => !entry.refused);
    isLeaving = unsent.length === 0 || confirm(form.dataset.unsent);
    if (!isLeaving) return;
    await forgetOthers(null);
    form.submit();
  });
  await outbox.drain();
}

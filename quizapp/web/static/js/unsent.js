// On every page but those where questions are answered: what this device still holds is sent, and signing out warns of
// what could not be. Signing out never clears it.
import { openOutbox } from './outbox.js';

const LEAVING_MS = 2500;
const { person } = document.body.dataset;
const form = document.querySelector('[data-sign-out]');

if (person && form) {
  const outbox = await openOutbox(person);
  let isLeaving = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isLeaving) return;
    isLeaving = true;
    await Promise.race([outbox.drain(), new Promise((yes) => setTimeout(yes, LEAVING_MS))]);
    const unsent = (await outbox.entries()).filter((entry) => !entry.refused);
    isLeaving = unsent.length === 0 || confirm(form.dataset.unsent);
    if (isLeaving) form.submit();
  });
  await outbox.drain();
}

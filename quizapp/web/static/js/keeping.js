// While a page of an attempt is open: see to it that this device keeps the attempt, and keep up with what is saved.

import { about, canKeep, forgetOthers, keep, remember } from './kept.js';

const AGAIN_MS = 10 * 1000;
const LONGEST_MS = 10 * 60 * 1000; // flags and other devices' answers: the copy need not be older than that

// `release` is the file of this script: a copy that another version of the product made is made anew.
async function isFresh(person, attempt, lang) {
  const found = await about(person, attempt);
  return found && found.lang === lang && found.files.includes(new URL(import.meta.url).pathname)
    && Date.now() - found.at < LONGEST_MS && found.until > Date.now();
}

// A copy asks now and then whether the server is there again; it says so, and lets the person choose when to go on.
async function watchForReturn(outbox) {
  const back = document.getElementById('back');
  while (true) {
    const answer = await fetch('/healthz', { cache: 'no-store', redirect: 'manual' }).catch(() => null);
    const isThere = answer?.ok && answer.headers.has('X-Request-Id');
    document.getElementById('copy').hidden = isThere;
    back.hidden = !isThere;
    if (isThere) return void outbox.drain();
    await Promise.race([
      new Promise((yes) => setTimeout(yes, AGAIN_MS)),
      new Promise((yes) => addEventListener('online', yes, { once: true })),
    ]);
  }
}

// `form` and `questions` are the page's; a question's `saved` is the response that the server has.
export async function keepAttempt({ person, attempt, form, questions, outbox, isCopy }) {
  if (isCopy) watchForReturn(outbox);
  if (!canKeep) return;
  const { lang } = document.documentElement;
  const { base } = form.dataset;
  await forgetOthers(person);
  const worker = await navigator.serviceWorker.register('/worker.js', { scope: '/attempts' }).catch(() => null);
  if (!worker) return; // a browser that lets none: the outbox does without
  const isForward = 'forward' in form.dataset; // the copy is of the open question: another one each time
  const isPaused = 'paused' in form.dataset; // a copy of that would stand still for ever
  const isThere = isCopy || isPaused || (!isForward && await isFresh(person, attempt, lang));
  const slot = isForward && questions[0] ? `?slot=${questions[0].dataset.slot}` : '';
  if (!isThere && !await keep(person, attempt, `${base}/kept`, slot, lang)) return;
  for (const { dataset, saved } of questions) {
    const [known, revision] = [Number(dataset.slot), Number(dataset.revision)];
    if (revision && saved !== undefined) await remember(person, attempt, { slot: known, revision, response: saved });
  }
  const follow = ({ detail }) => detail.attempt === attempt && remember(person, attempt, detail);
  outbox.addEventListener('saved', follow);
  outbox.addEventListener('elsewhere', follow);
}

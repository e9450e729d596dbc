// What this device keeps of an attempt, so that it goes on without a connection: one cache for each person and attempt,
// so that all of it goes at once. It holds the page with all the questions, what that page needs, and what is known to
// be saved since; never a key, for the page that is kept has none. worker.js reads the same names.

const NAME = 'quizapp-kept/';
const ABOUT = '/kept/about';
const ANSWER = '/kept/answer/';
const LONGEST_S = 7 * 24 * 3600;

const nameOf = (person, attempt) => `${NAME}${person}/${attempt}`;
const json = (data) => new Response(JSON.stringify(data), { headers: { 'Content-Type': 'application/json' } });

// Browsers keep pages of secure addresses only.
export const canKeep = Boolean(globalThis.caches && navigator.serviceWorker);

async function open(person, attempt) {
  const name = nameOf(person, attempt);
  return (await caches.has(name)) ? caches.open(name) : null;
}

// How the kept page was made: `at` and `until` by this device's clock; nothing where none is kept.
export async function about(person, attempt) {
  const found = canKeep && await (await open(person, attempt))?.match(ABOUT);
  return found ? found.json() : null;
}

// Keep the page with all the questions, and the files that it names.
export async function keep(person, attempt, address, query, lang) {
  const answer = await fetch(address + query, { credentials: 'same-origin', cache: 'no-store', redirect: 'manual' });
  const left = answer.headers.get('X-Kept-For');
  if (!answer.ok || left === null) return false;
  const text = await answer.clone().text();
  const files = [...new Set(text.match(/\/static\/[^"#?]+/g))];
  const at = Date.now();
  const cache = await caches.open(nameOf(person, attempt));
  await cache.addAll(files);
  await cache.put(address, answer);
  await cache.put(ABOUT, json({ at, until: at + Math.min(left || LONGEST_S, LONGEST_S) * 1000, lang, files }));
  return true;
}

// What is known to be saved: the kept page itself is as old as its making.
export async function remember(person, attempt, { slot, revision, response, savedAt }) {
  const cache = canKeep && await open(person, attempt);
  await (cache && cache.put(`${ANSWER}${slot}`, json({ slot, revision, response, savedAt })));
}

export async function remembered(person, attempt) {
  const cache = canKeep && await open(person, attempt);
  if (!cache) return [];
  const requests = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(ANSWER));
  return Promise.all(requests.map(async (request) => (await cache.match(request)).json()));
}

export async function forget(person, attempt) {
  if (canKeep) await caches.delete(nameOf(person, attempt));
}

// Delete what is somebody else's; everything where `person` is none.
export async function forgetOthers(person) {
  if (!canKeep) return;
  const mine = person ? nameOf(person, '') : '/';
  const names = (await caches.keys()).filter((name) => name.startsWith(NAME) && !name.startsWith(mine));
  await Promise.all(names.map((name) => caches.delete(name)));
}

// Keeps the page of an exam's room as it is now: asks for what changed, and puts it into the list in place.
const EVERY_MS = 5000;
const SHARE = 40; // a large room takes the server longer: then it is asked less often, for a fortieth of the time at most
const SLOWEST_MS = 60000;

const room = document.querySelector('[data-room]');
const items = [...room.querySelectorAll('.sitters > li')];
const stale = document.querySelector('[data-stale]');
let tag = '';
let failures = 0;

const set = (element, words) => {
  if (element && element.textContent !== words) element.textContent = words;
};

function show(line, item, isShown) {
  const [standing, ...words] = line;
  item.dataset.standing = standing;
  [...item.querySelectorAll('p')].forEach((place, at) => set(place.querySelector('b') ?? place, words[at]));
  item.hidden = !isShown;
}

// Somebody came or went, it was paused, something was said: the page is another one. What is being typed is not thrown away.
function isOutOfDate(state) {
  if (state.roster === room.dataset.roster) return false;
  const isTyping = [...document.querySelectorAll('textarea')].some(({ value, defaultValue }) => value !== defaultValue);
  if (!isTyping) location.reload();
  return true;
}

function take(state) {
  if (isOutOfDate(state)) return;
  set(document.querySelector('[data-news]'), state.news);
  for (const [name, figure] of Object.entries(state.counts)) set(document.querySelector(`[data-count="${name}"]`), figure);
  items.forEach((item, at) => show(state.lines[at], item, state.shown[at] === '1'));
  const none = room.querySelector('[data-none]');
  if (none) none.hidden = state.shown.includes('1');
}

async function ask() {
  const answer = await fetch(room.dataset.room, { cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} });
  if (answer.status !== 304) {
    if (!answer.ok) throw new Error(answer.statusText);
    take(await answer.json());
    tag = answer.headers.get('ETag') ?? '';
  }
  set(document.querySelector('[data-at]'), decodeURIComponent(answer.headers.get('X-Clock') ?? ''));
}

async function look() {
  const since = performance.now();
  if (!document.hidden) {
    try {
      await ask();
      failures = 0;
    } catch {
      failures += 1;
    }
    if (stale) stale.hidden = failures < 2;
  }
  const pause = Math.max(EVERY_MS, (performance.now() - since) * SHARE);
  setTimeout(look, Math.min(pause * 2 ** failures, SLOWEST_MS));
}

document.addEventListener('visibilitychange', () => document.hidden || ask().catch(() => {}));
setTimeout(look, EVERY_MS);

// Checks what an exam will want of this device; each row of the page says in its own words what was found.

const list = document.getElementById('checks');
const CLOCK_S = 60;
const LEAST_BYTES = 5e6;

function say(name, isGood) {
  const row = list.querySelector(`[data-check="${name}"]`);
  const words = row.querySelector('[role=status]');
  words.textContent = row.getAttribute(isGood ? 'data-good' : 'data-bad');
  words.className = isGood ? 'ok' : 'warn';
  const use = row.querySelector('use');
  use.setAttribute('href', use.getAttribute('href').replace(/#.*/, isGood ? '#check' : '#warn'));
  return isGood;
}

async function ask() {
  const body = new URLSearchParams({ csrf_token: document.querySelector('[name=csrf_token]').value, sent: String(Math.random()) });
  const answer = await fetch('/check', { method: 'POST', body, headers: { Accept: 'application/json' } });
  const told = await answer.json();
  return { isHeard: told.sent === body.get('sent'), at: told.at };
}

// Written and read again, in a store of its own that goes at once.
function keeps() {
  return new Promise((yes) => {
    const request = indexedDB.open('quizapp-check', 1);
    request.onerror = () => yes(false);
    request.onupgradeneeded = () => request.result.createObjectStore('words');
    request.onsuccess = () => {
      const db = request.result;
      const transaction = db.transaction('words', 'readwrite');
      transaction.objectStore('words').put('written', 1);
      const found = transaction.objectStore('words').get(1);
      transaction.onabort = () => yes(false);
      transaction.oncomplete = () => {
        db.close();
        indexedDB.deleteDatabase('quizapp-check');
        yes(found.result === 'written');
      };
    };
  });
}

async function hasRoom() {
  await navigator.storage?.persist?.();
  const { quota = 0, usage = 0 } = await navigator.storage?.estimate?.() ?? {};
  return quota - usage > LEAST_BYTES;
}

const tried = (what) => Promise.resolve().then(what).catch(() => null);

const told = await tried(ask);
const found = [
  say('saving', Boolean(told?.isHeard)),
  say('clock', Boolean(told) && Math.abs(Date.now() / 1000 - told.at) < CLOCK_S),
  say('keeping', Boolean(await tried(keeps))),
  say('room', Boolean(await tried(hasRoom))),
  say('offline', isSecureContext && 'serviceWorker' in navigator && 'caches' in globalThis),
];
const heading = document.querySelector('h1');
heading.textContent = heading.getAttribute(found.every(Boolean) ? 'data-good' : 'data-bad');

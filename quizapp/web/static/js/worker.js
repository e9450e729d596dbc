// The service worker: an attempt that this device keeps opens without a connection. The network comes first; what is
// shown instead says of itself that it is a copy. It answers for pages of attempts and the files that they need, for
// nothing else. What is kept, and under which names, is written by kept.js.

const NAME = 'quizapp-kept/';
const ABOUT = '/kept/about';
const PATIENCE_MS = 4000;
const PAGE = /^\/attempts\/([0-9a-f-]{36})(?:\/(?:\d+|all|end|results))?$/;

// An answer of our server, and not of a portal or a proxy in between: the server names each of its answers.
const isOurs = (answer) => answer.type === 'opaqueredirect' || (answer.headers.has('X-Request-Id') && answer.status < 500);

async function names(attempt = '') {
  return (await caches.keys()).filter((name) => name.startsWith(NAME) && name.endsWith(attempt));
}

// What is past its time is deleted before anybody looks at it.
async function sweep() {
  for (const name of await names()) {
    const about = await (await caches.open(name)).match(ABOUT);
    if (about && (await about.json()).until <= Date.now()) await caches.delete(name);
  }
}

async function keptPage(attempt) {
  await sweep();
  for (const name of await names(`/${attempt}`)) {
    const found = await (await caches.open(name)).match(`/attempts/${attempt}/kept`);
    if (found) return found;
  }
  return null;
}

async function page(request, attempt) {
  const network = fetch(request).catch(() => null);
  const patience = new Promise((yes) => setTimeout(yes, PATIENCE_MS));
  const answer = await Promise.race([network, patience]);
  if (answer && isOurs(answer)) {
    // results are there: the attempt is over
    if (answer.ok && request.url.endsWith('/results')) for (const name of await names(`/${attempt}`)) await caches.delete(name);
    return answer;
  }
  return (await keptPage(attempt)) ?? (await network) ?? Response.error();
}

async function file(request) {
  for (const name of await names()) {
    const found = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (found) return found;
  }
  return fetch(request);
}

addEventListener('install', () => self.skipWaiting());
addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), sweep()])));
addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  const attempt = request.mode === 'navigate' && PAGE.exec(pathname)?.[1];
  if (attempt) event.respondWith(page(request, attempt));
  else if (pathname.startsWith('/static/')) event.respondWith(file(request));
});

// Answers on their way to the server. Each stands in IndexedDB, under the person who wrote it, until a receipt says
// that it was saved. An entry that was tried once is sent again exactly as it was: the server knows it by its revision.

const PAGE = `${Date.now()}.${Math.random()}`; // entries of other pages may have been sent without our knowing
const LONGEST_S = 60;
const PATIENCE_MS = 20000;
const KEEPALIVE = 30000; // browsers let at most 64 kB outlive a page

const isSame = (one, other) => one.attempt === other.attempt && one.slot === other.slot;
const keyOf = ({ attempt, slot }) => `${attempt}/${slot}`;
const isThis = (one, other) => isSame(one, other) && one.revision === other.revision;

// --- where entries stand: one transaction a change, and what is decided in it is decided on what stands there

class Shelf {
  constructor(db) {
    this.db = db;
  }

  change(person, decide) {
    return new Promise((yes, no) => {
      const transaction = this.db.transaction('outbox', 'readwrite');
      const store = transaction.objectStore('outbox');
      const range = IDBKeyRange.bound([person], [person, []]);
      let result;
      store.getAll(range).onsuccess = (event) => {
        result = decide(event.target.result, {
          put: (entry) => store.put(entry),
          remove: (entry) => store.delete([person, entry.attempt, entry.slot, entry.revision]),
        });
      };
      transaction.oncomplete = () => yes(result);
      transaction.onabort = transaction.onerror = () => no(transaction.error);
    });
  }
}

// A browser that keeps nothing: answers are sent all the same, and closing the page is warned of.
class Memory {
  entries = [];

  async change(person, decide) {
    return decide([...this.entries], {
      put: (entry) => this.entries = [...this.entries.filter((one) => !isThis(one, entry)), entry],
      remove: (entry) => this.entries = this.entries.filter((one) => !isThis(one, entry)),
    });
  }
}

function openShelf() {
  return new Promise((yes) => {
    try {
      const request = indexedDB.open('quizapp', 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('outbox', { keyPath: ['person', 'attempt', 'slot', 'revision'] });
      };
      request.onsuccess = () => yes(new Shelf(request.result));
      request.onerror = () => yes(new Memory());
    } catch {
      yes(new Memory());
    }
  });
}

// --- sending one entry; what came of it is one word

// In milliseconds. The clock that nobody can set stands still while a device sleeps, and knows nothing of before the page;
// the other one may have been set back. The larger is nearer the truth, and the server bounds it.
function ageOf(entry) {
  const sure = entry.page === PAGE ? performance.now() - entry.at : performance.now();
  return Math.max(sure, Date.now() - entry.wall);
}

async function send(entry, token) {
  const age = ageOf(entry);
  const body = JSON.stringify({
    response: entry.response,
    revision: entry.revision,
    base: entry.base,
    lang: entry.lang,
    spent_ms: entry.spent,
    age_s: Math.round(age / 100) / 10,
  });
  try {
    const answer = await fetch(`/api/v1/attempts/${entry.attempt}/items/${entry.slot}/response`, {
      method: 'PUT',
      credentials: 'same-origin',
      redirect: 'manual',
      cache: 'no-store',
      keepalive: body.length < KEEPALIVE,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
      body,
      signal: globalThis.AbortSignal?.timeout?.(PATIENCE_MS),
    });
    return await judge(entry, answer);
  } catch {
    return { word: 'unreachable' };
  }
}

// 'Saved' is JSON with the same revision and a receipt, nothing less: a captive portal answers 200 too.
async function judge(entry, answer) {
  const isJson = /\bjson\b/.test(answer.headers.get('Content-Type') ?? '');
  const data = isJson ? await answer.json() : null;
  if (answer.ok && data?.revision === entry.revision && data.receipt) return { word: 'saved', data };
  if ([401, 403, 404].includes(answer.status)) return { word: 'signed-out' };
  if (data && [400, 409, 413, 422].includes(answer.status)) return { word: 'refused', data };
  return { word: answer.ok || !answer.status ? 'unreachable' : 'later', after: Number(answer.headers.get('Retry-After')) };
}

// --- the outbox of one person

export class Outbox extends EventTarget {
  // `token` and its renewal belong to the page; entries are read and sent as this person alone.
  constructor(shelf, person, token) {
    super();
    Object.assign(this, { shelf, person, token, failures: 0, signedOut: false, reachable: true });
    this.fresh = []; // stored by this page and not yet tried
    this.acknowledged = new Map(); // by slot, the revision that the server has: a page hears of it later
    this.writing = Promise.resolve();
    this.afterwards = async () => []; // what waits for the answers: its words
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel('quizapp-answers') : null;
    this.channel?.addEventListener('message', ({ data }) => {
      if (data.person === person) this.tell('elsewhere', data);
    });
  }

  // Everything of this person; slots are from 1, what stands in none is a wish (handing_in.js).
  entries() {
    return this.change((entries) => entries);
  }

  async answers(attempt) {
    return (await this.entries()).filter((one) => one.slot && one.attempt === attempt);
  }

  change(decide) {
    return this.shelf.change(this.person, decide);
  }

  // Keep an answer. `seen` is the revision that the page was edited from, unless one of ours is still on its way or
  // has just arrived: its entry may be cleared between the page's call and this transaction.
  put(attempt, slot, answer, seen) {
    const store = () => this.change((entries, { put, remove }) => {
      const known = Math.max(seen, this.acknowledged.get(keyOf({ attempt, slot })) ?? 0);
      const last = entries.filter((one) => isSame(one, { attempt, slot })).at(-1);
      const isSpare = last && (last.refused || (last.page === PAGE && !last.tried && !this.#isFlying(last)));
      if (isSpare) remove(last);
      const entry = {
        ...answer,
        person: this.person,
        attempt,
        slot,
        revision: Math.max(known, last?.revision ?? 0) + 1,
        base: isSpare ? last.base : last?.revision ?? known,
        page: PAGE,
        at: performance.now(),
        wall: Date.now(),
      };
      put(entry);
      this.fresh = [...this.fresh.filter((one) => !isSame(one, entry)), entry];
      return entry;
    });
    const stored = store().catch(() => {
      // the browser keeps nothing (any more): better sent from memory than not at all
      this.shelf = new Memory();
      return store();
    });
    this.writing = Promise.allSettled([this.writing, stored]);
    return stored;
  }

  get isKept() {
    return !(this.shelf instanceof Memory);
  }

  // Take an entry out that has been dealt with elsewhere.
  drop(entry) {
    return this.change((entries, { remove }) => remove(entry));
  }

  // Send all that can be sent; resolves when each entry has been tried once.
  drain() {
    this.again = true;
    this.running ??= this.#run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  // The page goes: what has not been tried flies off, and stays in the box until a later page hears of it.
  flush() {
    for (const entry of this.fresh) {
      entry.flying = true;
      send(entry, this.token());
    }
  }

  #isFlying(entry) {
    return this.fresh.some((one) => isThis(one, entry) && one.flying);
  }

  async #run() {
    clearTimeout(this.timer);
    let hasRenewed = false;
    let words = [];
    while (this.again) {
      this.again = false;
      words = [...await this.#round(), ...await this.afterwards()];
      if (words.some(({ word }) => word === 'signed-out') && !hasRenewed) {
        hasRenewed = true;
        this.again = await this.renew();
      }
    }
    const is = (...wanted) => words.filter(({ word }) => wanted.includes(word));
    const failed = is('later', 'unreachable');
    this.signedOut = is('signed-out').length > 0;
    this.reachable = !words.length || is('unreachable').length < words.length;
    this.failures = failed.length ? this.failures + 1 : 0;
    if (failed.length) this.#backOff(Math.max(...failed.map(({ after }) => after || 0)));
    this.tell('settled', { failed: failed.length > 0 });
  }

  // Every slot for itself: a bad entry holds up only what follows it in its own slot.
  async #round() {
    const slots = new Map();
    for (const entry of await this.entries()) {
      const key = keyOf(entry);
      if (entry.slot && !entry.refused) slots.set(key, [...(slots.get(key) ?? []), entry]);
    }
    return Promise.all([...slots.values()].map((entries) => this.#sendInOrder(entries)));
  }

  async #sendInOrder(entries) {
    for (const { attempt, slot, revision } of entries) {
      const entry = await this.#markTried({ attempt, slot, revision });
      if (!entry) continue;
      const outcome = await send(entry, this.token());
      if (outcome.word === 'saved') await this.#saved(entry, outcome.data);
      else if (outcome.word === 'refused') await this.#refused(entry, outcome.data);
      else return outcome;
    }
    return { word: 'done' };
  }

  // The entry as it stands; nothing where it has given way to a newer one in the meantime.
  #markTried(entry) {
    return this.change((entries, { put }) => {
      const stands = entries.find((one) => isThis(one, entry));
      this.fresh = this.fresh.filter((one) => !isThis(one, entry));
      if (stands && !stands.tried) put({ ...stands, tried: true });
      return stands;
    });
  }

  async #saved(entry, data) {
    const key = keyOf(entry);
    this.acknowledged.set(key, Math.max(entry.revision, this.acknowledged.get(key) ?? 0));
    await this.drop(entry);
    const { person, attempt, slot, revision, response } = entry;
    const news = { person, attempt, slot, revision, response, savedAt: data.saved_at, left: data.seconds_left, late: data.late };
    this.channel?.postMessage(news);
    this.tell('saved', { ...news, isElsewhere: data.elsewhere === true });
  }

  async #refused(entry, problem) {
    const isUnfit = !problem.current; // nothing else stands in its way: what follows was edited from what stood before
    const words = problem.errors?.map(({ message }) => message).join(' ') || problem.detail;
    const refused = { type: problem.type, isUnfit, words };
    await this.change((entries, { put }) => {
      for (const one of entries.filter((other) => isSame(other, entry))) {
        if (isThis(one, entry)) put({ ...one, tried: true, refused });
        else if (isUnfit && one.base === entry.revision) put({ ...one, base: entry.base });
      }
    });
    this.tell('refused', { ...entry, refused });
  }

  #backOff(least) {
    const wait = Math.min(LONGEST_S, 2 ** Math.min(this.failures, 6)) * (0.5 + Math.random());
    this.timer = setTimeout(() => this.drain(), Math.max(least, wait) * 1000);
  }

  // Signing in again elsewhere made a new token; the page as it is now has it, if it is still this person's.
  async renew() {
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (page.body.dataset.person !== this.person) return false;
      const { value } = page.querySelector('[name=csrf_token]');
      for (const field of document.querySelectorAll('[name=csrf_token]')) field.value = value;
      return true;
    } catch {
      return false;
    }
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

export async function openOutbox(person) {
  const token = () => document.querySelector('[name=csrf_token]').value;
  const outbox = new Outbox(await openShelf(), person, token);
  const drain = () => outbox.drain();
  addEventListener('online', drain);
  addEventListener('focus', drain);
  document.addEventListener('visibilitychange', drain);
  addEventListener('pagehide', () => outbox.flush());
  return outbox;
}

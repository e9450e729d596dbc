// Makes the pages of an attempt livelier: answers are sent as they are given, steps move in place, time counts down.
// Without it every button posts the form, and the server decides the deadline all the same.
import { openOutbox } from './outbox.js';
import { confirmOrder, figures, move, read, write } from './fields.js';

const TYPING_MS = 600;
const WRITING_MS = 5000; // a long text is kept here at every key, and sent at most so often: each save is logged whole
const LEAVING_MS = 2500;
const QUIET_MS = 1500; // the page itself comes first, then what keeps it going without a connection

const form = document.querySelector('form[data-attempt]');
const { attempt } = form.dataset;
const questions = [...form.querySelectorAll('.question:not([data-locked])')];
const status = document.querySelector('.save');
const { person } = document.body.dataset;
const isCopy = 'kept' in form.dataset;
const outbox = await openOutbox(person);
for (const question of questions) question.saved = read(question);

const note = (id, isShown) => {
  const found = document.getElementById(id);
  if (found) found.hidden = !isShown;
  return found;
};

// --- the state of saving: seen at once, announced when it has settled into another one

const ICONS = { idle: 'check', saving: 'wait', saved: 'check', kept: 'offline', 'signed-out': 'warn', refused: 'warn', late: 'wait' };
let state = status.dataset.state;
let announced = state;
let saved = state === 'saved' ? 'saved' : 'idle';

function show(next) {
  const [words, time] = status.querySelectorAll('span');
  state = next;
  status.dataset.state = next;
  const use = status.querySelector('use');
  use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${ICONS[next]}`));
  words.textContent = status.getAttribute(`data-${next}`);
  if (next !== 'saved') time.textContent = '';
  note('signed-out', next === 'signed-out');
  note('until', next === 'kept' || next === 'signed-out' || isCopy);
  if (next === 'saving' || next === announced) return;
  document.getElementById('said').textContent = words.textContent;
  announced = next;
}

async function judge() {
  const entries = await outbox.answers(attempt);
  if (entries.some((entry) => entry.refused)) show('refused');
  else if (!entries.length) show(saved);
  else if (outbox.signedOut) show('signed-out');
  else show(outbox.failures ? 'kept' : 'saving');
}

function showTime(moment) {
  const time = status.querySelectorAll('span')[1];
  const zone = { timeZone: status.dataset.zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  const lang = document.documentElement.lang === 'km' ? 'km-u-nu-khmr' : 'en-GB';
  time.textContent = new Intl.DateTimeFormat(lang, zone).format(new Date(moment));
}

// --- how long each question has been looked at

const spent = new Map();
let looking = questions[0];
let since = performance.now();
let isSeen = !document.hidden;

function look(question = looking) {
  const now = performance.now();
  if (looking && isSeen) spent.set(looking, (spent.get(looking) ?? 0) + now - since);
  since = now;
  isSeen = !document.hidden;
  looking = question;
}

// --- an answer is given

const touched = new Set();
let typing;
let isWriting = false;

// Short answers go when the typing pauses; a long text goes on time, however steadily it is written.
function send(isTyping, isLong) {
  if (isTyping && isLong && isWriting) return;
  clearTimeout(typing);
  isWriting = isTyping && isLong;
  const pause = isLong ? WRITING_MS : TYPING_MS;
  typing = setTimeout(
    () => {
      isWriting = false;
      outbox.drain();
    },
    isTyping ? pause : 0,
  );
}

function answer(question, isTyping) {
  touched.add(question);
  look(question);
  const { slot, revision } = question.dataset;
  const given = {
    response: read(question),
    lang: document.documentElement.lang,
    spent: Math.round(spent.get(question) ?? 0),
  };
  if (!outbox.failures && !outbox.signedOut) show('saving');
  complain(question, '');
  mark(question, given.response !== null);
  send(isTyping, question.querySelector('textarea') !== null);
  return outbox.put(attempt, Number(slot), given, Number(revision));
}

// The square in the navigator, and the counts beside it.
function mark({ dataset }, isAnswered) {
  const list = document.querySelector('.cells[data-answered]');
  const cell = list.querySelector(`[data-cell="${dataset.slot}"]`);
  cell.classList.toggle('done', isAnswered && !cell.classList.contains('now'));
  const flagged = cell.classList.contains('nick') ? list.dataset.flagged : '';
  cell.querySelector('.vh').textContent = (isAnswered ? list.dataset.answered : list.dataset.open) + flagged;
  const words = [...list.querySelectorAll('.vh')].map(({ textContent }) => textContent);
  const count = (name, fits) => {
    document.querySelector(`[data-count="${name}"]`).textContent = figures(words.filter(fits).length);
  };
  count('answered', (one) => one.startsWith(list.dataset.answered));
  count('open', (one) => one.startsWith(list.dataset.open));
  count('flagged', (one) => one.endsWith(list.dataset.flagged));
}

function complain(question, words) {
  const box = note(`${question.dataset.prefix}bad`, words !== '');
  box.querySelector('span').textContent = words;
  for (const field of question.querySelectorAll('.in')) {
    if (words) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
}

const questionOf = ({ slot }) => questions.find((one) => Number(one.dataset.slot) === slot);

// An answer to a question that was left for good before: the server has it in its record, and it counts nothing.
const isLeft = (entry) => entry.attempt === attempt && Boolean(entry.refused?.type.endsWith('/slot-left'));

async function giveUp(entry) {
  await outbox.drop(entry);
  note('left', true);
  await judge();
}

function refuse(entry) {
  const question = entry.attempt === attempt && questionOf(entry);
  if (!question && !isLeft(entry)) return;
  if (isLeft(entry)) return giveUp(entry);
  if (entry.refused.isUnfit) complain(question, entry.refused.words);
  else note(`${question.dataset.prefix}both`, true);
}

// An answer is in: sent by this page, or by another of this browser.
async function arrived(news) {
  const question = news.attempt === attempt && questionOf(news);
  if (!question) return;
  saved = news.late ? 'late' : 'saved';
  question.saved = news.response;
  question.dataset.revision = Math.max(news.revision, question.dataset.revision);
  if (news.left !== null) setClock(news.left);
  presence?.saved();
  note('moved', news.isElsewhere === true);
  await judge();
  if (state === saved) showTime(news.savedAt);
}

// What another page of this browser saved is what stands; what is typed here since is a conflict, and says so.
async function take(news) {
  const question = news.attempt === attempt && questionOf(news);
  if (!question || news.revision < question.dataset.revision) return;
  const waiting = (await outbox.answers(attempt)).some((one) => one.slot === news.slot);
  if (waiting) return;
  write(question, news.response);
  mark(question, news.response !== null);
}

// --- what this device still holds is put back, and sent

// A copy is as old as its making: what was saved since is put into it, and its clock goes on from there.
async function bringUpToDate() {
  const { about, remembered } = await import('./kept.js');
  for (const one of await remembered(person, attempt)) {
    const question = questionOf(one);
    if (!question || one.revision <= question.dataset.revision) continue;
    question.dataset.revision = one.revision;
    question.saved = one.response;
    write(question, one.response);
    mark(question, one.response !== null);
  }
  const made = await about(person, attempt);
  const clock = document.querySelector('[data-left]');
  if (made && clock) clock.dataset.left = Math.max(0, clock.dataset.left - (Date.now() - made.at) / 1000);
}

async function restore() {
  for (const entry of await outbox.answers(attempt)) {
    const question = questionOf(entry);
    if (!question) continue;
    const isResolved = document.getElementById(`${question.dataset.prefix}both`).hidden;
    if (entry.refused && !entry.refused.isUnfit && isResolved) await outbox.drop(entry);
    else if (entry.revision > question.dataset.revision && !touched.has(question)) {
      write(question, entry.response);
      mark(question, entry.response !== null);
      if (entry.refused) refuse(entry);
    }
  }
}

// --- flags are no answers: they are sent by the form's own address

const flags = new Map();

async function sendFlags() {
  for (const [field, slot] of flags) {
    const body = new URLSearchParams({ csrf_token: outbox.token(), flagging: slot });
    if (field.checked) body.set('flag', 'on');
    try {
      const done = await fetch(form.action, { method: 'POST', body, keepalive: true, headers: { Accept: 'application/json' } });
      if (done.status === 204) flags.delete(field); // neither a portal's page nor that of signing in
    } catch {
      return;
    }
  }
}

function flag(field) {
  const { slot } = field.dataset;
  flags.set(field, slot);
  const cell = document.querySelector(`[data-cell="${slot}"]`);
  cell.classList.toggle('nick', field.checked);
  mark(field, cell.querySelector('.vh').textContent.startsWith(document.querySelector('.cells').dataset.answered));
  return sendFlags();
}

// --- moving on: first everything is kept, and sent if that can be done soon

const wait = (ms) => new Promise((yes) => setTimeout(yes, ms));
let isLeaving = false;

async function settle() {
  await outbox.writing;
  await Promise.race([Promise.all([outbox.drain(), sendFlags()]), wait(LEAVING_MS)]);
}

const isOffline = () => !navigator.onLine || !outbox.reachable;

// Whether the page with all the questions opens without a connection.
async function hasCopy() {
  if (!navigator.serviceWorker?.controller || 'forward' in form.dataset) return false;
  return import('./kept.js').then(({ about }) => about(person, attempt)).catch(() => null);
}

async function leave(how, isOfAttempt = false) {
  if (isLeaving) return;
  isLeaving = true;
  await settle();
  if (!isOffline() || (isOfAttempt && await hasCopy())) return how();
  isLeaving = false;
  note('offline', true);
}

// On the copy all places are on the page.
function scrollTo(place) {
  const found = document.getElementById(place === 'end' ? 'hand' : `q${place}`);
  found?.scrollIntoView();
  found?.focus({ preventScroll: true });
}

function go(place) {
  const { base } = form.dataset;
  const places = { leave: '/', first: base };
  if (isCopy && place !== 'leave') scrollTo(place);
  // going forward leaves a question for good: the server notes it, and asks where it is left open
  else if ('forward' in form.dataset && /^\d+$/.test(place)) leave(() => post(form.action, { go: place }), true);
  else if (place !== 'stay') leave(() => location.assign(places[place] ?? `${base}/${place}`), place !== 'leave');
  if (isCopy || place === 'stay') outbox.drain();
}

// --- what the invigilator does while the page is open

async function heard(told) {
  if (!told.open) {
    form.inert = true;
    await settle();
    return location.assign(form.dataset.base);
  }
  const wasPaused = 'paused' in form.dataset;
  if (wasPaused && !told.paused && !clock && told.left !== null) return location.reload();
  form.toggleAttribute('data-paused', told.paused);
  form.inert = told.paused || 'handing' in form.dataset || (told.left === 0 && form.inert);
  setClock(told.paused ? null : told.left);
}

// The server answers with a page of its own: only the button is posted, for the answers are there already.
function post(action, fields) {
  const body = document.createElement('form');
  Object.assign(body, { method: 'post', action, hidden: true });
  for (const [name, value] of Object.entries({ csrf_token: outbox.token(), ...fields })) {
    body.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(body);
  body.submit();
}

// --- the end: rarely needed at once, and not to be waited for

const finishing = (() => {
  let loaded;
  const page = { person, attempt, form, questions, outbox, note, wait, settle, setClock: (seconds) => setClock(seconds) };
  const load = () => import('./finishing.js').then(({ attachFinishing }) => attachFinishing(page));
  return () => loaded ??= load().catch((error) => {
    loaded = null; // the connection was lost before: the next call tries again
    throw error;
  });
})();

function press(button) {
  const question = button.closest('.question');
  const name = button.name.slice(question?.dataset.prefix.length ?? 0);
  if (name === 'move') move(question, button);
  else if (name === 'confirm') confirmOrder(question);
  if (name === 'move' || name === 'confirm') answer(question);
  else if (name === 'go') go(button.value);
  else if (name === 'check') leave(() => post(form.action, { check: button.value }));
  else finishing().then(({ handIn }) => handIn());
}

// --- wiring

form.addEventListener('input', ({ target }) => {
  const question = target.closest('.question');
  if (question) answer(question, !['radio', 'checkbox', 'select-one'].includes(target.type));
  else if (target.dataset.slot) flag(target);
});
form.addEventListener('focusin', ({ target }) => look(target.closest('.question') ?? looking));
form.addEventListener('change', () => outbox.drain());
form.addEventListener('submit', (event) => {
  event.preventDefault();
  press(event.submitter ?? form.querySelector('button'));
});
document.addEventListener('visibilitychange', () => look());
addEventListener('online', sendFlags);
// a page that comes back from the browser's memory may be older than what was saved since
addEventListener('pageshow', (event) => event.persisted && location.reload());
addEventListener('beforeunload', (event) => {
  if (!outbox.isKept && state !== 'saved' && state !== 'idle') event.preventDefault();
});

let setClock = () => {};
const clock = document.querySelector('[data-left]');
let presence = null;
outbox.addEventListener('saved', ({ detail }) => arrived(detail));
outbox.addEventListener('elsewhere', async ({ detail }) => {
  await take(detail);
  await arrived(detail);
});
outbox.addEventListener('refused', ({ detail }) => refuse(detail));
outbox.addEventListener('settled', async () => {
  await judge();
  if (outbox.reachable) note('offline', false);
});

if (isCopy) await bringUpToDate();

if ('room' in form.dataset) {
  const { attend } = await import('./presence.js');
  presence = attend(form, () => outbox.token(), heard);
}
if (clock) {
  const { countDown } = await import('./clock.js');
  setClock = countDown(clock, document.getElementById('time-left'), {
    over: async () => {
      form.inert = true;
      (await finishing()).timeIsUp();
    },
    adrift: async () => presence ? presence.ask() : (await finishing()).askTheTime(),
  });
}

await restore();
// few attempts hold an essay: the others need not fetch what counts its words, those that were put back included
if (form.querySelector('[data-words-of]')) import('./words.js').then(({ countWords }) => countWords(form));
if (state === 'idle') show('idle');
note('until', isCopy);
form.dataset.live = '';
if (isCopy) scrollTo(location.pathname.split('/').at(-1));
await outbox.drain();
// what keeps the attempt going without a connection is fetched in peace
await wait(isCopy ? 0 : QUIET_MS);
await (await finishing()).resume();
const { keepAttempt } = await import('./keeping.js');
await keepAttempt({ person, attempt, form, questions, outbox, isCopy });

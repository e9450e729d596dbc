// Handing in: a wish that is kept like an answer, and carried out when every answer of the attempt has arrived. So it can
// be said without a connection, and a page that answers in the server's place hands in nothing.

const SLOT = 0; // where no question stands
const PATIENCE_MS = 20000;

async function ask(outbox, attempt, method, path = '', body = undefined) {
  try {
    const answer = await fetch(`/api/v1/attempts/${attempt}${path}`, {
      method,
      credentials: 'same-origin',
      redirect: 'manual',
      cache: 'no-store',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': outbox.token() },
      body: body && JSON.stringify(body),
      signal: globalThis.AbortSignal?.timeout?.(PATIENCE_MS),
    });
    if ([401, 403, 404].includes(answer.status)) return { word: 'signed-out' };
    const isJson = /\bjson\b/.test(answer.headers.get('Content-Type') ?? '');
    const data = isJson ? await answer.json() : null;
    if (answer.ok && data?.id === attempt && data.state) return { word: 'done', data };
    return { word: answer.ok || !answer.status ? 'unreachable' : 'later', after: Number(answer.headers.get('Retry-After')) };
  } catch {
    return { word: 'unreachable' };
  }
}

// Whether another device went on answering while the wish had to wait.
function wentOnElsewhere(outbox, { attempt, known }, now) {
  const seen = ({ slot }) => Math.max(known[slot] ?? 0, outbox.acknowledged.get(`${attempt}/${slot}`) ?? 0);
  return now.state === 'open' && now.items.some((item) => item.revision > seen(item));
}

async function giveUp(outbox, attempt, why, left) {
  await withdraw(outbox, attempt);
  outbox.tell('not-handed-in', { attempt, why, left });
}

async function carryOut(outbox, wish) {
  const { attempt, auto } = wish;
  if ((await outbox.answers(attempt)).some((one) => !one.refused)) return { word: 'waits' };
  if (wish.tried && !auto) {
    const now = await ask(outbox, attempt, 'GET');
    if (now.word !== 'done') return now;
    if (wentOnElsewhere(outbox, wish, now.data)) {
      await giveUp(outbox, attempt, 'elsewhere', now.data.seconds_left);
      return now;
    }
  }
  await outbox.change((_, { put }) => put({ ...wish, tried: true }));
  const done = await ask(outbox, attempt, 'POST', '/submit', { by_clock: auto });
  if (done.word !== 'done') return done;
  // the server's clock decides: more time was given meanwhile, or it stands still
  if (done.data.state === 'open') await giveUp(outbox, attempt, 'time', await secondsLeft(outbox, attempt));
  else {
    await withdraw(outbox, attempt);
    outbox.tell('handed-in', { attempt });
  }
  return done;
}

// Have the wishes of an outbox carried out, each time after its answers.
export function carryOutWishes(outbox) {
  outbox.afterwards = async () => {
    const wishes = (await outbox.entries()).filter(({ slot }) => slot === SLOT);
    return Promise.all(wishes.map((wish) => carryOut(outbox, wish)));
  };
}

// Wish to hand in. `known` are the revisions that the person has seen, by slot; `auto` where the time alone is up.
export function wish(outbox, attempt, { known = {}, auto = false }) {
  return outbox.change((entries, { put }) => {
    const seen = { ...known };
    for (const one of entries) if (one.attempt === attempt) seen[one.slot] = Math.max(one.revision, seen[one.slot] ?? 0);
    put({ person: outbox.person, attempt, slot: SLOT, revision: 1, known: seen, auto });
  });
}

// How many seconds the server says are left; nothing where it says none, or cannot be asked.
export async function secondsLeft(outbox, attempt) {
  return (await ask(outbox, attempt, 'GET')).data?.seconds_left ?? null;
}

export async function isWished(outbox, attempt) {
  return (await outbox.entries()).some((one) => one.attempt === attempt && one.slot === SLOT);
}

export function withdraw(outbox, attempt) {
  return outbox.drop({ attempt, slot: SLOT, revision: 1 });
}

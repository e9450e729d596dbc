// Twice a minute the page of an attempt says that it is there, and hears what may have changed: the time left, a pause,
// a message, the end. While answers are saved, which tells the room as much, it asks half as often.
const EVERY_MS = 30000;
const FIRST_MS = 1000;

const list = document.getElementById('messages');
const notes = { paused: document.getElementById('paused'), ended: document.getElementById('ended') };

function add({ id, at, head, body }) {
  if (list.querySelector(`[data-message="${id}"]`)) return;
  const note = Object.assign(document.createElement('p'), { className: 'note' });
  note.dataset.message = id;
  note.append(Object.assign(document.createElement('b'), { textContent: head }), ' ');
  note.append(Object.assign(document.createElement('span'), { textContent: body }));
  list.prepend(note);
  list.dataset.known = Math.max(at, Number(list.dataset.known));
}

// `form`: the page's; `token`: gives the token of now; `heard` is called with what was heard.
// Gives back `ask`, which asks at once and gives what was heard, null where nothing could be, and `saved`.
export function attend(form, token, heard) {
  let savedAt = -EVERY_MS;
  let spared = false;

  async function ask() {
    const body = new URLSearchParams({ csrf_token: token(), known: list.dataset.known });
    try {
      const answer = await fetch(`${form.dataset.base}/presence`, { method: 'POST', body, headers: { Accept: 'application/json' } });
      if (!answer.ok) return null;
      const told = await answer.json();
      [...told.messages].reverse().forEach(add);
      notes.paused.hidden = !told.paused;
      notes.ended.hidden = told.open;
      heard(told);
      return told;
    } catch {
      return null;
    }
  }

  async function go() {
    const isSaving = performance.now() - savedAt < EVERY_MS;
    spared = isSaving && !spared;
    if (!spared) await ask();
    setTimeout(go, EVERY_MS);
  }

  // back from a closed lid or a dead network: what happened meanwhile is wanted at once
  addEventListener('online', ask);
  document.addEventListener('visibilitychange', () => document.hidden || ask());
  setTimeout(go, FIRST_MS + Math.random() * FIRST_MS);
  return { ask, saved: () => (savedAt = performance.now()) };
}

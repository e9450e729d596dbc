// A question's fields and the response that they hold. Which fields there are, and how each is read, stands on the
// question itself (`data-shape="choices:list"`), so that a new question type needs nothing here.

const KHMER = '០១២៣៤៥៦៧៨៩';

export function figures(text) {
  return document.documentElement.lang === 'km' ? String(text).replace(/\d/g, (figure) => KHMER[figure]) : String(text);
}

function* shapes(question) {
  for (const one of question.dataset.shape.split(' ')) {
    const [name, shape] = one.split(':');
    yield [name, shape, question.dataset.prefix + name];
  }
}

const fieldsOf = (question, fits) => [...question.querySelectorAll('[name]')].filter((field) => fits(field.name));
const isAnswer = (field) => field.type !== 'radio' && field.type !== 'checkbox' ? field.value.trim() !== '' : field.checked;
const given = (question, fits) => fieldsOf(question, fits).filter(isAnswer);

const READ = {
  text: (question, at) => given(question, (name) => name === at)[0]?.value,
  verdict: (question, at) => ({ true: true, false: false })[given(question, (name) => name === at)[0]?.value],
  list(question, at) {
    const listed = given(question, (name) => name === at).map(({ value }) => value);
    return listed.length ? listed : undefined;
  },
  map(question, at) {
    const filled = given(question, (name) => name.startsWith(`${at}.`));
    return filled.length ? Object.fromEntries(filled.map(({ name, value }) => [name.slice(at.length + 1), value])) : undefined;
  },
};

// How sure one is, where the quiz asks: it goes along with an answer, and is none by itself.
const confidence = ({ dataset: { prefix } }) => document.getElementById(`${prefix}sure`);

// The response, or null where the question is left blank.
export function read(question) {
  const response = {};
  for (const [name, shape, at] of shapes(question)) {
    const value = READ[shape](question, at);
    if (value !== undefined) response[name] = value;
  }
  if (!Object.keys(response).length) return null;
  const sure = confidence(question)?.value;
  return sure ? { ...response, confidence: Number(sure) } : response;
}

function fill(field, values) {
  if (field.type === 'radio' || field.type === 'checkbox') field.checked = values.includes(field.value);
  else field.value = values[0] ?? '';
}

// Put a response into the fields: one that was kept on this device, or that another page has saved.
export function write(question, response) {
  const sure = confidence(question);
  if (sure) sure.value = [...sure.options].find(({ value }) => value && Number(value) === response?.confidence)?.value ?? '';
  for (const [name, shape, at] of shapes(question)) {
    const value = response?.[name];
    if (shape === 'map') {
      for (const field of fieldsOf(question, (one) => one.startsWith(`${at}.`))) {
        fill(field, [value?.[field.name.slice(at.length + 1)] ?? '']);
      }
    } else if (shape === 'list' && question.querySelector('.order')) {
      if (value) putInOrder(question, value);
    } else {
      for (const field of fieldsOf(question, (one) => one === at)) fill(field, [value ?? ''].flat().map(String));
    }
  }
}

// --- ordering: steps move in place, and what was moved or confirmed is an answer

const rowsOf = (question) => [...question.querySelectorAll('.order > li')];
const idOf = (row) => row.querySelector('input').value;

function putInOrder(question, order) {
  const rows = new Map(rowsOf(question).map((row) => [idOf(row), row]));
  question.querySelector('.order').append(...order.map((id) => rows.get(id)).filter(Boolean));
  confirmOrder(question);
}

export function confirmOrder(question) {
  const rows = rowsOf(question);
  rows.forEach((row, place) => {
    const field = row.querySelector('input');
    field.name = field.name.replace('initial.', '');
    const [up, down] = row.querySelectorAll('button');
    up.disabled = place === 0;
    down.disabled = place === rows.length - 1;
  });
  const button = question.querySelector('[name$=confirm]');
  // what is focused must not vanish under the keyboard
  if (button?.matches(':focus')) rows[0].querySelector('button:not([disabled])').focus();
  button?.remove();
}

export function move(question, button) {
  const row = button.closest('li');
  const isUp = button.value.endsWith('.up');
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row);
  else other.after(row);
  confirmOrder(question);
  (button.disabled ? row.querySelector('button:not([disabled])') : button).focus();
  const rows = rowsOf(question);
  const words = question.querySelector('.order').dataset.moved;
  const said = words.replace('%(place)s', rows.indexOf(row) + 1).replace('%(places)s', rows.length);
  question.querySelector('.moved').textContent = figures(said);
}

// How many words an essay has, said while one writes and announced when one rests. Khmer is written without spaces:
// the browser's own segmenter finds its words, and where there is none the zero-width spaces do.
import { figures } from './fields.js';

const REST_MS = 1500;
const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(['km', 'en'], { granularity: 'word' }) : null;

function count(text) {
  if (!segmenter) return text.split(/[\s\u200b]+/).filter(Boolean).length;
  let words = 0;
  for (const one of segmenter.segment(text)) words += one.isWordLike ? 1 : 0;
  return words;
}

export function countWords(scope) {
  for (const hint of scope.querySelectorAll('[data-words-of]')) {
    const field = document.getElementById(hint.dataset.wordsOf);
    let resting;
    const say = () => {
      hint.textContent = hint.dataset.said.replace('%(count)s', figures(count(field.value)));
      hint.hidden = field.value.trim() === '';
    };
    say();
    hint.setAttribute('aria-live', 'polite');
    field.addEventListener('input', () => {
      clearTimeout(resting);
      resting = setTimeout(say, REST_MS);
    });
  }
}

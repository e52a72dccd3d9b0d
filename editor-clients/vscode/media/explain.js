// @ts-check
/** The script of the explain view's page: shows what it is told, and says what a person does. */

// @ts-expect-error: VS Code gives this function to the pages of web views.
const vscode = acquireVsCodeApi();
const words = JSON.parse(document.body.dataset.words ?? '{}');

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
const [heading, turns, state, failure, message, remedies, form, question] = [
  'heading', 'turns', 'state', 'failure', 'message', 'remedies', 'ask', 'question',
].map(byId);
const [stop, again, copy] = ['stop', 'again', 'copy'].map(byId);

/** Whether the last thing done here was to ask a question. */
let asking = false;

/** Where the pieces of the answer go that is being written. @type {HTMLElement | undefined} */
let written;

/** @param {string} tag @param {string} className @param {string} text */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** @param {string} text */
function asked(text) {
  return text ? [element('h2', 'question', text)] : [];
}

/** @param {{question: string, html: string, by: string, note: string}} turn */
function turnOf(turn) {
  const section = element('section', 'turn', '');
  const answer = element('div', 'answer', '');
  // Made by the extension of escaped words; the page's policy lets nothing in it run or load.
  answer.innerHTML = turn.html;
  section.append(...asked(turn.question), answer, element('p', 'by', turn.by));
  if (turn.note) {
    section.append(element('p', 'note', turn.note));
  }
  return section;
}

/** @param {{question: string, text: string}} now */
function unfinished(now) {
  const section = element('section', 'turn', '');
  written = element('div', 'answer unfinished', now.text);
  section.append(...asked(now.question), written);
  return section;
}

/** @param {{kind: string, question: string, text: string, message: string, remedies: string[]}} now */
function showNow(now) {
  const writing = now.kind === 'writing';
  const focused = document.activeElement;
  turns.setAttribute('aria-busy', String(writing));
  stop.hidden = !writing;
  again.hidden = writing;
  copy.hidden = writing || (now.kind !== 'stopped' && !turns.querySelector('.by'));
  state.textContent = { writing: words.writing, stopped: words.stopped, answered: words.done }[now.kind] ?? '';
  state.className = now.kind;
  failure.hidden = now.kind !== 'failed';
  message.textContent = now.message;
  remedies.replaceChildren(...now.remedies.map((label, index) => remedy(label, index)));
  form.hidden = writing;
  if (now.kind === 'failed' && now.question && !question.value) {
    question.value = now.question; // so that it can be asked of another model, or in other words
  }
  keepFocus(focused, writing);
}

/** Who works with the keyboard goes on where something can be done. @param {any} focused @param {boolean} writing */
function keepFocus(focused, writing) {
  if (focused && (!focused.isConnected || focused.closest('[hidden]'))) {
    const next = asking ? question : again;
    (writing ? stop : next).focus();
  }
}

/** @param {string} label @param {number} index */
function remedy(label, index) {
  const button = element('button', '', label);
  button.addEventListener('click', () => vscode.postMessage({ kind: 'remedy', index }));
  return button;
}

/** @param {any} shown */
function show(shown) {
  written = undefined;
  heading.textContent = shown.heading;
  const { now } = shown;
  const last = now.kind === 'writing' || now.kind === 'stopped' ? [unfinished(now)] : [];
  turns.replaceChildren(...shown.turns.map(turnOf), ...last);
  showNow(now);
  if (shown.turns.length > 0 || last.length > 0) {
    turns.lastElementChild?.scrollIntoView({ block: 'nearest' });
  }
}

/** Adds a piece, and follows the text's end for those who are reading there. @param {string} text */
function add(text) {
  const page = document.documentElement;
  const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 40;
  written?.append(text);
  if (atEnd) {
    page.scrollTop = page.scrollHeight;
  }
}

window.addEventListener('message', ({ data }) => (data.kind === 'piece' ? add(data.text) : show(data.state)));
stop.addEventListener('click', () => vscode.postMessage({ kind: 'stop' }));
again.addEventListener('click', () => {
  asking = false;
  vscode.postMessage({ kind: 'again' });
});
copy.addEventListener('click', () => {
  vscode.postMessage({ kind: 'copy' });
  state.textContent = words.copied;
  state.className = 'copied';
});
form.addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  if (question.value.trim()) {
    asking = true;
    vscode.postMessage({ kind: 'ask', question: question.value });
    question.value = '';
  }
});
question.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
window.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !stop.hidden) {
    vscode.postMessage({ kind: 'stop' });
  }
});
vscode.postMessage({ kind: 'ready' });

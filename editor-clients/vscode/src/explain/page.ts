/** The page of the explain view: fixed HTML that may run one script of ours, and may load nothing from anywhere. */

/** Addresses of the page's files, and the policy's own parts. */
export interface PageSource {
  /** Where a web view's own files come from, as VS Code names it for policies. */
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
}

/** The page's words, in the user's language. */
export interface PageWords {
  /** Tag of that language. */
  readonly language: string;
  readonly title: string;
  readonly stop: string;
  readonly again: string;
  readonly copy: string;
  readonly copied: string;
  readonly ask: string;
  readonly askLabel: string;
  readonly askHint: string;
  readonly writing: string;
  readonly stopped: string;
  readonly done: string;
}

/** Returns the page's HTML; what is explained comes later, by messages. */
export function page(source: PageSource, words: PageWords, maxQuestionChars: number): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${source.nonce}'`,
    `style-src ${source.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { writing, stopped, done, copied } = words;
  return `<!DOCTYPE html>
<html lang="${escaped(words.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(words.title)}</title>
<link rel="stylesheet" href="${escaped(source.style)}">
</head>
<body data-words="${escaped(JSON.stringify({ writing, stopped, done, copied }))}">
<header>
<h1 id="heading"></h1>
<div role="toolbar" aria-label="${escaped(words.title)}">
${button('stop', words.stop)}${button('again', words.again)}${button('copy', words.copy)}
</div>
</header>
<main id="turns" role="log" aria-live="polite" aria-label="${escaped(words.title)}" tabindex="-1"></main>
<p id="state" role="status"></p>
<section id="failure" role="alert" hidden><p id="message"></p><div id="remedies"></div></section>
<form id="ask">
<label for="question">${escaped(words.askLabel)}</label>
<textarea id="question" rows="2" maxlength="${maxQuestionChars}" placeholder="${escaped(words.askHint)}"></textarea>
<button type="submit">${escaped(words.ask)}</button>
</form>
<script type="module" nonce="${source.nonce}" src="${escaped(source.script)}"></script>
</body>
</html>`;
}

function button(id: string, label: string): string {
  return `<button type="button" id="${id}" hidden>${escaped(label)}</button>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

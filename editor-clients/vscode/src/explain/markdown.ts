/** Answers of a model as HTML that can do no harm: text, emphasis, lists, tables and code; all else stays text. */

import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';

/** Rules of Markdown that could load or open something, or bring HTML of the model's own. */
const REFUSED = ['image', 'link', 'autolink', 'html_inline', 'html_block', 'reference', 'linkify'];

/** A longer block of code is shown without colours: finding them would hold up the whole extension host. */
const MAX_COLOURED_CHARS = 20_000;

const renderer = new MarkdownIt({ html: false, linkify: false, typographer: false, highlight: coloured });
renderer.disable(REFUSED, true);
// Nothing of what a model names as a block's language reaches an attribute.
renderer.renderer.rules['fence'] = (tokens, at) => {
  const { content, info } = tokens[at] ?? { content: '', info: '' };
  return `<pre tabindex="0"><code>${coloured(content, info.trim().split(/\s/, 1)[0] ?? '')}</code></pre>\n`;
};

/** Returns the HTML of an answer in Markdown; the elements are this module's own, the words in them escaped. */
export function rendered(markdown: string): string {
  return renderer.render(markdown);
}

function coloured(code: string, language: string): string {
  if (code.length > MAX_COLOURED_CHARS || !hljs.getLanguage(language)) {
    return renderer.utils.escapeHtml(code);
  }
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

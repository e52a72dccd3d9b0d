/** Answers become HTML that shows and does nothing else, whatever the model writes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../src/explain/markdown';

/** The only elements that may come from an answer. */
const HARMLESS = new Set(
  'p em strong s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 hr br table thead tbody tr th td span'.split(' '),
);

const HOSTILE = [
  '![x](https://evil.example/pixel.png)',
  '![x][r]\n\n[r]: https://evil.example/pixel.png',
  '[click](command:workbench.action.terminal.new)',
  '[click](https://evil.example)',
  '[click][r]\n\n[r]: javascript:alert(1)',
  '<https://evil.example>',
  'https://evil.example/bare and www.evil.example',
  '<img src=x onerror=alert(1)>',
  'text <script>alert(1)</script> text',
  '<iframe src="https://evil.example"></iframe>',
  '<style>body{background:url(https://evil.example)}</style>',
  '```py" onmouseover="alert(1)\ncode\n```',
  '```\n</code></pre><img src=x onerror=alert(1)>\n```',
  '```html\n<img src="https://evil.example/x.png">\n```',
  '`<img src=x>`',
  '| a |\n|---|\n| <img src=x> ![x](https://evil.example) |',
  '&lt;img src=x&gt; &#60;img src=x&#62;',
];

for (const markdown of HOSTILE) {
  test(`nothing is loaded or opened by ${JSON.stringify(markdown)}`, () => {
    const html = rendered(markdown);
    for (const [, name = '', attributes = ''] of html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)) {
      assert.ok(HARMLESS.has(name.toLowerCase()), `an element ${name} in ${html}`);
      assert.match(attributes, /^( class="hljs-[\w -]+"| tabindex="0"| start="\d+"| style="text-align:\w+")?$/, html);
    }
  });
}

test('what is refused can still be read', () => {
  assert.match(rendered('![x](https://evil.example/a.png)'), /!\[x\]\(https:\/\/evil\.example\/a\.png\)/);
  assert.match(rendered('<b>bold</b>'), /&lt;b&gt;bold/);
});

test('emphasis, lists and code are shown as such', () => {
  const html = rendered('It **adds**:\n\n1. one\n2. `two`\n');
  assert.match(html, /<strong>adds<\/strong>/);
  assert.match(html, /<ol>[\s\S]*<code>two<\/code>/);
});

test('code has colours where its language is known', () => {
  assert.match(rendered('```python\ndef area(): ...\n```'), /<span class="hljs-keyword">def<\/span>/);
  assert.equal('<pre tabindex="0"><code>x &lt; y\n</code></pre>\n', rendered('```nosuch\nx < y\n```'));
});

test('a very long block is shown without colours', () => {
  const html = rendered(`\`\`\`python\n${'def f(): ...\n'.repeat(2_000)}\`\`\``);
  assert.doesNotMatch(html, /hljs/);
});

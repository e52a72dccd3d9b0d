/** Messages of VS Code's chat as the server takes them. */

/** What one side of a conversation says. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A message of VS Code, as far as it matters here. */
export interface EditorMessage {
  readonly role: number;
  readonly content: readonly unknown[];
}

/** Characters for each token, as the server reckons: on the safe side for code and English. */
const CHARS_PER_TOKEN = 3.2;

/** How VS Code counts roles; its own chat sends the third, which is not in the public list. */
const ROLES: Readonly<Record<number, ChatMessage['role']>> = { 1: 'user', 2: 'assistant', 3: 'system' };

/** Returns what the model can be told of a conversation: its text, without tools, images and empty messages. */
export function asMessages(messages: readonly EditorMessage[]): ChatMessage[] {
  return messages
    .map((each) => ({ role: ROLES[each.role] ?? 'user', content: textOf(each) }) as const)
    .filter(({ content }) => content.trim() !== '');
}

/** Returns about how many tokens a text or a message has; only the server's worker could count them. */
export function estimatedTokens(said: string | EditorMessage): number {
  return Math.ceil((typeof said === 'string' ? said : textOf(said)).length / CHARS_PER_TOKEN);
}

function textOf({ content }: EditorMessage): string {
  return content.map((part) => (isText(part) ? part.value : '')).join('');
}

function isText(part: unknown): part is { readonly value: string } {
  return typeof (part as { value?: unknown } | null)?.value === 'string';
}

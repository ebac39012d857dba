/** A piece of HTML or SVG: what it holds is either written by us or escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | readonly Content[];

/**
 * Tag of templates that are HTML or SVG: whatever is put in is escaped unless it is markup itself, so that no label
 * of a file can become an element. Null puts in nothing.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0];
  values.forEach((value, i) => {
    text += textOf(value) + parts[i + 1];
  });
  return new Markup(text);
}

/** `text` as the content of an element or of an attribute in double quotes. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** `value` as JSON inside a script element, which no string in it can close. */
export function scriptJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(textOf).join('');
}

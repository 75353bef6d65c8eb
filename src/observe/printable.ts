// What comes from outside, in a log: whatever could begin a line, drive a terminal or turn its text around is written as an escape. A tab stays.

const UNPRINTABLE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const UNPRINTABLE_EACH = new RegExp(UNPRINTABLE, 'g')

export function printable(text: string): string {
  return UNPRINTABLE.test(text) ? text.replace(UNPRINTABLE_EACH, escaped) : text
}

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

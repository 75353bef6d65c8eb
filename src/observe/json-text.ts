// A value as one line of JSON. JSON itself lets characters stand that drive a terminal, or turn its text around: they are escaped as well.

const NOT_ESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const NOT_ESCAPED_EACH = new RegExp(NOT_ESCAPED, 'g')

export function jsonText(value: object | string): string {
  const text = JSON.stringify(value)
  // They can only stand in strings, where an escape means the same.
  return NOT_ESCAPED.test(text) ? text.replace(NOT_ESCAPED_EACH, escaped) : text
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

// Splits a command line as a POSIX shell would, without carrying anything out: quotes and backslashes count, variables stay as they
// stand, operators between commands are words of their own.

export type ShellWord =
  | { readonly kind: 'word'; readonly text: string }
  /** `&&`, `|`, `;`, `>` and so on, or a line's end. */
  | { readonly kind: 'operator'; readonly text: string }

const OPERATOR = /^(?:&&|\|\||;;|[0-9]?>>?&?[0-9-]?|[|;&<\n])/
const ESCAPABLE_IN_QUOTES = '"\\$`'

/** Undefined where a quote is never closed. */
export function shellWords(line: string): readonly ShellWord[] | undefined {
  const words: ShellWord[] = []
  let rest = line.replace(/\\\r?\n/g, ' ')
  while (rest !== '') {
    const blank = /^[ \t\r]+/.exec(rest) ?? /^#[^\n]*/.exec(rest)
    const operator = OPERATOR.exec(rest)
    if (blank !== null) rest = rest.slice(blank[0].length)
    else if (operator !== null) {
      words.push({ kind: 'operator', text: operator[0] })
      rest = rest.slice(operator[0].length)
    } else {
      const word = firstWord(rest)
      if (word === undefined) return undefined
      words.push({ kind: 'word', text: word.text })
      rest = rest.slice(word.length)
    }
  }
  return words
}

interface Piece {
  readonly text: string
  /** In the line, quotes and all. */
  readonly length: number
}

function firstWord(line: string): Piece | undefined {
  let text = ''
  let at = 0
  while (at < line.length && !/[ \t\r\n|;&<>]/.test(line[at]!)) {
    const piece = pieceAt(line, at)
    if (piece === undefined) return undefined
    text += piece.text
    at += piece.length
  }
  return { text, length: at }
}

function pieceAt(line: string, at: number): Piece | undefined {
  const first = line[at]!
  if (first === '\\') return { text: line[at + 1] ?? '', length: 2 }
  // What a substitution holds is one piece, whatever stands in it.
  const substitution = /^\$\([^()]*\)|^\$\{[^{}]*\}|^`[^`]*`/.exec(line.slice(at))
  if (substitution !== null) return { text: substitution[0], length: substitution[0].length }
  if (first === "'") return singleQuoted(line, at)
  return first === '"' ? doubleQuoted(line, at) : { text: first, length: 1 }
}

function singleQuoted(line: string, at: number): Piece | undefined {
  const end = line.indexOf("'", at + 1)
  return end === -1 ? undefined : { text: line.slice(at + 1, end), length: end + 1 - at }
}

function doubleQuoted(line: string, from: number): Piece | undefined {
  let text = ''
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '"') return { text, length: at + 1 - from }
    if (line[at] === '\\' && ESCAPABLE_IN_QUOTES.includes(line[at + 1] ?? '')) at++
    text += line[at] ?? ''
  }
  return undefined
}

/** The text as one word of a command line. */
export const shellQuoted = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

// --access-log-format: a format by its name, or one of gunicorn's atoms, %(h)s and the like. What cannot be known when a line is written is
// refused here, with the reason: nothing is ever printed wrong.
import { nearestName } from './nearest-name.ts'
import type { Parsed } from './option.ts'
import { parseFieldName } from './texts.ts'

/** Formats that have a name. */
export const NAMED = ['gantry', 'common', 'combined', 'json'] as const

/** A part of a line: text as it stands, or something of the request. */
export type FormatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'atom'; readonly atom: Atom }
  /** Of what is written between `{` and `}`. */
  | { readonly kind: 'detail'; readonly of: 'request' | 'response' | 'environ'; readonly name: string }

export type AccessFormat =
  | { readonly kind: (typeof NAMED)[number] }
  | { readonly kind: 'parts'; readonly text: string; readonly parts: readonly FormatPart[] }

/** gunicorn's, then those that gunicorn does not have. */
export const ATOMS = [
  ...([
    'h',
    'l',
    'u',
    't',
    'r',
    'm',
    'U',
    'q',
    'H',
    's',
    'B',
    'b',
    'f',
    'a',
    'T',
    'D',
    'M',
    'L',
    'p',
  ] as const),
  ...(['id', 'code', 'queue', 'application', 'transfer', 'worker', 'thread'] as const),
]
export type Atom = (typeof ATOMS)[number]

const DETAILS = { i: 'request', o: 'response', e: 'environ' } as const

// What the gateway writes there. All else is put there by the application or its server, in another process, and never comes back.
const VARIABLE =
  /^(REQUEST_METHOD|SCRIPT_NAME|PATH_INFO|QUERY_STRING|REQUEST_URI|RAW_URI|CONTENT_TYPE|CONTENT_LENGTH|SERVER_NAME|SERVER_PORT|SERVER_PROTOCOL|SERVER_SOFTWARE|REMOTE_ADDR|REMOTE_PORT|HTTPS|HTTP_[A-Z0-9_]+|wsgi\.url_scheme)$/

export function parseAccessFormat(text: string): Parsed<AccessFormat> {
  const named = NAMED.find((name) => name === text)
  if (named !== undefined) return { ok: true, value: { kind: named } }
  if (!text.includes('%'))
    return { ok: false, expected: `${NAMED.join(', ')}, or a text with atoms such as %(h)s` }
  if (/\p{Cc}/u.test(text)) return { ok: false, expected: 'a line of text' }
  return parseParts(text)
}

export const formatAccessFormat = (format: AccessFormat): string =>
  format.kind === 'parts' ? format.text : format.kind

function parseParts(text: string): Parsed<AccessFormat> {
  const parts: FormatPart[] = []
  for (const [written] of text.matchAll(/%%|%\([^)]*\)[a-z]?|%|[^%]+/gsu)) {
    const part = written.startsWith('%') && written !== '%%' ? partOf(written) : textPart(written)
    if (typeof part === 'string') return { ok: false, expected: part }
    parts.push(part)
  }
  return { ok: true, value: { kind: 'parts', text, parts } }
}

const textPart = (written: string): FormatPart => ({ kind: 'text', text: written === '%%' ? '%' : written })

/** Or what is wrong with it. */
function partOf(written: string): FormatPart | string {
  const match = /^%\((?:\{([^{}]+)\}([ioe])|([A-Za-z]+))\)s$/.exec(written)
  if (match === null)
    return `atoms such as %(h)s or %({referer}i)s, and %% for a percent sign, not ${written}`
  const [, name, of, word] = match
  if (name !== undefined) return detailOf(name, DETAILS[of as keyof typeof DETAILS])
  const atom = ATOMS.find((each) => each === word)
  if (atom !== undefined) return { kind: 'atom', atom }
  const nearest = nearestName(word ?? '', ATOMS)
  const guess = nearest === undefined ? '' : `; did you mean %(${nearest})s?`
  return `atoms that are known (${ATOMS.join(' ')}), not ${written}${guess}`
}

function detailOf(name: string, of: 'request' | 'response' | 'environ'): FormatPart | string {
  if (of !== 'environ') {
    if (!parseFieldName(name).ok) return `the name of a header field, not ${name}`
    return { kind: 'detail', of, name: name.toLowerCase() }
  }
  if (VARIABLE.test(name)) return { kind: 'detail', of, name }
  return `a variable that comes with the request, such as HTTP_HOST or REMOTE_PORT: what the application itself puts into the environ, as ${name} may be, stays in its worker`
}

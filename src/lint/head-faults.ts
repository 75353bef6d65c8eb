// What is wrong with the status and the headers that an application gives to startResponse.

import { HOP_BY_HOP } from '../wsgi/checked-head.ts'
import type { Fault } from './finding.ts'
import { shown } from './shown-value.ts'

const STATUS = /^[2-5][0-9]{2} [^ ](?:.*[^ ])?$/s
const WITHOUT_REASON = /^[2-5][0-9]{2} ?$/
const INTERIM = /^1[0-9]{2}(?: |$)/
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*[!#$%&'*+.^`|~0-9A-Za-z]$/
// RFC 9110 §5.5 lets a tab stand in a value.
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/
const DIGITS = /^[0-9]+$/
const TEXT = /^[\u0020-\u007e\u0080-\u00ff]*$/
// RFC 9110: fields whose value is no list.
const SINGLE = new Set([
  'age',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'server',
])
const REQUIRED: Readonly<Record<number, string>> = {
  206: 'content-range',
  401: 'www-authenticate',
  405: 'allow',
}

type Pair = readonly [name: string, value: string]

/** Checks what `startResponse` was given. */
export function headFaults(status: unknown, headers: unknown): readonly Fault[] {
  const faults = [...statusFaults(status)]
  if (!Array.isArray(headers)) return [...faults, { code: 'LINT_HEADERS_LIST', seen: shown(headers) }]
  const pairs: Pair[] = []
  for (const header of headers as readonly unknown[]) {
    if (isPair(header)) pairs.push(header)
    else faults.push({ code: 'LINT_HEADER_PAIR', seen: shown(header) })
  }
  faults.push(...pairs.flatMap(pairFaults), ...repeatedFaults(pairs))
  if (typeof status === 'string') faults.push(...togetherFaults(statusCode(status), pairs))
  return faults
}

/** The number that a status begins with; 0 for none. */
export const statusCode = (status: unknown): number =>
  typeof status === 'string' && /^[0-9]{3}/.test(status) ? Number(status.slice(0, 3)) : 0

/** The declared length of the body; -1 without one, or with one that is none. */
export function declaredLength(headers: unknown): number {
  if (!Array.isArray(headers)) return -1
  const found = headers.filter(isPair).find(([name]) => name.toLowerCase() === 'content-length')
  return found !== undefined && DIGITS.test(found[1]) ? Number(found[1]) : -1
}

function isPair(header: unknown): header is Pair {
  if (!Array.isArray(header) || header.length !== 2) return false
  return typeof header[0] === 'string' && typeof header[1] === 'string'
}

function statusFaults(status: unknown): readonly Fault[] {
  if (typeof status !== 'string') return [{ code: 'LINT_STATUS_TYPE', seen: shown(status) }]
  if (INTERIM.test(status)) return [{ code: 'LINT_STATUS_INTERIM', seen: shown(status) }]
  if (WITHOUT_REASON.test(status)) return [{ code: 'LINT_STATUS_REASON', seen: shown(status) }]
  return STATUS.test(status) && TEXT.test(status) ? [] : [{ code: 'LINT_STATUS_FORM', seen: shown(status) }]
}

function pairFaults([name, value]: Pair): readonly Fault[] {
  const lower = name.toLowerCase()
  const faults: Fault[] = []
  if (!NAME.test(name)) faults.push({ code: 'LINT_HEADER_NAME', seen: shown(name) })
  if (lower === 'status') faults.push({ code: 'LINT_HEADER_STATUS', seen: `${name}: ${shown(value)}` })
  if (HOP_BY_HOP.has(lower)) faults.push({ code: 'LINT_HEADER_HOP', seen: `${name}: ${shown(value)}` })
  if (!VALUE.test(value)) faults.push({ code: 'LINT_HEADER_VALUE', seen: `${shown(name)}: ${shown(value)}` })
  if (/^[ \t]|[ \t]$/.test(value))
    faults.push({ code: 'LINT_HEADER_SPACE', seen: `${shown(name)}: ${shown(value)}` })
  if (lower === 'content-length' && !DIGITS.test(value))
    faults.push({ code: 'LINT_LENGTH_FORM', seen: shown(value) })
  return faults
}

function repeatedFaults(pairs: readonly Pair[]): readonly Fault[] {
  const names = pairs.map(([name]) => name.toLowerCase())
  const repeated = names.filter((name, i) => SINGLE.has(name) && names.indexOf(name) < i)
  return [...new Set(repeated)].map((name) => ({ code: 'LINT_HEADER_REPEATED', seen: name }))
}

/** What depends on status and headers together. */
function togetherFaults(code: number, pairs: readonly Pair[]): readonly Fault[] {
  const valueOf = (name: string): string | undefined =>
    pairs.find((pair) => pair[0].toLowerCase() === name)?.[1]
  const type = valueOf('content-type')
  const isBodiless = code === 204 || code === 304
  const faults: Fault[] = []
  if (isBodiless && type !== undefined)
    faults.push({ code: 'LINT_CONTENT_TYPE_UNUSED', seen: `${shown(type)} in a ${code}` })
  if (!isBodiless && type === undefined)
    faults.push({ code: 'LINT_CONTENT_TYPE_MISSING', seen: `none in a ${code}` })
  if (code === 204 && valueOf('content-length') !== undefined)
    faults.push({ code: 'LINT_LENGTH_UNUSED', seen: shown(valueOf('content-length')) })
  const required = REQUIRED[code]
  // The parts of an answer with several ranges say which they are, each by itself.
  const isInParts = code === 206 && type?.toLowerCase().startsWith('multipart/byteranges') === true
  if (required !== undefined && valueOf(required) === undefined && !isInParts)
    faults.push({ code: 'LINT_HEADER_REQUIRED', seen: `a ${code} without ${required}` })
  return faults
}

// Options whose value is a text with a rule of its own.
import { resolve } from 'node:path'
import type { Parsed, Place } from './option.ts'

export function parseText(text: string): Parsed<string> {
  return isFilled(text) ? { ok: true, value: text } : { ok: false, expected: 'some text' }
}

/** A path, made absolute from the directory in which gantry was started. */
export function parsePath(text: string, place: Place): Parsed<string> {
  if (!isFilled(text)) return { ok: false, expected: 'a path' }
  return { ok: true, value: resolve(place.startDirectory, text) }
}

/** The prefix that an application is mounted under: empty, or `/shop`; plain or percent-encoded, as in a URL. */
export function parseScriptName(text: string): Parsed<string> {
  const isWellFormed = text === '' || /^(\/[^/?#\p{Cc}]+)+$/u.test(text)
  const isNormal = !text.split('/').some((segment) => segment === '.' || segment === '..')
  if (isWellFormed && isNormal && isDecodable(text)) return { ok: true, value: text }
  return {
    ok: false,
    expected: 'nothing, or a path such as /shop: with a slash before each part and none at the end',
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** The value of the Server field, sent as it stands: nothing that could end the line (RFC 9110 §5.5). */
export function parseServerHeader(text: string): Parsed<string> {
  if (/^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$/.test(text)) return { ok: true, value: text }
  return { ok: false, expected: 'printable ASCII without blanks at its ends, or nothing' }
}

export type EnvironmentEntry = { readonly name: string; readonly value: string }

export function parseEnvironmentEntry(text: string): Parsed<EnvironmentEntry> {
  const match = /^([^=\0]+)=([^\0]*)$/.exec(text)
  if (match === null) return { ok: false, expected: 'NAME=VALUE' }
  return { ok: true, value: Object.freeze({ name: match[1]!, value: match[2]! }) }
}

const isFilled = (text: string): boolean => text !== '' && !text.includes('\0')

// Options whose value is a text with a rule of its own.
import { resolve } from 'node:path'
import { isReservedField } from '../wsgi/reserved-fields.ts'
import type { Parsed, Place } from './option.ts'

export function parseText(text: string): Parsed<string> {
  return isFilled(text) ? { ok: true, value: text } : { ok: false, expected: 'some text' }
}

/** A path, made absolute from the directory in which gantry was started. */
export function parsePath(text: string, place: Place): Parsed<string> {
  if (!isFilled(text)) return { ok: false, expected: 'a path' }
  return { ok: true, value: resolve(place.startDirectory, text) }
}

/** A directory to import from. */
export function parseSearchDirectory(text: string, place: Place): Parsed<string> {
  // gunicorn takes several with commas: one directory of such a name is not what is meant.
  if (text.includes(',')) return { ok: false, expected: 'one directory; the flag is repeated for several' }
  return parsePath(text, place)
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

/** A switch: the flag alone says `on`. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (/^(on|true|yes|1)$/.test(text)) return { ok: true, value: true }
  if (/^(off|false|no|0)$/.test(text)) return { ok: true, value: false }
  return { ok: false, expected: 'on or off' }
}

/** The name of a header field with "_" (RFC 9110 §5.1), in lower case. */
export function parseUnderscoreField(text: string): Parsed<string> {
  const name = text.toLowerCase()
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || !name.includes('_'))
    return { ok: false, expected: 'the name of a header field that holds "_", such as X_Account' }
  if (isReservedField(name))
    return {
      ok: false,
      expected: 'a field that the server does not read itself: this one would deceive the application',
    }
  return { ok: true, value: name }
}

/** A path prefix of requests as it stands in request targets, percent-encoded: `/` for all, or `/upload`. */
export function parseRoute(text: string): Parsed<string> {
  if (text === '/') return { ok: true, value: '' }
  if (/^(\/[\x21\x22\x24-\x2e\x30-\x3e\x40-\x7e]+)+$/.test(text)) return { ok: true, value: text }
  return {
    ok: false,
    expected: 'a path such as /upload, percent-encoded, without a slash at its end; or / for all',
  }
}

export type EnvironmentEntry = { readonly name: string; readonly value: string }

export function parseEnvironmentEntry(text: string): Parsed<EnvironmentEntry> {
  const match = /^([^=\0]+)=([^\0]*)$/.exec(text)
  if (match === null) return { ok: false, expected: 'NAME=VALUE' }
  return { ok: true, value: Object.freeze({ name: match[1]!, value: match[2]! }) }
}

/** A header field that answers get besides. */
export type AddedField = { readonly name: string; readonly value: string }

// What follows from the content and its framing, and what another setting says.
const OWN_FIELDS =
  /^(accept-ranges|cache-control|connection|content-(encoding|length|range|type)|date|etag|keep-alive|last-modified|server|trailer|transfer-encoding|upgrade|vary|x-content-type-options)$/i

/** Sent as it stands: nothing that could end the line (RFC 9110 §5.5). */
export function parseAddedField(text: string): Parsed<AddedField> {
  const [, name = '', value = ''] = /^([^=]+)=([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/.exec(text) ?? []
  if (value === '' || !FIELD_NAME.test(name))
    return {
      ok: false,
      expected: 'NAME=VALUE: a header field in printable ASCII, such as X-Frame-Options=DENY',
    }
  if (OWN_FIELDS.test(name))
    return { ok: false, expected: `another field than ${name}, which the server sets itself` }
  return { ok: true, value: Object.freeze({ name, value }) }
}

/** The name of one. */
export function parseFieldName(text: string): Parsed<string> {
  if (FIELD_NAME.test(text)) return { ok: true, value: text }
  return { ok: false, expected: 'the name of a header field, such as X-Frame-Options' }
}

// RFC 9110 §5.6.2.
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

/** What may stand before the `=` of an entry. */
export function parseVariableName(text: string): Parsed<string> {
  if (/^[^=\0]+$/.test(text)) return { ok: true, value: text }
  return { ok: false, expected: 'the name of a variable, which holds no "="' }
}

const isFilled = (text: string): boolean => text !== '' && !text.includes('\0')

/** A path that the server answers by itself, as it stands in request targets; empty for none. */
export function parseOwnPath(text: string): Parsed<string> {
  if (text === '' || (/^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(text) && isDecodable(text)))
    return { ok: true, value: text }
  return { ok: false, expected: 'a path such as /-/ready, percent-encoded and without a query; or nothing' }
}

/** The mode bits that new files do not get, in octal digits as for the command umask. */
export function parseUmask(text: string): Parsed<number> {
  if (/^(0o?)?[0-7]{1,3}$/.test(text)) return { ok: true, value: Number.parseInt(text.replace('o', ''), 8) }
  return { ok: false, expected: 'octal digits such as 027' }
}

/** The name of a user or a group, or its number. */
export function parseAccount(text: string): Parsed<string> {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(text)) return { ok: true, value: text }
  return { ok: false, expected: 'a name such as www-data, or a number' }
}

/** Where the control socket is: a path, or `none` to have none. */
export function parseControlSocket(text: string, place: Place): Parsed<string> {
  return text === 'none' ? { ok: true, value: text } : parsePath(text, place)
}

// An environ object back as environ blocks, for a worker: what is still as the gateway wrote it is passed on, and only what middleware has
// changed is written anew.

import { type EnvironOrigin, OWN_VALUES } from './environ-origin.ts'
import type { Environ } from './environ.ts'
import { requestTarget } from './request-target.ts'

const EMPTY = new Uint8Array(0)

/** An environ as the two blocks of a worker's request frame: a shared one, and the text of an own one. */
export interface EnvironBlocks {
  readonly shared: Uint8Array
  /** One character a byte. */
  readonly own: string
}

/**
 * The strings of `environ` as environ blocks. With the `origin` that it was made of, only what was changed since is encoded.
 *
 * @throws TypeError for a string that no block can hold
 */
export function environBlocks(environ: Environ, origin: EnvironOrigin | undefined): EnvironBlocks {
  // An application may have deleted what may be empty.
  const given: Partial<Environ> = environ
  const { REQUEST_METHOD = '', PATH_INFO = '', QUERY_STRING = '' } = given
  const target = environ.REQUEST_URI ?? requestTarget(environ)
  const values = checked([REQUEST_METHOD, PATH_INFO, QUERY_STRING, target], origin?.own)
  const changes = origin === undefined ? undefined : changedPairs(environ, origin)
  if (origin === undefined || changes === undefined) return { shared: EMPTY, own: values + allPairs(environ) }
  return { shared: origin.exchange.sharedEnviron, own: values + ownPairs(origin) + changes }
}

/** The pairs that differ from `origin`, as text of a block; undefined where a key is gone, or stands elsewhere. */
function changedPairs(environ: Environ, { sharedPairs, own }: EnvironOrigin): string | undefined {
  let text = ''
  let pairs = sharedPairs
  let at = 0
  for (const key in environ) {
    const value = environ[key]
    if (typeof value !== 'string' || isOwnValue(key)) continue
    if (at === pairs.length && pairs === sharedPairs) {
      pairs = own
      at = OWN_VALUES
    }
    if (pairs[at] === key) {
      if (pairs[at + 1] !== value) text += pair(key, value)
      at += 2
    } else {
      text += pair(key, value)
    }
  }
  const isComplete = at === pairs.length && (pairs === own || own.length === OWN_VALUES)
  return isComplete ? text : undefined
}

function allPairs(environ: Environ): string {
  let text = ''
  for (const key in environ) {
    const value = environ[key]
    if (typeof value === 'string' && !isOwnValue(key)) text += pair(key, value)
  }
  return text
}

function ownPairs({ own }: EnvironOrigin): string {
  return own.length === OWN_VALUES ? '' : `${own.slice(OWN_VALUES).join('\0')}\0`
}

// The link's own block has one value for both names of the target.
function isOwnValue(key: string): boolean {
  return (
    key === 'REQUEST_METHOD' ||
    key === 'PATH_INFO' ||
    key === 'QUERY_STRING' ||
    key === 'REQUEST_URI' ||
    key === 'RAW_URI'
  )
}

function pair(key: string, value: string): string {
  // A worker has objects of its own under these names, which a text must not take the place of.
  if (key.startsWith('wsgi.') && key !== 'wsgi.url_scheme') return ''
  return checked([key, value], undefined)
}

const NOT_IN_A_BLOCK = /[^\u0001-\u00ff]/

/** Strings as a block has them; those of `known` were read from one. */
function checked(strings: readonly string[], known: readonly string[] | undefined): string {
  let text = ''
  for (let i = 0; i < strings.length; i++) {
    const string = strings[i]!
    if (string !== known?.[i] && NOT_IN_A_BLOCK.test(string))
      throw new TypeError(
        `environ holds a string with NUL or with characters outside latin-1: ${JSON.stringify(string)}`,
      )
    text += `${string}\0`
  }
  return text
}

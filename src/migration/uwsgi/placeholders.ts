// What uWSGI puts in the place of %(key), %d, $(VARIABLE) and @(file) in a value. Unlike uWSGI, nothing is read that the file does not say
// by itself: what depends on the machine or the environment stays as it is, and is told.

import { basename, dirname, extname } from 'node:path'
import type { IniEntry } from './ini-file.ts'

export interface ResolvedEntry extends IniEntry {
  /** The value as it stands in the file. */
  readonly source: string
  /** What in the value only uWSGI, in its place, would know: `$(HOME)`. */
  readonly unresolved: readonly string[]
}

/** `path` is that of the file. */
export function resolved(entries: readonly IniEntry[], path: string): readonly ResolvedEntry[] {
  const magic = magicOf(path)
  const known = new Map<string, string>()
  return entries.map((entry) => {
    const value = entry.value
      .replace(/%([a-zA-Z])(?![a-zA-Z])/g, (whole, letter: string) => magic.get(letter) ?? whole)
      .replace(/%\(([^()]+)\)/g, (whole, key: string) => known.get(key.trim()) ?? whole)
    const [name, text] = placeholderOf(entry.key, value)
    known.set(name, text)
    return { ...entry, value, source: entry.value, unresolved: unresolvedIn(entry.key, value) }
  })
}

// `set-placeholder = name=value` names another than itself.
function placeholderOf(key: string, value: string): readonly [string, string] {
  const match = /^(set|set-ph|set-placeholder)$/.test(key) ? /^([^=]+)=(.*)$/.exec(value) : null
  return match === null ? [key, value] : [match[1]!.trim(), match[2]!.trim()]
}

/** Of the variables with one letter those that the file's path decides. */
function magicOf(path: string): ReadonlyMap<string, string> {
  const directory = `${dirname(path).replace(/\/$/, '')}/`
  const name = basename(path)
  const extension = extname(name)
  return new Map([
    ['p', path],
    ['o', path],
    ['d', directory],
    ['s', name],
    ['n', extension === '' ? name : name.slice(0, -extension.length)],
    ['e', extension.slice(1)],
    ['c', basename(directory)],
    ['x', 'uwsgi'],
  ])
}

// A format of log lines has variables of its own.
function unresolvedIn(key: string, value: string): readonly string[] {
  if (/^log-?format$/.test(key)) return []
  return value.match(/%\([^()]*\)|\$\([^()]*\)|@\([^()]*\)|%[a-zA-Z](?![a-zA-Z])/g) ?? []
}

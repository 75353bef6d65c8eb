// The environment of this process as it came, a character a byte: process.env has it decoded as UTF-8, and what is none is lost.

import { readFileSync } from 'node:fs'

export type EnvironmentBytes = readonly (readonly [name: string, value: string])[]

const OWN_ENVIRONMENT = '/proc/self/environ'

/** Where the system does not show it (other than Linux), what process.env has of it. */
export function environmentBytes(): EnvironmentBytes {
  const text = ownEnvironment()
  if (text === undefined)
    return Object.entries(process.env).map(([name, value = '']) => [bytesOf(name), bytesOf(value)])
  return text.split('\0').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals > 0 ? [[pair.slice(0, equals), pair.slice(equals + 1)] as const] : []
  })
}

function ownEnvironment(): string | undefined {
  try {
    return readFileSync(OWN_ENVIRONMENT, 'latin1')
  } catch {
    return undefined
  }
}

/** A string of JavaScript's as its UTF-8 bytes, a character each. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

// The environment of this process as it came, a character a byte: process.env has it decoded as UTF-8, and what is none is lost.

import { readFileSync } from 'node:fs'
import { bytesOf } from '../../wsgi/byte-string.ts'

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

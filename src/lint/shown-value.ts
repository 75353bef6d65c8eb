// Values as findings show them. Nothing that an application gives can make this throw, or fill the log.

import { nameOfType } from '../wsgi/checked-head.ts'

const MAX_CHARACTERS = 120

/** A value in one short line. */
export function shown(value: unknown): string {
  try {
    const text = textOf(value)
    return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text
  } catch {
    return 'a value that cannot be shown'
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_CHARACTERS))
  if (value instanceof Uint8Array) return `${nameOfType(value)} of ${value.length} bytes`
  if (value instanceof Error) return `${value.name}: ${value.message}`.replaceAll('\n', ' ')
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return String(value)
  // Objects of a class have no text of their own that says more than its name.
  const json = Array.isArray(value) || nameOfType(value) === 'Object' ? JSON.stringify(value) : undefined
  return json ?? nameOfType(value)
}

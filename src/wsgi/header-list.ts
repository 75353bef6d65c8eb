// A list of headers, changed in place. Names are compared without their case (RFC 9110 §5.1). Every request comes here several times.

import type { Header } from './header.ts'

export function hasHeader(headers: readonly Header[], name: string): boolean {
  const lower = name.toLowerCase()
  for (let i = 0; i < headers.length; i++) {
    if (isNamed(headers[i]!, lower)) return true
  }
  return false
}

/** Adds headers that other answers get too: as pairs of this list's own, which whoever comes after may change. */
export function addHeaders(headers: Header[], added: readonly Header[]): void {
  for (const [name, value] of added) headers.push([name, value])
}

/** Removes every header of the name. */
export function removeHeader(headers: Header[], name: string): void {
  const lower = name.toLowerCase()
  for (let i = headers.length - 1; i >= 0; i--) {
    if (isNamed(headers[i]!, lower)) headers.splice(i, 1)
  }
}

/** Puts a header in the place of all others of its name. */
export function setHeader(headers: Header[], name: string, value: string): void {
  removeHeader(headers, name)
  headers.push([name, value])
}

/** Says that the answer depends on a request field (RFC 9110 §12.5.5), unless the headers say so already. */
export function addVary(headers: Header[], field: string): void {
  const lower = field.toLowerCase()
  let last = -1
  for (let i = 0; i < headers.length; i++) {
    if (!isNamed(headers[i]!, 'vary')) continue
    const members = headers[i]![1].toLowerCase().split(',')
    if (members.some((member) => member.trim() === '*' || member.trim() === lower)) return
    last = i
  }
  if (last === -1) {
    headers.push(['Vary', field])
  } else {
    const [name, value] = headers[last]!
    headers[last] = [name, value.trim() === '' ? field : `${value}, ${field}`]
  }
}

// Nearly all are sorted out by their length, and need no copy in lower case.
function isNamed([name]: Header, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower
}

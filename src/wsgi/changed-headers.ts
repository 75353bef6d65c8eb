// What middleware does that changes only an answer's head: it hands a `startResponse` of its own to the application behind it.

import type { StartResponse } from './application.ts'
import type { Header } from './header.ts'

/**
 * A `startResponse` that has `change` change each list of headers on its way out.
 *
 * The list is a copy: an application may give the same one to every request.
 */
export function changedHeaders(
  startResponse: StartResponse,
  change: (headers: Header[], status: string) => void,
): StartResponse {
  return (status, given, excInfo) => {
    // What is no list of headers is left to the server, which says best what is wrong with it.
    if (!isHeaderList(given)) return startResponse(status, given, excInfo)
    const headers = [...given]
    change(headers, status)
    return startResponse(status, headers, excInfo)
  }
}

function isHeaderList(given: unknown): boolean {
  if (!Array.isArray(given)) return false
  for (const header of given as readonly unknown[]) {
    if (!Array.isArray(header) || typeof header[0] !== 'string') return false
  }
  return true
}

// The headers that middleware wants on the error page that is made in its place.

import { checkHead } from './checked-head.ts'
import type { Header } from './header.ts'
import type { RequestContext } from './request-context.ts'

/** Those that may be sent: the page must come, whatever middleware has put there, and nothing of it may write headers of its own. */
export function errorHeadersOf(context: RequestContext): readonly Header[] {
  if (!context.hasErrorHeaders) return []
  return context.errorHeaders.filter(isSendable)
}

function isSendable(header: Header): boolean {
  try {
    checkHead('500', [header])
    return true
  } catch {
    return false
  }
}

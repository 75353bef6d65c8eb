// Conditional requests, RFC 9110 §13: whether a GET or HEAD request that would be answered 200 is to be answered so.

import { parseHttpDate } from './date.ts'
import { holdsEntityTag } from './entity-tag.ts'

/** The values of a request's fields; undefined without one. */
export interface Preconditions {
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly ifUnmodifiedSince: string | undefined
}

/** What is known of the representation that would be sent; undefined without such a field. */
export interface Validators {
  readonly entityTag: string | undefined
  readonly lastModified: string | undefined
}

/** In the order of RFC 9110 §13.2.2. A condition about what is not known, a tag where there is none, is not judged. */
export function judgePreconditions(conditions: Preconditions, validators: Validators): 200 | 304 | 412 {
  const { ifMatch, ifNoneMatch } = conditions
  if (ifMatch !== undefined) {
    if (holds(ifMatch, validators, 'strong') === false) return 412
  } else if (isModifiedSince(conditions.ifUnmodifiedSince, validators) === true) {
    return 412
  }
  // §13.1.3: a date says nothing where a tag does.
  if (ifNoneMatch !== undefined) return holds(ifNoneMatch, validators, 'weak') === true ? 304 : 200
  return isModifiedSince(conditions.ifModifiedSince, validators) === false ? 304 : 200
}

function holds(list: string, { entityTag }: Validators, comparison: 'weak' | 'strong'): boolean | undefined {
  if (entityTag === undefined) return list.trim() === '*' ? true : undefined
  return holdsEntityTag(list, entityTag, comparison)
}

/** Undefined where one of the dates is missing or is none. */
function isModifiedSince(date: string | undefined, { lastModified }: Validators): boolean | undefined {
  if (date === undefined || lastModified === undefined) return undefined
  const sinceMs = parseHttpDate(date)
  const modifiedMs = parseHttpDate(lastModified)
  return sinceMs === undefined || modifiedMs === undefined ? undefined : modifiedMs > sinceMs
}

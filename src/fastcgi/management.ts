// GET_VALUES (§4.1): what a responder tells of itself, and how it is asked.

import { encodePairs, pairStrings } from './name-values.ts'
import { record } from './record-writer.ts'
import { MANAGEMENT_ID, RECORD } from './record-types.ts'

/** The variables that the specification knows, with values of digits. */
export type ResponderValues = Readonly<Record<'FCGI_MAX_CONNS' | 'FCGI_MAX_REQS' | 'FCGI_MPXS_CONNS', string>>

/** The answer to a `getValues` whose content lies in `bytes`: what it asks for and is known. Undefined: its pairs are malformed. */
export function answerGetValues(
  bytes: Buffer,
  start: number,
  end: number,
  values: ResponderValues,
): Buffer | undefined {
  const asked = pairStrings(bytes, start, end)
  if (asked === undefined) return undefined
  const names = new Set(asked.filter((_, index) => index % 2 === 0))
  const known = Object.entries(values).filter(([name]) => names.has(name))
  return record(RECORD.getValuesResult, MANAGEMENT_ID, encodePairs(known))
}

/** A record that asks for values, for the client's side. */
export function getValues(names: readonly (keyof ResponderValues)[]): Buffer {
  return record(RECORD.getValues, MANAGEMENT_ID, encodePairs(names.map((name) => [name, ''])))
}

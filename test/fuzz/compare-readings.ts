// Judges what our codec and llhttp made of the same bytes.

import { LOOSER, STRICTER } from './deliberate-differences.ts'
import type { Difference, Disputed } from './deliberate-differences.ts'
import type { RequestReader, SeenRequest } from './reading.ts'

export type Verdict =
  /** Both read the same requests to the end of the bytes. */
  | { readonly kind: 'same' }
  /** Both refuse the same request. */
  | { readonly kind: 'both-refuse' }
  /** They differ as a row of the table says. */
  | { readonly kind: 'deliberate'; readonly difference: Difference }
  | { readonly kind: 'finding'; readonly what: string }

/** `text`: the bytes from where the first request begins that is not complete for us. */
export function compareReadings(ours: RequestReader, theirs: RequestReader, text: string): Verdict {
  const [mine, others] = [ours.requests(), theirs.requests()]
  for (let index = 0; ; index++) {
    const [own, other] = [mine[index], others[index]]
    const difference = own !== undefined && other !== undefined ? differenceOfHeads(own, other) : undefined
    if (difference !== undefined) return finding(`request ${index}: ${difference}`)
    if (own !== undefined && other?.behind === 'unknown') return { kind: 'same' }
    const myRefusal = refusalOf(ours, index)
    const theirRefusal = refusalOf(theirs, index)
    if (myRefusal !== undefined && theirRefusal !== undefined) return { kind: 'both-refuse' }
    if (myRefusal !== undefined) return judge(STRICTER, 'ours alone', myRefusal, { text, seen: other })
    if (theirRefusal !== undefined) return judge(LOOSER, 'llhttp alone', theirRefusal, { text, seen: own })
    if (own === undefined && other === undefined) return { kind: 'same' }
    if (own === undefined || other === undefined)
      return finding(`request ${index}: only ${own === undefined ? 'llhttp' : 'ours'} sees it`)
    const unlike = differenceOfBodies(own, other)
    if (unlike !== undefined) return finding(`request ${index}: ${unlike}`)
    if (own.behind !== 'read') return { kind: 'same' }
    // Only this way round could bytes be read as a request here that the other side never reads.
    if (other.behind === 'not-read') return judge(LOOSER, 'llhttp alone', 'CLOSE', { text, seen: own })
  }
}

function refusalOf(reader: RequestReader, index: number): string | undefined {
  return reader.refusal?.request === index ? reader.refusal.code : undefined
}

function judge(rows: readonly Difference[], who: string, code: string, disputed: Disputed): Verdict {
  const difference = rows.find((row) => row.code === code && row.applies(disputed))
  return difference === undefined
    ? finding(`${who} refuses, with ${code}, and no row allows it`)
    : { kind: 'deliberate', difference }
}

function differenceOfHeads(own: SeenRequest, other: SeenRequest): string | undefined {
  for (const part of ['method', 'target', 'version'] as const) {
    if (own[part] !== other[part]) return `${part} ${own[part]} here, ${other[part]} there`
  }
  const [mine, others] = [JSON.stringify(own.fields), JSON.stringify(other.fields)]
  return mine === others ? undefined : `fields ${mine} here, ${others} there`
}

function differenceOfBodies(own: SeenRequest, other: SeenRequest): string | undefined {
  if (!own.body.equals(other.body))
    return `body ${JSON.stringify(own.body.toString('latin1'))} here, ${JSON.stringify(other.body.toString('latin1'))} there`
  if (own.isComplete !== other.isComplete)
    return own.isComplete ? 'complete here only' : 'complete there only'
  return undefined
}

const finding = (what: string): Verdict => ({ kind: 'finding', what })

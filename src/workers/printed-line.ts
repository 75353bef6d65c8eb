// A line that a worker has printed. What print() and logging write bears a mark (python/gantry_worker/outputs.py) with the stream it was meant
// for and the request of its thread; nobody can write one who does not know the mark of this process.

import { randomBytes } from 'node:crypto'

/** Lines begin with it: `<mark>o2.1.7:text`, printed to stdout in the seventh request of the first opening of link 2; `<mark>e:text`, in none. */
export const OUTPUT_MARK = `\u001e${randomBytes(6).toString('hex')}`

const BEHIND_THE_MARK = /^([oe])(?:(\d+)\.(\d+)\.(\d+))?:/

/** A request by its place on a thread's link. */
export interface PlaceOfRequest {
  readonly link: number
  readonly opening: number
  /** Counted from 1. */
  readonly ordinal: number
}

export interface PrintedLine {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly place: PlaceOfRequest | undefined
}

/** `stream` is where it was read. */
export function readPrinted(stream: 'stdout' | 'stderr', line: string): PrintedLine {
  const rest = line.startsWith(OUTPUT_MARK) ? line.slice(OUTPUT_MARK.length) : ''
  const match = BEHIND_THE_MARK.exec(rest)
  if (match === null) return { stream, text: line, place: undefined }
  const [head, letter, link, opening, ordinal] = match
  const place =
    link === undefined
      ? undefined
      : { link: Number(link), opening: Number(opening), ordinal: Number(ordinal) }
  return { stream: letter === 'o' ? 'stdout' : 'stderr', text: rest.slice(head.length), place }
}

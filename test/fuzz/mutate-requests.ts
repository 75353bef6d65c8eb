// Breaks requests in the ways in which parsers have been broken: bytes, lines and numbers changed, hostile pieces put in.

import { randomBetween } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { pick } from './generate-requests.ts'
import {
  HOSTILE_BYTES,
  HOSTILE_CHUNK_LINES,
  HOSTILE_FIELDS,
  HOSTILE_REQUEST_LINES,
} from './hostile-snippets.ts'

const LONGEST_CUT = 20
const LINE_ENDS = ['\n', '\r', '\r\r\n', '\r\n\r\n', '\r\n ', '', '\n\n']
const NUMBERS = [
  '0',
  '1',
  '+5',
  '-1',
  '0x5',
  '5_0',
  '5,5',
  ' 5',
  '5 ',
  '00005',
  '5.0',
  '5e1',
  'F',
  '9'.repeat(20),
  '\xb2',
]

type Mutation = (text: string, random: Random) => string

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  insertHostileBytes,
  insertHostileBytes,
  replaceByHostileBytes,
  cutOut,
  doublePart,
  truncate,
  changeLineEnd,
  changeLineEnd,
  insertHostileLine,
  insertHostileLine,
  replaceLine,
  doubleLine,
  swapLines,
  changeNumber,
  changeCase,
]

/** `text` with one to three things broken. */
export function mutate(text: string, random: Random): string {
  let mutated = text
  for (let count = randomBetween(1, 3, random); count > 0; count--)
    mutated = pick(MUTATIONS, random)(mutated, random)
  return mutated
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end)
}

const place = (text: string, random: Random): number => randomBetween(0, text.length, random)

function flipBit(text: string, random: Random): string {
  if (text === '') return text
  const at = randomBetween(0, text.length - 1, random)
  const flipped = text.charCodeAt(at) ^ (1 << randomBetween(0, 7, random))
  return splice(text, at, at + 1, String.fromCharCode(flipped))
}

function insertHostileBytes(text: string, random: Random): string {
  const at = place(text, random)
  return splice(text, at, at, pick(HOSTILE_BYTES, random))
}

function replaceByHostileBytes(text: string, random: Random): string {
  const at = place(text, random)
  return splice(text, at, at + 1, pick(HOSTILE_BYTES, random))
}

function cutOut(text: string, random: Random): string {
  const at = place(text, random)
  return splice(text, at, at + randomBetween(1, LONGEST_CUT, random), '')
}

function doublePart(text: string, random: Random): string {
  const at = place(text, random)
  return splice(text, at, at, text.slice(at, at + randomBetween(1, LONGEST_CUT, random)))
}

function truncate(text: string, random: Random): string {
  return text.slice(0, place(text, random))
}

function changeLineEnd(text: string, random: Random): string {
  const ends = [...text.matchAll(/\r\n/g)]
  if (ends.length === 0) return text
  const at = pick(ends, random).index
  return splice(text, at, at + 2, pick(LINE_ENDS, random))
}

/** Start and end of a line, without its CRLF. */
function chooseLine(text: string, random: Random): readonly [start: number, end: number] {
  const starts = [0, ...[...text.matchAll(/\r\n/g)].map(({ index }) => index + 2)]
  const start = pick(starts, random)
  const end = text.indexOf('\r\n', start)
  return [start, end === -1 ? text.length : end]
}

function hostileLine(random: Random): string {
  return pick(
    pick([HOSTILE_FIELDS, HOSTILE_FIELDS, HOSTILE_CHUNK_LINES, HOSTILE_REQUEST_LINES], random),
    random,
  )
}

function insertHostileLine(text: string, random: Random): string {
  const [start] = chooseLine(text, random)
  return splice(text, start, start, `${hostileLine(random)}\r\n`)
}

function replaceLine(text: string, random: Random): string {
  const [start, end] = chooseLine(text, random)
  return splice(text, start, end, hostileLine(random))
}

function doubleLine(text: string, random: Random): string {
  const [start, end] = chooseLine(text, random)
  return splice(text, start, start, `${text.slice(start, end)}\r\n`)
}

function swapLines(text: string, random: Random): string {
  const [start, end] = chooseLine(text, random)
  const next = text.indexOf('\r\n', end + 2)
  if (next === -1) return text
  return splice(text, start, next, `${text.slice(end + 2, next)}\r\n${text.slice(start, end)}`)
}

function changeNumber(text: string, random: Random): string {
  const numbers = [...text.matchAll(/\d+/g)]
  if (numbers.length === 0) return text
  const number = pick(numbers, random)
  return splice(text, number.index, number.index + number[0].length, pick(NUMBERS, random))
}

function changeCase(text: string, random: Random): string {
  const [start, end] = chooseLine(text, random)
  const line = text.slice(start, end)
  return splice(text, start, end, random() < 0.5 ? line.toLowerCase() : line.toUpperCase())
}

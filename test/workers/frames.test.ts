// The front's half of protocol/vectors/frames.json; the worker's is in test/python/test_frames.py.

import { describe, expect, test } from 'vitest'
import {
  FRAME,
  FrameError,
  FrameReader,
  MAX_FRAME_BYTES,
  REQUEST_PREFIX_BYTES,
  encodeFileTaken,
  encodeFork,
  encodeFrame,
  encodeInput,
  encodeInterrupt,
  encodeJsonFrame,
  encodeRevoke,
  encodeStacks,
  finishRequest,
} from '../../src/workers/frames.ts'
import { randomPieces, seededRandom } from '../harness/random.ts'
import { TYPE_NAMES, VECTORS, decodeFields } from './frame-vectors.ts'

interface RequestFields {
  readonly more: boolean
  readonly spooled: boolean
  readonly streamed: boolean
  readonly shared: readonly string[]
  readonly own: readonly string[]
  readonly body: string
}

/** How the front encodes what it sends, by the type of the frame. */
const ENCODERS: Readonly<Record<string, (fields: object) => Buffer>> = {
  request: (fields) => encodeRequest(fields as RequestFields),
  'file-taken': (fields) => encodeFileTaken((fields as { ok: boolean }).ok),
  input: (fields) => encodeInput(Buffer.from((fields as { body: string }).body, 'latin1')),
  'input-end': () => encodeInput('end'),
  boot: (fields) => encodeJsonFrame(FRAME.boot, (fields as { message: object }).message),
  revoke: (fields) => encodeRevoke((fields as { link: number }).link),
  interrupt: (fields) => {
    const { link, opening } = fields as { link: number; opening: number }
    return encodeInterrupt(link, opening)
  },
  stacks: (fields) => encodeStacks((fields as { number: number }).number),
  stop: () => encodeFrame(FRAME.stop),
  fork: (fields) => encodeFork((fields as { worker: number }).worker),
}

const toBlock = (strings: readonly string[]): Buffer =>
  Buffer.from(strings.map((string) => `${string}\0`).join(''), 'latin1')

function encodeRequest({ more, spooled, streamed, shared, own, body }: RequestFields): Buffer {
  const parts = [
    Buffer.alloc(REQUEST_PREFIX_BYTES),
    toBlock(shared),
    toBlock(own),
    Buffer.from(body, 'latin1'),
  ]
  const before = Buffer.from('before')
  const target = Buffer.concat([before, ...parts])
  const start = before.length
  const sharedEnd = start + parts[0]!.length + parts[1]!.length
  const ownEnd = sharedEnd + parts[2]!.length
  const bodyPlace = spooled ? 'spooled' : streamed ? 'streamed' : 'inline'
  finishRequest(target, { start, sharedEnd, ownEnd, end: target.length }, bodyPlace, !more)
  return target.subarray(start)
}

/** Reads frames from `pieces`, each of which is overwritten when the reader has had its chance to keep what it needs. */
function readFrames(pieces: readonly Buffer[]): object[] {
  const reader = new FrameReader()
  const frames: object[] = []
  for (const piece of pieces) {
    const shared = Buffer.concat([piece, Buffer.alloc(20, 0xff)])
    reader.receive(shared, piece.length)
    while (reader.next()) frames.push({ type: TYPE_NAMES.get(reader.type), fields: decodeFields(reader) })
    reader.keepRest()
    shared.fill(0xee)
  }
  return frames
}

const toFront = VECTORS.valid.filter(({ to }) => to === 'front')
const toWorker = VECTORS.valid.filter(({ to }) => to === 'worker')
const bytesOf = ({ hex }: { readonly hex: string }): Buffer => Buffer.from(hex, 'hex')

test('there is a vector for every type of protocol/link.md', () => {
  const types = new Set(VECTORS.valid.map(({ type }) => type))
  expect([...types].sort()).toEqual([...TYPE_NAMES.values()].sort())
})

describe('the front encodes', () => {
  test.each(toWorker.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const encode = ENCODERS[vector.type]
    expect(encode, `no encoder for ${vector.type}`).toBeDefined()
    expect(encode?.(vector.fields).toString('hex')).toBe(vector.hex)
  })
})

describe('the front decodes', () => {
  test.each(toFront.map((vector) => [vector.name, vector] as const))('%s', (_, { type, fields, hex }) => {
    expect(readFrames([Buffer.from(hex, 'hex')])).toEqual([{ type, fields }])
  })
})

describe('the front refuses', () => {
  const invalid = VECTORS.invalid.filter(({ to }) => to === 'front')

  test.each(invalid.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(() => readFrames([bytesOf(vector)])).toThrow(FrameError)
  })
})

describe('FrameReader', () => {
  const stream = Buffer.concat(toFront.map(bytesOf))
  const expected = toFront.map(({ type, fields }) => ({ type, fields }))

  test('finds the same frames however the bytes are cut, though received bytes do not last', () => {
    expect(readFrames([stream])).toEqual(expected)
    expect(readFrames(randomPieces(stream, 1, seededRandom(0)))).toEqual(expected)
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed)
      expect(readFrames(randomPieces(stream, 1 + (seed % 100), random)), `seed ${seed}`).toEqual(expected)
    }
  })

  test('finds the same frames however long they are not asked for', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed)
      const reader = new FrameReader()
      const frames: object[] = []
      const ask = (most: number): void => {
        while (most-- > 0 && reader.next())
          frames.push({ type: TYPE_NAMES.get(reader.type), fields: decodeFields(reader) })
        reader.keepRest()
      }
      for (const piece of randomPieces(stream, 1 + (seed % 100), random)) {
        const shared = Buffer.concat([piece, Buffer.alloc(20, 0xff)])
        reader.receive(shared, piece.length)
        ask(random() < 0.5 ? 0 : random() * 5)
        shared.fill(0xee)
        if (random() < 0.5) ask(random() * 3)
      }
      ask(Infinity)
      expect(frames, `seed ${seed}`).toEqual(expected)
    }
  })

  test('keeps the frames that were not asked for yet', () => {
    const [first, second] = [bytesOf(toFront[0]!), bytesOf(toFront[1]!)]
    const reader = new FrameReader()
    const received = Buffer.concat([first, second, first.subarray(0, 3)])
    reader.receive(received)
    expect(reader.next()).toBe(true)
    reader.keepRest()
    received.fill(0)
    expect([reader.next(), decodeFields(reader)]).toEqual([true, toFront[1]!.fields])
    expect(reader.next()).toBe(false)
    reader.keepRest()
    reader.receive(first.subarray(3))
    expect([reader.next(), decodeFields(reader)]).toEqual([true, toFront[0]!.fields])
  })

  test('leaves the rest to who reads on without frames', () => {
    const reader = new FrameReader()
    const received = Buffer.concat([bytesOf(toFront[0]!), Buffer.from('printed')])
    reader.receive(received)
    expect(reader.next()).toBe(true)
    const rest = reader.takeRest()
    received.fill(0)
    expect([rest.toString(), reader.next()]).toEqual(['printed', false])
  })

  test('takes the longest frame that may be, in many pieces', () => {
    const longest = encodeFrame(FRAME.body, Buffer.alloc(MAX_FRAME_BYTES - 1, 'x'))
    const reader = new FrameReader()
    let found = 0
    for (let at = 0; at < longest.length; at += 65_536) {
      reader.receive(longest.subarray(at, at + 65_536))
      while (reader.next()) found += reader.end - reader.start
      reader.keepRest()
    }
    expect(found).toBe(MAX_FRAME_BYTES - 1)
  })

  test('refuses a frame by its length alone, before its bytes have come', () => {
    const reader = new FrameReader()
    reader.receive(Buffer.from('01000001', 'hex'))
    expect(reader.next()).toBe(false)
    reader.keepRest()
    reader.receive(Buffer.from('22', 'hex'))
    expect(() => reader.next()).toThrow(FrameError)
  })
})

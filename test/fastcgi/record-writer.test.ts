// What is written is read as what it was, and is what the specification has.

import { describe, expect, test } from 'vitest'
import { answerGetValues, getValues } from '../../src/fastcgi/management.ts'
import { pairStrings, encodePairs } from '../../src/fastcgi/name-values.ts'
import { readBeginRequest, readEndRequest } from '../../src/fastcgi/record-contents.ts'
import { RecordReader } from '../../src/fastcgi/record-reader.ts'
import { PROTOCOL_STATUS, RECORD, ROLE } from '../../src/fastcgi/record-types.ts'
import {
  record,
  streamBytes,
  unknownType,
  writeBeginRequest,
  writeEndRequest,
  writeStream,
  writeStreamEnd,
} from '../../src/fastcgi/record-writer.ts'
import { rawRecord } from './records.ts'

type Write = (target: Buffer) => number

function written(write: Write, room = 200_000): Buffer {
  const target = Buffer.alloc(room, 0xee)
  return target.subarray(0, write(target))
}

describe('records', () => {
  test('that begin a request have its role and whether the connection is kept (§5.1)', () => {
    const bytes = written((target) => writeBeginRequest(target, 0, 0x1234, ROLE.responder, true))
    expect(bytes.toString('hex')).toBe('01011234000800000001010000000000')
    expect(readBeginRequest(bytes, 8, 16)).toEqual({ role: 1, keepsConnection: true })
    expect(readBeginRequest(bytes, 8, 15)).toBeUndefined()
  })

  test('that end a request have both of its statuses (§5.5)', () => {
    const bytes = written((target) => writeEndRequest(target, 0, 7, PROTOCOL_STATUS.unknownRole, 0xfffefdfc))
    expect(bytes.toString('hex')).toBe('0103000700080000fffefdfc03000000')
    expect(readEndRequest(bytes, 8, 16)).toEqual({ applicationStatus: 0xfffefdfc, protocolStatus: 3 })
    expect(readEndRequest(bytes, 7, 16)).toBeUndefined()
  })

  test('that are not known are named (§4.2)', () => {
    expect(unknownType(200).toString('hex')).toBe('010b000000080000c800000000000000')
  })
})

describe('a stream', () => {
  test.each([
    [0, []],
    [1, [1]],
    [65_535, [65_535]],
    [65_536, [65_535, 1]],
    [140_000, [65_535, 65_535, 8930]],
  ])('of %i bytes goes as records that hold them', (length, lengths) => {
    const content = Buffer.alloc(length, 0x61)
    const bytes = written((target) => {
      const end = writeStream(target, 0, RECORD.stdout, 3, content)
      expect(end).toBe(streamBytes(length))
      return writeStreamEnd(target, end, RECORD.stdout, 3)
    })
    const expected = lengths.map((each) => rawRecord({ type: 6, id: 3, content: content.subarray(0, each) }))
    const header = (one: Buffer): Buffer =>
      Buffer.concat([one.subarray(0, 7), Buffer.from([0]), one.subarray(8)])
    expect(bytes.equals(Buffer.concat([...expected, rawRecord({ type: 6, id: 3 })].map(header)))).toBe(true)
  })
})

describe('pairs', () => {
  test.each([0, 1, 127, 128, 255, 65_536])(
    'with parts of %i bytes are read as they were written',
    (length) => {
      const pairs = [
        ['N'.repeat(length), '\xff'.repeat(length)],
        ['A', 'b'],
      ] as const
      expect(pairStrings(encodePairs(pairs))).toEqual(pairs.flat())
    },
  )
})

describe('GET_VALUES', () => {
  const values = { FCGI_MAX_CONNS: '64', FCGI_MAX_REQS: '640', FCGI_MPXS_CONNS: '1' }

  function answered(asked: Buffer): ReturnType<typeof pairStrings> {
    const answer = answerGetValues(asked, 0, asked.length, values)
    if (answer === undefined) return undefined
    const reader = new RecordReader()
    reader.receive(answer)
    expect([reader.next(), reader.type, reader.requestId]).toEqual(['record', 10, 0])
    return pairStrings(reader.bytes, reader.start, reader.end)
  }

  test('is answered with what is known of what it asks for (§4.1)', () => {
    const asked = encodePairs([
      ['FCGI_MPXS_CONNS', ''],
      ['FCGI_NO_SUCH', ''],
      ['FCGI_MAX_CONNS', 'x'],
    ])
    expect(answered(asked)).toEqual(['FCGI_MAX_CONNS', '64', 'FCGI_MPXS_CONNS', '1'])
    expect(answered(Buffer.alloc(0))).toEqual([])
  })

  test('is refused where its pairs are cut', () => {
    expect(answered(Buffer.from([1]))).toBeUndefined()
  })

  test('asks as the specification has it', () => {
    const asked = getValues(['FCGI_MAX_REQS'])
    expect(answered(asked.subarray(8))).toEqual(['FCGI_MAX_REQS', '640'])
    expect(asked.subarray(0, 8).toString('hex')).toBe('01090000000f0000')
  })

  test('and any other record holds what it was given', () => {
    expect(record(RECORD.data, 258, Buffer.from('xy')).toString('hex')).toBe('01080102000200007879')
  })
})

// FastCGI records for tests, written out by hand: not with the code that is tested.

export interface RawRecord {
  readonly type: number
  readonly id?: number
  readonly content?: string | Uint8Array
  readonly padding?: number
  readonly version?: number
}

/** The bytes of a record, with as much padding as is asked for. */
export function rawRecord({ type, id = 1, content = '', padding = 0, version = 1 }: RawRecord): Buffer {
  const body = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  const header = [version, type, id >> 8, id & 0xff, body.length >> 8, body.length & 0xff, padding, 0x5a]
  return Buffer.concat([Buffer.from(header), body, Buffer.alloc(padding, 0xa5)])
}

export const begin = (id = 1, role = 1, flags = 0): Buffer =>
  rawRecord({ type: 1, id, content: Buffer.from([role >> 8, role & 0xff, flags, 9, 9, 9, 9, 9]) })

/** A whole request: begin, params, and a body. */
export const wholeRequest = (id: number, params: string, body: string): Buffer =>
  Buffer.concat([
    begin(id),
    rawRecord({ type: 4, id, content: params, padding: 3 }),
    rawRecord({ type: 4, id }),
    ...(body === '' ? [] : [rawRecord({ type: 5, id, content: body })]),
    rawRecord({ type: 5, id }),
  ])

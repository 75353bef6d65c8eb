// A judge that never objects would make every vector pass: each kind of wrong reaction must be found, and a right one not.

import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../harness/random.ts'
import type { Answer } from './answer-reader.ts'
import { judge } from './judge.ts'
import type { Observation } from './judge.ts'
import { sendVector } from './send-vector.ts'
import type { Vector } from './vector.ts'

type Expectation = Partial<Omit<Vector, 'expect'>> & Pick<Vector, 'expect'>

function vector(parts: Expectation): Vector {
  const bytes = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
  return { id: 'x', title: 'x', bytes, ref: 'x', level: 'MUST', why: 'x', ...parts }
}

const good = vector({ expect: { status: [200], close: false } })
const bad = vector({ expect: { status: [400], close: true } })

const answer = (status: number, body = '', fields: Answer['fields'] = []): Answer => ({
  version: '1.1',
  status,
  fields,
  body,
})

function seen(parts: Partial<Observation>): Observation {
  return { interim: [], final: [], connection: 'open', error: undefined, ...parts }
}

describe('judge', () => {
  test('accepts what the vector demands', () => {
    expect(judge(good, seen({ final: [answer(200)] }))).toEqual([])
    expect(judge(bad, seen({ final: [answer(400)], connection: 'closed' }))).toEqual([])
    const either = vector({ expect: { status: [408, 0], close: true } })
    expect(judge(either, seen({ connection: 'closed' }))).toEqual([])
  })

  test.each<[string, Vector, Partial<Observation>]>([
    ['a good request refused', good, { final: [answer(400)], connection: 'closed' }],
    ['a bad request accepted', bad, { final: [answer(200)] }],
    ['no answer at all', bad, { connection: 'closed' }],
    ['a connection left open after a refusal', bad, { final: [answer(400)], connection: 'unknown' }],
    ['a connection closed after a good answer', good, { final: [answer(200)], connection: 'closed' }],
    ['a connection that will be closed', good, { final: [answer(200, '', [['Connection', 'close']])] }],
    ['an answer to what follows a refusal', bad, { final: [answer(400), answer(200)], connection: 'closed' }],
    ['anything unreadable', good, { final: [answer(200)], error: 'malformed head' }],
    ['an interim answer other than 100', good, { interim: [answer(101)], final: [answer(200)] }],
  ])('objects to %s', (_, wanted, observed) => {
    expect(judge(wanted, seen(observed))).not.toEqual([])
  })

  test('objects to a pipeline whose answers are too few, too many or in another order', () => {
    const pipeline = vector({ expect: { status: [200], close: true }, responses: [200, [400, 431]] })
    const complaints = (...statuses: number[]): string[] =>
      judge(pipeline, seen({ final: statuses.map((status) => answer(status)), connection: 'closed' }))
    expect([complaints(200, 400), complaints(200, 431)]).toEqual([[], []])
    for (const statuses of [[200], [200, 400, 400], [400, 200], [200, 200]]) {
      expect(complaints(...statuses), statuses.join()).not.toEqual([])
    }
  })

  test('objects to an interim answer that is missing or forbidden', () => {
    const demanded = vector({ expect: { status: [100], close: false }, interim: true })
    expect(judge(demanded, seen({ interim: [answer(100)], final: [answer(200)] }))).toEqual([])
    expect(judge(demanded, seen({ final: [answer(200)] }))).not.toEqual([])
    const forbidden = vector({ expect: { status: [200], close: false }, no_interim: true })
    expect(judge(forbidden, seen({ interim: [answer(100)], final: [answer(200)] }))).not.toEqual([])
  })

  test('objects to text that must not be in the answer', () => {
    const secret = vector({ expect: { status: [200], close: null }, not_body: 'root:' })
    expect(judge(secret, seen({ final: [answer(200, 'root:x:0:0')] }))).not.toEqual([])
    expect(judge(secret, seen({ final: [answer(200, 'nothing')] }))).toEqual([])
  })
})

describe('judge of what the application saw', () => {
  const echo = {
    method: 'GET',
    path: '/a',
    query: '',
    host: 'a.test',
    body: 'hi',
    environ: { HTTP_X_A: '1', CONTENT_LENGTH: '2' },
  }
  const complaints = (app: NonNullable<Vector['app']>, body = JSON.stringify(echo)): string[] =>
    judge(vector({ expect: { status: [200], close: false }, app }), seen({ final: [answer(200, body)] }))

  test.each<[NonNullable<Vector['app']>, NonNullable<Vector['app']>]>([
    [{ method: 'GET' }, { method: 'POST' }],
    [{ path: '/a' }, { path: '/' }],
    [{ query: '' }, { query: 'a' }],
    [{ host: 'a.test' }, { host: 'b.test' }],
    [{ body: 'hi' }, { body: '' }],
    [{ header: ['HTTP_X_A', '1'] }, { header: ['HTTP_X_A', '2'] }],
    [{ header: ['HTTP_X_B', null] }, { header: ['HTTP_X_A', null] }],
    [{ header_any: ['HTTP_X_A', ['0', '1']] }, { header_any: ['HTTP_X_A', ['2']] }],
    [{ header_not: ['CONTENT_LENGTH', '9'] }, { header_not: ['CONTENT_LENGTH', '2'] }],
    [{ absent: ['HTTP_X_B'] }, { absent: ['HTTP_X_A'] }],
  ])('accepts %j and objects to %j', (right, wrong) => {
    expect(complaints(right)).toEqual([])
    expect(complaints(wrong)).toHaveLength(1)
  })

  test('objects to an answer that is not the application’s', () => {
    expect(complaints({ path: '/a' }, '<h1>Welcome</h1>')).toHaveLength(1)
  })
})

/** Serves `react` to each connection on a port of its own, while `use` runs. */
async function withServer<T>(react: (socket: Socket) => void, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    react(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use((server.address() as AddressInfo).port)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

describe('a server that misbehaves is found out over a real connection', () => {
  const verdict = (wanted: Vector, react: (socket: Socket) => void): Promise<string[]> =>
    withServer(react, async (port) => judge(wanted, await sendVector(port, wanted, 'whole', seededRandom(1))))

  test('one that answers a bad request with 200 and goes on', async () => {
    const complaints = await verdict(bad, (socket) => socket.on('data', () => socket.end(OK)))
    expect(complaints).toContain('the first answer must be 400, not 200')
  })

  test('one that closes without a word', async () => {
    const complaints = await verdict(good, (socket) => socket.on('data', () => socket.destroy()))
    expect(complaints).toContain('the connection must stay open')
  })

  test('one that closes after a good answer', async () => {
    const complaints = await verdict(good, (socket) => socket.once('data', () => socket.end(OK)))
    expect(complaints).toContain('the connection must stay open')
  })

  test('one that takes a request from the body of another', async () => {
    const complaints = await verdict(good, (socket) => socket.on('data', () => socket.write(OK + OK)))
    expect(complaints).toContain('the connection must stay open')
  })

  test('one that cuts its answer', async () => {
    const cut = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 50\r\n\r\nBad'
    const complaints = await verdict(bad, (socket) => socket.on('data', () => socket.end(cut)))
    expect(complaints.join()).toContain('in the middle of an answer')
  })
})

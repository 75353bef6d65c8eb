// A link whose request is streamed (protocol/link.md, "A streamed body"): each `want` gets one answer, and nothing comes unasked.

import { expect, test } from 'vitest'
import { Link } from '../../src/workers/link.ts'
import type { LinkOwner } from '../../src/workers/link.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { FakeExchange, FakeStreamedBody } from './fake-exchange.ts'
import { FakeThread } from './fake-thread.ts'

interface Running {
  readonly thread: FakeThread
  readonly link: Link
  readonly body: FakeStreamedBody
  readonly exchange: FakeExchange
  /** What the link told its pool. */
  readonly told: string[]
}

/** A link on which a streamed request has been sent. */
function runStreamed(): Running {
  const told: string[] = []
  const owner: LinkOwner = {
    answered: (micros) => told.push(`answered ${micros}`),
    freed: () => told.push('freed'),
    closed: (_link, lost, cancelled) => told.push(`closed ${lost.length}${cancelled ? ' cancelled' : ''}`),
    reported: (_exchange, { type }) => told.push(type),
    revoke: () => told.push('revoke'),
  }
  const thread = new FakeThread()
  const link = new Link(thread.socket, { worker: 1, link: 0, opening: 1 }, 4242, owner)
  const body = new FakeStreamedBody()
  const exchange = new FakeExchange(body)
  send(link, exchange)
  expect(thread.sent()).toEqual([{ type: 'request', payload: Buffer.from('040000000000000000', 'hex') }])
  return { thread, link, body, exchange, told }
}

const send = (link: Link, exchange: Exchange): void => link.send([exchange], 0)
const sentOf = ({ thread }: Running): string[] =>
  thread
    .sent()
    .map(({ type, payload }) => (payload.length === 0 ? type : `${type} ${payload.toString('latin1')}`))

test('the request goes to the thread without its body, and nothing follows unasked', () => {
  const running = runStreamed()
  running.body.arrive('hello')
  running.body.finish()
  expect(sentOf(running)).toEqual([])
})

test('a want is answered with what is there, as much of it as was wanted', () => {
  const running = runStreamed()
  running.body.arrive('hello')
  running.thread.want(2)
  expect(sentOf(running)).toEqual(['input he'])
  running.thread.want(65_536)
  expect(sentOf(running)).toEqual(['input llo'])
})

test('no answer brings more than a frame of input may', () => {
  const { thread, body } = runStreamed()
  body.arrive('x'.repeat(70_000))
  thread.want(0xffff_ffff)
  thread.want(0xffff_ffff)
  expect(thread.sent().map(({ payload }) => payload.length)).toEqual([65_536, 4_464])
})

test('a want waits for what is not there yet, and is answered once', () => {
  const running = runStreamed()
  running.thread.want(100)
  expect(sentOf(running)).toEqual([])
  running.body.arrive('late')
  running.body.arrive('later')
  expect(sentOf(running)).toEqual(['input late'])
})

test('what comes in at once because it is wanted is not missed', () => {
  const running = runStreamed()
  running.body.onWanted = () => running.body.arrive('at once')
  running.thread.want(100)
  expect(sentOf(running)).toEqual(['input at once'])
})

test('the end of the body is said once, at once or when it comes', () => {
  for (const isLate of [false, true]) {
    const running = runStreamed()
    if (isLate) running.thread.want(100)
    running.body.finish()
    if (!isLate) running.thread.want(100)
    expect(sentOf(running)).toEqual(['input-end'])
    running.thread.answer()
    expect(running.told).toEqual(['freed'])
  }
})

test('reading and answering may take turns, and an answer may go on while input is waited for', () => {
  const { thread, body, exchange, told } = runStreamed()
  body.arrive('one')
  thread.want(10)
  thread.begin()
  thread.send('body', Buffer.from('1'))
  thread.want(10)
  thread.send('body', Buffer.from('2'))
  thread.send('log', Buffer.of(1))
  body.arrive('two')
  thread.end()
  expect(thread.sent().map(({ type }) => type)).toEqual(['input', 'input'])
  expect(exchange.events).toEqual(['begin', '1', '2', 'end'])
  expect(told).toEqual(['log', 'freed'])
})

test('an answer that its client does not take holds back the input too', () => {
  const running = runStreamed()
  const { thread, body, exchange } = running
  body.arrive('more')
  thread.begin()
  exchange.hasRoom = false
  thread.send('body', Buffer.from('x'))
  thread.want(10)
  expect(sentOf(running)).toEqual([])
  exchange.onDrain?.()
  expect(sentOf(running)).toEqual(['input more'])
})

test('an answer may end before the body is read, and what arrives then goes nowhere', () => {
  const running = runStreamed()
  const { thread, link, body, told } = running
  body.arrive('begun')
  thread.want(10)
  thread.answer()
  expect([told, link.isFree, body.onArrival]).toEqual([['freed'], true, undefined])
  expect(sentOf(running)).toEqual(['input begun'])
  body.arrive('rest')
  expect(sentOf(running)).toEqual([])
})

test('the time that a streamed request takes says nothing of the application, that of the next one does', () => {
  const { thread, link, told } = runStreamed()
  thread.answer(1_000_000)
  send(link, new FakeExchange())
  thread.answer(7)
  expect(told).toEqual(['freed', 'answered 7', 'freed'])
})

test('a client that leaves ends the link while the thread waits for its input', async () => {
  const { thread, body, exchange, told } = runStreamed()
  thread.want(10)
  exchange.leave()
  body.arrive('too late')
  await thread.closed
  expect([told, thread.sent(), body.onArrival]).toEqual([['closed 1 cancelled'], [], undefined])
})

const OUT_OF_PLACE: Readonly<Record<string, (running: Running) => void>> = {
  'a second want before the first is answered': ({ thread }) => thread.want(1),
  'the end of the answer': ({ thread }) => thread.answer(),
  'a failure': ({ thread }) => thread.send('failure', Buffer.alloc(5)),
  'a file': ({ thread }) => {
    thread.begin()
    thread.send('file', Buffer.alloc(17, '/'))
  },
}

test.each(Object.entries(OUT_OF_PLACE))('%s ends the link while input is waited for', async (_, act) => {
  const running = runStreamed()
  running.thread.want(1)
  act(running)
  expect(running.thread.isClosed).toBe(true)
  await running.thread.closed
  expect(running.told).toEqual(['closed 1'])
})

test('a want after the end of the body ends the link', () => {
  const { thread, body } = runStreamed()
  body.finish()
  thread.want(1)
  expect(thread.isClosed).toBe(false)
  thread.want(1)
  expect(thread.isClosed).toBe(true)
})

test('a want for a body that came complete, or for no request at all, ends the link', () => {
  for (const isRunning of [true, false]) {
    const { thread, link } = runStreamed()
    thread.answer()
    if (isRunning) send(link, new FakeExchange())
    thread.send('want', Buffer.of(0, 0, 0, 1))
    expect(thread.isClosed).toBe(true)
  }
})

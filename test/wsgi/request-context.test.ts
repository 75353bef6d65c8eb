import { describe, expect, test } from 'vitest'
import { RequestCancelled, RequestContext } from '../../src/wsgi/index.ts'

describe('the id', () => {
  test('is the one that the log has, and may be changed', () => {
    const request = { id: 'made' }
    const context = new RequestContext(request)
    expect(context.id).toBe('made')
    context.id = 'given'
    expect(request.id).toBe('given')
  })
})

describe('cancel()', () => {
  test('tells each listener once, and why', () => {
    const context = new RequestContext({ id: '-' })
    const told: unknown[] = []
    context.onCancel((reason) => told.push(reason))
    expect(context.isCancelled).toBe(false)
    const reason = new RangeError('time is up')
    context.cancel(reason)
    context.cancel(new RangeError('again'))
    expect([context.isCancelled, told]).toEqual([true, [reason]])
  })

  test('tells at once who listens later, and not who has taken it back', () => {
    const context = new RequestContext({ id: '-' })
    const told: string[] = []
    const forget = context.onCancel(() => told.push('taken back'))
    forget()
    context.cancel()
    context.onCancel(({ name }) => told.push(name))
    expect(told).toEqual(['RequestCancelled'])
  })

  test('tells everybody although a listener throws, before and after', () => {
    const context = new RequestContext({ id: '-' })
    const throwing = (): never => {
      throw new RangeError('in a listener')
    }
    let told = 0
    context.onCancel(throwing)
    context.onCancel(() => told++)
    context.cancel()
    context.onCancel(throwing)
    expect(told).toBe(1)
  })
})

describe('the signal', () => {
  test('aborts with the reason, whenever it was asked for', () => {
    const early = new RequestContext({ id: '-' })
    const { signal } = early
    expect([signal.aborted, early.signal]).toEqual([false, signal])
    early.cancel()
    expect(signal.reason).toBeInstanceOf(RequestCancelled)

    const late = new RequestContext({ id: '-' })
    const reason = new RangeError('time is up')
    late.cancel(reason)
    expect([late.signal.aborted, late.signal.reason]).toEqual([true, reason])
  })
})

describe('a child', () => {
  test('is cancelled with its parent, for the same reason', () => {
    const parent = new RequestContext({ id: '-' })
    const child = parent.child()
    const reason = new RangeError('time is up')
    parent.cancel(reason)
    expect(child.signal.reason).toBe(reason)
    expect(parent.child().isCancelled).toBe(true)
  })

  test('may be cancelled alone', () => {
    const parent = new RequestContext({ id: '-' })
    const child = parent.child()
    child.cancel()
    expect([child.isCancelled, parent.isCancelled]).toEqual([true, false])
  })

  test('has the id and the error headers of its parent', () => {
    const request = { id: 'made' }
    const parent = new RequestContext(request)
    const child = parent.child()
    child.id = 'given'
    child.errorHeaders.push(['X-Request-ID', 'given'])
    expect([request.id, parent.errorHeaders]).toEqual(['given', [['X-Request-ID', 'given']]])
  })
})

test('error headers are made when they are asked for', () => {
  const context = new RequestContext({ id: '-' })
  expect(context.hasErrorHeaders).toBe(false)
  context.errorHeaders.push(['X-Name', 'value'])
  expect([context.hasErrorHeaders, context.errorHeaders]).toEqual([true, [['X-Name', 'value']]])
})

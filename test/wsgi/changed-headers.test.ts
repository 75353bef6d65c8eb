import { describe, expect, test } from 'vitest'
import type { StartResponse } from '../../src/wsgi/application.ts'
import { changedHeaders } from '../../src/wsgi/changed-headers.ts'
import type { Header } from '../../src/wsgi/header.ts'

const write = (): undefined => undefined

describe('changedHeaders', () => {
  test('changes a copy of the list, and passes on status, excInfo and write (PEP 3333, "start_response")', () => {
    const calls: unknown[] = []
    const outer: StartResponse = (...all) => {
      calls.push(all)
      return write
    }
    const given: Header[] = [['X-A', '1']]
    const error = new Error('caught')
    const inner = changedHeaders(outer, (headers, status) => headers.push(['X-Status', status]))
    expect(inner('404 None', given, error)).toBe(write)
    expect(calls).toEqual([['404 None', [...given, ['X-Status', '404 None']], error]])
    expect(given).toEqual([['X-A', '1']])
  })

  test.each([['text'], [null], [[null]], [[['X-A', '1'], 'X-B: 2']], [[[1, '1']]]])(
    'leaves %j, which is no list of headers, to who checks it',
    (wrong) => {
      const calls: unknown[] = []
      const outer: StartResponse = (_, headers) => {
        calls.push(headers)
        return write
      }
      changedHeaders(outer, () => expect.unreachable())('200 OK', wrong as unknown as Header[])
      expect(calls).toEqual([wrong])
    },
  )
})

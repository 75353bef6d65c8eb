import { expect, test } from 'vitest'
import { errorHeadersOf } from '../../src/wsgi/error-headers.ts'
import { RequestContext } from '../../src/wsgi/request-context.ts'

test('headers for an error page that could not be sent are left out: a line end would begin a header of its own', () => {
  const context = new RequestContext({ id: 'test' })
  expect(errorHeadersOf(context)).toEqual([])
  context.errorHeaders.push(
    ['X-Id', '1'],
    ['X-Id', 'a\r\nSet-Cookie: session=stolen'],
    ['X Id', '2'],
    ['Connection', 'close'],
    ['X-Name', 'snow \u2603'],
    ['X-Last', 'caf\xe9'],
  )
  expect(errorHeadersOf(context)).toEqual([
    ['X-Id', '1'],
    ['X-Last', 'caf\xe9'],
  ])
})

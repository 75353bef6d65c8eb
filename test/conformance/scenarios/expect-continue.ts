// Expect: 100-continue, W47: who is told to go on, and who is not.

import { expect } from 'vitest'
import { rawRequest } from '../conformance-case.ts'
import type { Scenario } from '../conformance-case.ts'

const EXPECT = 'Expect: 100-continue'
const CONTINUE = 'HTTP/1.1 100 Continue'

const head = (version: string, fields: readonly string[]): string =>
  `${[`POST /reads_its_body?read HTTP/${version}`, 'Host: test.example', EXPECT, ...fields].join('\r\n')}\r\n\r\n`

export const expectContinueScenarios: readonly Scenario[] = [
  ...[
    { kind: 'with a length', fields: ['Content-Length: 5'], body: 'hello' },
    { kind: 'in chunks', fields: ['Transfer-Encoding: chunked'], body: '5\r\nhello\r\n0\r\n\r\n' },
  ].map(
    ({ kind, fields, body }) =>
      ({
        id: 'W47',
        rule: `100 Continue is sent before the body (${kind}) is read`,
        run: async (target) => {
          using connection = await target.open()
          connection.send(head('1.1', fields))
          await connection.receive((received) => received.includes('\r\n\r\n'))
          expect(connection.received.toString('latin1')).toBe(`${CONTINUE}\r\n\r\n`)
          const response = await connection.request(body, 'POST')
          expect([response.status, response.interim]).toEqual([200, [CONTINUE]])
          expect(response.text).toContain('"lengths":[5]')
        },
      }) satisfies Scenario,
  ),
  {
    id: 'W47',
    rule: '100 Continue is not sent to an HTTP/1.0 client',
    run: async (target) => {
      using connection = await target.open()
      const response = await connection.request(`${head('1.0', ['Content-Length: 5'])}hello`, 'POST')
      expect([response.status, response.interim]).toEqual([200, []])
    },
  },
  {
    id: 'W47',
    rule: '413 comes instead of 100 Continue where the body is too large',
    run: async (target) => {
      using connection = await target.open()
      const response = await connection.request(head('1.1', ['Content-Length: 99999999999']), 'POST')
      expect([response.status, response.interim]).toEqual([413, []])
      await connection.ended()
    },
  },
  {
    id: 'W47',
    rule: '417 comes instead of 100 Continue where something else is expected too',
    run: async (target) => {
      using connection = await target.open()
      const raw = rawRequest('reads_its_body', {
        method: 'POST',
        fields: ['Expect: 100-continue, wonders'],
        body: '',
      })
      const response = await connection.request(raw)
      expect([response.status, response.interim]).toEqual([417, []])
    },
  },
]

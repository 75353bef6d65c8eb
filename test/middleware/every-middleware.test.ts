import { describe, expect, test } from 'vitest'
import * as factories from '../../src/middleware/index.ts'
import {
  type ApplicationProcess,
  attachProcess,
  compose,
  processesOf,
} from '../../src/wsgi/application-parts.ts'
import { testClient } from '../../src/testing/index.ts'
import type { Application, Middleware } from '../../src/wsgi/application.ts'
import type { Header } from '../../src/wsgi/header.ts'
import { application } from '../fixtures/behind-middleware.ts'
import { describeEnviron, describeEveryMiddleware, LAYERS } from './describe-every-middleware.ts'

// What gantry/middleware has besides middleware.
const OTHERS = ['hashPassword']

describeEveryMiddleware('TypeScript', () => application)
describeEnviron('TypeScript', () => application)

describe('every middleware', () => {
  test('is in the table of these tests', () => {
    const names = Object.keys(factories).filter((name) => !OTHERS.includes(name))
    expect(Object.keys(LAYERS).sort()).toEqual(names.sort())
  })

  test.each(Object.entries(LAYERS))(
    '%s lets the process behind it be found, put before it by hand too',
    (_, layer) => {
      const inner: Application = () => []
      const process = {} as ApplicationProcess
      attachProcess(inner, process)
      expect(processesOf(compose(layer())(inner))).toEqual([process])
      expect(processesOf(layer()(inner))).toEqual([process])
    },
  )

  test.each(Object.entries(LAYERS).filter(([name]) => name !== 'mount'))(
    '%s is named for its factory, as the banner shows it',
    (name, layer) => {
      expect(layer().name).toBe(name)
    },
  )

  test.each([
    ...Object.entries(LAYERS),
    ['responseHeaders that adds', () => factories.responseHeaders({ add: [['Link', '</a>']] })] as const,
    [
      'cors that exposes',
      () => factories.cors({ origins: '*', exposedHeaders: ['X-Left'], maxAge: '1m' }),
    ] as const,
  ])(
    '%s hands out headers that whoever stands in front may change for this answer alone',
    async (_, layer) => {
      const seen: Header[][] = []
      const inner: Application = (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Type', 'text/plain']])
        return [Buffer.from('hello')]
      }
      const spoils: Middleware = (within) => (environ, startResponse) =>
        within(environ, (status, headers, excInfo) => {
          seen.push(structuredClone(headers))
          for (const header of [...headers, ...environ['gantry.request']!.errorHeaders]) header[1] = 'spoilt'
          return startResponse('200 OK', [], excInfo)
        })
      const client = testClient(compose(spoils, layer())(inner))
      const request = {
        headers: { Origin: 'https://page.example', 'X-Request-ID': 'abc', Authorization: 'Basic YTpi' },
      }
      const preflight = { headers: { ...request.headers, 'Access-Control-Request-Method': 'GET' } }
      await client.get('/', request)
      await client.request({ ...preflight, method: 'OPTIONS' })
      await client.get('/', request)
      await client.request({ ...preflight, method: 'OPTIONS' })
      expect(seen.slice(2)).toEqual(seen.slice(0, 2))
    },
  )

  test.each(Object.entries(LAYERS))('%s returns a function with a name', (_, layer) => {
    expect(layer()(application).name).not.toBe('')
  })
})

import { describe, expect, test } from 'vitest'
import { type Environment, resolve } from '../../src/config/resolve.ts'
import { routesOf } from '../../src/config/routes-of.ts'

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }

function resolved(argv: readonly string[], env: Environment = {}, options: Record<string, unknown> = {}) {
  const file = { source: 'gantry.config.ts', options }
  const resolution = resolve({ argv: ['app', ...argv], env, file, place })
  if (resolution.kind !== 'settings')
    throw new Error(
      resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message).join('\n') : '',
    )
  return routesOf(resolution.settings)
}

describe('routes', () => {
  test('are the longest first, each with what shorter ones say besides', () => {
    const routes = resolved([
      '--routes=/ priority=low,/a request-timeout=5m,/a/b max-body-bytes=1KiB',
      '--routes',
      '/a/b priority=high',
      '--routes=/ab queue-timeout=0',
    ])
    expect(routes).toEqual([
      { path: '/a/b', settings: { priority: 'high', requestTimeoutMs: 300_000, maxBodyBytes: 1024 } },
      { path: '/ab', settings: { priority: 'low', queueTimeoutMs: 0 } },
      { path: '/a', settings: { priority: 'low', requestTimeoutMs: 300_000 } },
      { path: '', settings: { priority: 'low' } },
    ])
  })

  test('hold what --stream-requests says, but for a route that says otherwise', () => {
    expect(resolved(['--stream-requests', '/up,/raw', '--routes', '/up/small stream-requests=off'])).toEqual([
      { path: '/up/small', settings: { streamRequests: false } },
      { path: '/raw', settings: { streamRequests: true } },
      { path: '/up', settings: { streamRequests: true } },
    ])
    expect(resolved([])).toEqual([])
  })

  test('are said in code and in variables alike', () => {
    const expected = [{ path: '/x', settings: { requestTimeoutMs: 1000, streamRequests: true } }]
    const options = { routes: { '/x': { requestTimeout: '1s', streamRequests: true } } }
    expect(resolved([], {}, options)).toEqual(expected)
    expect(resolved([], { GANTRY_ROUTES: '/x request-timeout=1s, /x stream-requests=on' })).toEqual(expected)
  })

  test.each([
    [
      ['--routes', '/x'],
      'flag --routes: expected a route and a setting, such as "/export request-timeout=5m", got "/x"',
    ],
    [['--routes', 'x priority=low'], 'flag --routes: expected a path such as /upload'],
    [
      ['--routes', '/x priorty=low'],
      /flag --routes: expected a name of .*, priority \(did you mean priority\?\)/,
    ],
    [
      ['--routes', '/x priority=urgent'],
      'flag --routes: expected high, normal or low, got "/x priority=urgent"',
    ],
    [
      ['--routes', '/x priority=low,/x priority=high'],
      'flag --routes: priority of /x was said already (flag --routes)',
    ],
  ])('%j are refused', (argv, message) => {
    expect(() => resolved(argv)).toThrow(message)
  })
})

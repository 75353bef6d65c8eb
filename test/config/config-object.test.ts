import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/config/resolve.ts'

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }

function resolved(options: Record<string, unknown>, argv: readonly string[] = ['shop'], env = {}) {
  return resolve({ argv, env, place, file: { source: 'gantry.config.ts', options } })
}

function settingsOf(...given: Parameters<typeof resolved>) {
  const resolution = resolved(...given)
  if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
  return resolution.settings
}

function messagesOf(options: Record<string, unknown>): readonly string[] {
  const resolution = resolved(options)
  return resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message) : []
}

describe('options in code', () => {
  test('go by their names without units, and are read as flags are', () => {
    const settings = settingsOf({
      workers: 4,
      headTimeout: '2s',
      maxBodyBytes: '1KiB',
      proxyProtocol: true,
      trustedProxies: ['10.0.0.0/8'],
      bind: [':8000', 'unix:run/shop.sock'],
      env: ['A=1', 'B=2'],
    })
    expect(settings).toMatchObject({
      workers: { min: 4, max: 4 },
      headTimeoutMs: 2000,
      maxBodyBytes: 1024,
      proxyProtocol: true,
    })
    expect(settings.bind).toEqual([
      { kind: 'tcp', protocol: 'http', host: '', port: 8000 },
      { kind: 'unix', protocol: 'http', path: '/srv/run/shop.sock' },
    ])
    expect(settings.env).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ])
    expect(settings.origins.workers).toBe('option workers in gantry.config.ts')
  })

  test('may be one text where several are allowed', () => {
    expect(settingsOf({ bind: ':9000' }).bind).toEqual([
      { kind: 'tcp', protocol: 'http', host: '', port: 9000 },
    ])
  })

  test('give way to variables, and these to flags', () => {
    const env = { GANTRY_WORKERS: '5', GANTRY_THREADS: '6' }
    const settings = settingsOf({ workers: 4, threads: 4, queueSize: 4 }, ['shop', '--workers', '7'], env)
    expect(settings).toMatchObject({ workers: { min: 7, max: 7 }, threads: 6, queueSize: 4 })
  })

  test('name the application too', () => {
    expect(settingsOf({ application: 'shop.wsgi' }, []).application).toBe('shop.wsgi')
  })

  test('that are unknown are errors that name the file and the nearest option', () => {
    expect(messagesOf({ workerz: 9 })).toEqual([
      'unknown option workerz in gantry.config.ts; did you mean workers?',
    ])
  })

  test('are not known by their names in the table: headTimeoutMs would say milliseconds', () => {
    expect(messagesOf({ headTimeoutMs: 10 })).toEqual([
      'unknown option headTimeoutMs in gantry.config.ts; did you mean headTimeout?',
    ])
  })

  test.each([
    [{ workers: 'many' }, 'option workers in gantry.config.ts: expected a whole number'],
    [{ workers: {} }, 'option workers in gantry.config.ts: expected a whole number'],
    [{ headTimeout: 10 }, 'option headTimeout in gantry.config.ts: expected'],
    [{ proxyProtocol: 'perhaps' }, 'option proxyProtocol in gantry.config.ts: expected'],
  ])('that cannot be read are errors: %j', (options, message) => {
    const [first, ...others] = messagesOf(options)
    expect(first).toContain(message)
    expect(others).toEqual([])
  })
})

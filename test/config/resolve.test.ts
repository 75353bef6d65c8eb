import { describe, expect, test } from 'vitest'
import { type Environment, resolve, type Settings } from '../../src/config/resolve.ts'
import type { GantryError } from '../../src/errors.ts'

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }

function settingsOf(argv: readonly string[], env: Environment = {}): Settings {
  const resolution = resolve({ argv, env, place })
  if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
  return resolution.settings
}

function problemsOf(argv: readonly string[], env: Environment = {}): readonly GantryError[] {
  const resolution = resolve({ argv, env, place })
  return resolution.kind === 'problems' ? resolution.problems : []
}

const messagesOf = (argv: readonly string[], env: Environment = {}): readonly string[] =>
  problemsOf(argv, env).map((problem) => problem.message)

describe('defaults', () => {
  test('are those of the reference', () => {
    const { origins, ...values } = settingsOf(['shop.wsgi'])
    expect(values).toEqual({
      application: 'shop.wsgi',
      config: undefined,
      mounts: [],
      routes: [],
      static: [],
      isDevelopment: false,
      python: undefined,
      chdir: '/srv',
      pythonpath: [],
      env: [],
      lint: false,
      fronts: undefined,
      scriptName: '',
      bind: [{ kind: 'tcp', protocol: 'http', host: '127.0.0.1', port: 8000 }],
      backlog: 4096,
      trustedProxies: [],
      proxyProtocol: false,
      allowUnderscoreHeaders: [],
      workers: undefined,
      threads: 4,
      serverHeader: 'gantry',
      maxRequestLineBytes: 8192,
      maxHeaderBytes: 16_384,
      maxHeadBytes: 65_536,
      maxHeaders: 100,
      maxTrailerBytes: 16_384,
      maxChunkExtensionBytes: 16_384,
      maxBodyBytes: 1_073_741_824,
      queueSize: 1024,
      maxPipelinedBytes: 65_536,
      maxRequestsPerConnection: 10_000,
      maxConnections: 16_384,
      maxConnectionsPerAddress: 4096,
      streamRequests: [],
      bodyMemoryBytes: 67_108_864,
      spoolDir: '/var/tmp',
      spoolBytes: 8_589_934_592,
      responseBufferBytes: 65_536,
      responseSpoolBytes: 67_108_864,
      headTimeoutMs: 10_000,
      bodyTimeoutMs: 30_000,
      minBodyRate: 240,
      idleTimeoutMs: 75_000,
      writeTimeoutMs: 60_000,
      minWriteRate: 240,
      preload: false,
      growAfterMs: 200,
      shrinkAfterMs: 60_000,
      retryIdempotent: false,
      maxRequests: 0,
      maxRequestsJitter: 0,
      maxWorkerAgeMs: 0,
      maxRss: 0,
      maxRssHard: 0,
      queueTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
      responseIdleTimeoutMs: 60_000,
      interruptGraceMs: 2_000,
      lameDuckMs: 0,
      healthPath: undefined,
      livePath: '/-/live',
      readyPath: '/-/ready',
      healthBind: [],
      reload: false,
      reloadOn: [],
      controlSocket: undefined,
      pidFile: undefined,
      user: undefined,
      group: undefined,
      umask: undefined,
      bootTimeoutMs: 60_000,
      shutdownTimeoutMs: 30_000,
      errorLog: { kind: 'stderr' },
      logLevel: 'info',
      logFormat: 'text',
      accessLog: undefined,
      accessLogFormat: undefined,
      startDirectory: '/srv',
    })
    expect(origins).toMatchObject({ application: 'argument APP', workers: 'default', threads: 'default' })
  })
})

describe('precedence', () => {
  test('a flag wins over a variable, a variable over the default, and each value knows its origin', () => {
    const env = { GANTRY_WORKERS: '3', GANTRY_THREADS: '5', GANTRY_APP: 'other' }
    const settings = settingsOf(['shop.wsgi', '-w', '2'], env)
    expect(settings).toMatchObject({
      application: 'shop.wsgi',
      workers: { min: 2, max: 2 },
      threads: 5,
      queueSize: 1024,
    })
    expect(settings.origins).toMatchObject({
      application: 'argument APP',
      workers: 'flag --workers',
      threads: 'variable GANTRY_THREADS',
      queueSize: 'default',
    })
  })

  test('GANTRY_APP names the application where no argument does', () => {
    const settings = settingsOf([], { GANTRY_APP: 'shop.wsgi' })
    expect([settings.application, settings.origins.application]).toEqual(['shop.wsgi', 'variable GANTRY_APP'])
  })

  test('of a flag with one value that is given twice, the last counts', () => {
    expect(settingsOf(['--threads', '2', 'shop', '--threads=8']).threads).toBe(8)
  })

  test('a repeatable flag collects its values and replaces those of the variable', () => {
    const settings = settingsOf(['shop', '-b', ':80', '--bind=unix:x.sock'], { GANTRY_BIND: ':1' })
    expect(settings.bind).toEqual([
      { kind: 'tcp', protocol: 'http', host: '', port: 80 },
      { kind: 'unix', protocol: 'http', path: '/srv/x.sock' },
    ])
  })

  test('a variable holds all values of a repeatable option, at its separator', () => {
    const env = { GANTRY_BIND: ':80, unix:/x', GANTRY_PYTHONPATH: 'a:/b', GANTRY_ENV: 'A=1,2\nB=x y\n' }
    const settings = settingsOf(['shop'], env)
    expect(settings.bind).toHaveLength(2)
    expect(settings.pythonpath).toEqual(['/srv/a', '/b'])
    expect(settings.env).toEqual([
      { name: 'A', value: '1,2' },
      { name: 'B', value: 'x y' },
    ])
  })

  test('one flag of a list holds several values too, with commas between them', () => {
    const flags = ['--stream-requests', '/a,/b', '--stream-requests=/c']
    expect(settingsOf(['shop', ...flags]).streamRequests).toEqual(['/a', '/b', '/c'])
    const env = { GANTRY_STREAM_REQUESTS: '/a, /b' }
    expect(settingsOf(['shop'], env).streamRequests).toEqual(['/a', '/b'])
    expect(settingsOf(['shop', '--stream-requests', '/c'], env).streamRequests).toEqual(['/c'])
  })

  test('a comma is part of a value where an option is no list', () => {
    expect(settingsOf(['shop', '--env', 'A=1,2']).env).toEqual([{ name: 'A', value: '1,2' }])
  })

  test('an empty variable is an empty value, not a missing one', () => {
    expect(settingsOf(['shop'], { GANTRY_SERVER_HEADER: '' }).serverHeader).toBe('')
    expect(problemsOf(['shop'], { GANTRY_BIND: '', GANTRY_WORKERS: '' })).toHaveLength(2)
  })
})

describe('the command line', () => {
  test.each([
    [['--threads', '8', 'shop']],
    [['--threads=8', 'shop']],
    [['shop', '--threads', '8']],
    [['--threads', '8', '--', 'shop']],
  ])('%j is understood', (argv) => {
    expect(settingsOf(argv)).toMatchObject({ application: 'shop', threads: 8 })
  })

  test.each([
    ['4', { min: 4, max: 4 }],
    ['2:8', { min: 2, max: 8 }],
    ['1:1024', { min: 1, max: 1024 }],
  ])('takes %s workers', (text, range) => {
    expect(settingsOf(['shop', '--workers', text]).workers).toEqual(range)
  })

  test.each(['health', '/a b', '/x?y', '/%zz', '/%ff'])('takes no own path from %s', (path) => {
    expect(messagesOf(['shop', '--health-path', path])[0]).toMatch('--health-path: expected a path such as')
  })

  test.each(['0', '8:2', '2:', ':3', '1:1025', '2-3'])('does not take %s workers', (text) => {
    expect(messagesOf(['shop', '--workers', text])[0]).toMatch('a whole number from 1 to 1024, or a range')
  })

  test('takes the value of a short flag from the same word or the next', () => {
    expect(settingsOf(['shop', '-w3']).workers).toEqual({ min: 3, max: 3 })
    expect(settingsOf(['shop', '-eA=-1', '-e', 'B=']).env).toEqual([
      { name: 'A', value: '-1' },
      { name: 'B', value: '' },
    ])
  })

  test('takes no word for the value of a switch: the flag alone says on, and off needs an equals sign', () => {
    const proxies = ['--trusted-proxies', 'unix']
    expect(settingsOf(['--proxy-protocol', 'shop', ...proxies])).toMatchObject({
      application: 'shop',
      proxyProtocol: true,
    })
    expect(settingsOf(['shop', '--proxy-protocol', '--proxy-protocol=off']).proxyProtocol).toBe(false)
    const env = { GANTRY_PROXY_PROTOCOL: 'on' }
    expect(settingsOf(['shop', ...proxies], env).proxyProtocol).toBe(true)
    expect(settingsOf(['shop', '--proxy-protocol=no'], env).proxyProtocol).toBe(false)
  })

  test('takes what follows -- as an argument even if it begins with a hyphen', () => {
    expect(settingsOf(['--', '--odd']).application).toBe('--odd')
  })

  test.each([
    [['--help'], 'help'],
    [['shop', '-h', '--nonsense'], 'help'],
    [['--version'], 'version'],
    [['-V'], 'version'],
  ])('%j asks for a text, whatever else is wrong', (argv, request) => {
    expect(resolve({ argv, env: {}, place })).toEqual({ kind: 'request', request })
  })

  test('does not take --help for itself behind --', () => {
    expect(settingsOf(['--', '--help']).application).toBe('--help')
  })
})

describe('problems', () => {
  test('names the nearest flag to one that is not known', () => {
    expect(messagesOf(['shop', '--bnid', ':80'])).toEqual(['unknown flag --bnid; did you mean --bind?'])
    expect(messagesOf(['shop', '--max-body=1'])).toEqual([
      'unknown flag --max-body; did you mean --max-body-bytes?',
    ])
    expect(messagesOf(['shop', '-x'])).toEqual(['unknown flag -x'])
  })

  test('names the nearest variable to one that is not known', () => {
    expect(messagesOf(['shop'], { GANTRY_WORKER: '2' })).toEqual([
      'unknown variable GANTRY_WORKER; did you mean GANTRY_WORKERS?',
    ])
  })

  test('leaves the variables alone that Kubernetes makes for a service named gantry', () => {
    const env = {
      GANTRY_SERVICE_HOST: '10.0.0.1',
      GANTRY_SERVICE_PORT: '80',
      GANTRY_SERVICE_PORT_HTTP: '80',
      GANTRY_PORT: 'tcp://10.0.0.1:80',
      GANTRY_PORT_80_TCP: 'tcp://10.0.0.1:80',
      GANTRY_PORT_80_TCP_ADDR: '10.0.0.1',
    }
    expect(problemsOf(['shop'], env)).toEqual([])
    expect(problemsOf(['shop'], { GANTRY_PORT: '80' })).toHaveLength(1)
  })

  test('says where a bad value came from, what it is and what was expected', () => {
    expect(messagesOf(['shop', '--workers', 'many'], { GANTRY_THREADS: '0' })).toEqual([
      'flag --workers: expected a whole number from 1 to 1024, or a range of them such as 2:8, got "many"',
      'variable GANTRY_THREADS: expected a whole number from 1 to 1024, got "0"',
    ])
  })

  test.each([[['shop', '--workers']], [['--workers', '--threads', '2', 'shop']], [['--python', '-w', '2']]])(
    '%j lacks a value',
    (argv) => {
      expect(problemsOf(argv).map(({ code }) => code)).toEqual(['GANTRY_OPTION_VALUE_MISSING'])
    },
  )

  test('an empty value given with an equals sign is a value', () => {
    expect(settingsOf(['shop', '--server-header=']).serverHeader).toBe('')
  })

  test('an application is needed, and only one', () => {
    expect(problemsOf([]).map(({ code }) => code)).toEqual(['GANTRY_APPLICATION_MISSING'])
    expect(messagesOf(['shop', 'more'])).toEqual(['unexpected argument "more" after the application "shop"'])
  })

  test('the same fixed address twice is refused before Gantry finds it in use by itself', () => {
    expect(problemsOf(['shop', '-b', ':80', '-b', ':80']).map(({ code }) => code)).toEqual([
      'GANTRY_BIND_REPEATED',
    ])
    expect(messagesOf(['shop', '-b', ':80', '--health-bind', ':80'])[0]).toMatch(
      /^flag --health-bind: .* is given twice/,
    )
    expect(problemsOf(['shop', '-b', '127.0.0.1:0', '-b', '127.0.0.1:0'])).toEqual([])
  })

  test('the PROXY protocol is not switched on without proxies that are trusted to speak it', () => {
    expect(messagesOf(['shop', '--proxy-protocol'])).toEqual([
      'flag --proxy-protocol: the PROXY protocol is read from trusted proxies only, and none is named',
    ])
    const [problem] = problemsOf(['shop'], { GANTRY_PROXY_PROTOCOL: '1' })
    expect(problem).toMatchObject({ code: 'GANTRY_PROXY_PROTOCOL_UNTRUSTED', exitStatus: 2 })
    expect(problem?.message).toMatch(/^variable GANTRY_PROXY_PROTOCOL:/)
    expect(problemsOf(['shop', '--proxy-protocol', '--trusted-proxies', '10.0.0.0/8'])).toEqual([])
  })

  test('of a list name the one value that is wrong', () => {
    expect(messagesOf(['shop', '--trusted-proxies', '10.0.0.1,proxy.test,unix'])).toEqual([
      'flag --trusted-proxies: expected an IP address, a network such as 10.0.0.0/8 or fd00::/8, or unix, got "proxy.test"',
    ])
  })

  test('are all reported at once, each of them configuration', () => {
    const problems = problemsOf(['--wrkers=2', '--bind', 'x', '--threads', 'y'], { GANTRY_FOO: '1' })
    expect(problems).toHaveLength(4)
    expect(problems.every((problem) => problem.exitStatus === 2)).toBe(true)
  })
})

describe('settings', () => {
  test('are frozen all the way down', () => {
    const settings = settingsOf(['shop', '-e', 'A=b', '--trusted-proxies', 'unix,::1'])
    const { origins, bind, env, trustedProxies } = settings
    const parts = [settings, origins, bind, bind[0], env, env[0], trustedProxies, ...trustedProxies]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
  })
})

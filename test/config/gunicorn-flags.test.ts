// gunicorn's flags on Gantry's command line: each means the same, or is an error that says what to use instead.

import { describe, expect, test } from 'vitest'
import { REQUEST_FLAGS, readCommandLine } from '../../src/config/command-line.ts'
import { GUNICORN_SETTINGS, GUNICORN_SETTINGS_BY_FLAG } from '../../src/config/gunicorn/gunicorn-settings.ts'
import { GUNICORN_HOOKS } from '../../src/config/gunicorn/hooks.ts'
import { OPTION_LIST } from '../../src/config/options.ts'
import { resolve } from '../../src/config/resolve.ts'

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }
const flags = [...GUNICORN_SETTINGS_BY_FLAG].map(([flag, setting]) => ({ flag, ...setting }))
const OWN_FLAGS = OPTION_LIST.flatMap(({ flag }) => flag ?? [])
const COMMAND_FLAGS = ['--json', '--systemd']

describe('with a counterpart', () => {
  test.each(flags.filter(({ option }) => option !== undefined))('$flag sets $option', ({ flag, option }) => {
    const { flags: read, problems } = readCommandLine([flag, 'value', 'shop'])
    expect(problems).toEqual([])
    expect(read.map(({ name }) => name)).toEqual([option])
  })

  test.each(
    OPTION_LIST.flatMap(({ name, option }) => (option.aliases ?? []).map((alias) => ({ name, alias }))),
  )('$alias is an alias of $name, as gunicorn has it', ({ name, alias }) => {
    expect(GUNICORN_SETTINGS_BY_FLAG.get(alias)?.option).toBe(name)
  })

  test('values mean what they mean to gunicorn, and messages name the flag that was given', () => {
    const argv = [
      '-t',
      '90',
      '--graceful-timeout',
      '20',
      '--keep-alive=5',
      '-m',
      '022',
      '-p',
      'run.pid',
      '--log-level',
      'critical',
      'shop',
    ]
    const resolution = resolve({ argv, env: {}, place })
    if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
    const { requestTimeoutMs, shutdownTimeoutMs, idleTimeoutMs, umask, pidFile, logLevel, origins } =
      resolution.settings
    expect({ requestTimeoutMs, shutdownTimeoutMs, idleTimeoutMs, umask, pidFile, logLevel }).toEqual({
      requestTimeoutMs: 90_000,
      shutdownTimeoutMs: 20_000,
      idleTimeoutMs: 5_000,
      umask: 0o22,
      pidFile: '/srv/run.pid',
      logLevel: 'error',
    })
    expect(origins.requestTimeoutMs).toBe('flag --request-timeout (-t)')
  })

  test.each([
    [
      ['--forwarded-allow-ips', '*'],
      /flag --trusted-proxies \(--forwarded-allow-ips\): expected networks, as \*/,
    ],
    [['--pythonpath', 'lib,vendor'], /flag --pythonpath: expected one directory; the flag is repeated/],
    [['--keep-alive', '0'], /flag --idle-timeout \(--keep-alive\): expected a duration .* from 1ms/],
    [['-b', '0.0.0.0'], /flag --bind: expected HOST:PORT/],
  ])('%j is none that could be misunderstood', (argv, message) => {
    const resolution = resolve({ argv: [...argv, 'shop'], env: {}, place })
    expect(resolution.kind === 'problems' && resolution.problems.map((each) => each.message).join()).toMatch(
      message,
    )
  })
})

describe('without a counterpart', () => {
  const without = flags.filter(({ option, flag }) => option === undefined && !REQUEST_FLAGS.includes(flag))

  test.each(without)(
    '$flag is an error that says what to do, and its value no application',
    ({ flag, advice, isSwitch }) => {
      const { problems, positionals } = readCommandLine(
        isSwitch === true ? [flag, 'shop'] : [flag, 'value', 'shop'],
      )
      expect(problems.map(({ code }) => code)).toEqual(['GANTRY_FLAG_OF_GUNICORN'])
      expect(problems[0]?.message).toBe(`flag ${flag} is gunicorn's. ${advice ?? ''}`)
      expect(positionals).toEqual(['shop'])
    },
  )

  test.each(without)('$flag is none of ours', ({ flag }) => {
    expect(OWN_FLAGS).not.toContain(flag)
  })
})

test.each([
  ...GUNICORN_SETTINGS.map(({ name, advice = '' }) => ({ name, advice })),
  ...[...GUNICORN_HOOKS].map(([name, advice]) => ({ name, advice })),
])('the advice on $name speaks of flags that are there', ({ advice }) => {
  const named = advice.match(/--[a-z][a-z-]+/g) ?? []
  expect([...OWN_FLAGS, ...COMMAND_FLAGS]).toEqual(expect.arrayContaining(named))
})

test('every setting without a counterpart has advice', () => {
  const silent = GUNICORN_SETTINGS.filter(
    ({ option, advice }) => option === undefined && advice === undefined,
  )
  expect(silent).toEqual([])
})

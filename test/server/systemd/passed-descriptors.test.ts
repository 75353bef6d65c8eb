import { closeSync, openSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { takePassedDescriptors } from '../../../src/server/systemd/passed-descriptors.ts'

const PID = 4711

describe('sockets that the service manager passes', () => {
  test('are none without both variables, or when another process is meant', () => {
    for (const [env, otherPid] of [
      [{}, undefined],
      [{ LISTEN_FDS: '1' }, undefined],
      [{ LISTEN_PID: '17', LISTEN_FDS: '1' }, 17],
    ] as const) {
      expect(takePassedDescriptors({ ...env }, PID)).toEqual({ descriptors: [], otherPid })
    }
  })

  test('are counted from 3, with their names; what tells of them is removed', async () => {
    const script = `
      import { takePassedDescriptors } from './src/server/systemd/passed-descriptors.ts'
      console.log(JSON.stringify(takePassedDescriptors(process.env, process.pid).descriptors))
      console.log(Object.keys(process.env).filter((name) => name.startsWith('LISTEN_')).length)`
    // Node's extra pipes are sockets.
    const child = spawn(
      'sh',
      [
        '-c',
        'LISTEN_PID=$$ exec "$@"',
        'sh',
        process.execPath,
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        script,
      ],
      {
        env: { ...process.env, LISTEN_FDS: '2', LISTEN_FDNAMES: 'web' },
        stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'],
      },
    )
    let output = ''
    for await (const part of child.stdout!) output += String(part)
    expect(output.split('\n').slice(0, 2)).toEqual([
      '[{"descriptor":3,"name":"web"},{"descriptor":4,"name":""}]',
      '0',
    ])
  })

  test.each(['x', '-1', '1.5', '4096'])('are refused when they are counted as %s', (count) => {
    const env = { LISTEN_PID: `${PID}`, LISTEN_FDS: count }
    expect(() => takePassedDescriptors(env, PID)).toThrow(/no number of sockets/)
  })

  test('are refused when one of them is no socket', () => {
    const file = openSync('/dev/null', 'r')
    const env = { LISTEN_PID: `${PID}`, LISTEN_FDS: `${file - 2}` }
    expect(() => takePassedDescriptors(env, PID)).toThrow(
      /passed by the service manager: descriptor \d+: it is not open, or no socket/,
    )
    closeSync(file)
  })
})

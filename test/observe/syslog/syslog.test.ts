// Syslog messages as a receiver gets them: through real sockets.

import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { type SyslogTarget, parseLogTarget } from '../../../src/config/log-target.ts'
import { SYSTEM_CLOCK } from '../../../src/observe/clock.ts'
import { type ErrorLog, openErrorLog } from '../../../src/observe/error-log.ts'
import { asSyslog } from '../../../src/observe/syslog/syslog-message.ts'
import { Teller } from '../../../src/observe/teller.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

function targetOf(text: string): SyslogTarget {
  const parsed = parseLogTarget('stderr')(text, { startDirectory: '/', temporaryDirectory: '/' })
  if (!parsed.ok || parsed.value.kind !== 'syslog') throw new Error(text)
  return parsed.value
}

function openLog(text: string): ErrorLog {
  const errorLog = targetOf(text)
  const settings = { errorLog, logLevel: 'info', logFormat: 'text', origins: { errorLog: 'flag' } } as const
  return openErrorLog(settings, new Teller(SYSTEM_CLOCK), SYSTEM_CLOCK)
}

const NOW = new Date(Date.UTC(2026, 10, 3, 4, 5, 6, 789))
const RFC_5424 = /^<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ (\S+) \d+ - - (.*)$/

describe('a message', () => {
  test('is of RFC 5424 with facility, severity and tag', () => {
    const text = asSyslog(targetOf('syslog:udp://h?facility=local7&tag=shop'), 'error', 'a b\n', NOW)
    expect(text.replace(/Z \S+/, 'Z HOST').replace(String(process.pid), 'PID')).toBe(
      '<187>1 2026-11-03T04:05:06.789Z HOST shop PID - - a b\n',
    )
  })

  test.each([
    ['syslog:/dev/log', /^<30>Nov {2}3 \d\d:05:06 gantry\[\d+\]: a\n$/],
    ['syslog:udp://h?format=rfc3164', /^<30>Nov {2}3 \d\d:05:06 \S+ gantry\[\d+\]: a\n$/],
  ])('may be of RFC 3164: %s', (target, expected) => {
    expect(asSyslog(targetOf(target), 'info', 'a\n', NOW)).toMatch(expected)
  })

  test('is one for each line, and is bounded', () => {
    const text = asSyslog(targetOf('syslog'), 'warning', `a\n    b\n${'x'.repeat(20_000)}\n`)
    const lines = text.split('\n').slice(0, -1)
    expect(lines.map((line) => line.replace(/^.*?: /, '').slice(0, 10))).toEqual([
      'a',
      '    b',
      'x'.repeat(10),
    ])
    expect(lines[2]!.length).toBeLessThan(8_200)
  })
})

test('datagrams arrive, each a line', async () => {
  const receiver = createSocket('udp4')
  const received: string[] = []
  receiver.on('message', (message) => received.push(message.toString()))
  receiver.bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  const log = openLog(`syslog:udp://127.0.0.1:${receiver.address().port}`)
  log.error('caf\u00e9', 'first\nsecond')
  log.output({ worker: 1, stream: 'stdout' }, 'printed')
  await log.close()
  await until(
    () => received.length === 4,
    5_000,
    () => 'it did not come',
  )
  receiver.close()
  expect(received.map((text) => RFC_5424.exec(text)?.slice(1))).toEqual([
    ['27', 'gantry', 'error caf\u00e9'],
    ['27', 'gantry', '    first'],
    ['27', 'gantry', '    second'],
    ['30', 'gantry', '[worker 1] printed'],
  ])
})

test('a TCP receiver that was not there, or breaks off, is tried again', async () => {
  let text = ''
  const server = createServer((socket) => socket.on('data', (data) => (text += data.toString())))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const log = openLog(`syslog:tcp://127.0.0.1:${port}`)
  log.info('told while nobody listens')
  server.listen(port, '127.0.0.1')
  await until(
    () => text.includes('told while nobody listens\n'),
    10_000,
    () => 'it did not come',
  )
  await log.close()
  server.close()
  expect(text).toMatch(/^<30>1 .* - - info told while nobody listens\n$/)
})

test('the daemon of this machine gets datagrams through its Unix socket', async () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('log')
  const daemon = spawn('python3', ['-u', '-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  daemon.stdout.on('data', (data: Buffer) => (text += data.toString()))
  await until(
    () => text.includes('listens\n'),
    10_000,
    () => 'it did not come',
  )
  const log = openLog(`syslog:${path}?tag=shop`)
  log.warning('one')
  log.info('two')
  await log.close()
  await once(daemon, 'close')
  expect(text.split('\n').slice(1, -1)).toEqual([
    expect.stringMatching(/^<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d shop\[\d+\]: warning one$/),
    expect.stringMatching(/^<30>.* shop\[\d+\]: info two$/),
  ])
  // Nothing is left of what passed them on.
  await until(
    () => !isRunning(path),
    5_000,
    () => 'it did not come',
  )
})

const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("listens")
for _ in range(2):
    print(receiver.recv(65536).decode())
`

function isRunning(path: string): boolean {
  const commands = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  return commands.split('\n').some((command) => command.includes('syslog_relay') && command.includes(path))
}

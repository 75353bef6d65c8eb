import { describe, expect, test } from 'vitest'
import {
  type LogTarget,
  formatLogTarget,
  logTargetText,
  parseLogTarget,
} from '../../src/config/log-target.ts'

const place = { startDirectory: '/srv/shop', temporaryDirectory: '/tmp' }
const parse = parseLogTarget('stderr')

describe('a target of a log', () => {
  test.each([
    ['-', { kind: 'stderr' }, 'on standard error'],
    ['stdout', { kind: 'stdout' }, 'on standard output'],
    ['access.log', { kind: 'file', path: '/srv/shop/access.log' }, '/srv/shop/access.log'],
    ['/var/log/a', { kind: 'file', path: '/var/log/a' }, '/var/log/a'],
    ['./syslog', { kind: 'file', path: '/srv/shop/syslog' }, '/srv/shop/syslog'],
  ])('%s is a stream or a file', (text, value, told) => {
    expect(parse(text, place)).toEqual({ ok: true, value })
    expect(logTargetText(value as Parameters<typeof logTargetText>[0])).toBe(told)
  })

  test('- is what its log is for', () => {
    expect(parseLogTarget('stdout')('-', place)).toEqual({ ok: true, value: { kind: 'stdout' } })
  })

  const local = { transport: 'local', path: '/dev/log' }
  test.each([
    ['syslog', { address: local, facility: 3, rfc: 3164, tag: 'gantry' }],
    ['syslog:/run/log', { address: { ...local, path: '/run/log' }, facility: 3, rfc: 3164, tag: 'gantry' }],
    ['syslog:?facility=local0&tag=shop', { address: local, facility: 16, rfc: 3164, tag: 'shop' }],
    [
      'syslog:udp://log.example',
      {
        address: { transport: 'udp', host: 'log.example', port: 514 },
        facility: 3,
        rfc: 5424,
        tag: 'gantry',
      },
    ],
    [
      'syslog:tcp://[::1]:601?format=rfc3164',
      { address: { transport: 'tcp', host: '::1', port: 601 }, facility: 3, rfc: 3164, tag: 'gantry' },
    ],
  ])('%s is syslog', (text, value) => {
    const parsed = parse(text, place)
    expect(parsed).toEqual({ ok: true, value: { kind: 'syslog', ...value } })
    expect(parse(formatLogTarget((parsed as { value: LogTarget }).value), place)).toEqual(parsed)
  })

  test.each([
    '',
    'a\0b',
    'syslog:log.example',
    'syslog:udp://',
    'syslog:udp://a:0',
    'syslog:udp://a:70000',
    'syslog:tls://a',
    'syslog:?facility=nobody',
    'syslog:?format=5424',
    'syslog:?tag=a b',
    'syslog:?colour=blue',
  ])('%j is refused', (text) => {
    expect(parse(text, place).ok).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import { type LogLines, jsonLines, textLines } from '../../src/observe/log-lines.ts'
import type { Level } from '../../src/observe/log-event.ts'
import { type Log, logTo } from '../../src/observe/log.ts'
import { usesColors } from '../../src/observe/terminal-colors.ts'

const HOSTILE = 'a\r\nerror forged\u001b[2J\u009b1m\u0000\u007f\u2028\u202e\u2066 caf\u00e9 \u{1f600}'

function told(lines: LogLines, tell: (log: Log) => void, least?: Level): string {
  let text = ''
  const add = (line: string): void => void (text += line)
  tell(logTo({ stdout: add, stderr: add, now: () => new Date(0) }, lines, least))
  return text
}

const tellAll = (log: Log): void => {
  log.debug('looks')
  log.info('worker 3 is ready (pid 12)')
  log.warning('something is odd')
  log.error('importing shop raised', 'Traceback\n  File "shop.py"\n')
  log.output({ worker: 1, stream: 'stdout' }, 'printed')
  log.output({ worker: 'template', stream: 'stderr' }, 'imported')
  log.output({ worker: 2, stream: 'stderr', request: 'mf3k-2a' }, 'a\tb')
}

describe('the log', () => {
  test.each([
    ['text', textLines()],
    ['coloured', textLines({ hasColors: true, hasTime: true })],
    ['json', jsonLines(4242)],
    ['syslog', textLines({ hasColors: false, hasTime: false })],
  ])('as %s is what the golden file says', async (name, lines) => {
    const text = told(lines, tellAll, 'debug').replaceAll('\u001b', '<ESC>')
    await expect(text).toMatchFileSnapshot(`golden/log-${name}.txt`)
  })

  test.each([
    ['debug', ['debug', 'info', 'warning', 'error', 'printed']],
    ['warning', ['warning', 'error', 'printed']],
    ['error', ['error', 'printed']],
  ] as const)('from level %s on tells these, and always what is printed', (least, expected) => {
    const tell = (log: Log): void => {
      for (const level of ['debug', 'info', 'warning', 'error'] as const) log[level](`it is ${level}`)
      log.output({ worker: 1, stream: 'stdout' }, 'it is printed')
    }
    expect([...told(textLines(), tell, least).matchAll(/it is (\w+)/g)].map(([, word]) => word)).toEqual(
      expected,
    )
  })
})

describe('what comes from outside', () => {
  const tellHostile = (log: Log): void => {
    log.info(HOSTILE, HOSTILE)
    log.output({ worker: 1, stream: 'stdout', request: HOSTILE }, HOSTILE)
  }

  test('makes no line of its own in text, drives no terminal, and turns nothing around', () => {
    const text = told(textLines(), tellHostile)
    // A detail may have several lines: they are indented.
    expect(text.split('\n').filter((line) => !/^(1970-|\[worker |    |$)/.test(line))).toEqual([])
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    expect(text).toContain('caf\u00e9 \u{1f600}')
  })

  test('is one string in JSON, the same after parsing', () => {
    const lines = told(jsonLines(), tellHostile).split('\n').slice(0, -1)
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    const [event, output] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect([event!['message'], event!['details'], output!['message'], output!['request']]).toEqual(
      Array<string>(4).fill(HOSTILE),
    )
  })
})

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
])('on a terminal (%s) with %o there are colours: %s', (isTTY, env, expected) => {
  expect(usesColors({ isTTY }, env)).toBe(expected)
})

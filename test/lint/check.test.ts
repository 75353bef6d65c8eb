// What `gantry check` asks, finds and reports.

import { describe, expect, test } from 'vitest'
import { checkApplication } from '../../src/lint/check-application.ts'
import { CHECK_REQUESTS } from '../../src/lint/check-requests.ts'
import { type Finding, lineOf, parseFinding } from '../../src/lint/finding.ts'
import { lint } from '../../src/lint/lint.ts'
import { Findings, reportOf } from '../../src/lint/report.ts'
import { RULES, type RuleCode } from '../../src/lint/rules.ts'
import { shown } from '../../src/lint/shown-value.ts'
import { testClient } from '../../src/testing/test-client.ts'
import { AnswerFailure } from '../../src/wsgi/answer-failure.ts'
import type { Application } from '../../src/wsgi/application.ts'
import { until } from '../harness/until.ts'

const TEXT: [string, string] = ['Content-Type', 'text/plain']
const REASONLESS: Finding = { code: 'LINT_STATUS_REASON', place: 'GET /', seen: '"200"' }

const answering =
  (status: string, body = 'hello'): Application =>
  (_environ, startResponse) => {
    startResponse(status, [TEXT])
    return [Buffer.from(body)]
  }

async function found(application: Application, answerTimeoutMs = 10_000): Promise<readonly Finding[]> {
  const findings = new Findings()
  await checkApplication(application, findings, { answerTimeoutMs })
  return findings.all
}

const root = [{ name: 'the root', request: { target: '/' } }]

describe('checkApplication', () => {
  test('finds nothing in an application that keeps to the rules', async () => {
    const echo: Application = async function* ({ 'wsgi.input': input }, startResponse) {
      const body = await input.read()
      startResponse('200 OK', [TEXT])
      yield body
    }
    expect(await found(answering('200 OK'))).toEqual([])
    expect(await found(echo)).toEqual([])
  })

  test('finds what lint finds, once for each path', async () => {
    const findings = await found(answering('200'))
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['LINT_STATUS_REASON']))
    const paths = new Set(CHECK_REQUESTS.map(({ request }) => request.target?.split('?')[0]))
    expect(findings).toHaveLength(paths.size)
  })

  test('finds exceptions, here and in a worker, and goes on (W49)', async () => {
    const raising: Application = ({ QUERY_STRING, REQUEST_METHOD }, startResponse) => {
      if (QUERY_STRING !== '') throw new TypeError('a query')
      if (REQUEST_METHOD === 'PUT') throw new AnswerFailure(500, undefined)
      startResponse('200 OK', [TEXT])
      return []
    }
    expect(await found(raising)).toEqual([
      { code: 'LINT_CHECK_RAISED', place: 'GET /', seen: 'TypeError: a query' },
      {
        code: 'LINT_CHECK_RAISED',
        place: 'PUT /gantry-check/large',
        seen: 'AnswerFailure: the application failed: the log has its traceback',
      },
    ])
  })

  test('finds an answer that breaks off', async () => {
    const breaking: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [TEXT])
      yield Buffer.from('a')
      throw new Error('half-way')
    }
    expect((await found(breaking)).map(({ seen }) => seen)).toContain('Error: half-way')
  })

  test('finds 5xx answers, but lets 501 be the answer to an unknown method (RFC 9110 §15.6.2)', async () => {
    const unavailable = await found(answering('503 Service Unavailable'))
    expect(unavailable[0]).toEqual({
      code: 'LINT_CHECK_STATUS',
      place: 'GET /',
      seen: '503 Service Unavailable',
    })
    expect(await found(answering('501 Not Implemented'))).toEqual([])
  })

  test('finds HEAD that is answered otherwise than GET (RFC 9110 §9.3.2)', async () => {
    const other: Application = ({ REQUEST_METHOD }, startResponse) => {
      const length = REQUEST_METHOD === 'HEAD' ? 0 : 5
      startResponse('200 OK', [TEXT, ['Content-Length', String(length)]])
      return [Buffer.alloc(length)]
    }
    expect(await found(other)).toEqual([
      { code: 'LINT_CHECK_HEAD', place: 'HEAD /', seen: 'a length of 0, and of 5 to GET' },
    ])
  })

  test('finds an answer that does not come, and does not wait for the end of one that does', async () => {
    let closed = 0
    const never: Application = () => new Promise(() => undefined)
    const endless: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [TEXT])
      try {
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve))
          yield Buffer.from('tick')
        }
      } finally {
        closed++
      }
    }
    const findings = new Findings()
    await checkApplication(never, findings, { answerTimeoutMs: 20, requests: root })
    await checkApplication(endless, findings, { answerTimeoutMs: 20, requests: root })
    expect(findings.all.map(({ code, seen }) => [code, seen])).toEqual([
      ['LINT_CHECK_TIMEOUT', 'no answer within 20 ms'],
    ])
    await until(
      () => closed === 1,
      10_000,
      () => 'the endless answer was never ended',
    )
  })

  test('hands on what is written to wsgi.errors', async () => {
    const written: string[] = []
    const writing: Application = ({ 'wsgi.errors': errors }, startResponse) => {
      errors.write('begun')
      startResponse('200 OK', [TEXT])
      return []
    }
    await checkApplication(writing, new Findings(), {
      requests: root,
      errors: (text) => written.push(text),
    })
    expect(written).toEqual(['begun'])
  })
})

test('takes the findings of an application that is under lint already', async () => {
  const written: string[] = []
  const findings = new Findings()
  const inner = lint(answering('200'))
  await checkApplication(inner, findings, { requests: root, errors: (text) => written.push(text) })
  expect([findings.all.map(({ code }) => code), written]).toEqual([['LINT_STATUS_REASON'], []])
})

describe('CHECK_REQUESTS', () => {
  const environs = CHECK_REQUESTS.map(({ request }) => testClient(() => []).environ(request))

  test('has a body larger than what is kept in memory', () => {
    expect(
      environs.map(({ CONTENT_LENGTH }) => Number(CONTENT_LENGTH ?? 0)).some((bytes) => bytes > 65_536),
    ).toBe(true)
  })

  test('has a body without a length, HTTP/1.0, an encoded slash and bytes that are no UTF-8 (W12, W16)', () => {
    const lengthless = CHECK_REQUESTS.filter(
      ({ request: { environ = {} } }) =>
        'CONTENT_LENGTH' in environ && environ['CONTENT_LENGTH'] === undefined,
    )
    expect(lengthless.map(({ request }) => request.method)).toEqual(['POST'])
    expect(environs.map(({ SERVER_PROTOCOL }) => SERVER_PROTOCOL)).toContain('HTTP/1.0')
    const paths = environs.map(({ PATH_INFO }) => PATH_INFO)
    expect(paths).toEqual(expect.arrayContaining(['/gantry-check/a/b/caf\xc3\xa9', '/gantry-check/\xff\xfe']))
  })

  test('joins the fields that come twice (W13)', () => {
    const joined = environs.find(({ HTTP_COOKIE }) => HTTP_COOKIE !== undefined)
    expect(joined).toMatchObject({
      HTTP_COOKIE: 'a=1; b="2 3"',
      HTTP_ACCEPT: 'text/html,application/json;q=0.5',
    })
  })
})

describe('a finding', () => {
  test.each(Object.keys(RULES) as RuleCode[])('of %s can be read back from its line', (code) => {
    for (const place of ['GET /', 'POST /a:%20b', 'GET *', 'GET ']) {
      const finding = { code, place, seen: 'a (b): c' }
      expect(parseFinding(lineOf(finding))).toEqual(finding)
      expect(parseFinding(`${lineOf(finding)}\n`)).toEqual(finding)
    }
  })

  test.each([
    '',
    'lint: ',
    'lint: LINT_X violation at GET /: what',
    'lint: toString violation at GET /: what',
    'x',
  ])('is nothing that is read from %j', (line) => {
    expect(parseFinding(line)).toBeUndefined()
  })
})

describe('Findings', () => {
  test('takes each rule once for each path, whatever the method', () => {
    const findings = new Findings()
    expect(findings.add(REASONLESS)).toBe(true)
    expect(findings.add({ ...REASONLESS, place: 'HEAD /', seen: 'another' })).toBe(false)
    expect(findings.add({ ...REASONLESS, place: 'GET /a' })).toBe(true)
    expect(findings.add({ ...REASONLESS, code: 'LINT_STATUS_FORM' })).toBe(true)
    expect([findings.all.length, findings.count('violation'), findings.count('advice')]).toEqual([3, 1, 2])
  })

  test('are reported with the violations first, and counted', () => {
    const findings = new Findings()
    const violation: Finding = { code: 'LINT_RESULT_NONE', place: 'GET /', seen: 'null' }
    findings.add(REASONLESS)
    findings.add(violation)
    expect(reportOf(findings, 19)).toBe(
      `${lineOf(violation)}\n${lineOf(REASONLESS)}\n19 requests, 1 violation, 1 piece of advice\n`,
    )
    expect(reportOf(new Findings(), 1)).toBe('1 request, 0 violations, 0 pieces of advice\n')
  })

  test('of one kind are one, with all their places', () => {
    const findings = new Findings()
    for (const place of ['GET /', 'GET /a', 'PUT /b']) findings.add({ ...REASONLESS, place })
    findings.add({ ...REASONLESS, place: 'GET /c', seen: '"404"' })
    expect(reportOf(findings, 4)).toBe(
      `${lineOf(REASONLESS)}; also at GET /a, PUT /b\n${lineOf({ ...REASONLESS, place: 'GET /c', seen: '"404"' })}\n` +
        '4 requests, 0 violations, 2 pieces of advice\n',
    )
  })
})

describe('shown', () => {
  test.each([
    ['a\nb', '"a\\nb"'],
    [Buffer.from('hello'), 'Buffer of 5 bytes'],
    [undefined, 'undefined'],
    [['a', 5], '["a",5]'],
    [new Map(), 'Map'],
    [Object.create(null), 'object'],
  ])('shows %j as %s', (value, text) => {
    expect(shown(value)).toBe(text)
  })

  test('shows what cannot be shown, and keeps it short', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(shown(circular)).toBe('a value that cannot be shown')
    expect(shown('x'.repeat(10_000)).length).toBeLessThan(200)
    expect(shown([['x'.repeat(10_000)]]).length).toBeLessThan(200)
  })
})

// What lint finds in TypeScript applications. The cases are those of test/python/test_lint.py.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { collectGarbage } from '../../src/io/collect-garbage.ts'
import { environFaults } from '../../src/lint/environ-faults.ts'
import { type Finding, lineOf } from '../../src/lint/finding.ts'
import { headFaults } from '../../src/lint/head-faults.ts'
import { lint } from '../../src/lint/lint.ts'
import { RULES } from '../../src/lint/rules.ts'
import { testClient } from '../../src/testing/test-client.ts'
import type { Application, Blocks } from '../../src/wsgi/application.ts'
import { processesOf, attachProcess } from '../../src/wsgi/application-parts.ts'
import { FileWrapper } from '../../src/wsgi/file-wrapper.ts'
import { applications } from '../fixtures/lint/applications.ts'
import { until } from '../harness/until.ts'

interface Case {
  readonly finds: readonly string[]
  readonly scope?: string
}

interface ApplicationCase extends Case {
  readonly application: string
  readonly method?: string
}

interface HeadCase extends Case {
  readonly status: unknown
  readonly headers: unknown
}

interface EnvironCase extends Case {
  readonly name: string
  readonly environ: Readonly<Record<string, unknown>>
}

function readCases(name: string): readonly Case[] {
  const text = readFileSync(new URL(`../fixtures/lint/${name}`, import.meta.url), 'utf8')
  return (JSON.parse(text) as Case[]).filter(({ scope = 'typescript' }) => scope === 'typescript')
}

const POST = { method: 'POST', target: '/place?secret', body: 'hello' }
const HEADERS: [string, string][] = [['Content-Type', 'text/plain']]

/** The application under lint, and what lint says of it. */
function linted(application: Application): {
  readonly application: Application
  readonly findings: Finding[]
} {
  const findings: Finding[] = []
  return { application: lint(application, { report: (finding) => findings.push(finding) }), findings }
}

const codesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ code }) => code)

/** All that a client and the application's author see of the answer, or of its failure. */
async function answerOf(application: Application, method: string): Promise<unknown> {
  try {
    const { status, reason, headers, text, errors } = await testClient(application).request({
      ...POST,
      method,
    })
    return { status, reason, headers, text, errors }
  } catch (error) {
    return String(error)
  }
}

describe('lint', () => {
  test('has the rules of the table that both languages share', () => {
    const shared = readFileSync(new URL('../../protocol/lint-rules.json', import.meta.url), 'utf8')
    expect(Object.entries(RULES)).toEqual(Object.entries(JSON.parse(shared) as object))
  })

  test.each(
    (readCases('application-cases.json') as readonly ApplicationCase[]).map(
      ({ application, method = 'POST', finds }) => ({ name: application, method, finds }),
    ),
  )(
    'tells $name ($method) of $finds once, and lets it answer as without',
    async ({ name, method, finds }) => {
      const application = applications[name]!
      const { application: watched, findings } = linted(application)
      const answers = [await answerOf(watched, method), await answerOf(watched, method)]
      expect([...codesOf(findings)].sort()).toEqual([...finds].sort())
      expect(answers).toEqual([await answerOf(application, method), await answerOf(application, method)])
    },
  )

  test('says the rule, its source, the path without its query, and what was seen', async () => {
    const { errors } = await testClient(lint(applications['has_no_reason']!)).get('/a%20b?secret')
    expect(errors).toBe(
      'lint: LINT_STATUS_REASON advice at GET /a%20b: The status has a reason; other servers may refuse one without. (PEP 3333, "The start_response() Callable"; W27): "200"\n',
    )
  })

  test('tells each path by itself, but no more than 20 of them', async () => {
    const { application, findings } = linted(applications['has_no_reason']!)
    for (let i = 0; i < 30; i++) await testClient(application).get(`/${i}`)
    expect(findings).toHaveLength(20)
  })

  test('answers as ever when the report throws, and says so', async () => {
    const report = (): never => {
      throw new Error('expected')
    }
    const answer = await testClient(lint(applications['has_no_reason']!, { report })).get('/')
    expect(answer.text).toBe('hello')
    expect(answer.errors).toBe('lint: the report of LINT_STATUS_REASON failed: Error: expected\n')
  })

  test('lets a file wrapper through as it is, for the server to send', () => {
    const wrapper = new FileWrapper({ read: () => null })
    const { application, findings } = linted((_environ, startResponse) => {
      startResponse('200 OK', [...HEADERS])
      return wrapper
    })
    expect(application(testClient(application).environ(), () => () => undefined)).toBe(wrapper)
    expect(findings).toEqual([])
  })

  test('leaves the body as a whole to whoever passes it on unread', () => {
    const { application } = linted(({ 'wsgi.input': input }, startResponse) => {
      startResponse('200 OK', [...HEADERS])
      return [(input as unknown as { wholeBody: Uint8Array }).wholeBody]
    })
    const environ = testClient(application).environ(POST)
    expect(application(environ, () => () => undefined)).toEqual([Buffer.from('hello')])
  })

  test('shows what is behind it to whoever starts and ends processes', () => {
    const application: Application = () => []
    const process = {
      isReady: true,
      handler: { handle: () => undefined },
      start: async () => {},
      stop: async () => {},
      kill() {},
    }
    attachProcess(application, process)
    expect(processesOf(lint(application))).toEqual([process])
  })
})

describe('lint finds what middleware does', () => {
  const startResponse = () => () => undefined
  const blocks: Blocks = Object.assign(new Set([Buffer.from('a')]), { close: () => undefined })
  const closable: Application = (_environ, start) => {
    start('200 OK', [...HEADERS])
    return blocks
  }
  const generating: Application = function* (_environ, start) {
    start('200 OK', [...HEADERS])
    yield Buffer.from('a')
    yield Buffer.from('b')
  }

  const collected = (findings: readonly Finding[]): Promise<void> =>
    until(
      () => {
        collectGarbage()
        return findings.length > 0
      },
      10_000,
      () => 'nothing was found of what was let go of',
    )

  function call(application: Application): Blocks {
    return application(testClient(application).environ(), startResponse) as Blocks
  }

  test('that leaves an environ behind which is none (W18)', async () => {
    const { application, findings } = linted(applications['clean']!)
    await testClient(application).request({ environ: { PATH_INFO: 'a', REQUEST_URI: '/a' } })
    expect(findings).toEqual([{ code: 'LINT_ENVIRON_PATH', place: 'GET /a', seen: 'PATH_INFO is "a"' }])
  })

  test('that uses an answer after its close() (W45)', () => {
    const { application, findings } = linted(closable)
    const result = call(application)
    result.close?.()
    expect([...(result as Iterable<Uint8Array>)]).toHaveLength(1)
    expect(codesOf(findings)).toContain('LINT_RESULT_CLOSED')
  })

  test('that never closes an answer (W45)', async () => {
    const { application, findings } = linted(closable)
    call(application)
    await collected(findings)
    expect(findings).toEqual([{ code: 'LINT_RESULT_OPEN', place: 'GET /', seen: 'nobody called close()' }])
  })

  test('that takes a part of an answer and lets go of it (W45)', async () => {
    const { application, findings } = linted(generating)
    ;(call(application) as Iterable<Uint8Array>)[Symbol.iterator]().next()
    await collected(findings)
    expect(codesOf(findings)).toEqual(['LINT_RESULT_OPEN'])
  })

  test('but minds nobody who ends, closes or takes it all', async () => {
    const { application, findings } = linted(closable)
    const { application: generated, findings: others } = linted(generating)
    const taken = call(application)
    expect([...(taken as Iterable<Uint8Array>)]).toHaveLength(1)
    taken.close?.()
    for (const block of call(generated) as Iterable<Uint8Array>) if (block.length > 0) break
    expect([...(call(generated) as Iterable<Uint8Array>)]).toHaveLength(2)
    // One more that is told shows that the others had their turn.
    call(application)
    await collected(findings)
    expect([codesOf(findings), others]).toEqual([['LINT_RESULT_OPEN'], []])
  })
})

describe('headFaults', () => {
  test.each(readCases('head-cases.json') as readonly HeadCase[])(
    'finds $finds in $status $headers',
    ({ status, headers, finds }) => {
      const found = headFaults(status, headers).map(({ code }) => code)
      // Where a case is about something else, that advice is no news.
      expect(found.filter((code) => finds.includes(code) || code !== 'LINT_CONTENT_TYPE_MISSING')).toEqual(
        finds,
      )
    },
  )
})

describe('environFaults', () => {
  const environWith = (changes: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const environ: Record<string, unknown> = { ...testClient(() => []).environ(), ...changes }
    for (const [key, value] of Object.entries(changes)) if (value === null) environ[key] = undefined
    return environ
  }

  test.each(readCases('environ-cases.json') as readonly EnvironCase[])(
    'finds $finds in an environ $name',
    ({ environ, finds }) => {
      expect(environFaults(environWith(environ)).map(({ code }) => code)).toEqual(finds)
    },
  )

  test('finds an environ that is no plain object (W10)', () => {
    const environ = Object.setPrototypeOf(environWith({}), Map.prototype) as Record<string, unknown>
    expect(environFaults(environ)).toEqual([{ code: 'LINT_ENVIRON_DICT', seen: 'Map' }])
  })
})

test('a finding is one line, whatever the application has given', () => {
  const status = `200 OK\r\n${'x'.repeat(1_000)}`
  const [fault] = headFaults(status, [...HEADERS])
  const line = lineOf({ ...fault!, place: 'GET /' })
  expect(line).not.toMatch(/[\r\n]/)
  expect(line.length).toBeLessThan(500)
})

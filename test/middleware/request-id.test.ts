import { describe, expect, test } from 'vitest'
import { requestId, type RequestIdOptions } from '../../src/middleware/request-id.ts'
import { testClient } from '../../src/testing/index.ts'
import { answerOf } from '../../src/wsgi/answer-of.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Environ } from '../../src/wsgi/environ.ts'

const seen: Environ[] = []
const application: Application = (environ, startResponse) => {
  seen.push(environ)
  startResponse('200 OK', [['x-request-id', 'its own']])
  return []
}

async function idsOf(options: RequestIdOptions, given?: string): Promise<Record<string, unknown>> {
  const headers = given === undefined ? {} : { 'X-Request-ID': given }
  const client = testClient(requestId(options)(application))
  const environ = client.environ({ headers })
  const answer = await answerOf(requestId(options)(application), environ)
  return {
    environ: seen.at(-1)?.['HTTP_X_REQUEST_ID'],
    context: environ['gantry.request']?.id,
    answer: answer.headers.filter(([name]) => name !== 'Content-Length'),
    errors: environ['gantry.request']?.errorHeaders,
  }
}

const everywhere = (id: string): Record<string, unknown> => ({
  environ: id,
  context: id,
  answer: [['X-Request-ID', id]],
  errors: [['X-Request-ID', id]],
})

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('requestId', () => {
  test('takes the id that comes: into the environ, the logs, the answer and error pages', async () => {
    expect(await idsOf({}, 'Root=1-67891233-abcdef012345/7')).toEqual(
      everywhere('Root=1-67891233-abcdef012345/7'),
    )
  })

  test('makes a random UUID where none comes', async () => {
    const { context } = await idsOf({})
    expect(context).toMatch(UUID)
    expect((await idsOf({}))['context']).not.toBe(context)
  })

  test.each(['', 'a b', 'a\tb', 'one,two', '"quoted"', 'caf\xe9', '<b>', 'x'.repeat(129)])(
    'makes one in the place of an id that could forge a line of the log: %j',
    async (given) => {
      expect((await idsOf({}, given))['context']).toMatch(UUID)
    },
  )

  test('takes an id of 128 characters', async () => {
    expect((await idsOf({}, 'x'.repeat(128)))['context']).toBe('x'.repeat(128))
  })

  test('takes none from those who are not trusted', async () => {
    expect((await idsOf({ trust: false }, 'given'))['context']).toMatch(UUID)
    const trust = (environ: Environ): boolean => environ.REMOTE_ADDR === '127.0.0.1'
    expect((await idsOf({ trust }, 'given'))['context']).toBe('given')
  })

  test('has ids made by the function given', async () => {
    expect(await idsOf({ generate: () => 'made-1' })).toEqual(everywhere('made-1'))
  })

  test('refuses an id of that function that could not stand in a log', async () => {
    await expect(idsOf({ generate: () => 'a b' })).rejects.toThrow('not "a b"')
  })

  test('goes by another field, whose own environ key it has', async () => {
    const client = testClient(requestId({ header: 'X-Correlation-ID' })(application))
    const answer = await client.get('/', { headers: { 'X-Correlation-ID': 'abc' } })
    expect(answer.header('X-Correlation-ID')).toBe('abc')
    expect(seen.at(-1)?.['HTTP_X_CORRELATION_ID']).toBe('abc')
  })

  test.each(['', 'X_Request_ID', 'X Request', 'X-Request-ID:'])('refuses the field "%s"', (header) => {
    expect(() => requestId({ header })).toThrow(RangeError)
  })

  test('needs no server that knows of ids', async () => {
    const client = testClient(requestId()(application))
    const answer = await client.get('/', { environ: { 'gantry.request': undefined } })
    expect(answer.header('X-Request-ID')).toMatch(UUID)
  })
})

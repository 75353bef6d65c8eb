import { scryptSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { basicAuth, type BasicAuthOptions } from '../../src/middleware/basic-auth.ts'
import { testClient } from '../../src/testing/index.ts'
import type { TestAnswer } from '../../src/testing/test-answer.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Environ } from '../../src/wsgi/environ.ts'

/** As hashPassword, but cheap. */
function cheapHash(password: string): string {
  const salt = Buffer.from('0123456789abcdef')
  const hash = scryptSync(password.normalize('NFC'), salt, 32, { N: 16, r: 8, p: 1 })
  return `$scrypt$ln=4,r=8,p=1$${salt.toString('base64').slice(0, 22)}$${hash.toString('base64').slice(0, 43)}`
}

const HASH = cheapHash('x')

const seen: Environ[] = []
const application: Application = (environ, startResponse) => {
  seen.push(environ)
  startResponse('200 OK', [])
  return [Buffer.from('in')]
}
const calls = (): number => seen.length

const basic = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`

function ask(
  options: BasicAuthOptions,
  authorization?: string,
  environ: Record<string, unknown> = {},
): Promise<TestAnswer> {
  const headers = authorization === undefined ? {} : { Authorization: authorization }
  return testClient(basicAuth(options)(application)).get('/', { headers, environ })
}

const secret: BasicAuthOptions = { verify: (name, password) => name === 'ada' && password === 's:ecret' }

describe('basicAuth', () => {
  test('answers 401 with a challenge that asks for UTF-8, and calls nobody (RFC 7617 §2)', async () => {
    const before = calls()
    const answer = await ask({ ...secret, realm: 'Back "office"' })
    expect([answer.status, answer.text, calls()]).toEqual([401, '401 Unauthorized\n', before])
    expect(answer.header('WWW-Authenticate')).toBe('Basic realm="Back \\"office\\"", charset="UTF-8"')
  })

  test.each(['Basic', 'basic', 'BASIC '])('takes the scheme as %j (RFC 9110 §11.1)', async (scheme) => {
    const answer = await ask(secret, `${scheme} ${Buffer.from('ada:s:ecret').toString('base64')}`)
    expect(answer.status).toBe(200)
  })

  test('tells the application the name and the scheme, and not the password', async () => {
    await ask(secret, basic('ada:s:ecret'))
    const environ = seen.at(-1)!
    expect([environ['REMOTE_USER'], environ['AUTH_TYPE']]).toEqual(['ada', 'Basic'])
    expect('HTTP_AUTHORIZATION' in environ).toBe(false)
  })

  test('keeps HTTP_AUTHORIZATION where it is to be kept', async () => {
    await ask({ ...secret, keepAuthorization: true }, basic('ada:s:ecret'))
    expect(seen.at(-1)?.HTTP_AUTHORIZATION).toBe(basic('ada:s:ecret'))
  })

  test('a name beyond ASCII is UTF-8 bytes in the environ (W12)', async () => {
    await ask({ verify: (name) => name === 'jürgen' }, basic('jürgen:x'))
    expect(seen.at(-1)?.['REMOTE_USER']).toBe(Buffer.from('jürgen').toString('latin1'))
  })

  test('nothing that a request brings passes for the name', async () => {
    const environ = { REMOTE_USER: 'root', HTTP_REMOTE_USER: 'root', AUTH_TYPE: 'Negotiate' }
    await ask(secret, basic('ada:s:ecret'), environ)
    expect(seen.at(-1)).toMatchObject({ REMOTE_USER: 'ada', AUTH_TYPE: 'Basic' })
    expect('HTTP_REMOTE_USER' in seen.at(-1)!).toBe(false)
    const before = calls()
    expect((await ask(secret, undefined, environ)).status).toBe(401)
    expect(calls()).toBe(before)
  })

  test.each([
    ['another scheme', 'Bearer abc'],
    ['no credentials', 'Basic'],
    ['two of them', `${basic('ada:s:ecret')},${basic('ada:s:ecret')}`],
    ['no base64', 'Basic a*b='],
    ['the other base64', `Basic ${Buffer.from('ada:\xff\xfe').toString('base64url')}`],
    ['no colon', basic('ada')],
    ['no name', basic(':s:ecret')],
    ['a control character', basic('ada:s\0ecret')],
    ['no UTF-8', basic(Buffer.from('ada:\xe9', 'latin1'))],
    ['a wrong password', basic('ada:s:ecre')],
    ['a longer password', basic('ada:s:ecrets')],
    ['another name', basic('Ada:s:ecret')],
  ])('refuses %s', async (_, authorization) => {
    const before = calls()
    expect([(await ask(secret, authorization)).status, calls()]).toEqual([401, before])
  })

  test('asks verify each time, and gives it the environ; it may take its time', async () => {
    const asked: unknown[] = []
    const verify = (name: string, password: string, environ: Environ): Promise<boolean> => {
      asked.push([name, password, environ.PATH_INFO])
      return Promise.resolve(asked.length < 2)
    }
    const client = testClient(basicAuth({ verify })(application))
    const request = { headers: { Authorization: basic('ada:x') } }
    expect((await client.get('/a', request)).status).toBe(200)
    expect((await client.get('/b', request)).status).toBe(401)
    expect(asked).toEqual([
      ['ada', 'x', '/a'],
      ['ada', 'x', '/b'],
    ])
  })

  test('what verify throws passes, and lets nobody in', async () => {
    const before = calls()
    const verify = (): never => {
      throw new Error('the directory is down')
    }
    await expect(ask({ verify }, basic('ada:x'))).rejects.toThrow('the directory is down')
    expect(calls()).toBe(before)
  })
})

describe('basicAuth with users', () => {
  const users = { ada: cheapHash('s:ecret'), ['jürgen'.normalize('NFD')]: cheapHash('schön') }

  test('lets in who has the password of the name', async () => {
    expect((await ask({ users }, basic('ada:s:ecret'))).status).toBe(200)
    expect((await ask({ users }, basic('ada:schön'))).status).toBe(401)
    expect((await ask({ users }, basic('constructor:s:ecret'))).status).toBe(401)
    expect((await ask({ users }, basic('__proto__:s:ecret'))).status).toBe(401)
  })

  test('letters are the same composed and decomposed (RFC 7617 §2.1)', async () => {
    for (const form of ['NFC', 'NFD'] as const) {
      const answer = await ask({ users }, basic('jürgen:schön'.normalize(form)))
      expect(answer.status).toBe(200)
    }
  })

  test('answers at once who was let in before', async () => {
    const guarded = basicAuth({ users })(application)
    const client = testClient(guarded)
    const headers = { Authorization: basic('ada:s:ecret') }
    await client.get('/', { headers })
    const result = guarded(client.environ({ headers }), () => () => undefined)
    expect(result).not.toBeInstanceOf(Promise)
    // A password that begins the same is another.
    const other = client.environ({ headers: { Authorization: basic('ada:s:ecre') } })
    expect(guarded(other, () => () => undefined)).toBeInstanceOf(Promise)
  })
})

describe('basicAuth under a flood of passwords', () => {
  test('answers 503 with Retry-After to those who would wait too long', async () => {
    const client = testClient(basicAuth({ users: { ada: cheapHash('s:ecret') } })(application))
    const guesses = Array.from({ length: 67 }, (_, i) =>
      client.get('/', { headers: { Authorization: basic(`ada:${i}`) } }),
    )
    const answers = await Promise.all(guesses)
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(66).fill(401), 503])
    expect(answers.at(-1)?.header('Retry-After')).toBe('1')
  })
})

describe('basicAuth refuses', () => {
  test.each([
    [{}, 'either users or verify'],
    [{ users: { ada: HASH }, verify: () => true }, 'either users or verify'],
    [{ users: {} }, 'users is empty'],
    [{ users: { 'a:b': HASH } }, 'has no colon'],
    [{ users: { '': HASH } }, 'not empty'],
    [{ users: { ada: HASH }, realm: 'Büro' }, 'printable ASCII'],
    [{ users: { ada: HASH }, realm: 'a\r\nb' }, 'printable ASCII'],
  ] as [BasicAuthOptions, string][])('%j', (options, message) => {
    expect(() => basicAuth(options)).toThrow(message)
  })

  test('a password in the place of its hash, without telling it', () => {
    expect(() => basicAuth({ users: { ada: 'hunter2' } })).toThrow(
      /of ada is no hash; make one with hashPassword/,
    )
    expect(() => basicAuth({ users: { ada: 'hunter2' } })).not.toThrow(/hunter2/)
  })
})

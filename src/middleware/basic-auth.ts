// Name and password before anything is answered: the Basic scheme, RFC 7617. It protects only as far as TLS does.

import { isUtf8 } from 'node:buffer'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'
import { PasswordHash } from './credentials/password-hash.ts'
import { UserTable, type Verdict } from './credentials/user-table.ts'

/** Says whether a name and its password are right. It is asked for every request. */
export type VerifyUser = (name: string, password: string, environ: Environ) => boolean | Promise<boolean>

/** Who gets in: exactly one of `users` and `verify`. */
export interface BasicAuthOptions {
  /** Names, each with the hash of its password, which `hashPassword` has made. */
  readonly users?: Readonly<Record<string, string>>
  readonly verify?: VerifyUser
  /** What the browser asks a password for: printable ASCII. `Restricted` if left out. */
  readonly realm?: string
  /** Whether the application is to see the name and password too, in `HTTP_AUTHORIZATION`. False if left out. */
  readonly keepAuthorization?: boolean
}

/**
 * Lets a request through only with a name and password that are right, and answers 401 to every other.
 *
 * The application finds the name in `REMOTE_USER`, as UTF-8 bytes like every string of the environ, and `Basic` in `AUTH_TYPE`; a field
 * of the request that could pass for that name is removed.
 *
 * ```ts
 * basicAuth({ users: { ada: '$scrypt$ln=14,r=8,p=5$…' }, realm: 'Back office' })
 * ```
 *
 * @throws TypeError without `users` and `verify`, or with both; RangeError for a name or hash that cannot be
 */
export function basicAuth(options: BasicAuthOptions): Middleware {
  const judge = judgeOf(options)
  const challenge = challengeOf(options.realm ?? 'Restricted')
  const { keepAuthorization = false } = options

  return function basicAuth(application) {
    const authenticated: Application = (environ, startResponse) => {
      const credentials = parseCredentials(environ.HTTP_AUTHORIZATION)
      if (credentials === undefined) return refuse(startResponse, challenge)
      const answer = (verdict: Verdict): ReturnType<Application> => {
        if (verdict === 'busy') return errorAnswer(startResponse, 503, { headers: [['Retry-After', '1']] })
        if (verdict === 'wrong') return refuse(startResponse, challenge)
        admit(environ, credentials.name, keepAuthorization)
        return application(environ, startResponse)
      }
      const verdict = judge(credentials, environ)
      return typeof verdict === 'string' ? answer(verdict) : verdict.then(answer)
    }
    return withParts(authenticated, [application])
  }
}

interface Credentials {
  readonly name: string
  readonly password: string
}

type Judge = (credentials: Credentials, environ: Environ) => Verdict | Promise<Verdict>

const CREDENTIALS = /^basic +([A-Za-z0-9+/]+={0,2})$/i
const CONTROL = /\p{Cc}/u
const REALM = /^[\x20-\x7e]*$/

function judgeOf({ users, verify }: BasicAuthOptions): Judge {
  if ((users === undefined) === (verify === undefined))
    throw new TypeError('basicAuth takes either users or verify')
  if (verify !== undefined)
    return async ({ name, password }, environ) =>
      (await verify(name, password, environ)) ? 'right' : 'wrong'
  const table = new UserTable(hashesOf(users ?? {}))
  return ({ name, password }) => table.judge(name, password)
}

function hashesOf(users: Readonly<Record<string, string>>): ReadonlyMap<string, PasswordHash> {
  const hashes = new Map<string, PasswordHash>()
  for (const [name, text] of Object.entries(users)) {
    if (name === '' || name.includes(':') || CONTROL.test(name))
      throw new RangeError(
        `basicAuth: a user's name is not empty and has no colon (RFC 7617): ${JSON.stringify(name)}`,
      )
    const hash = PasswordHash.parse(text)
    // Not the text: it may be the password.
    if (hash === undefined)
      throw new RangeError(
        `basicAuth: what stands for the password of ${name} is no hash; make one with hashPassword`,
      )
    hashes.set(name.normalize('NFC'), hash)
  }
  if (hashes.size === 0) throw new RangeError('basicAuth: users is empty, so that nobody could get in')
  return hashes
}

function challengeOf(realm: string): string {
  if (!REALM.test(realm))
    throw new RangeError(`basicAuth: realm is printable ASCII, not ${JSON.stringify(realm)}`)
  return `Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`
}

/** RFC 7617 §2: base64 of name, colon and password, which have no control characters; as UTF-8, which is what the challenge asks for. */
function parseCredentials(field: string | undefined): Credentials | undefined {
  const match = CREDENTIALS.exec(field ?? '')
  if (match === null) return undefined
  const bytes = Buffer.from(match[1]!, 'base64')
  const text = isUtf8(bytes) ? bytes.toString('utf8') : ''
  const colon = text.indexOf(':')
  if (colon < 1 || CONTROL.test(text)) return undefined
  return { name: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1) }
}

function refuse(startResponse: StartResponse, challenge: string): ApplicationResult {
  return errorAnswer(startResponse, 401, { headers: [['WWW-Authenticate', challenge]] })
}

function admit(environ: Environ, name: string, keepAuthorization: boolean): void {
  environ['REMOTE_USER'] = Buffer.from(name, 'utf8').toString('latin1')
  environ['AUTH_TYPE'] = 'Basic'
  // Some applications are told to believe a field Remote-User: then a client could choose its name.
  delete environ['HTTP_REMOTE_USER']
  if (!keepAuthorization) delete environ.HTTP_AUTHORIZATION
}

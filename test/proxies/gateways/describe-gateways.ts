// A web server in front of Gantry, with the configurations of deploy/, over each of its gateways: the requirement tables, the rules of the
// frameworks, and what only many clients or clients that leave show. One web server and three Gantrys serve all of it.

import { chmodSync, mkdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applicationCases } from '../../conformance/cases/application.ts'
import { environCases } from '../../conformance/cases/environ.ts'
import { fileWrapperCases } from '../../conformance/cases/file-wrapper.ts'
import { inputCases } from '../../conformance/cases/input.ts'
import { responseCases } from '../../conformance/cases/response.ts'
import { startResponseCases } from '../../conformance/cases/start-response.ts'
import { statusAndHeaderCases } from '../../conformance/cases/status-and-headers.ts'
import type { ConformanceCase } from '../../conformance/conformance-case.ts'
import { runCases } from '../../conformance/run-cases.ts'
import type { Target } from '../../conformance/target.ts'
import { ADMIN_RULES } from '../../frameworks/admin-rules.ts'
import { bodyRules } from '../../frameworks/body-rules.ts'
import { FetchClient } from '../../frameworks/clients/fetch-client.ts'
import { makeDjangoDatabase } from '../../frameworks/django-database.ts'
import { FRAMEWORKS, type FrameworkName } from '../../frameworks/framework.ts'
import { type LargeFile, writeLargeFile } from '../../frameworks/large-file.ts'
import { ROUTE_RULES, type Rule } from '../../frameworks/route-rules.ts'
import { MODES, Site } from '../../frameworks/site.ts'
import { FIXTURES } from '../../harness/fixtures.ts'
import type { GantryProcess } from '../../harness/gantry-process.ts'
import { RawConnection } from '../../harness/raw-connection.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { findTestPython } from '../../harness/test-python.ts'
import { until } from '../../harness/until.ts'
import type { ProxyProcess } from '../processes/proxy-process.ts'
import { GATEWAYS, type Gateway, PROTOCOLS, type Protocol, startBehindGateways } from './gateways.ts'

export interface WebServer {
  readonly name: string
  /** Starts it with a site for each, in their order, each on a port of its own. */
  readonly start: (sites: readonly ServedSite[]) => Promise<ProxyProcess>
  /** Rules and cases that mean something else behind it: their names, with the protocol before. */
  readonly isOwnAffair: RegExp
  /** It closes its client's connection with these answers. */
  readonly closesAfter?: RegExp
}

export interface ServedSite {
  readonly gateway: Gateway
  readonly gantry: GantryProcess
}

const DEADLINE_MS = 20_000
const START_MS = 60_000
const PARALLEL = 1_000
const testPython = await findTestPython()

const TABLES: readonly ConformanceCase[] = [
  ...applicationCases,
  ...environCases,
  ...inputCases,
  ...startResponseCases,
  ...statusAndHeaderCases,
  ...responseCases,
  ...fileWrapperCases,
]

export function describeGateways({ name, start, isOwnAffair, closesAfter }: WebServer): void {
  describe(name, () => {
    const directory = new TemporaryDirectory()
    const gantrys = new Map<string, GantryProcess>()
    const ports = new Map<string, number>()
    let server: ProxyProcess
    let largeFile: LargeFile

    beforeAll(async () => {
      // As root, web servers serve as somebody who must be able to enter it.
      chmodSync(directory.path, 0o755)
      largeFile = writeLargeFile(directory.join('large.bin'))
      const started = await Promise.all(APPLICATIONS.map((each) => startApplication(each, directory)))
      for (const [at, gantry] of started.entries()) gantrys.set(APPLICATIONS[at]!, gantry)
      const sites = APPLICATIONS.flatMap((each) =>
        GATEWAYS.map((gateway) => ({ name: each, gateway, gantry: gantrys.get(each)! })),
      ).filter(({ name: each, gateway }) => each === 'tables' || gateway.transport === 'unix')
      server = await start(sites)
      for (const [at, { name: each, gateway }] of sites.entries())
        ports.set(keyOf(each, gateway), server.ports[at]!)
    }, START_MS)
    afterAll(async () => {
      await server[Symbol.asyncDispose]()
      for (const gantry of gantrys.values()) await gantry[Symbol.asyncDispose]()
      directory[Symbol.dispose]()
    })

    const portOf = (application: string, gateway: Gateway): number => ports.get(keyOf(application, gateway))!
    const isMeant = (protocol: Protocol, rule: string): boolean => !isOwnAffair.test(`${protocol} ${rule}`)

    describe.each(PROTOCOLS)('over %s', (protocol) => {
      const unix: Gateway = { protocol, transport: 'unix' }
      const target = (): Target => targetAt(portOf('tables', unix), gantrys.get('tables')!)

      describe('the tables', () => {
        const cases = TABLES.filter(({ id, rule }) => isMeant(protocol, `${id} ${rule}`)).filter(isWhole)
        const tried = protocol === 'http' ? cases : oneOfEach(cases)
        runCases(
          tried.map((each) => seenBehind(each, closesAfter)),
          target,
        )
      })

      describe.each(['flask', 'django'] as const)('%s', (framework) => {
        const client = new FetchClient()
        const rules = rulesOf(framework, () => largeFile)
          .filter(({ name: rule }) => isMeant(protocol, rule))
          .filter(({ isForOneClient }) => protocol === 'http' || isForOneClient !== true)
        test.skipIf(!testPython.has(framework)).each(rules)('$name', async (rule) => {
          const origin = `http://127.0.0.1:${portOf(framework, unix)}`
          await rule.run(new Site(FRAMEWORKS[framework], MODES[0]!, gantrys.get(framework)!, origin), client)
        })
      })

      test('a client that leaves in the middle of its answer has its iterable closed (W48)', async () => {
        const mark = `${name}-${protocol}`
        using connection = await target().open()
        connection.send(`GET /tells_of_its_close?endless:${mark} HTTP/1.1\r\nHost: test.example\r\n\r\n`)
        await connection.receive((received) => received.includes('more and more'))
        connection.close()
        await until(
          () => target().log().includes(`closed ${mark}\n`),
          DEADLINE_MS,
          () => target().log().slice(-2000),
        )
      })

      test('a client that leaves in the middle of its body harms nobody', async () => {
        using connection = await target().open()
        connection.send(
          'POST /echoes_its_body HTTP/1.1\r\nHost: test.example\r\nContent-Length: 1000000\r\n\r\n',
        )
        connection.send(Buffer.alloc(500_000))
        connection.socket.resetAndDestroy()
        const after = await target().request('GET /answers_hello HTTP/1.1\r\nHost: test.example\r\n\r\n')
        expect([after.status, after.text]).toEqual([200, 'hello'])
      })

      test(`${PARALLEL} clients at a time are all answered`, async () => {
        const url = `http://127.0.0.1:${portOf('tables', unix)}/answers_hello`
        const statuses = await Promise.all(
          Array.from({ length: PARALLEL }, async () => {
            const answer = await fetch(url)
            return [answer.status, await answer.text()].join(' ')
          }),
        )
        expect(new Set(statuses)).toEqual(new Set(['200 hello']))
      })

      test('a port does as well as a Unix socket', async () => {
        const tcp = targetAt(portOf('tables', { protocol, transport: 'tcp' }), gantrys.get('tables')!)
        const answer = await tcp.request(
          'POST /echoes_its_body HTTP/1.1\r\nHost: test.example\r\nContent-Length: 5\r\n\r\nhello',
        )
        expect([answer.status, answer.text]).toEqual([200, 'begun\nhello'])
      })
    })
  })
}

const APPLICATIONS = ['tables', 'flask', 'django'].filter((name) => name === 'tables' || testPython.has(name))

const keyOf = (application: string, { protocol, transport }: Gateway): string =>
  `${application} ${protocol} ${transport}`

async function startApplication(name: string, directory: TemporaryDirectory): Promise<GantryProcess> {
  const sockets = directory.join(name)
  mkdirSync(sockets)
  if (name === 'tables') {
    const args = ['mount_applications', '--chdir', FIXTURES, '--workers', '1', '--threads', '4']
    return await startBehindGateways(args, sockets, { CONFORMANCE_SECRET: 'not for applications' })
  }
  const { application } = FRAMEWORKS[name as FrameworkName]
  const database = directory.join('db.sqlite3')
  if (name === 'django') await makeDjangoDatabase(testPython.python, database)
  const place = ['--chdir', `examples/${name}`, '--python', testPython.python, '--workers', '1']
  return await startBehindGateways([application, ...place], sockets, { DJANGO_DATABASE: database })
}

function targetAt(port: number, gantry: GantryProcess): Target {
  const open = (): Promise<RawConnection> => RawConnection.open({ host: '127.0.0.1', port })
  return {
    open,
    async request(raw) {
      using connection = await open()
      return await connection.request(raw)
    },
    log: () => gantry.stderr,
  }
}

/** Of each application: what it does is the same, and how it is reached has been seen over HTTP. What environ has is the gateway's own. */
function oneOfEach(cases: readonly ConformanceCase[]): readonly ConformanceCase[] {
  const seen = new Set<string>()
  return cases.filter(
    ({ application }) => application === 'shows_environ' || (!seen.has(application) && seen.add(application)),
  )
}

/** That something is cut, a web server may tell its client in another way, or not at all. */
const isWhole = ({ answer }: ConformanceCase): boolean => answer.connection === undefined

/** How many bytes come together is the web server's to say, and whether its client's connection stays. */
function seenBehind(each: ConformanceCase, closesAfter: RegExp | undefined): ConformanceCase {
  const { chunks, ...answer } = each.answer
  const body = chunks === undefined ? {} : { body: chunks.join('') }
  const isClosed = closesAfter?.test(answer.statusLine ?? '') === true
  return { ...each, answer: { ...answer, ...body, ...(isClosed ? { connection: 'closed' } : {}) } }
}

function rulesOf(framework: FrameworkName, largeFile: () => LargeFile): readonly Rule[] {
  return framework === 'django' ? ADMIN_RULES : [...ROUTE_RULES, ...bodyRules(largeFile)]
}

// The WSGI requirements behind a web server that speaks FastCGI, SCGI or uwsgi to gantry, for Python and for TypeScript applications: the
// same tables as over HTTP, but for what the web server has dealt with.

import { afterAll, beforeAll, describe } from 'vitest'
import type { RelayedProtocol } from '../gateways/clients/gateway-client.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { applicationCases } from './cases/application.ts'
import { environCases } from './cases/environ.ts'
import { fileWrapperCases } from './cases/file-wrapper.ts'
import { inputCases } from './cases/input.ts'
import { responseCases } from './cases/response.ts'
import { startResponseCases } from './cases/start-response.ts'
import { statusAndHeaderCases } from './cases/status-and-headers.ts'
import type { CaseAnswer, ConformanceCase, Language, Scenario } from './conformance-case.ts'
import { RelayingServer } from './relaying-server.ts'
import { runCases, runScenarios } from './run-cases.ts'
import { closingScenarios } from './scenarios/closing.ts'
import { timingScenarios } from './scenarios/timing.ts'
import type { Target } from './target.ts'

const PROTOCOLS: readonly RelayedProtocol[] = ['fcgi', 'scgi', 'uwsgi']
const APPLICATIONS: Readonly<Record<Language, readonly string[]>> = {
  python: ['mount_applications', '--workers', '1', '--threads', '4'],
  typescript: ['mount_applications.ts', '--fronts', '1'],
}
const ENVIRONMENT = { CONFORMANCE_SECRET: 'not for applications', PYTHONDONTWRITEBYTECODE: '1' }

// The web server's own affairs.
const NOT_HERE = /unknown method|Date and Server|ends with a reset/
// What the end of a connection shows: that something is cut only a reset says, which Node's client may take for an end
// (test/gateways/closing-answers.test.ts). Blocks come together in it, and what is told once was told over FastCGI.
const NOT_SEEN_BY_CLOSING =
  /^None after start_response|leaves other requests untouched|one line at info level/

// It says that there are none of a body whether the client has said so or not.
const NOT_SAID_BY_SCGI = /^a declared length of zero|a CONTENT_LENGTH of 0$/

const isSeenBehind =
  (protocol: RelayedProtocol) =>
  ({ rule }: { readonly rule: string }): boolean =>
    !NOT_HERE.test(rule) &&
    (protocol === 'fcgi' || !NOT_SEEN_BY_CLOSING.test(rule)) &&
    (protocol !== 'scgi' || !NOT_SAID_BY_SCGI.test(rule))

function behindWebServer(
  table: readonly ConformanceCase[],
  protocol: RelayedProtocol,
): readonly ConformanceCase[] {
  const seen = table.filter(isSeenBehind(protocol))
  if (protocol === 'fcgi') return seen
  const isCut = ({ answer, typescript }: ConformanceCase): boolean =>
    answer.connection === 'cut' || typescript?.connection === 'cut'
  // One of each application: what the application does is the same, and how it is reached has been seen over FastCGI.
  const applications = new Set<string>()
  return seen
    .filter(
      (each) => !isCut(each) && !applications.has(each.application) && applications.add(each.application),
    )
    .map((each) => ({ ...each, answer: withoutChunks(each.answer) }))
}

function withoutChunks({ chunks, ...answer }: CaseAnswer): CaseAnswer {
  return chunks === undefined ? answer : { ...answer, body: chunks.join('') }
}

describe.each(Object.entries(APPLICATIONS) as [Language, readonly string[]][])('%s', (language, options) => {
  let gantry: GantryProcess
  const servers = new Map<RelayedProtocol, RelayingServer>()
  beforeAll(async () => {
    const binds = PROTOCOLS.flatMap((protocol) => ['--bind', `${protocol}://127.0.0.1:0`])
    // Over HTTP large bodies are in memory, here in files.
    const spooling = ['--body-memory-bytes', '0']
    gantry = await startGantry([...options, '--chdir', FIXTURES, ...spooling, ...binds], {
      env: ENVIRONMENT,
      hasBind: true,
    })
    for (const protocol of PROTOCOLS)
      servers.set(protocol, await RelayingServer.start(protocol, portOf(protocol), () => gantry.stderr))
  })
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server[Symbol.asyncDispose]()))
    await gantry[Symbol.asyncDispose]()
  })
  const portOf = (protocol: RelayedProtocol): number =>
    Number(new RegExp(`listening +${protocol}://127.0.0.1:(\\d+)`).exec(gantry.stderr)?.[1])

  describe.each(PROTOCOLS)('over %s', (protocol) => {
    const target = (): Target => servers.get(protocol)!.target
    const cases = (table: readonly ConformanceCase[]): void =>
      runCases(behindWebServer(table, protocol), target, language)
    const scenarios = (table: readonly Scenario[]): void =>
      runScenarios(table.filter(isSeenBehind(protocol)), target, language)

    describe('the application object', () => cases(applicationCases))
    describe('environ', () => cases(environCases))
    describe('wsgi.input and wsgi.errors', () => cases(inputCases))
    describe('start_response and write', () => cases(startResponseCases))
    describe('status and headers', () => cases(statusAndHeaderCases))
    describe('the response', () => cases(responseCases))
    describe('wsgi.file_wrapper', () => cases(fileWrapperCases))
    describe('data that does not wait', () => scenarios(timingScenarios))
    describe('close()', () => scenarios(closingScenarios))
  })
})

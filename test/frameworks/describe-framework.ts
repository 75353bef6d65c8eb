// Runs every rule on a framework: each way of serving it, with each client. One process serves all rules of a mode.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTestPython } from '../harness/test-python.ts'
import { ADMIN_RULES } from './admin-rules.ts'
import { bodyRules } from './body-rules.ts'
import { CLIENTS } from './clients/client-table.ts'
import type { ClientEntry } from './clients/client-table.ts'
import type { Client } from './clients/client.ts'
import { makeDjangoDatabase } from './django-database.ts'
import { FRAMEWORKS } from './framework.ts'
import type { FrameworkName } from './framework.ts'
import { requestsOnOneConnection } from './kept-connection.ts'
import { writeLargeFile } from './large-file.ts'
import type { LargeFile } from './large-file.ts'
import { ROUTE_RULES } from './route-rules.ts'
import type { Rule } from './route-rules.ts'
import { MODES, openSite } from './site.ts'
import type { Site } from './site.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const testPython = await findTestPython()
const { python } = testPython

export function describeFramework(name: FrameworkName): void {
  describe.skipIf(!testPython.has(name))(`${name} (W71)`, () => {
    let directory: TemporaryDirectory
    let database: string
    let largeFile: LargeFile
    const ownRules = name === 'django' ? ADMIN_RULES : []
    const rules = [...ROUTE_RULES, ...bodyRules(() => largeFile), ...ownRules]

    beforeAll(async () => {
      directory = new TemporaryDirectory()
      database = directory.join('db.sqlite3')
      largeFile = writeLargeFile(directory.join('large.bin'))
      if (name === 'django') await makeDjangoDatabase(python, database)
    })
    afterAll(() => directory[Symbol.dispose]())

    for (const mode of MODES) {
      describe(mode.name, () => {
        let site: Site
        beforeAll(async () => {
          site = await openSite(FRAMEWORKS[name], mode, python, { DJANGO_DATABASE: database })
        })
        afterAll(async () => await site[Symbol.asyncDispose]())

        for (const [index, client] of CLIENTS.entries()) {
          const tried = rules.filter((rule) => rule.isForOneClient !== true || index === 0)
          testRules(client, tried, () => site)
        }
        testConnection(() => site)
        if (mode.mountPoint !== '') testMount(() => site)
        if (mode.isValidated) testValidator(() => site)
        testEnd(() => site)
      })
    }
  })
}

function testRules({ name, needs, open }: ClientEntry, rules: readonly Rule[], site: () => Site): void {
  describe.skipIf(!testPython.has(needs))(`with ${name}`, () => {
    let client: Client
    beforeAll(() => {
      client = open(python)
    })
    afterAll(async () => await client[Symbol.asyncDispose]())
    for (const rule of rules) test(rule.name, async () => await rule.run(site(), client))
  })
}

function testConnection(site: () => Site): void {
  test('keeps the connection after answers of every kind (RFC 9112 §9.3)', async () => {
    const { statuses, connections } = await requestsOnOneConnection(site().url, [
      { method: 'GET', path: '/' },
      { method: 'GET', path: '/stream?n=3&delay=0' },
      { method: 'HEAD', path: '/download' },
      { method: 'POST', path: '/echo', body: 'x'.repeat(100_000) },
      { method: 'GET', path: '/download' },
      { method: 'GET', path: '/boom' },
      { method: 'POST', path: '/nowhere', body: 'not read' },
      { method: 'GET', path: '/where' },
    ])
    expect(statuses.filter((status) => status === 200).length).toBe(6)
    expect(connections).toBe(1)
  })
}

function testMount(site: () => Site): void {
  test('answers for the mount point without a slash too (W18)', async () => {
    const answer = await fetch(site().url)
    expect([answer.status, answer.url.startsWith(site().url)]).toEqual([200, true])
  })

  test('leaves a path outside of the mount point whole, as from a proxy that has cut it off (W18)', async () => {
    const { url, gantry } = site()
    const where = await (await fetch(`${gantry.url}/where`)).json()
    expect(where).toMatchObject({ script_name: '/app', path_info: '/where', self_url: `${url}/where` })
    expect((await fetch(`${gantry.url}/appetite`)).status).toBe(404)
  })
}

function testValidator(site: () => Site): void {
  test('breaks no rule that the validator knows (W70)', () => {
    const { framework, gantry } = site()
    expect(gantry.stderr).toMatch(new RegExp(`^ {2}application +${framework.validatedApplication}:`, 'm'))
    expect(gantry.stderr).not.toMatch(/AssertionError|WSGIWarning/)
  })
}

function testEnd(site: () => Site): void {
  test('ends with status 0 when it is asked to', async () => {
    expect(await site().gantry.stop()).toEqual({ code: 0, signal: null })
  })
}

// Where accessLog's lines go, and when: files, standard output, a log that is renamed, a process that ends.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GantryError } from '../../src/errors.ts'
import { type AccessLogMiddleware, accessLog, etag } from '../../src/middleware/index.ts'
import { testClient } from '../../src/testing/index.ts'
import { compose, logsOf } from '../../src/wsgi/application-parts.ts'
import type { Application } from '../../src/wsgi/application.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

let directory: TemporaryDirectory
let path: string
const opened: AccessLogMiddleware[] = []

beforeEach(() => {
  directory = new TemporaryDirectory()
  path = directory.join('access.log')
})
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close()
  directory[Symbol.dispose]()
})

function open(target = path): AccessLogMiddleware {
  const log = accessLog({ target })
  opened.push(log)
  return log
}

const hello: Application = (_, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [Buffer.from('Hello')]
}

const targetsIn = (file: string): readonly string[] =>
  [...readFileSync(file, 'latin1').matchAll(/"GET (\S+) HTTP/g)].map((match) => match[1]!)

describe('the target of accessLog', () => {
  test('is a file with the lines of --access-log', async () => {
    const log = open()
    await testClient(log(hello)).get('/shop', { headers: { 'User-Agent': 'test/1' } })
    await log.close()
    expect(readFileSync(path, 'latin1')).toMatch(
      /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/shop HTTP\/1\.1" 200 5 "-" "test\/1" \d+\.\d{3} test - 0\.000 \d+\.\d{3} 0\.000 -\n$/,
    )
  })

  test('is not opened before it stands in front of an application', () => {
    const log = open()
    expect(existsSync(path)).toBe(false)
    log(hello)
    expect(existsSync(path)).toBe(true)
  })

  test('is one file for all applications that it stands in front of', async () => {
    const log = open()
    await testClient(log(hello)).get('/one')
    await testClient(log(hello)).get('/two')
    await log.close()
    expect(targetsIn(path)).toEqual(['/one', '/two'])
  })

  test('goes on in a new file when it is reopened', async () => {
    const log = open()
    const client = testClient(log(hello))
    renameSync(path, directory.join('old.log'))
    log.reopen()
    await client.get('/new')
    await log.close()
    expect(targetsIn(path)).toEqual(['/new'])
  })

  test('takes nothing more once it is closed', async () => {
    const log = open()
    const client = testClient(log(hello))
    await log.close()
    expect((await client.get('/late')).text).toBe('Hello')
    await log.close()
    expect(targetsIn(path)).toEqual([])
  })

  test('is found by whoever serves the application, to be reopened and closed', async () => {
    const application = compose(etag(), open())(hello)
    const logs = logsOf(application)
    expect(logs).toHaveLength(1)
    await testClient(application).get('/shop')
    logs[0]!.flushNow()
    expect(targetsIn(path)).toEqual(['/shop'])
    await logs[0]!.close()
  })

  test('that cannot be opened is an error when it is put in front of an application', () => {
    const log = open(directory.join('missing/access.log'))
    expect(() => log(hello)).toThrow(GantryError)
    expect(() => log(hello)).toThrow(/^accessLog: cannot write the access log .*missing/)
  })

  test('- is standard output, and a process that ends loses no line', () => {
    const script = `
      import { accessLog } from './src/middleware/index.ts'
      import { testClient } from './src/testing/index.ts'
      const hello = (_, startResponse) => {
        startResponse('200 OK', [])
        return []
      }
      await testClient(accessLog()(hello)).get('/shop')
      process.exit(0)`
    const options = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const printed = execFileSync(process.execPath, options, { encoding: 'latin1', timeout: 20_000 })
    expect(printed).toMatch(/"GET \/shop HTTP\/1\.1" 200 0 /)
  })

  test('leaves no listener behind when all are closed', async () => {
    const before = process.listenerCount('exit')
    const logs = Array.from({ length: 20 }, (_, i) => open(directory.join(`${i}.log`)))
    for (const log of logs) log(hello)
    expect(process.listenerCount('exit')).toBe(before + 1)
    for (const log of logs) await log.close()
    expect(process.listenerCount('exit')).toBe(before)
  })
})

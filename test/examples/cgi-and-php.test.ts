// examples/cgi-and-php-beside-flask, run as its README says: Flask, CGI scripts and PHP in one process tree.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { phpSocket, startPhpFpm } from '../adapters/fastcgi/php-fpm.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { findTestPython } from '../harness/test-python.ts'
import { missingTools } from '../harness/test-tools.ts'
import type { ProxyProcess } from '../proxies/processes/proxy-process.ts'

const missing = await missingTools(['php-fpm'])
const testPython = await findTestPython()

describe.skipIf(missing.has('php-fpm') || !testPython.has('flask'))(
  'examples/cgi-and-php-beside-flask',
  () => {
    let php: ProxyProcess
    let gantry: GantryProcess
    beforeAll(async () => {
      php = await startPhpFpm()
      gantry = await startGantry(['examples/cgi-and-php-beside-flask/site.ts', '--fronts', '1'], {
        env: { PYTHON: testPython.python, PHP: `unix:${phpSocket(php)}` },
      })
    }, 60_000)
    afterAll(async () => {
      await gantry[Symbol.asyncDispose]()
      await php[Symbol.asyncDispose]()
    })

    const textOf = async (path: string, init?: RequestInit): Promise<string> =>
      await (await fetch(gantry.url + path, init)).text()

    test('has Flask at the root', async () => {
      expect(JSON.parse(await textOf('/where'))).toMatchObject({ script_name: '' })
    })

    test('has the scripts below /cgi-bin', async () => {
      expect(await textOf('/cgi-bin/hello.pl/a/path')).toBe(
        'Hello from /cgi-bin/hello.pl, you asked for /a/path\n',
      )
      expect(await textOf('/cgi-bin/shout.sh', { method: 'POST', body: 'hello' })).toBe('HELLO')
      expect(JSON.parse(await textOf('/cgi-bin/where.sh'))).toMatchObject({
        script_name: '',
        self_url: `${gantry.url}/where`,
      })
      expect((await fetch(`${gantry.url}/cgi-bin/..%2fsite.ts`)).status).toBe(404)
    })

    test('has PHP below /blog', async () => {
      expect(await textOf('/blog/')).toBe('All posts\n')
      expect(await textOf('/blog/2024/bread')).toBe('The post "2024/bread"\n')
    })

    test('ends with everything it has started', async () => {
      expect(await gantry.stop()).toMatchObject({ code: 0 })
    })
  },
)

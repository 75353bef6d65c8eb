import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGantry } from '../harness/gantry-process.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { WRAPPERS } from './site.ts'

const APPLICATIONS = [
  { name: 'wsgiref.simple_server.demo_app', args: ['wsgiref.simple_server:demo_app'] },
  { name: 'the same behind the validator', args: ['validated_demo', '--pythonpath', WRAPPERS] },
]

for (const { name, args } of APPLICATIONS) {
  describe(`${name} (W70)`, () => {
    let gantry: GantryProcess
    beforeAll(async () => {
      gantry = await startGantry([...args, '--workers', '1'])
    })
    afterAll(async () => await gantry[Symbol.asyncDispose]())

    test('greets, and shows an environ that is a true one (W11)', async () => {
      const answer = await fetch(`${gantry.url}/a/b%20c?x=1&y`, { headers: { 'X-Asked': 'yes' } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      const lines = (await answer.text()).split('\n')
      expect(lines.slice(0, 2)).toEqual(['Hello world!', ''])
      expect(lines).toEqual(
        expect.arrayContaining([
          "HTTP_X_ASKED = 'yes'",
          "PATH_INFO = '/a/b c'",
          "QUERY_STRING = 'x=1&y'",
          "REQUEST_METHOD = 'GET'",
          "SCRIPT_NAME = ''",
          `SERVER_PORT = '${gantry.port}'`,
          'wsgi.multiprocess = False',
          'wsgi.multithread = True',
          'wsgi.run_once = False',
          "wsgi.url_scheme = 'http'",
          'wsgi.version = (1, 0)',
        ]),
      )
    })

    test("leaks nothing of the process's environment (W11)", async () => {
      const text = await (await fetch(gantry.url)).text()
      expect(text).not.toMatch(/^PATH = /m)
      expect(text).toMatch(/^REQUEST_METHOD = /m)
    })

    test('ends with status 0 and nothing to complain about', async () => {
      expect(await gantry.stop()).toEqual({ code: 0, signal: null })
      expect(gantry.stderr).not.toMatch(/Error|Warning/)
    })
  })
}

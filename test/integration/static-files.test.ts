// Static files beside applications, as a user configures them: in a file, with mounts, and in code.

import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { serve } from '../../src/index.ts'
import type { Application } from '../../src/wsgi/index.ts'
import { failToStart } from '../harness/failed-start.ts'
import { startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const APPLICATION = `
def application(environ, start_response):
    start_response("200 OK", [])
    return [" ".join([__name__, environ["SCRIPT_NAME"], environ["PATH_INFO"]]).encode()]
`
const FILE = `
application = "shop"
workers = 1
script-name = "/mounted"
access-log = "access.log"

[mounts]
"/api" = "api"

[static]
"/static" = "public"
"/api/schema.json" = "schema.json"

[static."/static/hashed"]
files = "public/hashed"
immutable = true
headers = { "Access-Control-Allow-Origin" = "*" }
`

function projectIn(directory: TemporaryDirectory): void {
  mkdirSync(directory.join('public/hashed'), { recursive: true })
  for (const name of ['shop', 'api']) writeFileSync(directory.join(`${name}.py`), APPLICATION)
  writeFileSync(directory.join('gantry.toml'), FILE)
  writeFileSync(directory.join('public/site.css'), 'body {}')
  writeFileSync(directory.join('public/hashed/app.3f2a.js'), 'run()')
  writeFileSync(directory.join('schema.json'), '{}')
}

const PYTHON = { PYTHONDONTWRITEBYTECODE: '1' }

describe('static files', () => {
  test('stand in front of Python applications and their mounts, by the path of the request', async () => {
    using directory = new TemporaryDirectory()
    projectIn(directory)
    await using gantry = await startGantry([], { cwd: directory.path, env: PYTHON })
    const told = async (path: string): Promise<readonly unknown[]> => {
      const response = await fetch(`${gantry.url}${path}`)
      return [response.status, await response.text(), response.headers.get('Cache-Control')]
    }
    expect(await told('/static/site.css')).toEqual([200, 'body {}', 'max-age=60'])
    expect(await told('/static/hashed/app.3f2a.js')).toEqual([200, 'run()', 'max-age=31536000, immutable'])
    const hashed = await fetch(`${gantry.url}/static/hashed/app.3f2a.js`)
    expect(hashed.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(await told('/static/shop.py')).toEqual([404, '404 Not Found\n', null])
    expect(await told('/api/schema.json')).toEqual([200, '{}', 'max-age=60'])
    expect((await told('/api/other'))[1]).toMatch(/^api .*\/api \/other$/)
    // --script-name says where the application is, not where files are.
    expect((await told('/mounted/static/site.css'))[1]).toBe('shop /mounted /static/site.css')
  })

  test('that are not there are told at the start, all of them', async () => {
    using directory = new TemporaryDirectory()
    projectIn(directory)
    writeFileSync(
      directory.join('gantry.toml'),
      'application = "shop"\n[static]\n"/a" = "none"\n"/b" = "nothing"\n',
    )
    const { problems, exit } = await failToStart([], { cwd: directory.path })
    expect(problems).toEqual([
      `option static."/a" in gantry.toml:3: ${directory.join('none')} does not exist`,
      `option static."/b" in gantry.toml:4: ${directory.join('nothing')} does not exist`,
    ])
    expect(exit.code).toBe(2)
  })

  test('are served in code, too', async () => {
    using directory = new TemporaryDirectory()
    projectIn(directory)
    const application: Application = (_, startResponse) => {
      startResponse('200 OK', [])
      return [Buffer.from('the application')]
    }
    const options = { bind: '127.0.0.1:0' } as const
    await using server = await serve(application, {
      ...options,
      static: {
        '/static': { files: directory.join('public'), maxAge: '1h', headers: { 'X-Frame-Options': 'DENY' } },
      },
    })
    const [url = ''] = server.urls
    const css = await fetch(`${url}/static/site.css`)
    expect([await css.text(), css.headers.get('Cache-Control')]).toEqual(['body {}', 'max-age=3600'])
    expect(css.headers.get('X-Frame-Options')).toBe('DENY')
    expect(await (await fetch(url)).text()).toBe('the application')
    const failed = serve(application, { ...options, static: { '/static': directory.join('none') } })
    await expect(failed).rejects.toMatchObject({ code: 'GANTRY_STATIC_MISSING' })
  })
})

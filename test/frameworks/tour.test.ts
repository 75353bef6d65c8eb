import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { bodyOf, headerOf, textOf } from './clients/client.ts'
import { FetchClient } from './clients/fetch-client.ts'
import { LARGE_FILE_BYTES, writeLargeFile } from './large-file.ts'
import { logsAfter } from './logs-after.ts'
import { WRAPPERS } from './site.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { linksOf, Visitor } from './visitor.ts'

const TOUR = join(REPOSITORY, 'examples/tour')
const WAYS = [
  { name: 'as a file', mountPoint: '', args: ['examples/tour/app.py'] },
  {
    name: 'under /große/tour',
    mountPoint: '/gro%C3%9Fe/tour',
    args: ['app', '--chdir', TOUR, '--script-name', '/große/tour'],
  },
  {
    name: 'behind the validator (W70)',
    mountPoint: '',
    args: ['validated_tour', '--chdir', TOUR, '--pythonpath', WRAPPERS],
  },
]
const LINE = 'tour: hello from the tour'

for (const { name, mountPoint, args } of WAYS) {
  describe(`the tour, ${name}`, () => {
    // As a native string of WSGI: the bytes of the path, one a character.
    const scriptName = Buffer.from(decodeURIComponent(mountPoint)).toString('latin1')
    let gantry: GantryProcess
    let visitor: Visitor
    beforeAll(async () => {
      gantry = await startGantry([...args, '--workers', '1'])
      visitor = new Visitor(new FetchClient(), gantry.url + mountPoint)
    })
    afterAll(async () => await gantry[Symbol.asyncDispose]())

    test('has a page for every link, and every link begins at the mount point (W18)', async () => {
      const start = await visitor.get('/')
      expect(start.status).toBe(200)
      const links = linksOf(textOf(start))
      expect(links.length).toBeGreaterThan(7)
      for (const link of links) {
        expect(link.startsWith(`${mountPoint}/`), link).toBe(true)
        const path = link.slice(mountPoint.length)
        const expected = path === '/error' ? 500 : path === '/nowhere' ? 404 : 200
        expect([path, (await visitor.head(path)).status]).toEqual([path, expected])
      }
      expect(textOf(await visitor.get(''))).toContain('a tour')
    })

    test('shows its environ (W11)', async () => {
      const page = textOf(await visitor.get('/environ?caf%C3%A9', { headers: { 'X-Tour': '<b>' } }))
      expect(page).toContain('<th scope=row>HTTP_X_TOUR</th><td>&lt;b&gt;</td>')
      expect(page).toContain('<th scope=row>QUERY_STRING</th><td>caf%C3%A9</td>')
      expect(page).toContain(`<th scope=row>SCRIPT_NAME</th><td>${scriptName}</td>`)
      expect(page).toContain('<th scope=row>PATH_INFO</th><td>/environ</td>')
    })

    test('takes a form by GET and by POST', async () => {
      const row = '<th scope=row>text</th><td>Grüße &amp; こんにちは</td>'
      const fields = { text: 'Grüße & こんにちは' }
      expect(textOf(await visitor.get(`/form?${new URLSearchParams(fields).toString()}`))).toContain(row)
      expect(textOf(await visitor.postFields('/form', fields))).toContain(row)
      expect((await visitor.postFields('/form', { text: 'x'.repeat(70_000) })).status).toBe(413)
    })

    test('takes an upload of 20 MB (W15)', async () => {
      using directory = new TemporaryDirectory()
      const { path, sha256 } = writeLargeFile(directory.join('large.bin'))
      const file = { field: 'file', name: 'großes Bild.bin', path }
      const page = textOf(await visitor.post('/upload', { file }))
      expect(page).toContain(
        `<th scope=row>großes Bild.bin</th><td>${LARGE_FILE_BYTES}</td><td>${sha256}</td>`,
      )
    })

    test('answers 400 to an upload that is no form', async () => {
      const headers = { 'Content-Type': 'multipart/form-data; boundary=x' }
      expect((await visitor.post('/upload', { headers, body: Buffer.from('no form') })).status).toBe(400)
    })

    test('sends each line while the next ones are still to come (W44)', async () => {
      // All of them would take eight minutes.
      const { text, leave } = await readUntil(visitor.url('/stream/lines?n=10000&delay=0.05'), /line 3\n/)
      await leave()
      expect(text).toMatch(/^line 1\nline 2\nline 3\n/)
    })

    test('sends events live, and closes the stream of a visitor who leaves (W44, W45, W48)', async () => {
      await logsAfter(gantry, /tour: the event stream is closed/, async () => {
        const { text, leave } = await readUntil(visitor.url('/stream/events?n=10000&delay=0.05'), /2 of/)
        await leave()
        expect(text).toMatch(/^data: 1 of 10000\n\ndata: 2 of 10000\n\n/)
      })
    })

    test('ends a stream of events with its last one', async () => {
      const events = await visitor.get('/stream/events?n=2&delay=0')
      expect(headerOf(events, 'content-type')).toBe('text/event-stream')
      expect(textOf(events)).toBe('data: 1 of 2\n\ndata: 2 of 2\n\nevent: done\ndata: that was all\n\n')
    })

    test("gets the server's page for an error, and the log the traceback (W49)", async () => {
      await logsAfter(gantry, /RuntimeError: this view always fails\n/, async () => {
        const answer = await visitor.get('/error')
        expect([answer.status, textOf(answer)]).toEqual([500, '500 Internal Server Error\n'])
      })
    })

    test('does not let half an answer pass for the whole (W49)', async () => {
      await logsAfter(gantry, /RuntimeError: this view always fails half way/, async () => {
        await expect(visitor.get('/error/mid-stream')).rejects.toThrow('terminated')
      })
    })

    test('sends itself as a file, whole and with its length (W46)', async () => {
      const source = readFileSync(join(TOUR, 'app.py'))
      const answer = await visitor.get('/download')
      expect(headerOf(answer, 'content-length')).toBe(String(source.length))
      expect(bodyOf(answer).equals(source)).toBe(true)
    })

    test('writes to wsgi.errors, which is in the log at once (W17)', async () => {
      await logsAfter(gantry, new RegExp(LINE), async () => {
        expect(textOf(await visitor.post('/log'))).toContain('Written')
      })
    })

    test('answers 405 and 404 where there is nothing for the request', async () => {
      const refused = await visitor.send('DELETE', '/form')
      expect([refused.status, headerOf(refused, 'allow')]).toEqual([405, 'GET, POST, HEAD'])
      expect((await visitor.get('/caf%C3%A9')).status).toBe(404)
    })

    test('ends with status 0, and has broken no rule', async () => {
      expect(await gantry.stop()).toEqual({ code: 0, signal: null })
      expect(gantry.stderr).not.toMatch(/AssertionError|WSGIWarning/)
    })
  })
}

interface Reading {
  readonly text: string
  readonly leave: () => Promise<void>
}

async function readUntil(url: string, pattern: RegExp): Promise<Reading> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!pattern.test(text)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`the answer ended with ${JSON.stringify(text)}`)
    text += decoder.decode(value, { stream: true })
  }
  return { text, leave: async () => await reader.cancel() }
}

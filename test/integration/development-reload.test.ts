// --reload, and gantry dev, which has it by itself: what is saved is served, and the log says what it was.

import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 20_000

const python = (text: string): string => `
import shop.greeting
def application(environ, start_response):
    start_response("200 OK", [])
    return [shop.greeting.TEXT + b"${text}"]
`

const typeScript = (text: string): string => `
export const application = (environ: object, start: (status: string, headers: []) => void) => {
  start('200 OK', [])
  return [Buffer.from('${text}')]
}`

async function ask({ url }: Pick<GantryProcess, 'url'>, agent: Agent): Promise<string> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve(text))
    })
    asked.on('error', (error) => {
      // A kept connection that the server has just closed: as every browser does, it is asked once more.
      if (asked.reusedSocket) resolve(ask({ url }, agent))
      else reject(error)
    })
    asked.end()
  })
}

async function saidAfter(gantry: GantryProcess, from: number, text: RegExp): Promise<void> {
  await until(
    () => text.test(gantry.stderr.slice(from)),
    DEADLINE_MS,
    () => `no ${String(text)}:\n${gantry.stderr}`,
  )
}

// The log may be ahead of an old front on a machine that is busy.
const answering =
  (gantry: GantryProcess, agent: Agent) =>
  async (text: string): Promise<void> =>
    await until(
      async () => (await ask(gantry, agent)) === text,
      DEADLINE_MS,
      () => `it does not answer ${text}:\n${gantry.stderr}`,
    )

test('Python: a module that is imported, then one that cannot be, then one that can', async () => {
  using directory = new TemporaryDirectory()
  const agent = new Agent({ keepAlive: true })
  const save = (name: string, text: string): void => writeFileSync(directory.join(name), text)
  save('site_app.py', python('!'))
  mkdirSync(directory.join('shop'))
  save('shop/greeting.py', 'TEXT = b"first"')
  await using gantry = await startGantry(['site_app', '--workers', '1', '--reload'], {
    cwd: directory.path,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(await ask(gantry, agent)).toBe('first!')
  const answers = answering(gantry, agent)
  let from = gantry.stderr.length
  save('shop/greeting.py', 'TEXT = b"second"')
  await saidAfter(
    gantry,
    from,
    /reload \(shop\/greeting\.py changed\): generation 2 starts[\s\S]*generation 2 serves/,
  )
  await answers('second!')
  from = gantry.stderr.length
  save('shop/greeting.py', 'TEXT = b"broken')
  await saidAfter(gantry, from, /the reload failed, generation 2 goes on[\s\S]*SyntaxError/)
  await answers('second!')
  from = gantry.stderr.length
  save('shop/greeting.py', 'TEXT = b"third"')
  await saidAfter(gantry, from, /generation \d serves/)
  await answers('third!')
  agent.destroy()
})

test('TypeScript, by a file beside it that --reload-extra-file names, too', async () => {
  using directory = new TemporaryDirectory()
  const agent = new Agent({ keepAlive: true })
  writeFileSync(directory.join('app.ts'), typeScript('first'))
  const words = ['./app.ts', '--fronts', '1', '--reload', '--reload-extra-file', 'notes.txt']
  await using gantry = await startGantry(words, { cwd: directory.path })
  const answers = answering(gantry, agent)
  writeFileSync(directory.join('app.ts'), typeScript('second'))
  await saidAfter(gantry, 0, /reload \(app\.ts changed\)[\s\S]*generation 2 serves/)
  await answers('second')
  const from = gantry.stderr.length
  writeFileSync(directory.join('notes.txt'), '')
  await saidAfter(gantry, from, /reload \(.*notes\.txt was touched\)[\s\S]*generation 3 serves/)
  agent.destroy()
})

test('gantry dev: what is saved is served, each request has its line, and the checks speak', async () => {
  using directory = new TemporaryDirectory()
  const agent = new Agent({ keepAlive: true })
  const application = (text: string): string =>
    `def application(environ, start_response):\n    start_response("200 OK", [("Status", "200 OK")])\n    return [b"${text}"]\n`
  writeFileSync(directory.join('site_app.py'), application('first'))
  await using gantry = await startGantry(['dev', 'site_app'], {
    cwd: directory.path,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(gantry.stderr).toContain('1 (default of gantry dev)')
  expect(await ask(gantry, agent)).toBe('first')
  await gantry.logged(/lint: LINT_HEADER_STATUS violation at GET \/: /)
  writeFileSync(directory.join('site_app.py'), application('second'))
  await answering(gantry, agent)('second')
  await until(
    () => gantry.stdout.includes('"GET / HTTP/1.1" 200 6 '),
    DEADLINE_MS,
    () => `no line of the second answer:\n${gantry.stdout}`,
  )
  agent.destroy()
})

test('gantry dev: one front for an application in TypeScript, and no word of workers', async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('app.ts'), typeScript('first'))
  await using gantry = await startGantry(['dev', './app.ts'], { cwd: directory.path })
  expect(gantry.stderr).toMatch(/fronts +1 \(default of gantry dev\)/)
  expect(gantry.stderr).not.toContain('no effect')
})

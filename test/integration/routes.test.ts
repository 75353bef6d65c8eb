// What holds for some paths only, before workers: deadlines and priority.

import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { frontHasRead } from '../harness/fixtures.ts'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const APPLICATION = `
import os, time
handled = []
def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/held":
        while not os.path.exists("released"):
            time.sleep(0.01)
    elif path.startswith("/takes-a-while"):
        time.sleep(0.6)
    elif path != "/handled":
        handled.append(path)
    start_response("200 OK", [])
    return [" ".join(handled).encode()]
`

const FILE = `
application = "shop"
workers = 1
threads = 1
request-timeout = "200ms"

[routes."/takes-a-while/all-the-same"]
request-timeout = "20s"

[routes."/held"]
request-timeout = "0s"

[routes."/last"]
priority = "low"

[routes."/first"]
priority = "high"
`

const directory = new TemporaryDirectory()
let gantry: GantryProcess

beforeAll(async () => {
  writeFileSync(directory.join('shop.py'), APPLICATION)
  writeFileSync(directory.join('gantry.toml'), FILE)
  gantry = await startGantry([], { cwd: directory.path, env: { PYTHONDONTWRITEBYTECODE: '1' } })
})
afterAll(async () => {
  await gantry[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

const get = async (path: string): Promise<Response> => await fetch(`${gantry.url}${path}`)

test('a route may take longer than all others may', async () => {
  expect((await get('/takes-a-while')).status).toBe(504)
  expect((await get('/takes-a-while/all-the-same')).status).toBe(200)
  expect(gantry.stderr).toMatch('longer than 0.2 s')
})

test('those of a higher priority are served first', async () => {
  const answers = [get('/held')]
  await frontHasRead(gantry)
  for (const path of ['/last', '/one', '/first', '/two']) {
    answers.push(get(path))
    // Each is in the queue before the next is sent.
    await frontHasRead(gantry)
  }
  writeFileSync(directory.join('released'), '')
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(await (await get('/handled')).text()).toBe('/first /one /two /last')
})

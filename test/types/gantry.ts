// What must compile of `gantry`, and what must not. Nothing here runs.

import {
  type PythonApplication,
  defineConfig,
  pythonApplication,
  type Server,
  serve,
} from '../../src/index.ts'
import { requestId } from '../../src/middleware/index.ts'
import { type Application, compose } from '../../src/wsgi/index.ts'

declare const application: Application

export const shop: PythonApplication = pythonApplication('shop.wsgi:application', { workers: 4, chdir: '.' })
export const wrapped: Application = compose(requestId())(shop)
export const ready: Promise<void> = shop.ready()
export const server: Promise<Server> = serve(shop, {
  bind: ['127.0.0.1:0', 'unix:/run/shop.sock'],
  headTimeout: '10s',
  maxBodyBytes: '1GiB',
  middleware: [requestId()],
})
export const urls: Promise<readonly string[]> = server.then((each) => each.urls)
export const configurations = [
  defineConfig({ application: 'shop.wsgi:application', workers: 4, middleware: [requestId()] }),
  defineConfig({ application, fronts: 2 }),
  defineConfig({}),
]

// @ts-expect-error: serve takes the application, not its name
void serve('shop.wsgi:application')
// @ts-expect-error: the workers are the Python application's own
void serve(application, { workers: 4 })
// @ts-expect-error: a server in code is one process
void serve(application, { fronts: 2 })
// @ts-expect-error: in code the unit is part of the value
void serve(application, { headTimeoutMs: 10_000 })
// @ts-expect-error: a misspelt option
defineConfig({ wrokers: 4 })
// @ts-expect-error: where a server listens is not the Python application's business
pythonApplication('shop.wsgi:application', { bind: ':8000' })
// @ts-expect-error: middleware is a list
defineConfig({ application, middleware: requestId() })
